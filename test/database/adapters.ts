import { describe, test } from "vitest";
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

async function loadAdapters(): Promise<
  readonly (Adapter | { readonly preference: Adapter["preference"]; readonly missing: string })[]
> {
  const preferences = (["better-sqlite3", "node-sqlite"] as const).filter((name) => named?.includes(name) ?? true);
  return Promise.all(
    preferences.map(async (preference) => {
      try {
        return { preference, driver: (await chooseDriver(preference)).driver };
      } catch (error) {
        if (named !== undefined) throw error;
        return { preference, missing: commands[preference] };
      }
    }),
  );
}

const adapters = await loadAdapters();

/** Runs the same tests on each adapter that loads; a missing one is one skipped test that says how to get it. */
export function describeEachAdapter(name: string, define: (adapter: Adapter) => void): void {
  for (const adapter of adapters) {
    if ("missing" in adapter) test.skip(`${name} (needs ${adapter.preference}: ${adapter.missing})`, () => undefined);
    else describe(`${name} (${adapter.driver.name})`, () => define(adapter));
  }
}
