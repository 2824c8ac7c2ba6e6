import type { PlanStep } from "../database/database.ts";

/** A step that reads a table, or an index of it, from its first row to its last. */
const SCAN = /^SCAN ([\w"]+)(?: USING (?:COVERING )?INDEX (?:"(?:[^"]|"")+"|\S+))?$/;
const FULL_SCAN = /^SCAN [\w"]+$/;
const READS = /^(?:SCAN|SEARCH) ([\w"]+)/;
const SORTS = /^USE TEMP B-TREE FOR ORDER BY/;
/** How statements that are compiled here name a table: `"books" AS t2`. */
const ALIAS = /"((?:[^"]|"")+)" AS (t\d+)\b/g;
/** What a statement makes for itself is small, and has no index that anybody could declare. */
const OF_THE_STATEMENT = "_servery_";

/** A table by the name that a statement gives it, and by its own. */
interface Named {
  readonly alias: string;
  readonly table: string;
}

/**
 * Which index the declaration lacks for a statement, in sentences for people: the columns that it compares or sorts by,
 * where the database went through rows one after the other.
 */
export function indexAdvice(sql: string, steps: readonly PlanStep[]): string[] {
  const tables = new Map([...sql.matchAll(ALIAS)].map(([, table = "", alias = ""]) => [alias, plain(table)]));
  // A text of somebody's own: which of its names are columns, only the database knows.
  if (tables.size === 0) return [...new Set(steps.flatMap(({ detail }) => generalAdvice(detail)))];
  const sorting = new Set(steps.filter(({ detail }) => SORTS.test(detail)).map((step) => readBeside(step, steps)));
  const advice = steps.flatMap(({ detail }) => {
    const named = namedIn(READS.exec(detail)?.[1], tables);
    if (named === undefined) return [];
    const sorted = sorting.has(named.alias) ? sortedColumns(sql, named.alias) : [];
    const isScan = SCAN.test(detail);
    if (!isScan && sorted.length === 0) return [];
    return isScan
      ? scanAdvice(sql, named, { sorted, isFull: FULL_SCAN.test(detail) })
      : orderAdvice(sql, named, sorted);
  });
  return [...new Set(advice)];
}

function namedIn(alias: string | undefined, tables: ReadonlyMap<string, string>): Named | undefined {
  const table = alias === undefined ? undefined : tables.get(alias);
  return alias === undefined || table === undefined || table.startsWith(OF_THE_STATEMENT)
    ? undefined
    : { alias, table };
}

/** The table whose rows a step sorts: the last that was read at its place. */
function readBeside({ id, parent }: PlanStep, steps: readonly PlanStep[]): string | undefined {
  return steps
    .filter((step) => step.parent === parent && step.id < id)
    .map(({ detail }) => READS.exec(detail)?.[1])
    .findLast((alias) => alias !== undefined);
}

interface Scanned {
  /** The columns by which rows are sorted once they are found. */
  readonly sorted: readonly string[];
  /** Whether the table itself is read, and no index of it. */
  readonly isFull: boolean;
}

function scanAdvice(sql: string, named: Named, { sorted, isFull }: Scanned): string[] {
  const { alias, table } = named;
  const inside = columnsIn(sql, new RegExp(`\\binstr\\((?:lower\\()?${alias}\\.${NAME}`, "g"));
  const letters = inside.map(
    (column) =>
      `Letters inside of ${table}.${column} are looked for in every row: no index finds them. Write .search() behind the column and ask with q, which finds words.`,
  );
  const columns = comparedColumns(sql, alias);
  const [first] = columns;
  if (first !== undefined) {
    const where = `Rows of ${table} are looked at one after the other, since no index leads to ${columns.join(" and ")}.`;
    const equal = equalColumns(sql, alias);
    const isBoth = sorted.length > 0 && !isUsual(sorted) && equal.length > 0;
    const write = isBoth
      ? `Write ${indexOver([...equal, ...sorted])} behind the table: it has their order too.`
      : `Write .index() behind the column ${first} in the declaration.`;
    return [...letters, `${where} ${write}`];
  }
  if (sorted.length > 0) return [...letters, ...orderAdvice(sql, named, sorted)];
  return letters.length > 0 || !isFull
    ? letters
    : [`Every row of ${table} is read: no condition on a column of it leaves fewer.`];
}

/** Rows that are found first and sorted then. Those of a list of values, or of a range, no index has in another order. */
function orderAdvice(sql: string, { alias, table }: Named, sorted: readonly string[]): string[] {
  const equal = equalColumns(sql, alias).filter((column) => !sorted.includes(column));
  if (comparedColumns(sql, alias).some((column) => !equal.includes(column) && !sorted.includes(column))) return [];
  return [
    `Rows of ${table} are sorted by ${sorted.join(" and ")} after all of them were found. Write ${indexOver([...equal, ...sorted])} behind the table, and they are found in that order.`,
  ];
}

/** An index of a column has the order of lists to which nobody gives another. */
function isUsual([first]: readonly string[]): boolean {
  return first === "created_at";
}

function indexOver(columns: readonly string[]): string {
  return `.index(${columns.map((column) => JSON.stringify(column)).join(", ")})`;
}

const NAME = '"((?:[^"]|"")+)"';

function equalColumns(sql: string, alias: string): string[] {
  return columnsIn(sql, new RegExp(`\\b${alias}\\.${NAME} = \\?`, "g"));
}

/** The columns that are compared with a value. */
function comparedColumns(sql: string, alias: string): string[] {
  return columnsIn(sql, new RegExp(`\\b${alias}\\.${NAME} (?:(?:=|[<>]=?) \\?|IN \\()`, "g"));
}

/** The columns of ORDER BY, without the key at its end: it only makes the order whole. */
function sortedColumns(sql: string, alias: string): string[] {
  const [, order = ""] = new RegExp(`ORDER BY ((?:${alias}\\.${NAME}(?: DESC| ASC)?(?:, )?)+)`).exec(sql) ?? [];
  const columns = columnsIn(order, new RegExp(`${alias}\\.${NAME}`, "g"));
  return columns.length > 1 ? columns.slice(0, -1) : columns;
}

function columnsIn(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, column = ""]) => plain(column)))];
}

function plain(quoted: string): string {
  return quoted.replaceAll('""', '"');
}

function generalAdvice(detail: string): string[] {
  const scanned = FULL_SCAN.test(detail) ? READS.exec(detail)?.[1]?.replaceAll('"', "") : undefined;
  if (scanned !== undefined)
    return [`Every row of ${scanned} is read. An index on the columns that are filtered by may spare it.`];
  return SORTS.test(detail) ? ["Rows are sorted after they were found. An index in that order may spare it."] : [];
}
