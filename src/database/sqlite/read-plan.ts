import type { SqlRead, Stored } from "../database.ts";
import type { Connection } from "./connection.ts";

/** What SQLite says about a read before it runs. */
export interface ReadPlan {
  /** It may visit many more rows than it answers. */
  readonly scans: boolean;
  /** The tables whose size tells how long that takes; null where their size cannot be told cheaply. */
  readonly tables: readonly string[] | null;
}

interface PlanNode {
  readonly id: number;
  readonly parent: number;
  readonly detail: string;
}

/** Asks SQLite how it would run a read: once for each text. Throws the binding's error. */
export function explainRead(connection: Connection, { sql, scans }: SqlRead, params: readonly Stored[]): ReadPlan {
  const rows = connection.query(`EXPLAIN QUERY PLAN ${sql}`, params);
  const nodes = rows.map(([id, parent, , detail]) => ({ id: Number(id), parent: Number(parent), detail: String(detail) }));
  if (!scans && !planScans(nodes, /\blimit\b/i.test(sql))) return { scans: false, tables: [] };
  return { scans: true, tables: tablesOf(connection, sql, params) };
}

/**
 * Whether a plan visits a table as a whole, or sorts. A scan in the wanted order that stops at a LIMIT does not; a sort
 * inside a correlated subquery that looks up by an index is left to measured time, since it mostly sorts a few rows
 * for each row of a page.
 */
export function planScans(nodes: readonly PlanNode[], hasLimit: boolean): boolean {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const isCorrelated = (node: PlanNode): boolean => {
    for (let at = byId.get(node.parent); at !== undefined; at = byId.get(at.parent)) {
      if (at.detail.startsWith("CORRELATED")) return true;
    }
    return false;
  };
  // Subqueries and common table expressions appear as sources too; what they read has lines of its own.
  const named = nodes.map(({ detail }) => /^(?:MATERIALIZE|CO-ROUTINE) ([^]*)$/.exec(detail)?.[1]);
  const isTableScan = ({ detail }: PlanNode): boolean => {
    const [, source = ""] = /^SCAN ([^]*)$/.exec(detail) ?? [];
    if (source === "" || source.startsWith("(") || /^(?:\d+ )?CONSTANT ROWS?$/.test(source)) return false;
    return !source.includes(" VIRTUAL TABLE ") && !named.includes(source);
  };
  const scans = nodes.filter(isTableScan);
  // Only the first loop can stop early: a second one is run whole for each of its rows.
  const stopsEarly = hasLimit && scans.length <= 1 && scans.every((node) => !isCorrelated(node));
  if (scans.length > 0 && !stopsEarly) return true;
  return nodes.some((node) => node.detail.startsWith("USE TEMP B-TREE") && !isCorrelated(node));
}

/** The tables that a read opens: from the byte code, since the plan names them by their aliases. */
function tablesOf(connection: Connection, sql: string, params: readonly Stored[]): readonly string[] | null {
  const names = new Map<number, string>();
  for (const [page, table] of connection.query("SELECT rootpage, tbl_name FROM sqlite_schema")) {
    names.set(Number(page), String(table));
  }
  const tables = new Set<string>();
  for (const [, opcode, , page] of connection.query(`EXPLAIN ${sql}`, params)) {
    if (opcode === "VOpen") return null;
    const name = opcode === "OpenRead" ? names.get(Number(page)) : undefined;
    if (name !== undefined) tables.add(name);
  }
  return [...tables];
}
