import type { Exchanges } from "../observability/exchanges.ts";
import type { OpenExchange } from "../observability/open-exchange.ts";
import type { Statement } from "../observability/exchange.ts";
import type { ShownValues } from "../observability/shown-values.ts";
import type { Database, Transaction, Write, WriteOutcome } from "./database.ts";

/** Whom statements are told to, and how much of them. */
export interface Follower {
  readonly exchanges: Pick<Exchanges, "current">;
  readonly values: Pick<ShownValues, "of">;
}

const rowCount = (rows: readonly unknown[]): number => rows.length;

const READ = { hop: "database", name: "read" } as const;
const WRITE = { hop: "database", name: "write" } as const;

/** The same database, telling the exchange of each request which statements ran for it, and how long they took. */
export function followedDatabase(database: Database, follower: Follower): Database {
  const { exchanges, values } = follower;
  return {
    ...followed(database, follower),
    scansInWrites: database.scansInWrites,
    read(read, params) {
      const exchange = exchanges.current();
      if (exchange === undefined) return database.read(read, params);
      const { sql } = read;
      const told = { sql, bound: params.length, values: values.of(sql, params), count: rowCount };
      return reading(exchange, told, () => database.read(read, params));
    },
    query(sql, params, maxRows) {
      const exchange = exchanges.current();
      if (exchange === undefined) return database.query(sql, params, maxRows);
      // The application's own text: nobody knows what its values are.
      const told = {
        sql,
        bound: params.length,
        values: undefined,
        count: ({ rows }: { readonly rows: readonly unknown[] }) => rows.length,
      };
      return reading(exchange, told, () => database.query(sql, params, maxRows));
    },
    transaction: (work, deadlineMs) =>
      database.transaction((open) => work(followedTransaction(open, follower)), deadlineMs),
    fill: (write) => database.fill(write),
    define: (statements) => database.define(statements),
    close: () => database.close(),
  };
}

function followedTransaction(open: Transaction, follower: Follower): Transaction {
  const { exchanges, values } = follower;
  return {
    ...followed(open, follower),
    read(read, params) {
      const exchange = exchanges.current();
      if (exchange === undefined) return open.read(read, params);
      const { sql } = read;
      const told = { sql, bound: params.length, values: values.of(sql, params), count: rowCount };
      return reading(exchange, told, () => open.read(read, params));
    },
  };
}

/** Writes are the same in a transaction and outside of one. */
function followed(target: Pick<Transaction, "write">, { exchanges, values }: Follower): Pick<Transaction, "write"> {
  return {
    write(write) {
      const exchange = exchanges.current();
      return exchange === undefined
        ? target.write(write)
        : writing(exchange, { write, values }, () => target.write(write));
    },
  };
}

interface Read<Result> {
  readonly sql: string;
  readonly bound: number;
  readonly values: Statement["values"];
  /** The rows of its answer. */
  readonly count: (result: Awaited<Result>) => number;
}

function reading<Result>(
  exchange: OpenExchange,
  { sql, bound, values, count }: Read<Result>,
  work: () => Result,
): Result {
  return exchange.within(READ, work, (result, { at, tookMs }) => {
    const rows = result === undefined ? undefined : count(result);
    exchange.ran({ access: "read", sql, bound, values, rows, at, tookMs });
  });
}

async function writing(
  exchange: OpenExchange,
  { write, values }: { readonly write: Write } & Pick<Follower, "values">,
  work: () => Promise<WriteOutcome>,
): Promise<WriteOutcome> {
  const at = exchange.now();
  const outcome = await exchange.within(WRITE, work);
  const tookMs = exchange.now() - at;
  // What stands behind the step that was refused did not run.
  const ran = outcome.ok ? write.steps.length : (outcome.step ?? write.steps.length - 1) + 1;
  let kept = 0;
  for (const [index, { sql, params, keep }] of write.steps.slice(0, ran).entries()) {
    const rows = outcome.ok && keep === true ? outcome.kept[kept++]?.length : undefined;
    const timed = index === 0 ? tookMs : undefined;
    exchange.ran({
      access: "write",
      sql,
      bound: params.length,
      values: values.of(sql, params),
      rows,
      at,
      tookMs: timed,
    });
  }
  return outcome;
}
