import { Problem } from "../errors/problem.ts";
import { tableAccess } from "../auth/policy/access.ts";
import { columnOf, type SchemaModel, type TableModel } from "../schema/model.ts";
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
export function keyTable({ route, principal }: RoutedRequest): TableModel {
  const { relation, table } = route;
  if (relation === undefined) return requiredTable(table);
  const column = columnOf(requiredTable(table), relation.foreign);
  return tableAccess(principal.access, { name: column.references?.table ?? "" }).whole;
}

/** The key in the path. What is no key of this table names no row. */
export function keyOf(request: RoutedRequest): Stored[] {
  const table = keyTable(request);
  const key = parseKey(table, request.key ?? "");
  if (key === undefined) throw new Problem("not_found", `There is no such row in ${table.path}.`);
  return key;
}

/** The query of a list; below a parent also which parent must be there. */
export function parseList(request: RoutedRequest, validation: Validation): ReadCommand {
  const { schema, seen: table } = seenBy(request, requiredTable(request.route.table));
  const query = parseQueryString(request.received.query);
  const { relation } = request.route;
  const list = { schema, table, one: false, export: EXPORTS[request.mediaType] };
  if (relation === undefined)
    return validation.reads.parse({ ...list, fixed: undefined, parent: undefined }, query, validation.cursors);
  const parent = parseParent(request, validation);
  const fixed = { columns: [columnOf(table, relation.foreign)], values: parent.values as Stored[] };
  return validation.reads.parse({ ...list, fixed, parent }, query, validation.cursors);
}

/** One row by the key in the path. */
export function parseOne(request: RoutedRequest, validation: Validation): ReadCommand {
  const { schema, seen: table } = seenBy(request, requiredTable(request.route.table));
  const fixed = { columns: table.key, values: keyOf(request) };
  return validation.reads.parse(
    { schema, table, one: true, fixed, parent: undefined },
    parseQueryString(request.received.query),
    validation.cursors,
  );
}

/** The row that a nested route hangs on. */
export function parseParent(request: RoutedRequest, validation: Validation): ReadCommand {
  const { schema, seen: table } = seenBy(request, keyTable(request));
  const { relation } = request.route;
  // A column that leads to the rows below may be closed to this caller, and so are they.
  if (relation !== undefined && !table.relations.has(relation.name))
    throw new Problem("no_route", `There is no ${request.received.path.slice(0, 100)}.`);
  const fixed = { columns: table.key, values: keyOf(request) };
  return validation.reads.parse({ schema, table, one: true, fixed, parent: undefined }, [], validation.cursors);
}

/** The table and the declaration around it as the caller sees them. */
export function seenBy(
  { principal }: Pick<RoutedRequest, "principal">,
  table: TableModel,
): { readonly schema: SchemaModel; readonly seen: TableModel } {
  const { access } = principal;
  return { schema: access.schema, seen: tableAccess(access, table).seen };
}

export function requiredTable(table: TableModel | undefined): TableModel {
  if (table === undefined) throw new Error("the route belongs to no table");
  return table;
}
