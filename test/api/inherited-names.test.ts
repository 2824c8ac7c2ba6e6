import { everyone, servery, table, text } from "servery";
import { expect, test } from "vitest";
import { openEngine } from "../harness/open-engine.ts";

const open = { read: everyone, create: everyone, update: everyone, delete: everyone };

test("columns may be called like what every object inherits", async () => {
  const columns = { name: text(5), toString: text(9).optional(), valueOf: text(9).default("x") };
  const engine = await openEngine(servery({ tables: { notes: table(columns).allow(open) } }));
  try {
    const created = await engine.post("/api/notes", { name: "a" });
    expect(created.status).toBe(201);
    expect(created.json).toMatchObject({ name: "a", toString: null, valueOf: "x" });
    const replaced = await engine.put("/api/notes/1", { name: "b", toString: "own" });
    expect(replaced.json).toMatchObject({ name: "b", toString: "own", valueOf: "x" });
  } finally {
    await engine.close();
  }
});
