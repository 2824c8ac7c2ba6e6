import {
  bigint,
  decimal,
  email,
  everyone,
  integer,
  nobody,
  real,
  ref,
  servery,
  table,
  text,
  timestamp,
  uuid,
  boolean,
} from "servery";
import { expect } from "vitest";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { type JsonRow, rowOf } from "./answers.ts";

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };
const NO_TIMES = { created_at: false, updated_at: false } as const;

/** Every shape of table that a write of many rows may meet: sums, copies, transfers, keys of each kind, cascades, closed ones. */
export const depot = servery({
  title: "Depot",
  tables: {
    products: table({ name: text(50), price: decimal(10, 2, { min: "0" }) }).allow(OPEN),
    orders: table({
      note: text(50).optional(),
      total: decimal(12, 2).sumOf("items", "quantity", "unit_price"),
    }).allow(OPEN),
    items: table({
      order_id: ref("orders", { onDelete: "cascade" }),
      product_id: ref("products"),
      quantity: integer({ min: 1, max: 1000 }),
      unit_price: decimal(10, 2).copyOf("product_id", "price"),
      remark: text(20).optional(),
    })
      .unique("order_id", "product_id")
      .allow(OPEN),
    labels: table({ item_id: ref("items", { onDelete: "cascade" }), word: text(20) }, NO_TIMES).allow(OPEN),

    accounts: table({ owner: text(20), balance: decimal(14, 2, { min: "0" }).default("0.00") }).allow(OPEN),
    transfers: table({
      from_id: ref("accounts", { as: "from", reverse: "outgoing" }),
      to_id: ref("accounts", { as: "to", reverse: "incoming" }),
      amount: decimal(14, 2, { min: "0.01" }),
    })
      .check("between_two", { from_id: { ne: { column: "to_id" } } })
      .subtracts("amount", "from_id", "balance")
      .adds("amount", "to_id", "balance")
      .allow({ read: everyone, create: everyone, update: nobody, delete: nobody }),

    users: table({
      email: email(100).unique(),
      name: text(30),
      score: integer().default(0),
      nick: text(20).optional().unique(),
    }).allow(OPEN),
    members: table({ team: text(20), email: email(100), role: text(20).default("guest") })
      .unique("team", "email")
      .allow(OPEN),
    posts: table({
      user_id: ref("users", { as: "author", reverse: "posts" }),
      editor_id: ref("users", { as: "editor", reverse: "edited", onDelete: "set null" }).optional(),
      title: text(50),
      category: text(20).optional().index(),
      likes: integer({ min: 0 }).default(0),
      starts_at: timestamp().optional(),
      ends_at: timestamp().optional(),
    })
      .check("in_order", { ends_at: { gte: { column: "starts_at" } } })
      .allow(OPEN),
    comments: table({ post_id: ref("posts", { onDelete: "cascade" }), content: text(50) }).allow(OPEN),

    tags: table({ code: text(20), word: text(50), uses: integer().default(0) }, { created_at: false })
      .primaryKey("code")
      .allow(OPEN),
    ratings: table(
      { user_id: ref("users"), tag_code: ref("tags", { onDelete: "cascade" }), stars: integer() },
      NO_TIMES,
    )
      .primaryKey("user_id", "tag_code")
      .allow(OPEN),
    wide: table({ big: bigint(), share: real(), money: decimal(18, 4), word: text(20) }, NO_TIMES)
      .primaryKey("big", "share", "money")
      .allow(OPEN),

    counters: table({
      small: integer({ min: -10, max: 100 }).default(0),
      big: bigint().default("0"),
      money: decimal(6, 2, { max: "1000" }).default("0.00"),
      ratio: real().default(0),
      missing: integer().optional(),
      flag: boolean().default(false),
      word: text(20).default("x"),
      made: uuid().generated(),
    }).allow(OPEN),

    folders: table(
      {
        name: text(20),
        parent_id: ref("folders", { onDelete: "cascade", as: "parent", reverse: "folders" }).optional(),
      },
      NO_TIMES,
    ).allow(OPEN),
    // A table that sums up itself: a row's total is that of the rows below it.
    parts: table({
      code: text(10),
      above: ref("parts", { as: "whole", reverse: "parts" }).optional(),
      weight: integer(),
      below: integer().sumOf("parts", "weight"),
    })
      .primaryKey("code")
      .allow(OPEN),

    guarded: table({ word: text(20).unique() }, { if_match: true }).allow(OPEN),
    frozen: table({ word: text(20).unique() }).allow({
      read: everyone,
      create: everyone,
      update: nobody,
      delete: nobody,
    }),
    listed: table({ word: text(20).unique(), user_id: ref("users").optional() }).allow({
      read: everyone,
      create: nobody,
      update: everyone,
      delete: everyone,
    }),
    drop_box: table({ word: text(20).unique() }).allow({
      read: nobody,
      create: everyone,
      update: everyone,
      delete: everyone,
    }),
    secrets: table({ word: text(20).unique(), user_id: ref("users").optional() }),
  },
});

/** An engine over the depot, with a user, two products, two accounts. */
export async function openDepot(): Promise<EngineUnderTest> {
  const engine = await openEngine(depot);
  await engine.post("/api/users", { email: "alice@example.com", name: "alice" });
  await engine.post("/api/products", [
    { name: "lamp", price: "19.99" },
    { name: "desk", price: "100.00" },
  ]);
  await engine.post("/api/accounts", [
    { owner: "alice", balance: "100.00" },
    { owner: "bob", balance: "0.00" },
  ]);
  return engine;
}

/** All rows of tables, as the API lists them: what must be the same before and after a write that is refused. */
export async function contents(engine: EngineUnderTest, ...tables: readonly string[]): Promise<unknown> {
  const lists = await Promise.all(
    tables.map(async (name) => [name, (await engine.get(`/api/${name}?limit=1000`)).json] as const),
  );
  return Object.fromEntries(lists);
}

/** The row at an address, as it is stored now. */
export async function stored(engine: EngineUnderTest, path: string): Promise<JsonRow> {
  return rowOf(await engine.get(`/api/${path}`));
}

/** The ids of the rows that a list of new rows was answered with. */
export function newIds(answer: { readonly status: number; readonly text: string; readonly json: unknown }): number[] {
  expect(answer.status, answer.text).toBe(201);
  return (answer.json as JsonRow[]).map((row) => Number(row["id"]));
}
