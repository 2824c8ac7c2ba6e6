import { resolve } from "node:path";
import { DatabaseError, type DatabaseFailure } from "../database.ts";
import { OWN_TABLE } from "../own-table.ts";
import { chooseDriver, type DriverPreference } from "./choose-driver.ts";
import { Connection } from "./connection.ts";
import { fileIdentity, ownPathOf } from "./database-file.ts";
import { mapError } from "./map-error.ts";

/** The file of an application, which a server may have open. */
export interface ApplicationFile {
  readonly path: string;
  readonly driver: DriverPreference;
  /** How long to wait for another process that holds the lock, in milliseconds. */
  readonly lockWaitMs?: number;
}

/**
 * Opens the file that holds Servery's own tables, for short writes beside a running server. Throws a `DatabaseError` with
 * a reason in one sentence.
 */
export async function withOwnTables<Result>(
  file: ApplicationFile,
  use: (connection: Connection) => Result,
): Promise<Result> {
  const given = resolve(file.path);
  // A writer makes the file where it is missing, and an empty database would be nobody's.
  if (fileIdentity(given) === null) throw refusal("unavailable", `There is no database at ${given}.`);
  // Beside an adopted file stands one of Servery's own.
  const path = fileIdentity(ownPathOf(given)) === null ? given : ownPathOf(given);
  let connection: Connection | undefined;
  try {
    const { driver } = await chooseDriver(file.driver);
    connection = new Connection({ driver, path, role: "writer", lockWaitMs: file.lockWaitMs });
    const [found] = connection.query("SELECT count(*) FROM sqlite_schema WHERE name = ?", [OWN_TABLE]);
    if (found?.[0] !== 1) throw refusal("unavailable", `The database ${path} was not made by Servery.`);
    return use(connection);
  } catch (error) {
    throw explained(error, path);
  } finally {
    // What was not committed goes with the connection.
    connection?.close();
  }
}

function explained(error: unknown, path: string): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const { kind, message } = mapError(error);
  if (kind === "busy") return refusal(kind, `The database ${path} is locked by another process.`);
  if (kind === "read_only") return refusal(kind, `This user may not write to the database ${path} or its folder.`);
  return refusal(kind, `The database ${path} cannot be used: ${message}.`);
}

function refusal(kind: DatabaseFailure["kind"], message: string): DatabaseError {
  return new DatabaseError({ kind, message });
}
