import type { ListOptions, RowKey, RowOptions } from "../schema/context.ts";
import { didYouMean } from "../errors/nearest-name.ts";
import { Problem } from "../errors/problem.ts";
import { tableAccess } from "../auth/policy/access.ts";
import type { Principal } from "../auth/principal.ts";
import type { SchemaModel, TableModel } from "../schema/model.ts";
import type { Stored } from "../schema/stored.ts";
import type { QueryParameter } from "../validation/query-string.ts";
import { filterText } from "./plain-json.ts";
import { requireLease, type Scope } from "./ports.ts";

type JsonRow = Record<string, unknown>;

const ROW_OPTIONS: readonly (keyof ListOptions)[] = ["fields", "include"];
const LIST_OPTIONS: readonly (keyof ListOptions)[] = [...ROW_OPTIONS, "filter", "sort", "limit", "offset", "q"];

/** Rows of a table: the options become the parameters of a URL, so that there is one way to ask. */
export async function listRows(scope: Scope, table: TableModel, options: ListOptions = {}): Promise<JsonRow[]> {
  const answer = await readList(scope, table, parametersOf(options, LIST_OPTIONS));
  return JSON.parse(answer.json) as JsonRow[];
}

/** How many rows a filter selects. */
export async function countRows(scope: Scope, table: TableModel, filter: object | undefined): Promise<number> {
  const where = filter === undefined ? {} : { filter };
  const counted: QueryParameter[] = [
    { name: "count", value: "exact" },
    { name: "limit", value: "1" },
  ];
  const answer = await readList(scope, table, [...parametersOf(where, LIST_OPTIONS), ...counted]);
  return answer.total ?? 0;
}

/** A row by its key, or undefined. */
export async function getRow(
  scope: Scope,
  table: TableModel,
  asked: { readonly key: RowKey; readonly options: RowOptions | undefined },
): Promise<JsonRow | undefined> {
  requireLease(scope.lease);
  const { parts, records, principal } = scope;
  const values = keyValues(table, asked.key);
  if (values === undefined) return undefined;
  const { schema, seen } = seenBy(principal, table);
  const target = { schema, table: seen, one: true, fixed: { columns: table.key, values }, parent: undefined };
  const command = parts.reads.parse(target, parametersOf(asked.options ?? {}, ROW_OPTIONS), parts.cursors);
  try {
    return JSON.parse((await records.reads.read(command, principal)).json) as JsonRow;
  } catch (error) {
    if (error instanceof Problem && error.code === "not_found") return undefined;
    throw error;
  }
}

/** The stored values of a key; undefined where it is no key of this table, so that no row has it. */
export function keyValues(table: TableModel, key: RowKey): Stored[] | undefined {
  const given: readonly unknown[] = Array.isArray(key) ? key : [key];
  if (given.length !== table.key.length)
    throw new TypeError(
      `A key of ${table.path} has ${table.key.length} parts: ${table.key.map(({ name }) => name).join(", ")}.`,
    );
  const values: Stored[] = [];
  for (const [at, column] of table.key.entries()) {
    const part = given[at];
    // "undefined" is a text that some table may hold.
    if (typeof part !== "string" && typeof part !== "number" && typeof part !== "bigint")
      throw new TypeError(`${column.name} of a key of ${table.path} is ${part === null ? "null" : typeof part}.`);
    const value = column.kind.parse(String(part));
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;
}

async function readList(
  scope: Scope,
  table: TableModel,
  parameters: readonly QueryParameter[],
): Promise<{ readonly json: string; readonly total: number | undefined }> {
  requireLease(scope.lease);
  const { parts, records, principal } = scope;
  const { schema, seen } = seenBy(principal, table);
  const target = { schema, table: seen, one: false, fixed: undefined, parent: undefined };
  return records.reads.list(parts.reads.parse(target, parameters, parts.cursors), principal);
}

/** The table as the one sees it who asks. */
function seenBy({ access }: Principal, table: TableModel): { readonly schema: SchemaModel; readonly seen: TableModel } {
  return { schema: access.schema, seen: tableAccess(access, table).seen };
}

function parametersOf(options: ListOptions, known: readonly (keyof ListOptions)[]): QueryParameter[] {
  return Object.entries(options).flatMap(([name, value]: [string, unknown]) => {
    // A misspelt filter would select every row.
    if (!(known as readonly string[]).includes(name))
      throw new TypeError(`There is no option ${JSON.stringify(name)}.${didYouMean(name, known)}`);
    if (name === "filter") return [{ name, value: filterOf(value) }];
    if (value === undefined) return [];
    return [{ name, value: wordsOf(name, value) }];
  });
}

function wordsOf(name: string, value: unknown): string {
  if (typeof value === "string" || typeof value === "number") return String(value);
  if (Array.isArray(value)) return value.join(",");
  throw new TypeError(`${name} takes a text, a number or a list of texts.`);
}

function filterOf(value: unknown): string {
  if (typeof value !== "object" || value === null)
    throw new TypeError("A filter is an object; leave it out for all rows.");
  return filterText(value);
}
