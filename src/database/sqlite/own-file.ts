import { sqliteDialect } from "./dialect.ts";
import { randomBytes } from "node:crypto";
import { type Database, DatabaseError } from "../database.ts";
import { MAINTENANCE_KEY, type Maintenance, maintenanceOf, OWN_TABLE } from "../own-table.ts";
import { missingOwnTables } from "../sql/own-tables.ts";
import { carryAdoptedAccounts } from "./carry-accounts.ts";
import { Connection, type ConnectionOptions, examineFile, prepareFile } from "./connection.ts";
import { fileIdentity } from "./database-file.ts";
import { literal } from "./storage.ts";

const SECRET_BYTES = 32;

/**
 * Makes the file that holds what Servery keeps for itself beside an adopted one, or recognises it. It may be deleted
 * while no server runs: accounts, audit entries, cursors that were given out and kept answers are then gone.
 * Throws a `DatabaseError` with a reason in one sentence.
 */
export function prepareOwnFile(
  options: Omit<ConnectionOptions, "role">,
  renamed: ReadonlyMap<string, string> = new Map(),
): void {
  // Somebody else's file is not even switched to another log.
  if (fileIdentity(options.path) !== null) examineFile(options, (file) => refuseForeign(options.path, tablesOf(file)));
  prepareFile(options);
  const connection = new Connection({ ...options, role: "writer" });
  try {
    connection.exec("BEGIN IMMEDIATE");
    const there = tablesOf(connection);
    for (const statement of [...(there.length === 0 ? ownRows() : []), ...missingOwnTables(there, sqliteDialect.own)])
      connection.exec(statement);
    carryAdoptedAccounts(connection, renamed);
    connection.exec("COMMIT");
  } finally {
    // What was not committed goes with the connection.
    connection.close();
  }
}

function tablesOf(file: Pick<Connection, "query">): string[] {
  return file.query("SELECT name FROM sqlite_schema WHERE type = 'table'").map(([name]) => String(name));
}

function refuseForeign(path: string, names: readonly string[]): void {
  if (names.length > 0 && !names.includes(OWN_TABLE))
    throw new DatabaseError({ kind: "unavailable", message: `The file ${path} was not made by Servery.` });
}

/** What the file says. */
export interface OwnFile {
  readonly secret: string;
  /** What an earlier command has left switched on. */
  readonly maintenance: Maintenance | undefined;
}

export async function readOwnFile(database: Database): Promise<OwnFile> {
  const rows = await database.read({ sql: `SELECT key, value FROM ${OWN_TABLE}`, scans: false }, []);
  const own = new Map(rows.map(([key, value]) => [String(key), String(value)]));
  const maintenance = own.get(MAINTENANCE_KEY);
  return {
    secret: own.get("secret") ?? "",
    maintenance: maintenance === undefined ? undefined : maintenanceOf(maintenance),
  };
}

function ownRows(): string[] {
  const secret = literal(randomBytes(SECRET_BYTES).toString("base64url"));
  return [
    `CREATE TABLE ${OWN_TABLE} (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT`,
    `INSERT INTO ${OWN_TABLE} (key, value) VALUES ('secret', ${secret})`,
  ];
}
