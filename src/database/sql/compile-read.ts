import type { SqlRead } from "../database.ts";
import type { Bind, IncludeQuery, ListQuery, ReadQuery, RowsQuery } from "../query.ts";
import { compileAggregate } from "./compile-aggregate.ts";
import { FilterCompiler } from "./compile-filter.ts";
import { searchedList, searchOf } from "./compile-search.ts";
import type { SqlDialect } from "./dialect.ts";
import { bound, type Fragment, raw, sql } from "./fragment.ts";
import { fromWhere } from "./from-where.ts";
import { keysetCondition } from "./keyset.ts";

/** A read ready to run: its text, and where each bound value comes from. */
export interface CompiledRead {
  readonly read: SqlRead;
  readonly binds: readonly Bind[];
}

/** Compiles a read once; the repository keeps it with the plan it was made for. */
export function compileRead(query: ReadQuery, dialect: SqlDialect): CompiledRead {
  const compiler = new FilterCompiler(dialect);
  const fragment = textOf(query, compiler);
  const search = searchOf(query, fragment, dialect);
  return {
    read: {
      sql: fragment.text,
      scans: mayScan(query),
      filtered: mayPassOver(query),
      ...(search === undefined ? {} : { search }),
    },
    binds: fragment.binds,
  };
}

/**
 * Skipping by number, counting and grouping visit rows that are not answered, whatever the plan says. What a search
 * finds bounds the first two.
 */
function mayScan(query: ReadQuery): boolean {
  if (query.read === "aggregate") return true;
  if ("search" in query && query.search !== undefined) return false;
  return query.read === "count" || ("offset" in query && query.offset);
}

/** A condition passes rows over; so may what a view does to make its rows. */
function mayPassOver(query: ReadQuery): boolean {
  return query.where.is !== "constant" || query.table.view !== undefined;
}

function textOf(query: ReadQuery, compiler: FilterCompiler): Fragment {
  switch (query.read) {
    case "one":
      return oneRow(query, compiler);
    case "list":
    case "lines":
      return query.search === undefined
        ? listOfRows(query, compiler)
        : searchedList(query, query.search, { compiler, json: (alias) => rowJson(query, compiler, alias) });
    case "aggregate":
      return compileAggregate(query, compiler);
    case "count":
      return countOfRows(query, compiler);
    case "keys": {
      const alias = compiler.alias();
      const { table, most } = query;
      const from =
        query.among === true
          ? sql`${compiler.dialect.fromSelected(table, alias)} AND ${compiler.compile(query.where, alias)}`
          : fromWhere(compiler, query, alias);
      const rows = (element: Fragment): Fragment => sql`SELECT ${element} ${from}`;
      return compiler.dialect.selectKeys({ key: table.key, alias, rows, most });
    }
    case "exists": {
      const alias = compiler.alias();
      return sql`SELECT 1 ${fromWhere(compiler, query, alias)}`;
    }
  }
}

function oneRow(query: Extract<ReadQuery, { read: "one" }>, compiler: FilterCompiler): Fragment {
  const alias = compiler.alias();
  const json = rowJson(query, compiler, alias);
  const plain = query.plain
    ? raw("")
    : sql`, ${rowJson({ columns: query.table.columns, includes: [] }, compiler, alias)}`;
  return sql`SELECT ${json}${plain} ${fromWhere(compiler, query, alias)}`;
}

function listOfRows(query: ListQuery, compiler: FilterCompiler): Fragment {
  const { dialect } = compiler;
  const page = (select: (alias: string) => Fragment, limits: Fragment): Fragment => {
    const alias = compiler.alias();
    const chosen = select(alias);
    const after =
      query.after === undefined
        ? raw("")
        : sql` AND ${keysetCondition({ sort: query.sort, nulls: query.after, alias }, compiler)}`;
    return sql`SELECT ${chosen} ${fromWhere(compiler, query, alias)}${after} ORDER BY ${compiler.orderBy(query.sort, alias)} ${limits}`;
  };
  const skipping = (plus: number): Fragment => (query.offset ? bound({ from: "offset", plus }) : raw(String(plus)));
  const skip = query.offset ? sql` OFFSET ${skipping(0)}` : raw("");
  const rows = page((alias) => sql`${rowJson(query, compiler, alias)} AS j`, sql`LIMIT ${query.limit}${skip}`);
  const keys = (alias: string): Fragment =>
    dialect.keysJson(query.sort.map((key) => ({ column: key.column, value: compiler.sortExpression(key, alias) })));
  const next = page(keys, sql`LIMIT 1 OFFSET ${skipping(query.limit)}`);
  return sql`SELECT ${dialect.joinJson("j", query.read)}, (${next}) FROM (${rows}) AS page`;
}

function countOfRows(query: Extract<ReadQuery, { read: "count" }>, compiler: FilterCompiler): Fragment {
  const alias = compiler.alias();
  const rows = fromWhere(compiler, query, alias);
  if (query.estimate === undefined) return sql`SELECT count(*) ${rows}`;
  const key = compiler.column(alias, query.estimate.key.name);
  const highest = `(SELECT max(${compiler.dialect.quote(query.estimate.key.name)}) FROM ${compiler.dialect.quote(query.table.name)})`;
  return sql`SELECT count(*), max(k), ${highest} FROM (SELECT ${key} AS k ${rows} ORDER BY ${key} LIMIT ${query.estimate.upTo}) AS counted`;
}

/** The JSON object of one row: its columns, then its included relations. */
function rowJson(query: Pick<RowsQuery, "columns" | "includes">, compiler: FilterCompiler, alias: string): Fragment {
  const includes = query.includes.map((include) => ({
    key: include.key,
    value: includeJson(include, compiler, alias),
  }));
  return compiler.object(query.columns, alias, includes);
}

function includeJson(include: IncludeQuery, compiler: FilterCompiler, alias: string): Fragment {
  const { dialect } = compiler;
  const { relation } = include;
  const inner = compiler.alias();
  const from = sql`FROM ${dialect.quote(include.table.name)} AS ${inner} WHERE ${compiler.column(inner, relation.foreign)} = ${compiler.column(alias, relation.local)}`;
  const where =
    include.where.is === "constant" && include.where.value
      ? from
      : sql`${from} AND ${compiler.compile(include.where, inner)}`;
  if (include.count) return sql`(SELECT count(*) ${where})`;
  const json = rowJson(include, compiler, inner);
  if (!relation.many) return dialect.nestedJson(sql`SELECT ${json} ${where}`, "null");
  const rows = sql`SELECT ${json} AS j ${where} ORDER BY ${compiler.orderBy(include.sort, inner)} LIMIT ${include.limit}`;
  return dialect.nestedJson(sql`SELECT '[' || ${dialect.joinJson("j", "list")} || ']' FROM (${rows}) AS nested`, "[]");
}
