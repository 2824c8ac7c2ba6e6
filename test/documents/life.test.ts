import { documents, everyone, servery } from "servery";
import { expect, test } from "vitest";
import { openEngine } from "../harness/open-engine.ts";

const app = servery({
  tables: {
    profiles: documents({ index: ["author.city"] }).allow({
      read: everyone,
      create: everyone,
      update: everyone,
      delete: everyone,
    }),
  },
});

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string;

test("a document is made, read, found by what it holds, changed in part, replaced and deleted", async () => {
  const engine = await openEngine(app);
  const ada = { name: "Ada", author: { city: "Oslo" }, tags: ["x"] };
  const made = await engine.post("/api/profiles", ada);
  expect(made.status).toBe(201);
  expect(made.headers["location"]).toBe("/api/profiles/1");
  expect(made.json).toEqual({ id: 1, ...ada, created_at: TIME, updated_at: TIME });
  expect(Object.keys(made.json as object)).toEqual(["id", "name", "author", "tags", "created_at", "updated_at"]);
  expect((await engine.get("/api/profiles/1")).json).toEqual(made.json);

  expect((await engine.post("/api/profiles", { name: "Bob", age: 30 })).status).toBe(201);
  expect((await engine.get("/api/profiles?author.city=Oslo")).json).toEqual([made.json]);
  expect((await engine.get("/api/profiles?age=30")).json).toMatchObject([{ name: "Bob" }]);
  expect((await engine.get("/api/profiles?author.city=Rome")).json).toEqual([]);

  const patched = await engine.patch("/api/profiles/1", { name: null, author: { zip: 3 } });
  expect(patched.json).toMatchObject({ id: 1, author: { city: "Oslo", zip: 3 }, tags: ["x"] });
  expect(patched.json).not.toHaveProperty("name");

  const replaced = await engine.put("/api/profiles/1", { color: "red" });
  expect(replaced.json).toEqual({
    id: 1,
    color: "red",
    created_at: (made.json as { created_at: string }).created_at,
    updated_at: TIME,
  });

  expect((await engine.delete("/api/profiles/1")).status).toBe(204);
  expect((await engine.get("/api/profiles/1")).status).toBe(404);
  expect(engine.faults).toEqual([]);
  await engine.close();
});
