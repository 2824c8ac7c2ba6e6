import {
  bigint,
  boolean,
  date,
  decimal,
  email,
  enumeration,
  everyone,
  get,
  integer,
  json,
  longText,
  nobody,
  patch,
  post,
  real,
  ref,
  servery,
  slug,
  table,
  text,
  timestamp,
  url,
  uuid,
} from "servery";

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };

/** Every kind of column, required and optional, and every shape of name and key that a document could trip over. */
export const everyKind = servery({
  title: "Every kind <b>&</b> shape",
  tables: {
    everything: table({
      text: text(20),
      long_text: longText(),
      email: email().unique(),
      url: url(),
      slug: slug(),
      integer: integer({ min: -5, max: 5 }),
      bigint: bigint(),
      decimal: decimal(8, 3, { min: "-10.5", max: "99999" }),
      fraction: decimal(2, 2),
      whole: decimal(4, 0),
      real: real(),
      boolean: boolean(),
      date: date(),
      timestamp: timestamp(),
      uuid: uuid(),
      generated: uuid().generated(),
      enumeration: enumeration("draft", "out now"),
      json: json(),
      shaped: json({ type: "object", properties: { format: { type: "string" } }, required: ["format"] }),
    }).allow(OPEN),

    maybe: table({
      text: text(20).optional(),
      long_text: longText({ max: 50 }).optional(),
      email: email().optional(),
      url: url().optional(),
      slug: slug().optional(),
      integer: integer().optional(),
      bigint: bigint().optional(),
      decimal: decimal(8, 3).optional(),
      real: real().optional(),
      boolean: boolean().optional(),
      date: date().optional(),
      timestamp: timestamp().optional(),
      uuid: uuid().optional(),
      enumeration: enumeration("a", "b").optional(),
      json: json().optional(),
      defaulted: decimal(6, 2).default("1.50"),
      parent_id: ref("maybe", { reverse: "children", onDelete: "set null" }).optional(),
      everything_id: ref("everything").optional(),
    }).allow(OPEN),

    "order items": table({
      "unit price": integer(),
      "a.b": text(10).optional(),
      "c[d]": text(10).optional(),
      "e~f/g%": text(10).optional(),
      limit: integer().default(1),
      q: integer().default(2),
      größe: text(10).optional(),
    }).allow(OPEN),

    "v1.2": table({ name: text(10), item_id: ref("order items", { as: "item", reverse: "version list" }) }).allow(OPEN),
    // What is put behind a name must never make two of them one.
    v1: table({ two_id: ref("v1.2", { reverse: "create" }).optional() }, { path: "v1.2.create" }).allow(OPEN),
    Problem: table({ name: text(10) }).allow(OPEN),
    health: table({ name: text(10) }).allow(OPEN),

    pairs: table({ day: date(), word: text(10), note: text(50).optional() }, { created_at: false, updated_at: false })
      .primaryKey("day", "word")
      .allow(OPEN),
    codes: table({ "co}de": text(10), parent: ref("codes", { as: "above", reverse: "below" }).optional() })
      .primaryKey("co}de")
      .allow(OPEN),
    guarded: table({ name: text(10) }, { if_match: true }).allow(OPEN),

    // Closed in one way or another.
    readable: table({ name: text(10), hidden_id: ref("hidden").optional() }).allow({ read: everyone }),
    writable: table({ name: text(10), maybe_id: ref("maybe").optional() }).allow({ ...OPEN, read: nobody }),
    hidden: table({ name: text(10) }),
  },
  routes: [
    get(
      "/api/maybe/:id/of/:other_id",
      {
        params: { id: ref("maybe"), other_id: integer({ min: 1 }) },
        query: { since: date().optional(), price: decimal(4, 2).default("1.50"), word: text(5) },
        answer: [{ at: timestamp(), price: decimal(4, 2).optional() }],
        headers: ["X-Price"],
        summary: "Prices",
      },
      () => [],
    ),
    // The path of a row, with a method that the table leaves free.
    post(
      "/api/maybe/:id",
      { body: { slug: slug(), big: bigint().optional(), any: json().optional() } },
      () => undefined,
    ),
    get("/plain.txt", { type: "text/plain" }, () => "plain"),
    patch("/api/closed", { allow: nobody }, () => undefined),
  ],
});

/** A row of `everything` that is valid. */
export const everythingRow = {
  text: "äöü",
  long_text: "long",
  email: "someone@example.com",
  url: "https://example.com/",
  slug: "a-slug",
  integer: 5,
  bigint: "9223372036854775807",
  decimal: "-10.500",
  fraction: "0.25",
  whole: "1234",
  real: 1.5e-7,
  boolean: false,
  date: "2024-02-29",
  timestamp: "2024-10-28T10:30:00.000Z",
  uuid: "0191f2f0-7c1e-7d3a-9b1c-2f6a1f0e9d11",
  enumeration: "out now",
  json: [1, { two: null }],
  shaped: { format: "text" },
};
