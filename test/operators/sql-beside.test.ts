import { servery, table, text } from "servery";
import { expect, test } from "vitest";
import { openEngine } from "../harness/open-engine.ts";
import { signedInAs } from "../harness/sign-in.ts";
import { declaration } from "./operators.ts";

const URL = "/api/server/sql";

test("a change is kept in the audit with its text and whoever made it", async () => {
  const audited = servery({
    ...declaration,
    tables: {
      ...declaration.tables,
      notes: table({ title: text(20) }, { created_at: false, updated_at: false }).audited(),
    },
    seed: () => [{ table: "users", rows: [{ email: "root@example.com" }] }],
  });
  const engine = await openEngine(audited);
  try {
    const admin = await signedInAs(engine, { email: "root@example.com", roles: ["admin"] });
    const insert = "INSERT INTO notes (title) VALUES (?)";
    expect((await admin.post(URL, { sql: insert, params: ["x"], write: { rows: 2 } })).status).toBe(409);
    expect((await admin.get("/api/_audit")).json).toEqual([]);
    for (const [sql, params] of [
      [insert, ["x"]],
      ["UPDATE notes SET title = ?", ["y"]],
      ["DELETE FROM notes", []],
    ] as const) {
      const answer = await admin.post(URL, { sql, params, write: { rows: 1 } });
      expect(answer.status, answer.text).toBe(200);
    }
    const kept = await admin.get("/api/_audit?sort=id");
    expect(kept.json).toMatchObject([
      { table: "notes", action: "create", actor: "account", actor_key: "1", reason: `SQL: ${insert}` },
      { table: "notes", action: "update", reason: "SQL: UPDATE notes SET title = ?" },
      { table: "notes", action: "delete", reason: "SQL: DELETE FROM notes" },
    ]);
    expect(kept.text).not.toContain('"y"');
    expect(engine.faults).toEqual([]);
  } finally {
    await engine.close();
  }
});

test("in development the machine may ask without an account, and a change still needs consent", async () => {
  const engine = await openEngine(declaration, { explain: true });
  const port = await engine.listen();
  try {
    const ask = async (json: object, headers: Readonly<Record<string, string>> = {}): Promise<number> => {
      const body = JSON.stringify(json);
      const sent = { "content-type": "application/json", ...headers };
      return (await fetch(`${port.url}${URL}`, { method: "POST", body, headers: sent })).status;
    };
    expect(await ask({ sql: "SELECT 1" })).toBe(200);
    expect(await ask({ sql: "DELETE FROM posts" })).toBe(409);
    expect(await ask({ sql: "SELECT * FROM _servery_accounts" })).toBe(403);
    expect(await ask({ sql: "SELECT 1" }, { origin: "http://localhost:1" })).toBe(403);
    expect(await ask({ sql: "SELECT 1" }, { "sec-fetch-site": "cross-site" })).toBe(403);
    expect(await ask({ sql: "SELECT 1" }, { "content-type": "text/plain" })).toBe(415);
    expect(await ask({ sql: "DELETE FROM posts", write: { rows: 3 } })).toBe(200);
    expect((await engine.get("/api/posts")).json).toEqual([]);
  } finally {
    await engine.close();
  }
});
