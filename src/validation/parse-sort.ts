import { Problem } from "../errors/problem.ts";
import type { PathHop, SortKey } from "../schema/filter.ts";
import { type ColumnModel, type SchemaModel, type TableModel, tableOf } from "../schema/model.ts";
import { FILTER_DEPTH, SORT_KEYS } from "./limits.ts";
import { columnIn, relationOf } from "./parse-filter.ts";
import { isPath, memberIn } from "./parse-member.ts";

/** Newest first: `created_at`, then the key, both descending. */
export function defaultSort(table: TableModel): SortKey[] {
  return table.order.map((column) => ({ path: [], column, descending: true }));
}

/** What stands behind the rank of a search: the newest key first. */
export function keySort(table: TableModel): SortKey[] {
  return table.key.map((column) => ({ path: [], column, descending: true }));
}

/**
 * `-likes,user.username` → sort keys. The table's key is put behind them in the direction of the last,
 * so that rows with equal values keep one order from page to page.
 */
export function parseSort(schema: SchemaModel, table: TableModel, value: string): SortKey[] {
  const keys: SortKey[] = [];
  const asked = value.split(",");
  if (asked.length > SORT_KEYS) throw new Problem("limit_exceeded", `A sort has at most ${SORT_KEYS} keys.`);
  for (const part of asked) {
    const descending = part.startsWith("-");
    const name = descending ? part.slice(1) : part;
    const { path, columns } = sortedColumns(schema, table, name);
    for (const column of columns) {
      if (keys.some((key) => isSameKey(key, { path, column }))) {
        throw new Problem("repeated_parameter", `sort names ${name} twice.`);
      }
      keys.push({ path, column, descending });
    }
  }
  const last = keys.at(-1)?.descending ?? true;
  for (const column of table.key) {
    if (!keys.some((key) => key.path.length === 0 && key.column === column))
      keys.push({ path: [], column, descending: last });
  }
  return keys;
}

/** What a part of a sort leads to: a column, or a member of a document, whose texts and numbers are sorted each by itself. */
function sortedColumns(
  schema: SchemaModel,
  table: TableModel,
  name: string,
): { readonly path: readonly PathHop[]; readonly columns: readonly ColumnModel[] } {
  const names = name.split(".");
  const path: PathHop[] = [];
  let current = table;
  while (names.length > 1 && !isPath(current, names.join("."))) {
    const hop = names.shift() ?? "";
    const relation = relationOf(current, hop);
    if (relation.many) throw new Problem("invalid_parameter", `sort cannot go through ${hop}: it is a list.`);
    current = tableOf(schema, relation.table);
    path.push({ relation, table: current });
    if (path.length >= FILTER_DEPTH)
      throw new Problem("limit_exceeded", `A sort goes over at most ${FILTER_DEPTH - 1} relations.`);
  }
  const last = names.join(".");
  // Missing ones first, then numbers, then texts: of texts a number has none, and of numbers a text.
  const [text, number] = [memberIn(current, last, "text"), memberIn(current, last, "number")];
  if (text !== undefined && number !== undefined) return { path, columns: [text, number] };
  const column = columnIn(current, last);
  if (!column.kind.ordered)
    throw new Problem("invalid_parameter", `${last} is a ${column.kind.name} column, which has no order.`);
  return { path, columns: [column] };
}

function isSameKey(one: Pick<SortKey, "path" | "column">, other: Pick<SortKey, "path" | "column">): boolean {
  const { member } = one.column;
  const isSameColumn =
    member === undefined
      ? one.column === other.column
      : member.as === other.column.member?.as && one.column.name === other.column.name;
  return (
    isSameColumn &&
    one.path.length === other.path.length &&
    one.path.every((hop, at) => hop.relation === other.path[at]?.relation)
  );
}
