import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { email, everyone, integer, ref, role, self, servery, table, text } from "servery";
import { closeSound, problemOf } from "../api/answers.ts";
import { type EngineUnderTest, openEngine, type TestAnswer } from "../harness/open-engine.ts";
import { type Credentials, signIn } from "../harness/sign-in.ts";

const OPEN = { read: everyone, create: everyone, update: everyone };

/** Checks and bounds of columns that bosses alone see. */
const office = servery({
  tables: {
    users: table({ name: text(30), email: email().unique() })
      .accounts({ verify: false })
      .allow({ read: everyone, update: self }),
    wishes: table({
      want: integer(),
      least: integer().default(0),
      limit_n: integer().default(10).readable(role("boss")),
    })
      .check("want_le", { want: { lte: { column: "limit_n" } } })
      .check("want_ge", { want: { gte: { column: "least" } } })
      .allow(OPEN),
    stores: table({
      name: text(30),
      stock: integer({ min: 0 }).default(5).readable(role("boss")),
      shelf: integer({ min: 0 }).default(5),
    }).allow(OPEN),
    takings: table({
      store_id: ref("stores"),
      from_stock: integer().default(0),
      from_shelf: integer().default(0),
    })
      .subtracts("from_stock", "store_id", "stock")
      .subtracts("from_shelf", "store_id", "shelf")
      .allow({ read: everyone, create: everyone }),
  },
  seed: () => [
    { table: "users", rows: [{ name: "ann", email: "ann@example.com" }] },
    { table: "wishes", rows: [{ want: 1 }] },
    { table: "stores", rows: [{ name: "Shed" }] },
  ],
});

let engine: EngineUnderTest;
let boss: Credentials;
beforeAll(async () => {
  engine = await openEngine(office);
  boss = await signIn(engine, { email: "ann@example.com", roles: ["boss"] }, (url, json) => engine.post(url, json));
});
afterAll(() => closeSound(engine));

const messages = (answer: TestAnswer): unknown =>
  problemOf(answer, 400, "invalid_data").errors?.map(({ message }) => message);

describe("a check over a column that the caller does not see", () => {
  test.each([
    ["a declared one", { method: "PATCH", url: "/api/wishes/1", json: { want: 11 } }, "want_le"],
    [
      "of a row that changes along",
      { method: "POST", url: "/api/takings", json: { store_id: 1, from_stock: 9 } },
      "stores.stock",
    ],
  ] as const)("%s refuses, and is named to whoever sees it", async (_what, request, name) => {
    const hidden = await engine.send(request);
    expect(messages(hidden)).toEqual(["A check does not hold."]);
    expect(hidden.text).not.toMatch(/want_le|limit_n|stock/);
    const seen = await engine.send({ ...request, headers: { ...boss } });
    expect(messages(seen)).toEqual([`The check ${name} does not hold.`]);
  });

  test("one whose columns are seen is named to everybody", async () => {
    expect(messages(await engine.patch("/api/wishes/1", { want: -1 }))).toEqual(["The check want_ge does not hold."]);
    expect(messages(await engine.post("/api/takings", { store_id: 1, from_shelf: 9 }))).toEqual([
      "The check stores.shelf does not hold.",
    ]);
  });
});
