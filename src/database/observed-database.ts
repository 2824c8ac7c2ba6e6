import type { Observer } from "../observability/observation.ts";
import type { Database, SqlRead, Stored, Write } from "./database.ts";

/** The same database, telling an observer of every statement that a request brings. */
export function observedDatabase(database: Database, observe: Observer): Database {
  const observeRead = ({ sql }: SqlRead, params: readonly Stored[]) =>
    observe({ is: "sql", access: "read", sql, bound: params.length });
  const observeWrite = ({ steps }: Write) => {
    for (const { sql, params } of steps) observe({ is: "sql", access: "write", sql, bound: params.length });
  };
  return {
    read(read, params) {
      observeRead(read, params);
      return database.read(read, params);
    },
    query(sql, params, maxRows) {
      observe({ is: "sql", access: "read", sql, bound: params.length });
      return database.query(sql, params, maxRows);
    },
    write(write) {
      observeWrite(write);
      return database.write(write);
    },
    transaction: (work, deadlineMs) =>
      database.transaction(
        (open) =>
          work({
            read(read, params) {
              observeRead(read, params);
              return open.read(read, params);
            },
            write(write) {
              observeWrite(write);
              return open.write(write);
            },
          }),
        deadlineMs,
      ),
    fill: (write) => database.fill(write),
    define: (statements) => database.define(statements),
    close: () => database.close(),
  };
}
