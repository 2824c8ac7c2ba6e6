import { AUDIT_TABLE } from "../../schema/audit-table.ts";
import { pruneAudit } from "../sql/audit.ts";
import { type ApplicationFile, withOwnTables } from "./application-file.ts";

/** Entries that are removed at once: writers wait no longer than that takes. */
const ENTRIES_AT_ONCE = 5_000;

/**
 * Removes what is kept of changes before a time, given as it is stored (`2025-01-31T12:00:00.000Z`), and answers how
 * many entries that were. Throws a `DatabaseError` with a reason in one sentence.
 */
export function removeEntries(file: ApplicationFile, before: string): Promise<number> {
  return withOwnTables(file, (connection) => {
    const [there] = connection.query("SELECT count(*) FROM sqlite_schema WHERE name = ?", [AUDIT_TABLE]);
    // A file of an earlier version has no such table until it is served.
    if (there?.[0] !== 1) return 0;
    const statement = connection.statement(pruneAudit);
    let removed = 0;
    for (;;) {
      const count = statement.run([before, ENTRIES_AT_ONCE]);
      removed += count;
      if (count < ENTRIES_AT_ONCE) return removed;
    }
  });
}
