/** Operators of a filter as a request writes them, by what they take. */
export const COMPARISONS: readonly string[] = ["eq", "ne", "gt", "gte", "lt", "lte"];
export const LISTS: readonly string[] = ["in", "nin"];
export const TEXT_OPERATORS: readonly string[] = ["like", "ilike", "contains", "icontains", "starts", "ends"];
