import { closeSync, openSync, readSync, statSync } from "node:fs";
import { DatabaseError } from "../../database.ts";
import { chooseDriver, type DriverPreference } from "../choose-driver.ts";
import type { SqliteConnection } from "../driver.ts";
import { mapError } from "../map-error.ts";
import type { ExistingDatabase, ExistingTable } from "./existing-database.ts";
import { type CatalogEntry, readTable } from "./read-table.ts";

/** How long another process may hold the file, in milliseconds. */
const LOCK_WAIT_MS = 2_000;
/** The first bytes of every SQLite file that is not encrypted (https://sqlite.org/fileformat.html). */
const FILE_HEADER = "SQLite format 3\0";

/** Which file to read, and with what. */
export interface ReadOptions {
  readonly path: string;
  readonly driver: DriverPreference;
}

/**
 * Reads the catalog of a SQLite file and looks at its values, without changing a byte of it. Throws a `DatabaseError`
 * that names the file and what is wrong with it.
 */
export async function readExisting({ path, driver: preference }: ReadOptions): Promise<ExistingDatabase> {
  refuseOther(path);
  const { driver } = await chooseDriver(preference);
  let connection: SqliteConnection | undefined;
  try {
    connection = driver.open(path, { readOnly: true });
    for (const pragma of [`busy_timeout = ${LOCK_WAIT_MS}`, "query_only = ON", "trusted_schema = OFF"])
      connection.exec(`PRAGMA ${pragma}`);
    // One state of the file, whoever writes meanwhile.
    connection.exec("BEGIN");
    return readCatalog(connection);
  } catch (error) {
    throw explained(path, error);
  } finally {
    connection?.close();
  }
}

function readCatalog(connection: SqliteConnection): ExistingDatabase {
  const tables: ExistingTable[] = [];
  const unreadable: { name: string; reason: string }[] = [];
  const entries = connection
    .prepare("SELECT type, name, sql FROM sqlite_schema WHERE type IN ('table', 'view') ORDER BY type, rowid")
    .rows([])
    .map(([type, name, sql]) => ({ is: type as "table" | "view", name: String(name), sql: String(sql) }));
  const kinds = new Map(
    connection
      .prepare("SELECT name, type, wr FROM pragma_table_list WHERE schema = 'main' AND type <> 'view'")
      .rows([])
      .map(([name, type, wr]) => [String(name), { type: String(type), withoutRowid: Number(wr) === 1 }]),
  );
  for (const entry of entries) {
    const reason = reasonAgainst(entry.name, kinds.get(entry.name)?.type);
    if (reason !== undefined) {
      unreadable.push({ name: entry.name, reason });
      continue;
    }
    const read = tryTable(connection, { ...entry, withoutRowid: kinds.get(entry.name)?.withoutRowid === true });
    if (typeof read === "string") unreadable.push({ name: entry.name, reason: read });
    else tables.push(read);
  }
  return { tables, unreadable };
}

function reasonAgainst(name: string, type: string | undefined): string | undefined {
  if (/^sqlite_/i.test(name)) return "SQLite keeps it for itself";
  if (/^_servery/i.test(name)) return "Servery keeps it for itself";
  if (type === "virtual") return "it is a virtual table";
  if (type === "shadow") return "a virtual table keeps its data there";
  return undefined;
}

/** A table, or why this one cannot be read: a view may name what is no longer there. What is wrong with the file is thrown. */
function tryTable(connection: SqliteConnection, entry: CatalogEntry): ExistingTable | string {
  try {
    return readTable(connection, entry);
  } catch (error) {
    const failure = mapError(error);
    if (["busy", "unavailable", "read_only"].includes(failure.kind)) throw error;
    return `SQLite cannot read it: ${failure.message}`;
  }
}

function refuseOther(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw unavailable(path, "there is no such file.");
  if (!found.isFile()) throw unavailable(path, "it is a folder or a device, and no file.");
  if (found.size === 0) throw unavailable(path, "the file is empty.");
  const header = Buffer.alloc(FILE_HEADER.length);
  const file = openForReading(path);
  try {
    readSync(file, header);
  } finally {
    closeSync(file);
  }
  if (header.toString("latin1") !== FILE_HEADER)
    throw unavailable(path, "the file is no SQLite database. An encrypted one looks like that too: decrypt it first.");
}

function openForReading(path: string): number {
  try {
    return openSync(path, "r");
  } catch (error) {
    throw unavailable(path, "this user may not read the file.", error);
  }
}

function explained(path: string, error: unknown): unknown {
  if (error instanceof DatabaseError) return error;
  const failure = mapError(error);
  if (failure.kind === "busy")
    return unavailable(path, "another program holds its lock. Close that program, and try again.", error);
  if (failure.kind === "read_only" || failure.message.includes("unable to open")) {
    const reason =
      "this user may not write to its folder, which SQLite needs to read what a program left half written.";
    return unavailable(path, reason, error);
  }
  return unavailable(path, `SQLite says: ${failure.message}.`, error);
}

function unavailable(path: string, reason: string, cause?: unknown): DatabaseError {
  return new DatabaseError(
    { kind: "unavailable", message: `The database ${path} cannot be read: ${reason}` },
    { cause },
  );
}
