import {
  DatabaseError,
  type NamedRows,
  type PlanStep,
  type Rows,
  type SqlRead,
  type Stored,
  type Transaction,
  type WaitingStatements,
  type Write,
  type WriteOutcome,
} from "../database.ts";
import { DeclarationError } from "../../errors/declaration-error.ts";
import {
  type AskedRows,
  type AskedStatement,
  type ChangeOutcome,
  type Consent,
  type StatementFacts,
  UnaskableStatement,
} from "../asked-statement.ts";
import type { DatabaseState } from "../migration/next-steps.ts";
import type { ServingDatabase } from "../serving-database.ts";
import { demandQuery } from "../foreign-query.ts";
import { bytesOf } from "../write-rules.ts";
import { changeRows, examineStatement, lookAt } from "./ask-statement.ts";
import type { Connection } from "./connection.ts";
import { Connections } from "./connections.ts";
import { mapError, mayRepeat } from "./map-error.ts";
import { databaseState } from "./database-state.ts";
import { NumberedStatements } from "./numbered-statement.ts";
import { OpenTransaction, undo } from "./open-transaction.ts";
import { BEGIN, COMMIT, FailedStep, failedOutcome, runWrite } from "./run-write.ts";

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string;
  /** Connections that this process has at most; `CONNECTIONS` where it is not given. */
  readonly connections?: number;
  /** Milliseconds after which a statement is ended; `STATEMENT_TIMEOUT_MS` where it is not given. */
  readonly statementTimeoutMs?: number;
}

const CONNECTIONS = 10;
const STATEMENT_TIMEOUT_MS = 5_000;
/** Milliseconds after which a read that shared its connection is given one of its own from then on. */
const SLOW_MS = 100;
/** Texts of slow reads that are known. */
const MOST_SLOW = 500;
/** How often a write is tried that meets another transaction's. */
const MOST_ATTEMPTS = 12;
/** Bytes of values that one answer may hold. */
const MAX_BYTES = 16 * 1024 * 1024;

/** An open PostgreSQL database: see `Database`. */
export class PostgresDatabase implements ServingDatabase {
  readonly label: string;
  readonly scansInWrites = true;
  readonly #connections: Connections;
  readonly #slow = new Set<string>();
  /** Writes that met another are repeated one at a time, or they would meet each other again. */
  #repeating: Promise<unknown> = Promise.resolve();
  #writing = 0;

  private constructor(connections: Connections, version: string) {
    this.#connections = connections;
    this.label = `PostgreSQL ${version}`;
  }

  /** Connects once. Throws a `DatabaseError` with a reason in one sentence. */
  static async open(options: PostgresOptions): Promise<PostgresDatabase> {
    const connections = new Connections({
      url: options.url,
      statements: new NumberedStatements(),
      most: options.connections ?? CONNECTIONS,
      statementTimeoutMs: options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS,
    });
    try {
      const { rows } = await connections.use((connection) => connection.run("SHOW server_version", [], { once: true }));
      return new PostgresDatabase(connections, String(rows[0]?.[0]));
    } catch (error) {
      await connections.close();
      throw error instanceof DatabaseError ? error : new DatabaseError(mapError(error), { cause: error });
    }
  }

  read({ sql, scans }: SqlRead, params: readonly Stored[]): Promise<Rows> {
    if (scans || this.#slow.has(sql)) return this.#alone((connection) => rowsOf(connection, sql, params));
    const shared = this.#connections.share();
    return shared instanceof Promise
      ? shared.then((connection) => this.#quickly(connection, sql, params))
      : this.#quickly(shared, sql, params);
  }

  async query(sql: string, params: readonly Stored[], maxRows: number): Promise<NamedRows> {
    demandQuery(sql);
    return this.#alone(async (connection) => {
      await connection.run("BEGIN READ ONLY");
      try {
        const { columns, rows } = await connection.named(sql, params).catch(writing);
        if (rows.length > maxRows) throw tooBig(`There are more than ${maxRows} rows.`);
        return { columns, rows: bounded(rows) };
      } finally {
        await undo(connection);
      }
    });
  }

  async write(write: Write): Promise<WriteOutcome> {
    this.#writing++;
    try {
      return await this.#attempt(write).catch((error: unknown) => this.#repeat(write, error));
    } catch (error) {
      return failedOutcome(error);
    } finally {
      this.#writing--;
    }
  }

  fill(write: Write): Promise<WriteOutcome> {
    return this.write(write);
  }

