import type { AggregatePart, GroupPart, ReadQuery } from "../query.ts";
import type { FilterCompiler } from "./compile-filter.ts";
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
      : ` ORDER BY ${query.sort.map(({ output, descending }) => `${alias}.${dialect.quote(output.name)}${descending ? " DESC" : ""}`).join(", ")}`;
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
  return sql`WITH ${GROUPS} AS (${groupsOf(query, compiler)}), ${PAGE} AS (${kept}) SELECT ${dialect.joinJson("j", "list")}, (${more}) FROM (${rows})`;
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
    const expression = part.column === undefined ? "" : compiler.value(alias, part.column);
    return named(part, raw(dialect.aggregate({ name: part.name, column: part.column, expression })));
  });
  // By number: a name could be that of a column too, and an expression with values would be bound twice.
  const by = query.groups.length === 0 ? "" : ` GROUP BY ${query.groups.map((_, at) => at + 1).join(", ")}`;
  return sql`SELECT ${joined([...groups, ...values], ", ")} ${fromWhere(compiler, query, alias)}${by}`;
}
