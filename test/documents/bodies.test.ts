import fc from "fast-check";
import { documents, everyone, servery } from "servery";
import { expect, test } from "vitest";
import { z } from "zod";
import { mergePatch as own } from "#servery/schema/merge-patch.js";
import { openEngine, type EngineUnderTest } from "../harness/open-engine.ts";
import { library, pointers } from "./world.ts";

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** RFC 7396, section 2, as it is written there. */
function mergePatch(target: Json | undefined, patch: Json): Json {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const isObject = typeof target === "object" && target !== null && !Array.isArray(target);
  const result: { [name: string]: Json } = isObject ? { ...target } : {};
  for (const name of Object.keys(patch)) {
    const value = patch[name] as Json;
    if (value === null) Reflect.deleteProperty(result, name);
    else {
      const merged = mergePatch(Object.hasOwn(result, name) ? result[name] : undefined, value);
      Object.defineProperty(result, name, { value: merged, enumerable: true, configurable: true, writable: true });
    }
  }
  return result;
}

const names = fc.constantFrom("a", "b", "c", "__proto__", "", 'q"', "a.b", "é", "$", "toString");
const { value: json } = fc.letrec<{ value: Json; object: { [name: string]: Json } }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<Json>(null, true, false, 0, 1.5, -1e21, "", "x", "null"),
    tie("object"),
    fc.array(tie("value"), { maxLength: 3 }),
  ),
  object: fc.dictionary(names, tie("value"), { maxKeys: 4 }) as fc.Arbitrary<{ [name: string]: Json }>,
}));
const object = fc.dictionary(names, json, { maxKeys: 4 });

function memberOf(row: unknown): Json {
  const { id: _, created_at: __, updated_at: ___, ...document } = row as { [name: string]: Json };
  return document;
}

async function withEngine(work: (engine: EngineUnderTest) => Promise<void>): Promise<void> {
  const engine = await openEngine(library);
  await work(engine);
  expect(engine.faults).toEqual([]);
  await engine.close();
}

test("any object is a document, and comes back as it was sent", async () => {
  await withEngine(async (engine) => {
    await fc.assert(
      fc.asyncProperty(object, async (document) => {
        const made = await engine.post("/api/profiles", document);
        expect(made.status, made.text).toBe(201);
        expect(JSON.stringify(memberOf(made.json))).toBe(JSON.stringify(document));
      }),
      { numRuns: 60 },
    );
  });
});

test("a PATCH is a merge patch, in the database and where a schema asks for the result", async () => {
  await withEngine(async (engine) => {
    await fc.assert(
      fc.asyncProperty(object, object, async (document, patch) => {
        expect(own(document as never, patch as never)).toEqual(mergePatch(document, patch));
        const made = await engine.post("/api/profiles", document);
        const { id } = made.json as { id: number };
        const headers = { "content-type": "application/merge-patch+json" };
        const body = JSON.stringify(patch);
        const changed = await engine.send({ method: "PATCH", url: `/api/profiles/${id}`, body, headers });
        expect(changed.status, changed.text).toBe(200);
        expect(memberOf(changed.json)).toEqual(mergePatch(document, patch));
      }),
      { numRuns: 100 },
    );
  });
});

test("what is no object, or no JSON that a database holds, is a 400", async () => {
  await withEngine(async (engine) => {
    for (const [body, status, at] of [
      ["3", 400, [""]],
      ['"x"', 400, [""]],
      ["null", 400, [""]],
      ["[[]]", 400, ["/0"]],
      ["[1]", 400, ["/0"]],
      ['{"a":"\\u0000"}', 400, ["/a"]],
      ['{"a":{"b":["\\ud800"]}}', 400, ["/a/b/0"]],
      ['{"a\\u0000":1}', 400, undefined],
      ['{"a":{"n":1e999}}', 400, ["/a/n"]],
      ['{"id":7}', 400, ["/id"]],
      ['{"created_at":"2024-01-01T00:00:00.000Z"}', 400, ["/created_at"]],
      ['{"notes_count":1}', 400, ["/notes_count"]],
      [`${'{"a":'.repeat(33)}1${"}".repeat(33)}`, 400, undefined],
    ] as const) {
      const answer = await engine.send({
        method: "POST",
        url: "/api/profiles",
        body,
        headers: { "content-type": "application/json" },
      });
      expect(answer.status, `${body.slice(0, 40)} ${answer.text}`).toBe(status);
      expect(at ?? pointers(answer)).toEqual(pointers(answer));
    }
    expect((await engine.get("/api/profiles")).json).toEqual([]);
  });
});

