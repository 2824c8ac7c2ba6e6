import { renameSync, rmSync } from "node:fs";
import { Connection } from "./connection.ts";
import { fileIdentity } from "./database-file.ts";
import type { SqliteDriver } from "./driver.ts";
import { literal } from "./storage.ts";

/**
 * A copy of a database beside it, complete or not there at all. Answers its path, which is `target`, or that with a number
 * where an earlier copy stands: somebody may need it. Throws the binding's error, or that of the file system.
 */
export function copyDatabase(
  { driver, path }: { readonly driver: SqliteDriver; readonly path: string },
  target: string,
): string {
  const free = freePath(target);
  const part = `${free}.part`;
  rmSync(part, { force: true });
  const connection = new Connection({ driver, path, role: "writer" });
  try {
    connection.exec(`VACUUM INTO ${literal(part)}`);
    renameSync(part, free);
    return free;
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  } finally {
    connection.close();
  }
}

function freePath(wanted: string): string {
  for (let at = 1; ; at++) {
    const path = at === 1 ? wanted : `${wanted}-${at}`;
    if (fileIdentity(path) === null) return path;
  }
}
