import { Problem } from "../errors/problem.ts";
import type { SortKey } from "../schema/filter.ts";
import { type SchemaModel, type TableModel, tableOf } from "../schema/model.ts";
import { FILTER_DEPTH, SORT_KEYS } from "./limits.ts";
import { columnIn, relationOf } from "./parse-filter.ts";

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
  for (const part of value.split(",")) {
    const descending = part.startsWith("-");
    const names = (descending ? part.slice(1) : part).split(".");
    if (names.length > FILTER_DEPTH)
      throw new Problem("limit_exceeded", `A sort goes over at most ${FILTER_DEPTH - 1} relations.`);
    const column = names.pop() ?? "";
    let current = table;
    const path = names.map((name) => {
      const relation = relationOf(current, name);
      if (relation.many) throw new Problem("invalid_parameter", `sort cannot go through ${name}: it is a list.`);
      current = tableOf(schema, relation.table);
      return { relation, table: current };
    });
    const model = columnIn(current, column);
    if (!model.kind.ordered)
      throw new Problem("invalid_parameter", `${column} is a ${model.kind.name} column, which has no order.`);
    const same = keys.some(
      (key) =>
        key.column === model &&
        key.path.length === path.length &&
        key.path.every((hop, at) => hop.relation === path[at]?.relation),
    );
    if (same) throw new Problem("repeated_parameter", `sort names ${names.concat(column).join(".")} twice.`);
    keys.push({ path, column: model, descending });
  }
  if (keys.length > SORT_KEYS) throw new Problem("limit_exceeded", `A sort has at most ${SORT_KEYS} keys.`);
  const last = keys.at(-1)?.descending ?? true;
  for (const column of table.key) {
    if (!keys.some((key) => key.path.length === 0 && key.column === column))
      keys.push({ path: [], column, descending: last });
  }
  return keys;
}