test("id and times may be sent if they are equal; increment and ref are members like others", async () => {
  await withEngine(async (engine) => {
    const made = await engine.post("/api/profiles", { likes: { increment: 1 }, key: { ref: "0.id" } });
    expect(made.json).toMatchObject({ likes: { increment: 1 }, key: { ref: "0.id" } });
    const { updated_at: _, ...row } = made.json as { updated_at: string };
    expect((await engine.patch("/api/profiles/1", { ...row, likes: { increment: 2 } })).json).toMatchObject({
      likes: { increment: 2 },
    });
    expect((await engine.put("/api/profiles/1", { ...row, x: 1 })).json).toMatchObject({ id: 1, x: 1 });
    const other = await engine.patch("/api/profiles/1", { id: 2 });
    expect([other.status, pointers(other)]).toEqual([400, ["/id"]]);
  });
});

test("a document cannot grow beyond its limit by small changes", async () => {
  await withEngine(async (engine) => {
    await engine.post("/api/profiles", { a: "x".repeat(700_000) });
    const grown = await engine.patch("/api/profiles/1", { b: "x".repeat(700_000) });
    expect([grown.status, (grown.json as { code: string }).code]).toEqual([400, "invalid_data"]);
    expect((await engine.get("/api/profiles?fields=b")).json).toEqual([{ b: null }]);
  });
});

test("a schema holds for what is made, replaced, and made of patches; findings have pointers", async () => {
  await withEngine(async (engine) => {
    const wrong = await engine.post("/api/recipes", { title: "", low: "x" });
    expect([wrong.status, pointers(wrong)]).toEqual([400, ["/title", "/low"]]);
    expect(pointers(await engine.post("/api/recipes", [{ title: "a" }, {}]))).toEqual(["/1/title"]);
    await engine.post("/api/recipes", { title: "Bread", low: 1 });
    expect(pointers(await engine.patch("/api/recipes/1", { title: null }))).toEqual(["/title"]);
    expect(pointers(await engine.patch("/api/recipes/1", { high: 1 }))).toEqual([""]);
    expect((await engine.patch("/api/recipes/1", { low: null, high: 2 })).json).toMatchObject({ high: 2 });
    expect(pointers(await engine.put("/api/recipes/1", { high: 3 }))).toEqual(["/title"]);
    expect((await engine.patch("/api/recipes/9", { low: 1 })).status).toBe(404);
    const many = await engine.patch("/api/recipes?title=Bread", { high: 9 });
    expect([many.status, (many.json as { high: number }[])[0]?.high]).toEqual([200, 9]);
    expect((await engine.patch("/api/recipes/1", { title: "x" }, { "if-match": '"other"' })).status).toBe(412);
  });
});

test("two patches at once cannot make what the schema forbids", async () => {
  await withEngine(async (engine) => {
    for (let id = 1; id <= 10; id++) {
      await engine.post("/api/recipes", { title: `number ${id}` });
      const both = [{ low: 1 }, { high: 1 }].map((patch) => engine.patch(`/api/recipes/${id}`, patch));
      const statuses = (await Promise.all(both)).map(({ status }) => status);
      expect(statuses.toSorted()).toEqual([200, 400]);
    }
  });
});

test("patches of different members at once are all kept", async () => {
  await withEngine(async (engine) => {
    await engine.post("/api/profiles", {});
    await engine.post("/api/recipes", { title: "x" });
    const members = Array.from({ length: 20 }, (_, at) => `m${at}`);
    for (const url of ["/api/profiles/1", "/api/recipes/1"]) {
      const changed = await Promise.all(members.map((name) => engine.patch(url, { [name]: 1 })));
      expect(changed.map(({ status }) => status)).toEqual(members.map(() => 200));
      expect(Object.keys((await engine.get(url)).json as object)).toEqual(expect.arrayContaining(members));
    }
  });
});

test("a validator decides what is stored, of a new document and of a patched one", async () => {
  const open = { read: everyone, create: everyone, update: everyone };
  const schema = z.object({ name: z.string().trim(), nick: z.string().default("none") });
  const engine = await openEngine(servery({ tables: { people: documents({ schema }).allow(open) } }));
  expect((await engine.post("/api/people", { name: " Ada " })).json).toMatchObject({ name: "Ada", nick: "none" });
  expect((await engine.patch("/api/people/1", { nick: null, name: " Bob" })).json).toMatchObject({
    name: "Bob",
    nick: "none",
  });
  const wrong = await engine.patch("/api/people/1", { name: 3 });
  expect([wrong.status, pointers(wrong)]).toEqual([400, ["/name"]]);
  expect(engine.faults).toEqual([]);
  await engine.close();
});
