import { describe, expect, test } from "vitest";
import { chooseDriver } from "#servery/database/sqlite/choose-driver.js";
import type { SqliteDriver } from "#servery/database/sqlite/driver.js";

/** An adapter as the configuration names it, and how to get it where it does not load. */
export interface Adapter {
  readonly preference: "better-sqlite3" | "node-sqlite";
  readonly driver: SqliteDriver;
}

const commands = {
  "better-sqlite3": "npm install better-sqlite3@12.11.1 && npm rebuild better-sqlite3",
  "node-sqlite": "npm install @photostructure/sqlite@1.2.1",
} as const;

const named = process.env["SERVERY_TEST_SQLITE"]?.split(",").map((name) => name.trim());

const present: Adapter[] = [];
const absent: Adapter["preference"][] = [];

for (const preference of ["better-sqlite3", "node-sqlite"] as const) {
  if (named?.includes(preference) === false) continue;
  try {
    present.push({ preference, driver: (await chooseDriver(preference)).driver });
  } catch (error) {
    if (named !== undefined) throw error;
    absent.push(preference);
  }
}

/** Runs the same tests on each adapter that loads; a missing one is one skipped test that says how to get it. */
export function describeEachAdapter(name: string, define: (adapter: Adapter) => void): void {
  for (const preference of absent) {
    test.skipIf(absent.includes(preference))(`${name} (needs ${preference}: ${commands[preference]})`, () =>
      expect.unreachable("skipped"),
    );
  }
  for (const adapter of present) {
    describe(`${name} (${adapter.driver.name})`, () => {
      define(adapter);
    });
  }
}
