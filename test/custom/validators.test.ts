import { type } from "arktype";
import { everyone, get, json, post, servery, type StandardSchema, table, text } from "servery";
import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };

/** One shape in the words of each library: a name, a number that must be positive, and tags that may be absent. */
const shapes = {
  zod: z.object({ name: z.string().min(2), amount: z.number().positive(), tags: z.array(z.string()).optional() }),
  valibot: v.object({
    name: v.pipe(v.string(), v.minLength(2)),
    amount: v.pipe(v.number(), v.minValue(0.01)),
    tags: v.optional(v.array(v.string())),
  }),
  arktype: type({ name: "string>=2", amount: "number>0", "tags?": "string[]" }),
};
const libraries = Object.keys(shapes) as (keyof typeof shapes)[];

/** A validator that asks somewhere else first. */
const taken = z.object({
  name: z.string().refine(async (name) => Promise.resolve(name !== "taken"), "Already taken."),
});
const upper = z.object({ word: z.string().transform((word) => word.toUpperCase()) });
/** A validator that is itself broken. */
const broken: StandardSchema<string> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: () => {
      throw new Error("the validator is broken");
    },
  },
};

const world = servery({
  tables: {
    zod: table({ data: json(shapes.zod) }).allow(OPEN),
    valibot: table({ data: json(shapes.valibot).optional() }).allow(OPEN),
    arktype: table({ data: json(shapes.arktype) }).allow(OPEN),
    changed: table({ name: text(10), data: json(upper) }).allow(OPEN),
    waiting: table({ data: json(taken) }).allow(OPEN),
  },
  routes: [
    post("/api/calls/zod", { body: shapes.zod }, ({ body }) => ({ got: body.amount })),
    post("/api/calls/valibot", { body: shapes.valibot }, ({ body }) => ({ got: body.amount })),
    post("/api/calls/arktype", { body: shapes.arktype }, ({ body }) => ({ got: body.amount })),
    post("/api/calls/taken", { body: taken }, ({ body }) => body),
    post("/api/calls/upper", { body: upper, answer: upper }, ({ body }) => body),
    post("/api/calls/broken", { body: broken }, ({ body }) => body),
    post("/api/calls/optional", { body: z.object({ a: z.number() }).optional() }, ({ body }) => ({
      body: body ?? null,
    })),
    get(
      "/api/calls/answer/:at",
      { params: z.object({ at: z.coerce.number().int() }), answer: z.array(z.number().max(5)) },
      ({ params }) => [1, params.at],
    ),
    get("/api/calls/answered-late", { answer: taken }, async () => ({ name: "taken" })),
    get(
      "/api/calls/query",
      { query: z.object({ limit: z.coerce.number().int().max(9).default(3), tag: z.array(z.string()).optional() }) },
      ({ query }) => query,
    ),
    get(
      "/api/calls/ark-query",
      { query: type({ limit: "string.integer.parse", "q?": "string" }) },
      ({ query }) => query,
    ),
    get("/api/calls/valibot-query", { query: v.strictObject({ q: v.string() }) }, ({ query }) => query),
    get("/api/calls/late-query/:at", { params: taken.partial().loose(), query: taken }, ({ query }) => query),
  ],
});

let engine: EngineUnderTest;

beforeAll(async () => {
  engine = await openEngine(world);
});

afterAll(async () => {
  await engine.close();
});

function pointers(answer: { json: unknown }): string[] {
  return (answer.json as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer).sort();
}

describe.each(libraries)("%s", (library) => {
  test("checks the body of a route", async () => {
    const good = await engine.post(`/api/calls/${library}`, { name: "ab", amount: 2, tags: ["x"] });
    expect([good.status, good.json]).toEqual([200, { got: 2 }]);
    const bad = await engine.post(`/api/calls/${library}`, { name: "a", amount: 0, tags: ["x", 7] });
    expect([bad.status, (bad.json as { code: string }).code]).toEqual([400, "invalid_data"]);
    expect(pointers(bad)).toEqual(expect.arrayContaining(["/amount", "/name", "/tags/1"]));
    const missing = await engine.post(`/api/calls/${library}`, { name: "ab" });
    expect(missing.json).toMatchObject({ errors: [{ pointer: "/amount", code: "required" }] });
    for (const body of [null, [], "x", 1]) expect((await engine.post(`/api/calls/${library}`, body)).status).toBe(400);
    const none = await engine.send({ method: "POST", url: `/api/calls/${library}` });
    expect(none.json).toMatchObject({ code: "body_required" });
  });

  test("checks a json column, on every way to write it", async () => {
    const made = await engine.post(`/api/${library}`, { data: { name: "ab", amount: 2 } });
    expect([made.status, (made.json as { data: unknown }).data]).toEqual([201, { name: "ab", amount: 2 }]);
    const before = (await engine.get(`/api/${library}`)).text;
    const wrong = { data: { name: "ab", amount: -1, tags: "no" } };
    for (const answer of [
      await engine.post(`/api/${library}`, wrong),
      await engine.patch(`/api/${library}/1`, wrong),
      await engine.put(`/api/${library}/1`, wrong),
    ]) {
      expect(answer.status).toBe(400);
      expect(pointers(answer)).toEqual(["/data/amount", "/data/tags"]);
      expect(answer.sql).toEqual([]);
    }
    expect((await engine.get(`/api/${library}`)).text).toBe(before);
  });
});

