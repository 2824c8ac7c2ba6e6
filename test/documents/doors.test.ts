import Database from "better-sqlite3";
import { type AnyDeclaration, documents, everyone, ref, servery, table, text } from "servery";
import { expect, test } from "vitest";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { ids, library, pointers } from "./world.ts";

const open = { read: everyone, create: everyone, update: everyone, delete: everyone };

type Members = Readonly<Record<string, unknown>>;

async function withEngine(
  work: (engine: EngineUnderTest) => Promise<void>,
  declaration: AnyDeclaration = library,
): Promise<void> {
  const engine = await openEngine(declaration);
  await work(engine);
  expect(engine.faults).toEqual([]);
  await engine.close();
}

test("the filter by an indexed path walks the index, of texts and of numbers", async () => {
  const engine = await openEngine(library);
  for (let at = 0; at < 50; at++)
    await engine.post("/api/profiles", { age: at, author: { city: at % 10 === 0 ? "Oslo" : `City ${at}` } });
  const statements: string[] = [];
  for (const [query, expected] of [
    ["author.city=Oslo&limit=3", [41, 31, 21]],
    ["author.city[starts]=City%2048", [49]],
    ["age=7", [8]],
  ] as const) {
    const { json, sql } = await engine.get(`/api/profiles?${query}`);
    expect((json as { id: number }[]).map(({ id }) => id)).toEqual(expected);
    statements.push(sql[0] ?? "");
  }
  const file = new Database(engine.databasePath, { readonly: true });
  const plans = statements.map((sql) => {
    const params = Array.from({ length: sql.split("?").length - 1 }, () => "Oslo");
    const steps = file.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...params) as { detail: string }[];
    return steps.map(({ detail }) => detail).join("\n");
  });
  file.close();
  const [city = "", range = "", exact = ""] = plans;
  // Found and newest first in one walk: no row is passed over, and nothing is sorted.
  expect(city).toMatch(/SEARCH t0 USING INDEX profiles_author.city_text_created_at_id \(<expr>=\?\)/);
  expect(city).not.toMatch(/SCAN t\d|TEMP B-TREE/);
  expect(range).toMatch(/SEARCH t0 USING INDEX profiles_author.city_text_created_at_id \(<expr>>\? AND <expr><\?\)/);
  expect(exact).toMatch(/USING INDEX profiles_age_number_created_at_id \(<expr>=\?\)/);
  expect(exact).not.toMatch(/SCAN t\d/);
  await engine.close();
});

test("lists, batches, tags, conditions and repeated requests treat documents as rows", async () => {
  await withEngine(async (engine) => {
    const many = await engine.post("/api/profiles", [{ n: 1 }, { n: 2, x: { y: 1 } }]);
    expect(many.json).toMatchObject([
      { id: 1, n: 1 },
      { id: 2, n: 2 },
    ]);
    const one = await engine.get("/api/profiles/2");
    const tag = one.headers["etag"] ?? "";
    expect((await engine.get("/api/profiles/2", { "if-none-match": tag })).status).toBe(304);
    expect((await engine.patch("/api/profiles/2", { n: 3 }, { "if-match": tag })).status).toBe(200);
    expect((await engine.patch("/api/profiles/2", { n: 4 }, { "if-match": tag })).status).toBe(412);
    expect((await engine.patch("/api/profiles?x.y=1", { x: { z: 2 } })).json).toMatchObject([{ x: { y: 1, z: 2 } }]);
    const batch = await engine.post("/api/batch", [
      { method: "POST", path: "/api/profiles", body: { n: 9 } },
      { method: "POST", path: "/api/notes", body: { profile_id: { ref: "0.id" }, words: "hello" } },
      { method: "PATCH", path: "/api/profiles/1", body: { n: null, m: 1 } },
    ]);
    expect(batch.status, batch.text).toBe(200);
    expect(await ids(engine, "/api/profiles?m=1")).toEqual([1]);
    expect((await engine.get("/api/notes?include=profile")).json).toMatchObject([{ profile: { id: 3, n: 9 } }]);
    expect((await engine.get("/api/profiles/3?include=notes,notes.count")).json).toMatchObject({
      n: 9,
      notes: [{ words: "hello" }],
      notes_count: 1,
    });
    expect(await ids(engine, "/api/notes?profile.n=9&sort=profile.n")).toEqual([1]);
    expect(await ids(engine, "/api/profiles?notes.words=hello")).toEqual([3]);
    expect((await engine.get("/api/notes?aggregate=count&group_by=profile.n")).json).toEqual([
      { "profile.n": 9, count: 1 },
    ]);
    expect((await engine.delete("/api/profiles/3")).status).toBe(409);
    expect((await engine.delete("/api/profiles?m=1")).status).toBe(204);
  });
});

