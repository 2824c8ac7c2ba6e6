import {
  type AskedRows,
  type AskedStatement,
  type ChangeOutcome,
  type Consent,
  type StatementFacts,
  UnaskableStatement,
} from "../asked-statement.ts";
import { DatabaseError } from "../database.ts";
import { nameIn, sqlTokens } from "../migration/sql-tokens.ts";
import { bytesOf } from "../write-rules.ts";
import type { Connection } from "./connection.ts";
import { numbered } from "./numbered-statement.ts";
import { COMMIT } from "./run-write.ts";
import { undo } from "./open-transaction.ts";

/** Bytes of values that one answer may hold. */
const MAX_BYTES = 16 * 1024 * 1024;

const VERBS: Readonly<Record<string, StatementFacts["verb"]>> = {
  Insert: "insert",
  Update: "update",
  Delete: "delete",
};

/** What EXPLAIN says of one part of a plan. */
interface PlanNode {
  readonly "Node Type": string;
  readonly Operation?: string;
  readonly Schema?: string;
  readonly "Relation Name"?: string;
  readonly "Function Name"?: string;
  readonly Plans?: readonly PlanNode[];
}

/** Compiles a statement and does not run it. */
export async function examineStatement(connection: Connection, sql: string): Promise<StatementFacts> {
  const words = wordsOf(sql);
  const values = [...sqlTokens(sql)].filter(({ is, from }) => is === "sign" && sql[from] === "?").length;
  if (!/^(?:select|with|values|table|insert|update|delete)$/.test(words[0] ?? ""))
    throw new UnaskableStatement("Only statements that read or write rows are run: SELECT, INSERT, UPDATE or DELETE.");
  await connection.run("BEGIN");
  try {
    // With its values known, a plan may leave out a table that other values would read.
    await connection.run("SET LOCAL plan_cache_mode = force_generic_plan");
    await connection.script(`PREPARE asked AS ${numbered(sql)}`);
    const given = values === 0 ? "" : `(${Array.from({ length: values }, () => "NULL").join(", ")})`;
    const { rows } = await connection.run(`EXPLAIN (VERBOSE, FORMAT JSON) EXECUTE asked${given}`, [], { once: true });
    const [{ Plan: plan }] = JSON.parse(String(rows[0]?.[0])) as [{ readonly Plan: PlanNode }];
    return factsOf(plan, { values, hasWhere: words.includes("where") });
  } finally {
    await undo(connection);
    // By name: the connection's own statements stay. A rollback does not take it away, and one that was refused is not there.
    await connection.script("DEALLOCATE asked").catch(() => undefined);
  }
}

function factsOf(plan: PlanNode, { values, hasWhere }: Pick<StatementFacts, "values" | "hasWhere">): StatementFacts {
  const nodes = [...nodesOf(plan)];
  const write = nodes.find((node) => node["Node Type"] === "ModifyTable");
  const closed = nodes.find(isClosed);
  return {
    verb: VERBS[write?.Operation ?? ""] ?? "select",
    writes: write !== undefined,
    hasWhere,
    target: write?.["Relation Name"],
    closed: closed?.["Relation Name"] ?? closed?.["Function Name"],
    values,
  };
}

function* nodesOf(node: PlanNode): Generator<PlanNode> {
  yield node;
  for (const below of node.Plans ?? []) yield* nodesOf(below);
}

/** Servery's own tables, and what the server keeps for itself. */
function isClosed(node: PlanNode): boolean {
  const name = node["Relation Name"];
  if (name === undefined)
    return node["Node Type"] === "Function Scan" && (node["Function Name"] ?? "").startsWith("pg_");
  return name.startsWith("_servery_") || name === "_servery" || /^(?:pg_|information_schema)/.test(node.Schema ?? "");
}

function wordsOf(sql: string): string[] {
  const tokens = [...sqlTokens(sql)];
  const end = tokens.findIndex(({ is, from }) => is === "sign" && sql[from] === ";");
  if (end !== -1 && end < tokens.length - 1) throw new UnaskableStatement("There is more than one statement.");
  return tokens.filter(({ is }) => is === "word").map((token) => nameIn(sql, token).toLowerCase());
}

/** Runs one that reads, where nothing can be written. */
export async function lookAt(
  connection: Connection,
  { sql, params }: AskedStatement,
  maxRows: number,
): Promise<AskedRows> {
  await connection.run("BEGIN READ ONLY");
  try {
    // A comment at its end must not swallow what follows.
    const text = `SELECT * FROM (\n${withoutEnd(sql)}\n) AS asked LIMIT ${maxRows + 1}`;
    const { columns, rows } = await connection.named(text, params);
    let bytes = 0;
    for (const row of rows) bytes += bytesOf(row);
    if (bytes > MAX_BYTES)
      throw new DatabaseError({ kind: "too_big", message: `The rows are larger than ${MAX_BYTES} bytes.` });
    return { columns, rows: rows.slice(0, maxRows), isCut: rows.length > maxRows };
  } finally {
    await undo(connection);
  }
}

/** Runs one that writes in a transaction of its own. */
export async function changeRows(
  connection: Connection,
  { sql, params }: AskedStatement,
  { rows: agreed, beside, maxRows }: Consent,
): Promise<ChangeOutcome> {
  await connection.run("BEGIN");
  try {
    const { columns, rows, count } = await connection.named(sql, params);
    if (count !== agreed) return { is: "differs", changed: count };
    for (const statement of beside) await connection.run(statement.sql, statement.params);
    await connection.run(COMMIT);
    return { is: "changed", columns, rows: rows.slice(0, maxRows), isCut: rows.length > maxRows };
  } finally {
    if (!connection.isIdle) await undo(connection);
  }
}

function withoutEnd(sql: string): string {
  return sql.replace(/[;\s]+$/, "");
}
