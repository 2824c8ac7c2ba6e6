import type { PlanStep, SqlRead, Stored } from "../database.ts";
import type { Connection } from "./connection.ts";

/** What SQLite says about a read before it runs. */
export interface ReadPlan {
  /** It may visit many more rows than it answers. */
  readonly scans: boolean;
  /** The tables whose size tells how long that takes; null where their size cannot be told cheaply. */
  readonly tables: readonly string[] | null;
}

/** What SQLite would do, step by step. Throws the binding's error. */
export function planSteps(connection: Connection, sql: string, params: readonly Stored[]): PlanStep[] {
  const rows = connection.query(`EXPLAIN QUERY PLAN ${sql}`, params);
  return rows.map(([id, parent, , detail]) => ({ id: Number(id), parent: Number(parent), detail: String(detail) }));
}

/** Asks SQLite how it would run a read: once for each text. Throws the binding's error. */
export function explainRead(connection: Connection, read: SqlRead, params: readonly Stored[]): ReadPlan {
  const nodes = planSteps(connection, read.sql, params);
  const searches = read.search !== undefined;
  // What a LIMIT bounds is only what a walk in order visits, and only where it passes no row over.
  const bounded = { hasLimit: /\blimit\b/i.test(read.sql), filtered: read.filtered === true, searches };
  if (!read.scans && !planScans(nodes, bounded)) return { scans: false, tables: [] };
  return { scans: true, tables: tablesOf(connection, read, params) };
}

/**
 * Whether a plan visits a table as a whole, or sorts. A walk in the wanted order that stops at a LIMIT does not; a sort
 * inside a correlated subquery that looks up by an index is left to measured time, since it mostly sorts a few rows
 * for each row of a page.
 */
function planScans(
  nodes: readonly PlanStep[],
  {
    hasLimit,
    filtered,
    searches,
  }: { readonly hasLimit: boolean; readonly filtered: boolean; readonly searches: boolean },
): boolean {
  const above = ancestors(nodes);
  // Subqueries and common table expressions appear as sources too; what they read has lines of its own.
  const named = nodes.map(({ detail }) => /^(?:MATERIALIZE|CO-ROUTINE) ([^]*)$/.exec(detail)?.[1]);
  const walks = nodes.filter(({ detail }) => visitsTable(detail) && !named.includes(detail.slice("SCAN ".length)));
  const runsWhole = (node: PlanStep): boolean =>
    // Once for each row of another query or loop, or to make a list.
    above(node).some((outer) => /^(?:CORRELATED|LIST) /.test(outer)) ||
    walks.some((other) => other !== node && other.parent === node.parent);
  if (walks.length > 0 && (!hasLimit || filtered)) return true;
  if (walks.some(runsWhole)) return true;
  if (!hasLimit && nodes.some(({ detail }) => isRange(detail))) return true;
  // What is sorted is what the search found, and that is counted for each text.
  if (searches) return false;
  const sorts = nodes.filter(({ detail }) => detail.startsWith("USE TEMP B-TREE"));
  return sorts.some((node) => !above(node).some((outer) => outer.startsWith("CORRELATED")));
}

/** Whether a line looks up everything before or behind a value, as in `SEARCH t USING INDEX i (a>?)`. */
function isRange(detail: string): boolean {
  return /^SEARCH [^]* \([^]*[<>]\?[^]*\)$/.test(detail);
}

/** Whether a line of a plan goes through all rows of something that may be a table. */
function visitsTable(detail: string): boolean {
  // An index that is made for this one run; min() or max() of a column that has none.
  if (detail.startsWith("SEARCH ")) return detail.includes(" USING AUTOMATIC ") || !detail.includes(" USING ");
  if (!detail.startsWith("SCAN ")) return false;
  return !/^SCAN (?:\(|(?:\d+ )?CONSTANT ROWS?$)/.test(detail) && !detail.includes(" VIRTUAL TABLE ");
}

/** A look-up of the lines above one in the tree of a plan. */
function ancestors(nodes: readonly PlanStep[]): (node: PlanStep) => readonly string[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  return (node) => {
    const details: string[] = [];
    for (let at = byId.get(node.parent); at !== undefined; at = byId.get(at.parent)) details.push(at.detail);
    return details;
  };
}

/** The tables that a read opens: from the byte code, since the plan names them by their aliases. */
function tablesOf(connection: Connection, read: SqlRead, params: readonly Stored[]): readonly string[] | null {
  const names = new Map<number, string>();
  for (const [page, table] of connection.query("SELECT rootpage, tbl_name FROM sqlite_schema")) {
    names.set(Number(page), String(table));
  }
  const tables = new Set<string>();
  for (const [, opcode, , page] of connection.query(`EXPLAIN ${read.sql}`, params)) {
    // A search index is as large as the table it belongs to, which is read beside it.
    if (opcode === "VOpen" && read.search === undefined) return null;
    const name = opcode === "OpenRead" ? names.get(Number(page)) : undefined;
    if (name !== undefined) tables.add(name);
  }
  return [...tables];
}
