import type { ComparisonOperator, ListOperator, TextOperator } from "../../schema/filter.ts";
import type { Kind } from "../../schema/kind.ts";

/** Every operator with what it means; the types make sure that none is missing. */
const COMPARISONS: Readonly<Record<ComparisonOperator, string>> = {
  eq: "equal",
  ne: "not equal",
  gt: "greater",
  gte: "greater or equal",
  lt: "less",
  lte: "less or equal",
};
const LISTS: Readonly<Record<ListOperator, string>> = { in: "one of a list", nin: "none of a list" };
const TEXTS: Readonly<Record<TextOperator, string>> = {
  like: "fits a pattern: % stands for any text, _ for one character",
  ilike: "like, upper and lower case alike",
  contains: "contains the text",
  icontains: "contains, upper and lower case alike",
  starts: "starts with the text",
  ends: "ends with the text",
};
const NULL = { null: "true: has no value, false: has one" };

/** The operators a column of this kind takes in a bracket. */
export function operatorsOf(kind: Kind): string[] {
  return Object.keys({
    ...(kind.ordered ? { ...COMPARISONS, ...LISTS } : {}),
    ...(kind.textual ? TEXTS : {}),
    ...NULL,
  });
}

/** Every operator, for people. */
export const operatorMeanings: Readonly<Record<string, string>> = { ...COMPARISONS, ...LISTS, ...TEXTS, ...NULL };
