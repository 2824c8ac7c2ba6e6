import type { RowKey } from "../schema/context.ts";
import { Problem } from "../errors/problem.ts";
import type { TableModel } from "../schema/model.ts";
import type { Stored } from "../schema/stored.ts";
import type { Preconditions, WriteCommand } from "../validation/command.ts";
import { parseDelete, parseUpdate } from "../validation/parse-change.ts";
import { parseCreate } from "../validation/parse-create.ts";
import { plainJson } from "./plain-json.ts";
import { requireLease, type Scope } from "./ports.ts";
import { keyValues } from "./table-reads.ts";

/** Everything that custom code does to rows goes through these calls of the service. */

type JsonRow = Record<string, unknown>;

const NO_CONDITION: Preconditions = { match: undefined, noneMatch: undefined };
/** Code that runs here has no ETag to send; that the row is there is what is left of the demand. */
const ANY_ROW: Preconditions = { match: "*", noneMatch: undefined };

/** A new row, or several of them: all or none. */
export async function createRows(scope: Scope, table: TableModel, given: unknown): Promise<JsonRow | JsonRow[]> {
  const { access } = scope.principal;
  const request = { table, access, query: [], preconditions: NO_CONDITION, earlier: undefined, parent: undefined };
  const command = parseCreate(request, plainJson(given), scope.parts);
  const rows = await written(scope, command);
  return command.list ? rows : (rows[0] as JsonRow);
}

/** Changes the columns that are given. */
export async function updateRow(
  scope: Scope,
  table: TableModel,
  asked: { readonly key: RowKey; readonly changes: unknown },
): Promise<JsonRow> {
  const preconditions = table.requiresIfMatch ? ANY_ROW : NO_CONDITION;
  const key = requiredKey(table, asked.key);
  const { access } = scope.principal;
  const request = { table, access, query: [], preconditions, earlier: undefined, action: "update", key } as const;
  const [row] = await written(scope, parseUpdate(request, plainJson(asked.changes), scope.parts));
  return row as JsonRow;
}

export async function deleteRow(scope: Scope, table: TableModel, key: RowKey): Promise<void> {
  const preconditions = table.requiresIfMatch ? ANY_ROW : NO_CONDITION;
  const { access } = scope.principal;
  const request = { table, access, query: [], preconditions, earlier: undefined, key: requiredKey(table, key) };
  await written(scope, parseDelete(request));
}

async function written(scope: Scope, command: WriteCommand): Promise<JsonRow[]> {
  requireLease(scope.lease);
  const { records, principal, caller } = scope;
  const { operations } = await records.writes.write([command], { ...caller, principal });
  return (operations[0]?.rows ?? []).map(({ json }) => JSON.parse(json) as JsonRow);
}

function requiredKey(table: TableModel, key: RowKey): Stored[] {
  const values = keyValues(table, key);
  if (values === undefined) throw new Problem("not_found", `There is no such row in ${table.path}.`);
  return values;
}