test("NDJSON goes out and comes in whole; CSV needs fields, and does not come in", async () => {
  await withEngine(async (engine) => {
    const lines = ['{"a":1,"b":{"c":[1,2]}}', '{"name":"Ada"}'].join("\n");
    const ndjson = { "content-type": "application/x-ndjson" };
    const sent = await engine.send({ method: "POST", url: "/api/profiles", body: lines, headers: ndjson });
    expect([sent.status, sent.json]).toEqual([201, { created: 2 }]);
    const wrong = { method: "POST", url: "/api/recipes", body: '{"title":"x"}\n{"low":1}', headers: ndjson };
    expect(pointers(await engine.send(wrong))).toEqual(["/1/title"]);
    const out = await engine.get("/api/profiles?sort=id", { accept: "application/x-ndjson" });
    expect(
      out.text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as object),
    ).toMatchObject([
      { id: 1, a: 1, b: { c: [1, 2] } },
      { id: 2, name: "Ada" },
    ]);
    expect((await engine.get("/api/profiles", { accept: "text/csv" })).status).toBe(406);
    const csv = await engine.get("/api/profiles?fields=id,name,b.c&sort=id", { accept: "text/csv" });
    expect(csv.text).toBe('id,name,b.c\r\n1,,"[1,2]"\r\n2,"""Ada""",\r\n');
    const sheet = { method: "POST", url: "/api/profiles", body: "name\nAda", headers: { "content-type": "text/csv" } };
    expect((await engine.send(sheet)).status).toBe(415);
  });
});

test("columns stand beside the document, and decide upserts", async () => {
  const declaration = servery({
    tables: {
      users: table({ username: text(30) }).allow(open),
      things: documents({
        columns: { slug: text(20).unique(), user_id: ref("users").optional() },
        index: ["n"],
      }).allow(open),
    },
  });
  await withEngine(async (engine) => {
    await engine.post("/api/users", { username: "ada" });
    const made = await engine.post("/api/things", { slug: "a", n: 1, user_id: 1 });
    expect(Object.keys(made.json as object)).toEqual(["id", "slug", "user_id", "n", "created_at", "updated_at"]);
    expect(pointers(await engine.post("/api/things", { n: 1 }))).toEqual(["/slug"]);
    expect(pointers(await engine.post("/api/things", { slug: "b", user_id: 9 }))).toEqual(["/user_id"]);
    expect((await engine.post("/api/things", { slug: "a" })).status).toBe(409);
    expect(pointers(await engine.post("/api/things", { slug: "c", user: { name: "x" } }))).toEqual(["/user"]);
    expect((await engine.put("/api/things?on_conflict=slug", { slug: "a", m: 2 })).json).toMatchObject({ id: 1, m: 2 });
    expect((await engine.get("/api/things/1")).json).not.toHaveProperty("n");
    expect((await engine.patch("/api/things/1", { user_id: 1 })).json).toMatchObject({ m: 2, user_id: 1 });
    expect((await engine.get("/api/things?user.username=ada&m=2&include=user")).json).toMatchObject([
      { m: 2, user: { username: "ada" } },
    ]);
  }, declaration);
});

test("hooks see the members, and may choose some", async () => {
  const seen: unknown[] = [];
  const things = documents({ schema: { type: "object", properties: { n: { type: "integer" } } } })
    .allow(open)
    .hooks({
      prepare: ({ values }) => ({ slug: String((values as Members)["title"]).toLowerCase() }),
      before: ({ values, row }) => void seen.push([values, (row as unknown as Members | undefined)?.["slug"]]),
      after: ({ row }) => void seen.push((row as unknown as Members)["slug"]),
    });
  await withEngine(
    async (engine) => {
      expect((await engine.post("/api/things", { title: "One" })).json).toMatchObject({ title: "One", slug: "one" });
      expect((await engine.patch("/api/things/1", { title: "Two" })).json).toMatchObject({ title: "Two", slug: "two" });
      expect(seen).toEqual([
        [{ title: "One", slug: "one" }, undefined],
        "one",
        [{ title: "Two", slug: "two" }, "one"],
        "two",
      ]);
    },
    servery({ tables: { things } }),
  );
});

test("the OpenAPI document says that rows are open, and what a schema says of bodies", async () => {
  await withEngine(async (engine) => {
    const { components } = (await engine.get("/openapi.json")).json as {
      components: {
        schemas: Record<string, { additionalProperties: unknown; properties: object; required?: unknown }>;
      };
    };
    const { profiles, recipes } = components.schemas;
    expect(profiles?.additionalProperties).toBe(true);
    expect(Object.keys(profiles?.properties ?? {})).toEqual(["id", "created_at", "updated_at", "notes", "notes_count"]);
    expect(recipes?.additionalProperties).toBe(true);
    expect(components.schemas["recipes.create"]).toMatchObject({
      properties: { title: { type: "string" } },
      required: ["title"],
      additionalProperties: true,
    });
  });
});
