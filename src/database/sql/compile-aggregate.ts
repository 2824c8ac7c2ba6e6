import type { AggregatePart, GroupPart, ReadQuery } from "../query.ts";
import type { ColumnModel } from "../../schema/model.ts";
import type { FilterCompiler } from "./compile-filter.ts";
import type { SqlDialect } from "./dialect.ts";
import { bound, type Fragment, joined, raw, sql } from "./fragment.ts";
import { fromWhere } from "./from-where.ts";

type AggregateQuery = Extract<ReadQuery, { read: "aggregate" }>;

/** No table has a name that begins like this. */
const GROUPS = "_servery_groups";
const PAGE = "_servery_page";

/**
 * Groups and their numbers: first all groups under names of our own, then those that `having` keeps, in order, one
 * more than the page has, then the JSON of the page.
 */
export function compileAggregate(query: AggregateQuery, compiler: FilterCompiler): Fragment {
  const { dialect } = compiler;
  const [page, row] = [compiler.alias(), compiler.alias()];
  const having = compiler.compile(query.having, page);
  const order = (alias: string): string =>
    query.sort.length === 0
      ? ""
      : ` ORDER BY ${query.sort.map(({ output, descending }) => dialect.order(raw(`${alias}.${dialect.quote(output.name)}`), { descending, mayBeNull: true }).text).join(", ")}`;
  const skip = query.offset ? sql` OFFSET ${bound({ from: "offset", plus: 0 })}` : raw("");
  const kept = sql`SELECT * FROM ${GROUPS} AS ${page} WHERE ${having}${order(page)} LIMIT ${query.limit + 1}${skip}`;
  const json = dialect.jsonObject(
    [...query.groups, ...query.values].map(({ key, output }) => ({
      key,
      value: raw(dialect.jsonValue(output, compiler.column(row, output.name))),
    })),
  );
  const first = sql`SELECT * FROM ${PAGE} AS ${row}${order(row)} LIMIT ${query.limit}`;
  const rows = sql`SELECT ${json} AS j FROM (${first}) AS ${row}${order(row)}`;
  const more = sql`SELECT '[]' FROM ${PAGE} LIMIT 1 OFFSET ${query.limit}`;
  return sql`WITH ${GROUPS} AS (${groupsOf(query, compiler)}), ${PAGE} AS (${kept}) SELECT ${dialect.joinJson("j", "list")}, (${more}) FROM (${rows}) AS page`;
}

/** An aggregate may name its value several times; each time its own values are bound. */
function aggregated(
  dialect: SqlDialect,
  {
    name,
    column,
    value,
  }: { readonly name: AggregatePart["name"]; readonly column: ColumnModel; readonly value: Fragment },
): Fragment {
  if (value.binds.length === 0) return raw(dialect.aggregate({ name, column, expression: value.text }));
  const text = dialect.aggregate({ name, column, expression: value.text });
  const times = text.split(value.text).length - 1;
  return { text, binds: Array.from({ length: times }, () => value.binds).flat() };
}

function groupsOf(query: AggregateQuery, compiler: FilterCompiler): Fragment {
  const { dialect } = compiler;
  const alias = compiler.alias();
  const named = ({ output }: GroupPart | AggregatePart, value: Fragment): Fragment =>
    sql`${value} AS ${dialect.quote(output.name)}`;
  const groups = query.groups.map((group) => {
    const value = compiler.sortExpression(group, alias);
    return named(group, group.part === undefined ? value : dialect.datePart(group.part, value));
  });
  const values = query.values.map((part) => {
    const { name, column } = part;
    if (column === undefined) return named(part, raw(dialect.aggregate({ name, column, expression: "" })));
    return named(part, aggregated(dialect, { name, column, value: compiler.value(alias, column) }));
  });
  // By number: a name could be that of a column too, and an expression with values would be bound twice.
  const by = query.groups.length === 0 ? "" : ` GROUP BY ${query.groups.map((_, at) => at + 1).join(", ")}`;
  return sql`SELECT ${joined([...groups, ...values], ", ")} ${fromWhere(compiler, query, alias)}${by}`;
}
