import { randomBytes } from "node:crypto";
import { DatabaseError } from "../database.ts";
import { OWN_TABLE } from "../own-table.ts";
import { createKeptAnswers } from "../sql/kept-answers.ts";
import { Connection, type ConnectionOptions, prepareFile } from "./connection.ts";
import { literal } from "./storage.ts";

const SECRET_BYTES = 32;

/**
 * Makes the file that holds what Servery keeps for itself beside an adopted one, or recognises it. It may be deleted
 * while no server runs: cursors that were given out and kept answers are then gone.
 * Throws a `DatabaseError` with a reason in one sentence.
 */
export function prepareOwnFile(options: Omit<ConnectionOptions, "role">): void {
  prepareFile(options);
  const connection = new Connection({ ...options, role: "writer" });
  try {
    connection.exec("BEGIN IMMEDIATE");
    const names = connection.query("SELECT name FROM sqlite_schema WHERE type = 'table'").map(([name]) => String(name));
    if (names.length > 0 && !names.includes(OWN_TABLE))
      throw new DatabaseError({ kind: "unavailable", message: `The file ${options.path} was not made by Servery.` });
    if (names.length === 0) for (const statement of ownTables()) connection.exec(statement);
    connection.exec("COMMIT");
  } finally {
    // What was not committed goes with the connection.
    connection.close();
  }
}

function ownTables(): string[] {
  const secret = literal(randomBytes(SECRET_BYTES).toString("base64url"));
  return [
    `CREATE TABLE ${OWN_TABLE} (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT`,
    `INSERT INTO ${OWN_TABLE} (key, value) VALUES ('secret', ${secret})`,
    ...createKeptAnswers,
  ];
}
