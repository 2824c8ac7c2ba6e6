import type { Observer } from "../observability/observation.ts";
import type { Database } from "./database.ts";

/** The same database, telling an observer of every statement that a request brings. */
export function observedDatabase(database: Database, observe: Observer): Database {
  return {
    read(read, params) {
      observe({ is: "sql", access: "read", sql: read.sql, bound: params.length });
      return database.read(read, params);
    },
    write(write) {
      for (const step of write.steps) observe({ is: "sql", access: "write", sql: step.sql, bound: step.params.length });
      return database.write(write);
    },
    fill: (write) => database.fill(write),
    define: (statements) => database.define(statements),
    close: () => database.close(),
  };
}
