import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { compile } from "servery";
import { describeTypes } from "#servery/schema/describe-types.js";
import { storedSchema } from "#servery/schema/stored-schema.js";
import { bearer, signUp } from "../accounts/declaration.ts";
import { adoptedFile, adopt } from "../adopted/world.ts";
import { describeEachAdapter } from "../database/adapters.ts";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { everyone, integer, servery, table, text } from "servery";
import { administrator, entries, shop, unaudited } from "./world.ts";

const CLI = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

async function open(): Promise<EngineUnderTest> {
  const engine = await openEngine(shop);
  onTestFinished(() => engine.close());
  return engine;
}

test("administrators read, filter, sort, page, count and export entries; others do not", async () => {
  const engine = await open();
  const admin = await administrator(engine);
  const alice = await signUp(engine, "alice");
  await engine.post(
    "/api/orders",
    Array.from({ length: 30 }, (_, at) => ({ name: `order ${at}` })),
  );
  const page = await engine.get("/api/_audit?table=orders&count=exact", bearer(admin));
  expect(page.headers["x-total-count"]).toBe("30");
  expect((page.json as { key: string }[]).map(({ key }) => key)).toEqual(
    Array.from({ length: 20 }, (_, at) => String(30 - at)),
  );
  const next = /<([^>]+)>; rel="next"/.exec(page.headers["link"] ?? "")?.[1] ?? "";
  expect((await engine.get(next, bearer(admin))).json).toHaveLength(10);
  const csv = await engine.get("/api/_audit?table=orders&fields=key,action", { ...bearer(admin), accept: "text/csv" });
  expect(csv.text.trim().split(/\r?\n/)).toHaveLength(31);
  const one = await engine.get("/api/_audit/1", bearer(admin));
  expect(one.json).toMatchObject({ table: "users", action: "create" });
  for (const url of ["/api/_audit", "/api/_audit/1", "/api/_audit?count=exact"]) {
    expect((await engine.get(url)).status).toBe(401);
    expect((await engine.get(url, bearer(alice))).status).toBe(403);
  }
});

test("nobody writes entries, not even the system", async () => {
  const engine = await open();
  const admin = await administrator(engine);
  const headers = bearer(admin);
  expect((await engine.post("/api/_audit", { table: "x" }, headers)).status).toBe(405);
  expect((await engine.patch("/api/_audit/1", { table: "x" }, headers)).status).toBe(405);
  expect((await engine.delete("/api/_audit/1", headers)).status).toBe(405);
  const system = compile(shop).policies.system("a test");
  const { actions } = system.access.tables.get("_servery_audit") ?? {};
  expect([actions?.create, actions?.update, actions?.delete]).toEqual(
    Array.from({ length: 3 }, () => ({ is: "constant", value: false })),
  );
});

test("the table belongs to no migration, type or document", async () => {
  const application = compile(shop);
  expect(application.schema.tables.has("_servery_audit")).toBe(true);
  for (const text of [
    JSON.stringify(storedSchema(application.schema, "sqlite")),
    describeTypes(application.schema),
    await application.openApi(),
  ])
    expect(text).not.toContain("audit");
  expect(compile(unaudited).schema.tables.has("_servery_audit")).toBe(false);
});

test("a table that is not audited has the statements that it has without audit", async () => {
  const [engine, other] = [await open(), await openEngine(unaudited)];
  onTestFinished(() => other.close());
  const statements = async (of: EngineUnderTest): Promise<string[]> => {
    const answers = [
      await of.post("/api/plain", { title: "a" }),
      await of.post("/api/plain", [{ title: "b" }, { title: "c" }]),
      await of.patch("/api/plain/1", { title: "d" }),
      await of.put("/api/plain/1", { title: "e" }),
      await of.patch("/api/plain?title=b", { title: "f" }),
      await of.put("/api/plain?on_conflict=id", { id: 9, title: "g" }),
      await of.delete("/api/plain/1"),
      await of.delete("/api/plain?title=f"),
    ];
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    return answers.flatMap(({ sql }) => sql);
  };
  const [mine, theirs] = [await statements(engine), await statements(other)];
  expect(theirs.length).toBeGreaterThan(8);
  expect(mine).toEqual(theirs);
  expect((await other.get("/api/_audit")).status).toBe(404);
});

test("servery audit prune removes what is older, beside a running server", async () => {
  const engine = await open();
  const admin = await administrator(engine);
  await engine.post("/api/orders", [{ name: "a" }, { name: "b" }]);
  const folder = mkdtempSync(join(tmpdir(), "servery-prune-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "servery.ts"), "export default {};\n");
  const env = { ...process.env, DATABASE_URL: engine.databaseUrl };
  const prune = (before: string): string =>
    execFileSync(process.execPath, [CLI, "audit", "prune", folder, "--before", before, "--json"], {
      env,
      encoding: "utf8",
    });
  expect(JSON.parse(prune("2001-01-01"))).toEqual({ removed: 0, before: "2001-01-01T00:00:00.000Z" });
  expect(await entries(engine, admin)).toHaveLength(3);
  expect(JSON.parse(prune("9001-01-01"))).toMatchObject({ removed: 3 });
  expect(await entries(engine, admin)).toEqual([]);
  expect(spawnSync(process.execPath, [CLI, "audit", "prune", folder, "--before", "soon"], { env }).status).toBe(2);
});

describeEachAdapter("an adopted file", ({ preference, driver }) => {
  test("keeps its entries in the file beside, what triggers make of rows included", async () => {
    const file = adoptedFile(
      "CREATE TABLE parts (id INTEGER PRIMARY KEY, name TEXT NOT NULL, n INTEGER NOT NULL DEFAULT 0); CREATE TRIGGER up AFTER UPDATE OF name ON parts BEGIN UPDATE parts SET n = n + 1 WHERE id = new.id; END;",
      driver,
    );
    const before = file.schema();
    const open = { read: everyone, create: everyone, update: everyone, delete: everyone };
    const parts = table({ name: text(20), n: integer().default(0) }, { created_at: false, updated_at: false });
    const app = await adopt(servery({ adopted: true, tables: { parts: parts.audited().allow(open) } }), file, {
      sqliteDriver: preference,
    });
    await app.post("/api/parts", { name: "a" });
    expect((await app.patch("/api/parts/1", { name: "b" })).status).toBe(200);
    expect((await app.delete("/api/parts/1")).status).toBe(204);
    expect(file.schema()).toEqual(before);
    const beside = driver.open(`${file.path}.servery`, { readOnly: true });
    const rows = beside.prepare('SELECT action, "before", "after" FROM _servery_audit ORDER BY id').rows([]);
    beside.close();
    const [a, b] = ['{"id":1,"name":"a","n":0}', '{"id":1,"name":"b","n":1}'];
    expect(rows).toEqual([
      ["create", null, a],
      ["update", a, b],
      ["delete", b, null],
    ]);
  });
});
