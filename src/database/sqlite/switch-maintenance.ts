import { MAINTENANCE_KEY, type Maintenance, maintenanceIn, maintenanceRead, OWN_TABLE } from "../own-table.ts";
import { type ApplicationFile, withOwnTables } from "./application-file.ts";
import type { Connection } from "./connection.ts";

/** Whether the application is in maintenance. Throws a `DatabaseError` with a reason in one sentence. */
export function readMaintenance(file: ApplicationFile): Promise<Maintenance | undefined> {
  return withOwnTables(file, currentOf);
}

/**
 * Switches maintenance on, or off with undefined, and answers what there was before. One short write: servers that
 * have the file open see it by themselves. Throws a `DatabaseError` with a reason in one sentence.
 */
export function switchMaintenance(
  file: ApplicationFile,
  wanted: Maintenance | undefined,
): Promise<Maintenance | undefined> {
  return withOwnTables(file, (connection) => {
    connection.exec("BEGIN IMMEDIATE");
    const before = currentOf(connection);
    if (wanted === undefined) {
      connection.statement(`DELETE FROM ${OWN_TABLE} WHERE key = ?`).run([MAINTENANCE_KEY]);
    } else {
      const value = JSON.stringify(wanted);
      connection
        .statement(`INSERT OR REPLACE INTO ${OWN_TABLE} (key, value) VALUES (?, ?)`)
        .run([MAINTENANCE_KEY, value]);
    }
    connection.exec("COMMIT");
    return before;
  });
}

function currentOf(connection: Connection): Maintenance | undefined {
  return maintenanceIn(connection.query(maintenanceRead.sql));
}
