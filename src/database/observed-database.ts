import type { Observer } from "../observability/observation.ts";
import type { Database, SqlRead, Stored, Write } from "./database.ts";

/** The same database, telling an observer of every statement that a request brings. */
export function observedDatabase(database: Database, observe: Observer): Database {
  const observeRead = ({ sql }: SqlRead, params: readonly Stored[]) =>
    observe({ is: "sql", access: "read", sql, bound: params.length });
  const observeWrite = ({ steps }: Write) => {
    for (const { sql, params } of steps) observe({ is: "sql", access: "write", sql, bound: params.length });
  };
  const timed = <Result>(access: "read" | "write", work: () => Result): Result => {
    const began = performance.now();
    const ended = (): void => observe({ is: "statements", access, tookMs: performance.now() - began });
    let result: Result;
    try {
      result = work();
    } catch (error) {
      ended();
      throw error;
    }
    if (result instanceof Promise) result.then(ended, ended);
    else ended();
    return result;
  };
  return {
    scansInWrites: database.scansInWrites,
    read(read, params) {
      observeRead(read, params);
      return timed("read", () => database.read(read, params));
    },
    query(sql, params, maxRows) {
      observe({ is: "sql", access: "read", sql, bound: params.length });
      return timed("read", () => database.query(sql, params, maxRows));
    },
    write(write) {
      observeWrite(write);
      return timed("write", () => database.write(write));
    },
    transaction: (work, deadlineMs) =>
      database.transaction(
        (open) =>
          work({
            read(read, params) {
              observeRead(read, params);
              return timed("read", () => open.read(read, params));
            },
            write(write) {
              observeWrite(write);
              return timed("write", () => open.write(write));
            },
          }),
        deadlineMs,
      ),
    fill: (write) => database.fill(write),
    define: (statements) => database.define(statements),
    close: () => database.close(),
  };
}
