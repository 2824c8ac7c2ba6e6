import { Problem } from "../errors/problem.ts";
import { columnOf, type TableModel } from "../schema/model.ts";
import type { Stored } from "../schema/stored.ts";
import type { ReadCommand } from "../validation/command.ts";
import type { ExportFormat } from "../validation/export-request.ts";
import { parseKey } from "../validation/parse-key.ts";
import { parseQueryString } from "../validation/query-string.ts";
import { CSV, NDJSON } from "./media-types.ts";
import type { RoutedRequest, Validation } from "./route.ts";

/** Media types in which a list is answered whole. */
const EXPORTS: Readonly<Record<string, ExportFormat>> = { [CSV]: "csv", [NDJSON]: "ndjson" };

/** The table that the key in the path belongs to: the parent's on a nested route. */
export function keyTable(request: RoutedRequest, validation: Validation): TableModel {
  const { relation, table } = request.route;
  if (relation === undefined) return requiredTable(table);
  const column = columnOf(requiredTable(table), relation.foreign);
  return requiredTable(validation.schema.tables.get(column.references?.table ?? ""));
}

/** The key in the path. What is no key of this table names no row. */
export function keyOf(request: RoutedRequest, validation: Validation): Stored[] {
  const table = keyTable(request, validation);
  const key = parseKey(table, request.key ?? "");
  if (key === undefined) throw new Problem("not_found", `There is no such row in ${table.path}.`);
  return key;
}

/** The query of a list; below a parent also which parent must be there. */
export function parseList(request: RoutedRequest, validation: Validation): ReadCommand {
  const table = requiredTable(request.route.table);
  const query = parseQueryString(request.received.query);
  const { relation } = request.route;
  const list = { table, one: false, export: EXPORTS[request.mediaType] };
  if (relation === undefined)
    return validation.reads.parse({ ...list, fixed: undefined, parent: undefined }, query, validation.cursors);
  const parent = parseParent(request, validation);
  const fixed = { columns: [columnOf(table, relation.foreign)], values: parent.values as Stored[] };
  return validation.reads.parse({ ...list, fixed, parent }, query, validation.cursors);
}

/** One row by the key in the path. */
export function parseOne(request: RoutedRequest, validation: Validation): ReadCommand {
  const table = requiredTable(request.route.table);
  const fixed = { columns: table.key, values: keyOf(request, validation) };
  return validation.reads.parse(
    { table, one: true, fixed, parent: undefined },
    parseQueryString(request.received.query),
    validation.cursors,
  );
}

/** The row that a nested route hangs on. */
export function parseParent(request: RoutedRequest, validation: Validation): ReadCommand {
  const table = keyTable(request, validation);
  const fixed = { columns: table.key, values: keyOf(request, validation) };
  return validation.reads.parse({ table, one: true, fixed, parent: undefined }, [], validation.cursors);
}

export function requiredTable(table: TableModel | undefined): TableModel {
  if (table === undefined) throw new Error("the route belongs to no table");
  return table;
}
