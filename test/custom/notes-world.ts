import { onTestFinished } from "vitest";
import { type EngineOptions, everyone, type Hooks, integer, nobody, post, ref, servery, table, text } from "servery";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };

/** An engine that closes with the test. */
export async function open(
  declaration: Parameters<typeof openEngine>[0],
  options: Partial<EngineOptions> = {},
): Promise<EngineUnderTest> {
  const engine = await openEngine(declaration, options);
  onTestFinished(() => engine.close());
  return engine;
}

/** One table with these hooks, and others to write to. */
export function world(hooks: Hooks, ...more: readonly Hooks[]): Parameters<typeof openEngine>[0] {
  const notes = [...more].reduce(
    (made, each) => made.hooks(each),
    table({
      title: text(20),
      size: integer({ min: 0 }).default(1),
      user_id: ref("users").optional(),
      secret_id: ref("secrets").optional(),
    }).hooks(hooks),
  );
  return servery({
    tables: {
      users: table({ name: text(20).unique() }).allow(OPEN),
      secrets: table({ word: text(20) }).allow({ read: nobody }),
      notes: notes.allow(OPEN),
      codes: table({ code: text(10), title: text(20) }, { id: false, created_at: false, updated_at: false })
        .primaryKey("code")
        .hooks(hooks)
        .allow(OPEN),
      log: table({ line: text(60) }).allow(OPEN),
    },
    routes: [
      post("/api/both", async ({ transaction }) =>
        transaction(async (tx) => {
          await tx.tables.users.create({ name: "inside" });
          return tx.tables.notes.create({ title: "inside" });
        }),
      ),
    ],
  });
}

/** How many rows of a table there are. */
export async function count(engine: EngineUnderTest, path: string): Promise<number> {
  return Number((await engine.get(`/api/${path}?count=exact`)).headers["x-total-count"]);
}
