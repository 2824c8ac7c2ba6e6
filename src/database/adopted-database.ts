import { withoutMarks } from "./broken-values.ts";
import type { Database, Rows, Stored, Transaction, WriteOutcome } from "./database.ts";

/** A value of an adopted file that is not of its column's kind, and so answers null. */
export class BrokenValue extends Error {
  /** `column` is `table.column`. */
  constructor(column: string) {
    super(`A value stored in ${column} is not of the column's kind; it was answered as null.`);
    this.name = "BrokenValue";
  }
}

/** The same database over an adopted file: what its columns should not hold answers null, and is reported. */
export function adoptedDatabase(database: Database, report: (found: BrokenValue) => void): Database {
  const clean = (rows: Rows): Rows => {
    const found = new Set<string>();
    const cleaned = rows.map((row) => row.map((value) => withoutMark(value, found)));
    for (const column of found) report(new BrokenValue(column));
    return found.size === 0 ? rows : cleaned;
  };
  const cleanOutcome = (outcome: WriteOutcome): WriteOutcome =>
    outcome.ok ? { ...outcome, kept: outcome.kept.map(clean) } : outcome;
  const read = (from: Pick<Database | Transaction, "read">): Database["read"] => {
    return (sql, params) => {
      const rows = from.read(sql, params);
      return rows instanceof Promise ? rows.then(clean) : clean(rows);
    };
  };
  return {
    scansInWrites: database.scansInWrites,
    read: read(database),
    query: (sql, params, maxRows) => database.query(sql, params, maxRows),
    write: async (write) => cleanOutcome(await database.write(write)),
    transaction: (work, deadlineMs) =>
      database.transaction(
        (open) =>
          work({
            read: async (sql, params) => read(open)(sql, params),
            write: async (write) => cleanOutcome(await open.write(write)),
          }),
        deadlineMs,
      ),
    define: (statements) => database.define(statements),
    fill: (write) => database.fill(write),
    close: () => database.close(),
  };
}

function withoutMark(value: Stored, found: Set<string>): Stored {
  return typeof value === "string" ? withoutMarks(value, (column) => found.add(column)) : value;
}
