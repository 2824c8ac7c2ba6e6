import type { Column, Table } from "./tables.ts";

export interface Condition {
  readonly column: string;
  readonly operator: string;
  readonly value: string;
}

/** Which rows, and in which order. */
export interface RowsQuery {
  readonly conditions: readonly Condition[];
  readonly sort: { readonly column: string; readonly down: boolean } | undefined;
}

export const PAGE = 100;

const WORDS: Readonly<Record<string, string>> = {
  eq: "is",
  ne: "is not",
  gt: "is more than",
  gte: "is at least",
  lt: "is less than",
  lte: "is at most",
  in: "is one of",
  nin: "is none of",
  null: "is missing",
  like: "fits the pattern",
  ilike: "fits the pattern, in any case",
  contains: "contains",
  icontains: "contains, in any case",
  starts: "starts with",
  ends: "ends with",
};

export function operatorWords(operator: string): string {
  return WORDS[operator] ?? operator;
}

/** What a column can be asked, the most usual first. */
export function operatorsOf({ filter }: Column): readonly string[] {
  const own = filter?.operators ?? [];
  const first = own.includes("icontains") ? ["icontains"] : [];
  return [...first, "eq", ...own.filter((one) => one !== "icontains" && one !== "eq")];
}

/** The query as the API's own parameters. */
export function listParameters(query: RowsQuery): URLSearchParams {
  const parameters = conditionParameters(query.conditions);
  const sort = sortText(query);
  if (sort !== undefined) parameters.set("sort", sort);
  return parameters;
}

export function conditionParameters(conditions: readonly Condition[]): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const { column, operator, value } of conditions) {
    // With a bracket a column may be called like a word of the API's own.
    const name = `${column}[${operator}]`;
    if (operator === "in" || operator === "nin") {
      for (const one of value.split(",")) parameters.append(name, one.trim());
    } else parameters.append(name, value);
  }
  return parameters;
}

export function sortText({ sort }: RowsQuery): string | undefined {
  return sort === undefined ? undefined : `${sort.down ? "-" : ""}${sort.column}`;
}

export function listUrl(table: Table, parameters: URLSearchParams): string {
  const query = parameters.toString().replaceAll("%5B", "[").replaceAll("%5D", "]");
  return `/api/${encodeURIComponent(table.path)}${query === "" ? "" : `?${query}`}`;
}

/** The sort that begins at the other end; undefined where nobody can tell the order of the list. */
export function mirroredSort({ columns }: Table, { sort }: RowsQuery): string | undefined {
  if (sort !== undefined) return `${sort.down ? "" : "-"}${sort.column}`;
  // Newest first is the order unless told, and the key goes behind in the same direction.
  const time = columns.find(({ name }) => name === "created_at");
  const isTime = time?.kind === "timestamp" && time.change === undefined && time.filter !== undefined;
  return isTime ? "created_at" : undefined;
}

/** The next press on a header: upwards, downwards, as it was. */
export function nextSort(column: string, { sort }: RowsQuery): RowsQuery["sort"] {
  if (sort?.column !== column) return { column, down: false };
  return sort.down ? undefined : { column, down: true };
}
