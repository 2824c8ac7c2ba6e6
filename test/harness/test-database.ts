import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";

/** The engines that scenarios run on. */
export type DatabaseEngine = "sqlite" | "postgres";

/** Which one this run is about: `SERVERY_TEST_DATABASE`, SQLite where it is not set. */
export const databaseEngine = (process.env["SERVERY_TEST_DATABASE"] ?? "sqlite") as DatabaseEngine;

/** An empty database of a test's own. */
export interface TestDatabase {
  /** As `DATABASE_URL` has it. */
  readonly url: string;
  /** The file; of a server, one that is not there. */
  readonly path: string;
  drop(): Promise<void>;
}

/** Databases on servers, by the path of the file that is not there. */
const urls = new Map<string, string>();

/** Where a test's own database is on its server. */
export function serverUrl(path: string): string {
  const url = urls.get(path);
  if (url === undefined) throw new Error(`${path} is no database of this test`);
  return url;
}

export async function makeTestDatabase(engine: DatabaseEngine = databaseEngine): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), "servery-test-"));
  const path = join(folder, "data.db");
  const forget = (): void => rmSync(folder, { recursive: true, force: true });
  if (engine === "sqlite") return { url: `sqlite:${path}`, path, drop: async () => forget() };
  const name = `servery_${randomUUID().replaceAll("-", "")}`;
  const server = new URL(process.env["SERVERY_TEST_POSTGRES"] ?? "postgres://postgres@127.0.0.1:5432/postgres");
  const command = async (sql: string): Promise<void> => {
    const client = new pg.Client({ connectionString: server.href });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  };
  await command(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  urls.set(path, url.href);
  return {
    url: url.href,
    path,
    async drop() {
      await command(`DROP DATABASE ${name} WITH (FORCE)`);
      forget();
    },
  };
}