  async transaction<Result>(work: (open: Transaction) => Promise<Result>, deadlineMs: number): Promise<Result> {
    return this.#connections.use(async (connection) => {
      await connection.run(BEGIN).catch(fail);
      const open = new OpenTransaction(connection);
      try {
        const result = await within(deadlineMs, work(open.calls), (failure) => open.end(failure));
        await open.end();
        if (open.lost !== undefined) throw new DatabaseError(open.lost);
        await connection.run(COMMIT).catch(fail);
        return result;
      } catch (error) {
        await open.end();
        await undo(connection);
        throw error;
      }
    });
  }

  async define(statements: readonly string[]): Promise<void> {
    await this.#connections.use(async (connection) => {
      try {
        await connection.script(`BEGIN; SET LOCAL statement_timeout = 0;\n${statements.join(";\n")};\nCOMMIT`);
      } catch (error) {
        await undo(connection);
        fail(error);
      }
    });
  }

  async explain(sql: string, bound: number): Promise<readonly PlanStep[]> {
    // What was bound hardly changes what is done.
    const values = Array.from({ length: bound }, () => null);
    return this.#alone(async (connection) => {
      const { rows } = await connection.run(`EXPLAIN ${sql}`, values, { once: true });
      return planSteps(rows.map(([line]) => String(line)));
    });
  }

  examine(sql: string): Promise<StatementFacts> {
    return this.#alone((connection) => examineStatement(connection, sql));
  }

  look(statement: AskedStatement, maxRows: number): Promise<AskedRows> {
    return this.#alone((connection) => lookAt(connection, statement, maxRows));
  }

  change(statement: AskedStatement, consent: Consent): Promise<ChangeOutcome> {
    return this.#alone((connection) => changeRows(connection, statement, consent));
  }

  state(): Promise<DatabaseState> {
    return this.#alone(databaseState);
  }

  waiting(): WaitingStatements {
    return { read: this.#connections.waiting, write: this.#writing };
  }

  close(): Promise<void> {
    return this.#connections.close();
  }

  /** Does something on a connection of its own. Rejected with a `DatabaseError`. */
  async #alone<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result> {
    try {
      return await this.#connections.use(work);
    } catch (error) {
      return fail(error);
    }
  }

  async #quickly(connection: Connection, sql: string, params: readonly Stored[]): Promise<Rows> {
    const isFirst = connection.inFlight === 0;
    const began = performance.now();
    try {
      return (await connection.run(sql, params)).rows;
    } catch (error) {
      return fail(error);
    } finally {
      // Behind others nobody knows how much of it was waiting.
      if (isFirst && performance.now() - began > SLOW_MS && this.#slow.size < MOST_SLOW) this.#slow.add(sql);
    }
  }

  #attempt(write: Write): Promise<WriteOutcome> {
    return this.#connections.use((connection) => runWrite(connection, write));
  }

  async #repeat(write: Write, error: unknown): Promise<WriteOutcome> {
    let last = error;
    for (let attempt = 1; attempt < MOST_ATTEMPTS && mayRepeat(causeOf(last)); attempt++) {
      const before = this.#repeating;
      const repeated = before.then(() => this.#attempt(write));
      this.#repeating = repeated.catch(() => undefined);
      try {
        return await repeated;
      } catch (again) {
        last = again;
      }
    }
    throw last;
  }
}

function causeOf(error: unknown): unknown {
  return error instanceof FailedStep ? error.cause : error;
}

async function rowsOf(connection: Connection, sql: string, params: readonly Stored[]): Promise<Rows> {
  return (await connection.run(sql, params)).rows;
}

function bounded(rows: Stored[][]): Stored[][] {
  let bytes = 0;
  for (const row of rows) {
    bytes += bytesOf(row);
    if (bytes > MAX_BYTES) throw tooBig(`The rows are larger than ${MAX_BYTES} bytes.`);
  }
  return rows;
}

/** What was to write where only reading is allowed: that is the text's mistake, not the server's state. */
function writing(error: unknown): never {
  const failure = mapError(error);
  if (failure.kind !== "read_only") throw error;
  throw new DatabaseError({ kind: "other", message: failure.message }, { cause: error });
}

function tooBig(message: string): DatabaseError {
  return new DatabaseError({ kind: "too_big", message });
}

function fail(error: unknown): never {
  const isKnown =
    error instanceof DatabaseError || error instanceof DeclarationError || error instanceof UnaskableStatement;
  throw isKnown ? error : new DatabaseError(mapError(error), { cause: error });
}

/** Waits for work until a deadline: afterwards its calls are refused, and so is the work. */
async function within<Result>(
  deadlineMs: number,
  work: Promise<Result>,
  expire: (failure: DatabaseError["failure"]) => Promise<void>,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const failure = { kind: "timeout", message: `The transaction took longer than ${deadlineMs} ms.` } as const;
      void expire(failure);
      reject(new DatabaseError(failure));
    }, deadlineMs);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
    // What it answers later is nobody's any more.
    work.catch(() => undefined);
  }
}

/** The lines of EXPLAIN, each under the one that it stands in from. */
function planSteps(lines: readonly string[]): PlanStep[] {
  const above: { readonly id: number; readonly depth: number }[] = [];
  return lines.map((line, at) => {
    const depth = line.search(/\S|$/);
    while (above.length > 0 && (above.at(-1)?.depth ?? 0) >= depth) above.pop();
    const parent = above.at(-1)?.id ?? 0;
    above.push({ id: at + 1, depth });
    return { id: at + 1, parent, detail: line.trim().replace(/^->\s*/, "") };
  });
}
