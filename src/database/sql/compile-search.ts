import type { SearchProbe } from "../database.ts";
import type { ListQuery, ReadQuery, SearchQuery } from "../query.ts";
import { type FilterCompiler, mayBeNull } from "./compile-filter.ts";
import type { SqlDialect } from "./dialect.ts";
import { bound, type Fragment, joined, raw, sql } from "./fragment.ts";
import { searchSource } from "./from-where.ts";
import { keysetCondition } from "./keyset.ts";

/** No table has a name that begins like this. */
const PAGE = "_servery_page";

/** How to learn how much a read's search finds; undefined for a read without one. */
export function searchOf(query: ReadQuery, fragment: Fragment, dialect: SqlDialect): SearchProbe | undefined {
  if (!("search" in query) || query.search === undefined) return undefined;
  const { slot } = query.search;
  const parameter = fragment.binds.findIndex((bind) => bind.from === "slot" && bind.slot === slot);
  return { table: query.table.name, sql: dialect.searchProbe(query.table), parameter };
}

/**
 * A page of what a search finds. First the keys of the page and of the row behind it are found, once: to rank means
 * to visit every match, and their JSON is written for the rows of the page alone.
 */
export function searchedList(
  query: ListQuery,
  search: SearchQuery,
  given: { readonly compiler: FilterCompiler; readonly json: (alias: string) => Fragment },
): Fragment {
  const { compiler, json } = given;
  const { dialect } = compiler;
  const found = compiler.alias();
  const source = searchSource(compiler, { ...query, search }, found);
  const keys = query.table.key.map((column, at) => `${compiler.column(found, column.name)} AS k${at}`);
  const ranks = search.ranked ? [source.rank] : [];
  const sorts = [...ranks, ...query.sort.map((key) => compiler.sortExpression(key, found))];
  const directions = [
    ...ranks.map(() => ({ descending: false, mayBeNull: false })),
    ...query.sort.map((key) => ({ descending: key.descending, mayBeNull: mayBeNull(key) })),
  ];
  const order = (alias: string): string =>
    directions.map((direction, at) => dialect.order(raw(`${alias}s${at}`), direction).text).join(", ");
  const after =
    query.after === undefined
      ? raw("")
      : sql` AND ${keysetCondition({ sort: query.sort, nulls: query.after, alias: found }, compiler)}`;
  const chosen = joined([...keys.map(raw), ...sorts.map((sort, at) => sql`${sort} AS s${at}`)], ", ");
  const skip = query.offset ? sql` OFFSET ${bound({ from: "offset", plus: 0 })}` : raw("");
  const page = sql`SELECT ${chosen} ${source.fromWhere}${after} ORDER BY ${order("")} LIMIT ${query.limit + 1}${skip}`;

  const [kept, row] = [compiler.alias(), compiler.alias()];
  const link = query.table.key.map((column, at) => `${compiler.column(row, column.name)} = ${kept}.k${at}`);
  const rows = sql`SELECT ${json(row)} AS j FROM (SELECT * FROM ${PAGE} ORDER BY ${order("")} LIMIT ${query.limit}) AS ${kept} CROSS JOIN ${dialect.quote(query.table.name)} AS ${row} WHERE ${link.join(" AND ")} ORDER BY ${order(`${kept}.`)}`;
  const next = search.ranked
    ? raw("'[]'")
    : dialect.keysJson(query.sort.map(({ column }, at) => ({ column, value: raw(`s${at}`) })));
  const behind = sql`SELECT ${next} FROM ${PAGE} ORDER BY ${order("")} LIMIT 1 OFFSET ${query.limit}`;
  return sql`WITH ${PAGE} AS (${page}) SELECT ${dialect.joinJson("j", query.read)}, (${behind}) FROM (${rows}) AS page`;
}
