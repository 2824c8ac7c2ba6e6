import type { FilterNode } from "../../schema/filter.ts";
import type { TableModel } from "../../schema/model.ts";
import type { SearchQuery } from "../query.ts";
import type { FilterCompiler } from "./compile-filter.ts";
import type { SearchSource } from "./dialect.ts";
import { bound, type Fragment, sql } from "./fragment.ts";

interface Chosen {
  readonly table: TableModel;
  readonly where: FilterNode;
  readonly search?: SearchQuery | undefined;
}

/** The rows that a read is about, under `alias`: FROM and WHERE. */
export function fromWhere(compiler: FilterCompiler, query: Chosen, alias: string): Fragment {
  if (query.search !== undefined) return searchSource(compiler, { ...query, search: query.search }, alias).fromWhere;
  return sql`FROM ${compiler.dialect.quote(query.table.name)} AS ${alias} WHERE ${compiler.compile(query.where, alias)}`;
}

/** The rows that a search finds among them, and how well each fits. */
export function searchSource(
  compiler: FilterCompiler,
  query: Chosen & { readonly search: SearchQuery },
  alias: string,
): { readonly fromWhere: Fragment; readonly rank: Fragment } {
  const { table, search } = query;
  const source: SearchSource = compiler.dialect.search({
    table,
    columns: search.columns,
    alias,
    other: compiler.alias(),
    value: (as) => bound({ from: "slot", slot: search.slot, ...(as === undefined ? {} : { as }) }),
  });
  const where = compiler.compile(query.where, alias);
  return { fromWhere: sql`FROM ${source.from} WHERE ${source.where} AND ${where}`, rank: source.rank };
}
