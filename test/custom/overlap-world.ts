import { setTimeout } from "node:timers/promises";
import {
  type AnyDeclaration,
  type BeforeEvent,
  everyone,
  integer,
  post,
  type PrepareEvent,
  ref,
  refuse,
  servery,
  table,
  text,
} from "servery";
import { textOf } from "./hooked-world.ts";

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };

/** What `after` hooks were told. */
export interface Told {
  readonly action: string;
  readonly name: string;
  readonly value: number;
}

/** What the hooks of an entry do is decided by its value, so that a test can tell afterwards what had to happen. */
export function refusedIn(value: number): "prepare" | "before" | "throw" | undefined {
  if (value % 5 === 1) return "prepare";
  if (value % 5 === 2) return "before";
  return value % 17 === 3 ? "throw" : undefined;
}

/** Entries whose hooks wait and refuse, a total and a trail that their `before` keeps, and a table without hooks. */
export function overlapWorld(told: Told[]): AnyDeclaration {
  return servery({
    tables: {
      entries: table({ name: text(40).unique(), value: integer() })
        .hooks({
          prepare: async ({ values }: PrepareEvent) => {
            await waitFor(values["value"], 3);
            if (refusedIn(Number(values["value"])) === "prepare") throw refuse("conflict", "Refused in prepare.");
          },
          before: async ({ action, values, row, system, tables }: BeforeEvent) => {
            const keeper = system("keeps the books").tables;
            const change = Number(values["value"] ?? 0) - Number(row?.["value"] ?? 0);
            const name = textOf(values["name"] ?? row?.["name"]);
            // Read, wait, write: any other writer in between would be lost.
            const total = await keeper["totals"].get(1);
            await waitFor(values["value"], 2);
            await keeper["totals"].update(1, { sum: total.sum + change });
            await keeper["trail"].create({ action, name, change });
            const refused = refusedIn(Number(values["value"]));
            if (refused === "before") throw refuse("conflict", "Refused in before.");
            if (refused === "throw") throw new Error("a fault of the hook");
            if (action === "create") await tables["marks"].create({ name });
          },
          after: async ({ action, row }) => {
            await waitFor(row["value"], 3);
            told.push({ action, name: textOf(row["name"]), value: Number(row["value"]) });
          },
        })
        .allow(OPEN),
      totals: table({ sum: integer() }).allow({ read: everyone }),
      trail: table({ action: text(10), name: text(40), change: integer() }).allow({ read: everyone }),
      marks: table({ name: text(40).unique() }).allow(OPEN),
      plain: table({ name: text(40).unique() }).allow(OPEN),
      pairs: table({ entry_id: ref("entries"), name: text(40) }).allow(OPEN),
    },
    routes: [
      // Two entries and a pair: all or nothing.
      post("/api/pairing", { body: { name: text(30), first: integer(), second: integer() } }, ({ body, transaction }) =>
        transaction(async (tx) => {
          const { name, first, second } = body;
          const entry = await tx.tables.entries.create({ name: `${name} first`, value: first });
          await setTimeout(1);
          await tx.tables.entries.create({ name: `${name} second`, value: second });
          return tx.tables.pairs.create({ entry_id: entry.id, name });
        }),
      ),
    ],
    seed: () => [{ table: "totals", rows: [{ sum: 0 }] }],
  });
}

async function waitFor(value: unknown, most: number): Promise<void> {
  const turn = (Number(value ?? 0) * 7) % (most + 1);
  if (turn > 0) await setTimeout(turn);
}