test("a column that may be null is not asked about null; NUL is refused before the validator", async () => {
  expect((await engine.post("/api/valibot", {})).status).toBe(201);
  expect((await engine.post("/api/valibot", { data: null })).status).toBe(201);
  const answer = await engine.post("/api/valibot", { data: { name: "a\0b", amount: 1 } });
  expect(answer.json).toMatchObject({ errors: [{ pointer: "/data", code: "characters" }] });
});

test("what a validator makes of a value is what is stored, and what a handler gets", async () => {
  const made = await engine.post("/api/changed", { name: "a", data: { word: "loud", extra: 1 } });
  expect(made.json).toMatchObject({ data: { word: "LOUD" } });
  expect((made.json as { data: object }).data).not.toHaveProperty("extra");
  expect((await engine.post("/api/calls/upper", { word: "loud" })).json).toEqual({ word: "LOUD" });
});

test("a validator may wait in a route, and not in a column", async () => {
  expect((await engine.post("/api/calls/taken", { name: "free" })).json).toEqual({ name: "free" });
  const refused = await engine.post("/api/calls/taken", { name: "taken" });
  expect(refused.json).toMatchObject({
    code: "invalid_data",
    errors: [{ pointer: "/name", message: "Already taken." }],
  });
  const before = engine.faults.length;
  const column = await engine.post("/api/waiting", { data: { name: "free" } });
  expect(column.status).toBe(500);
  expect(engine.faults).toHaveLength(before + 1);
  expect(String(engine.faults.at(-1))).toContain("waiting.data: its validator waits");
  expect((await engine.get("/api/waiting")).json).toEqual([]);
});

test("a validator that throws is a fault, and one that allows no body is asked", async () => {
  const before = engine.faults.length;
  expect((await engine.post("/api/calls/broken", "x")).status).toBe(500);
  expect(String(engine.faults.at(-1))).toContain("broken");
  expect(engine.faults).toHaveLength(before + 1);
  expect((await engine.send({ method: "POST", url: "/api/calls/optional" })).json).toEqual({ body: null });
});

test("answers and paths", async () => {
  expect((await engine.get("/api/calls/answer/4")).json).toEqual([1, 4]);
  expect((await engine.get("/api/calls/answer/x")).status).toBe(404);
  const before = engine.faults.length;
  expect((await engine.get("/api/calls/answer/6")).status).toBe(500);
  expect(String(engine.faults.at(-1))).toContain("/1: ");
  expect((await engine.get("/api/calls/answered-late")).status).toBe(500);
  expect(engine.faults).toHaveLength(before + 2);
});

describe("a query", () => {
  test.each([
    ["/api/calls/query", { limit: 3 }],
    ["/api/calls/query?limit=5&tag=a", { limit: 5, tag: ["a"] }],
    ["/api/calls/query?tag=a&tag=b", { limit: 3, tag: ["a", "b"] }],
    ["/api/calls/ark-query?limit=5", { limit: 5 }],
    ["/api/calls/valibot-query?q=x%20y", { q: "x y" }],
    ["/api/calls/late-query/1?name=free", { name: "free" }],
  ])("%s", async (url, expected) => {
    expect((await engine.get(url)).json).toEqual(expected);
  });

  test.each([
    ["/api/calls/query?limit=10", "invalid_parameter"],
    ["/api/calls/query?limit=x", "invalid_parameter"],
    ["/api/calls/query?limit=1&limit=2", "repeated_parameter"],
    ["/api/calls/query?limits=1", "unknown_parameter"],
    ["/api/calls/ark-query?limit=1&nope=1", "unknown_parameter"],
    ["/api/calls/valibot-query?q=x&nope=1", "invalid_parameter"],
    ["/api/calls/valibot-query?q=x&q=y", "repeated_parameter"],
    ["/api/calls/valibot-query", "invalid_parameter"],
    ["/api/calls/late-query/1?name=taken", "invalid_parameter"],
  ])("%s is refused", async (url, code) => {
    const answer = await engine.get(url);
    expect([answer.status, (answer.json as { code: string }).code]).toEqual([400, code]);
  });
});

test("the document says what the libraries say of themselves", async () => {
  const document = (await engine.get("/openapi.json")).json as {
    paths: Record<
      string,
      Record<string, { requestBody?: { content: Record<string, { schema: unknown }> }; parameters?: unknown[] }>
    >;
  };
  const body = (library: string): unknown =>
    document.paths[`/api/calls/${library}`]?.["post"]?.requestBody?.content["application/json"]?.schema;
  expect(body("zod")).toMatchObject({ required: ["name", "amount"], properties: { name: { minLength: 2 } } });
  expect(body("arktype")).toMatchObject({ required: ["amount", "name"] });
  // This library says nothing by itself.
  expect(body("valibot")).toEqual({});
  expect(document.paths["/api/calls/query"]?.["get"]?.parameters).toMatchObject([
    { name: "limit", in: "query", schema: { maximum: 9, default: 3 } },
    { name: "tag", schema: { type: "array" } },
  ]);
  expect(JSON.stringify(document)).not.toContain("$schema");
});
