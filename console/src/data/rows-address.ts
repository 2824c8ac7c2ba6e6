import type { PageSearch } from "../use-go-to.ts";
import { type Condition, conditionParameters, operatorsOf, type RowsQuery, sortText } from "./rows-query.ts";
import type { Table } from "./tables.ts";

/** What an address asks for, and what of it the table does not have. */
export interface AddressedRows {
  readonly query: RowsQuery;
  readonly unknown: readonly string[];
}

/** A query as the address says it, in the API's own words: `?filter=likes[gte]=10&sort=-title`. */
export function addressOf(query: RowsQuery): PageSearch {
  const filter = spoken(conditionParameters(query.conditions));
  const sort = sortText(query);
  return { ...(filter === "" ? {} : { filter }), ...(sort === undefined ? {} : { sort }) };
}

/** `%5B` and `%5D` are no help to whoever reads an address. */
function spoken(parameters: URLSearchParams): string {
  return parameters.toString().replaceAll("%5B", "[").replaceAll("%5D", "]");
}

/** Anybody can write an address: what the table does not have is told, and never left out in silence. */
export function rowsOfAddress(table: Table, { filter = "", sort = "", id }: PageSearch): AddressedRows {
  const unknown: string[] = [];
  const conditions: Condition[] = id === undefined ? [] : keyConditions(table, id);
  for (const [name, value] of new URLSearchParams(filter)) {
    const { column, operator } = namedCondition(name);
    const known = table.columns.find((one) => one.name === column && one.filter !== undefined);
    if (known === undefined || !operatorsOf(known).includes(operator)) unknown.push(`${name}=${value}`);
    else addCondition(conditions, { column, operator, value });
  }
  const [down, name] = [sort.startsWith("-"), sort.replace(/^-/, "")];
  const isSorted = table.columns.some((one) => one.name === name && one.filter !== undefined);
  if (sort !== "" && !isSorted) unknown.push(`sort=${sort}`);
  return { query: { conditions, sort: isSorted ? { column: name, down } : undefined }, unknown };
}

function namedCondition(name: string): Pick<Condition, "column" | "operator"> {
  const [, column = name, operator = "eq"] = /^(.+)\[([a-z]+)\]$/.exec(name) ?? [];
  return { column, operator };
}

/** A list repeats its name, as in the API; the page writes it in one line. */
function addCondition(conditions: Condition[], next: Condition): void {
  const at = conditions.findIndex((one) => isList(one) && one.column === next.column && one.operator === next.operator);
  const before = conditions[at];
  if (before === undefined) conditions.push(next);
  else conditions.splice(at, 1, { ...before, value: `${before.value}, ${next.value}` });
}

function isList({ operator }: Condition): boolean {
  return operator === "in" || operator === "nin";
}

function keyConditions({ key }: Table, id: string): Condition[] {
  const parts = key.length === 1 ? [id] : id.split(",");
  return key.map((column, at) => ({ column, operator: "eq", value: parts[at] ?? "" }));
}
