import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { email, everyone, integer, ref, role, self, servery, table, text, uuid } from "servery";
import { closeSound, problemOf } from "../api/answers.ts";
import { batchTo, patch, post, rowAt } from "../api/batches.ts";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { signIn } from "../harness/sign-in.ts";

/** Tables that take rows from everybody and show them to few, and one that shows everything it was sent. */
const shop = servery({
  tables: {
    users: table({ name: text(30), email: email().unique().readable(self) })
      .accounts({ verify: false })
      .allow({ read: everyone, create: everyone, update: self }),
    products: table({ name: text(30), cost: integer().readable(role("buyer")) }).allow({ read: everyone }),
    leads: table({
      product_id: ref("products"),
      cost: integer().copyOf("product_id", "cost"),
      secret: uuid().generated(),
    }).allow({ create: everyone, read: role("buyer") }),
    notes: table({ word: text(30).default("fjord"), open: integer().default(0) }).allow({
      create: everyone,
      read: () => ({ open: 1 }),
    }),
    sink: table({
      word: text(100).optional(),
      n: integer().optional(),
      id_of: uuid().optional(),
    }).allow({ read: everyone, create: everyone, update: everyone }),
  },
  seed: () => [
    { table: "users", rows: [{ name: "ann", email: "ann@example.com" }] },
    { table: "products", rows: [{ name: "Fork", cost: 42 }] },
  ],
});

let engine: EngineUnderTest;
beforeAll(async () => {
  engine = await openEngine(shop);
});
afterAll(() => closeSound(engine));

/** Signs Ann in, with these roles. */
const asAnn = (roles: readonly string[]) =>
  signIn(engine, { email: "ann@example.com", roles }, (url, json) => engine.post(url, json));

describe("what an operation of a batch may refer to", () => {
  test.each([
    ["a copy", post("/api/leads", { product_id: 1 }), { n: { ref: "0.cost" } }],
    ["what the server makes up", post("/api/leads", { product_id: 1 }), { id_of: { ref: "0.secret" } }],
    ["a default of a row that its maker does not see", post("/api/notes", {}), { word: { ref: "0.word" } }],
    ["one of a row that its maker would see", post("/api/notes", { open: 1 }), { word: { ref: "0.word" } }],
    ["one seen in some rows", post("/api/users", { name: "b", email: "b@x.de" }), { word: { ref: "0.email" } }],
  ])("is not %s", async (_what, first, referring) => {
    const { detail } = problemOf(
      await batchTo(engine)([first, post("/api/sink", referring)]),
      400,
      "invalid_reference",
    );
    expect(detail).toMatch(/has no column "\w+" to refer to\.$/);
  });

  test("is not in a path either", async () => {
    const answer = await batchTo(engine)([
      post("/api/leads", { product_id: 1 }),
      patch("/api/sink/{0.cost}", { n: 1 }),
    ]);
    expect(problemOf(answer, 400, "invalid_reference").detail).toContain("to refer to");
  });

  test("is the key of a row that its maker does not see, and every column of one that it sees", async () => {
    const lead = post("/api/leads", { product_id: 1 });
    const operations = [lead, post("/api/sink", { n: { ref: "0.id" } }), post("/api/sink", { n: { ref: "1.n" } })];
    expect(rowAt(await batchTo(engine)(operations), 2)).toMatchObject({ n: 1 });
    const buying = [lead, post("/api/sink", { n: { ref: "0.cost" }, id_of: { ref: "0.secret" } })];
    expect(rowAt(await batchTo(engine)(buying, { ...(await asAnn(["buyer"])) }), 1)).toMatchObject({ n: 42 });
  });

  test("a change of a row that is not read tells nothing either", async () => {
    const answer = await batchTo(engine)(
      [patch("/api/users/1", { name: "ann" }), post("/api/sink", { word: { ref: "0.email" } })],
      { ...(await asAnn([])) },
    );
    expect(problemOf(answer, 400, "invalid_reference").detail).toContain("to refer to");
  });
});
