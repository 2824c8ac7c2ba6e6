import {
  type AnyDeclaration,
  bigint,
  boolean,
  date,
  decimal,
  email,
  enumeration,
  everyone,
  integer,
  json,
  longText,
  nobody,
  real,
  ref,
  type SeedRows,
  servery,
  slug,
  table,
  text,
  timestamp,
  url,
  uuid,
} from "servery";

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };

/** Stands in rows that no caller may read: it must not be in any answer. */
export const CANARY = "canary-4f1c9e";

/** A key of `devices` that is there. */
export const DEVICE = "0191f2f0-7c1e-7d3a-9b1c-2f6a1f0e9d11";

/** The world that the hostile requests attack: every kind of column, every form of key, tables that are closed. */
export const hostileWorld: AnyDeclaration = servery({
  title: "Hostile",
  tables: {
    users: table({ email: email(100).unique(), name: text(50), nick: text(30).optional().unique() }).allow(OPEN),

    posts: table({
      title: text(200).search(),
      body: longText().optional().search(),
      status: enumeration("draft", "published").default("draft"),
      views: integer().default(0),
      price: decimal(10, 2).optional(),
      published: boolean().default(false),
      at: timestamp().optional(),
      meta: json().optional(),
      author_id: ref("users").optional(),
    }).allow(OPEN),

    comments: table({ post_id: ref("posts", { onDelete: "cascade" }), body: text(200) }).allow(OPEN),

    // One optional column of every kind, so that a case can send it alone.
    samples: table({
      label: text(20),
      long: longText().optional().search(),
      whole: integer().optional(),
      small: integer({ min: -10, max: 10 }).optional(),
      big: bigint().optional(),
      price: decimal(10, 2).optional(),
      measure: real().optional(),
      flag: boolean().optional(),
      day: date().optional(),
      at: timestamp().optional(),
      uid: uuid().optional(),
      kind: enumeration("Draft", "Final").optional(),
      name: slug(20).optional(),
      home: url(100).optional(),
      mail: email(60).optional(),
      meta: json().optional(),
    }).allow(OPEN),

    // Keys of other forms.
    devices: table({ id: uuid(), label: text(20) })
      .primaryKey("id")
      .allow(OPEN),
    things: table({ id: uuid().generated(), label: text(20) })
      .primaryKey("id")
      .allow(OPEN),
    pages: table({ path: slug(30), title: text(50) })
      .primaryKey("path")
      .allow(OPEN),
    post_tags: table({ post_id: ref("posts"), tag: text(20) })
      .primaryKey("post_id", "tag")
      .allow(OPEN),
    folders: table({ name: text(30), parent_id: ref("folders", { reverse: "children" }).optional() }).allow(OPEN),

    // Rules of a table of its own: a check between columns, changes only with If-Match, a sum the service keeps.
    events: table({ name: text(30), starts_at: timestamp(), ends_at: timestamp() })
      .check("ends_after_start", { ends_at: { gt: { column: "starts_at" } } })
      .allow(OPEN),
    settings: table({ name: text(30), value: integer().default(0) }, { if_match: true }).allow(OPEN),
    carts: table({ note: text(30), total: decimal(10, 2).sumOf("cart_items", "quantity", "unit_price") }).allow(OPEN),
    cart_items: table({ cart_id: ref("carts"), quantity: integer(), unit_price: decimal(10, 2) }).allow(OPEN),
    // May be made and not be changed.
    tickets: table({ code: slug(30), note: text(30) })
      .primaryKey("code")
      .allow({ read: everyone, create: everyone, update: nobody, delete: nobody }),

    // Closed tables: one that nobody may read, one that only its rows' readers may refer to, one without any rule.
    vault: table({ user_id: ref("users"), secret: text(60) }).allow({
      read: nobody,
      create: nobody,
      update: nobody,
      delete: nobody,
    }),
    claims: table({ vault_id: ref("vault"), note: text(30) }).allow(OPEN),
    inbox: table({ user_id: ref("users"), message: text(60) }).allow({ read: nobody, create: everyone }),
    staff: table({ secret: text(60) }),
  },
  seed: firstRows,
});

const DAY = "2024-01-01T00:00:00.000Z";

/** The first rows. The same on every run: no clock, no chance. */
function* firstRows(): SeedRows {
  const times = { created_at: DAY, updated_at: DAY };
  yield {
    table: "users",
    rows: [
      { id: 1, email: "alice@example.com", name: "Alice", nick: "al", ...times },
      { id: 2, email: "bob@example.com", name: "Bob", ...times },
      { id: 3, email: "carol@example.com", name: "Carol", ...times },
    ],
  };
  yield { table: "posts", rows: Array.from({ length: 12 }, (_, at) => seedPost(at + 1)) };
  yield { table: "comments", rows: [1, 2, 3].map((id) => ({ id, post_id: 1, body: `Comment ${id}`, ...times })) };
  yield {
    table: "samples",
    rows: ODD_TEXTS.map((long, at) => ({ id: at + 1, label: `odd ${at + 1}`, long, ...times })),
  };
  yield { table: "devices", rows: [{ id: DEVICE, label: "phone", ...times }] };
  yield { table: "things", rows: [{ label: "thing", ...times }] };
  yield { table: "pages", rows: ["home", "me", "1"].map((path) => ({ path, title: path, ...times })) };
  yield {
    table: "post_tags",
    rows: [
      { post_id: 1, tag: "news", ...times },
      { post_id: 1, tag: "a/b", ...times },
    ],
  };
  yield {
    table: "folders",
    rows: [
      { id: 1, name: "root", ...times },
      { id: 2, name: "child", parent_id: 1, ...times },
    ],
  };
  yield { table: "events", rows: [{ id: 1, name: "fair", starts_at: DAY, ends_at: "2024-01-02T00:00:00Z", ...times }] };
  yield { table: "settings", rows: [{ id: 1, name: "theme", value: 1, ...times }] };
  yield { table: "carts", rows: [{ id: 1, note: "first", ...times }] };
  yield { table: "tickets", rows: [{ code: "used", note: "first", ...times }] };
  yield { table: "vault", rows: [{ id: 1, user_id: 1, secret: `${CANARY}-vault`, ...times }] };
  yield { table: "inbox", rows: [{ id: 1, user_id: 1, message: `${CANARY}-inbox`, ...times }] };
  yield { table: "staff", rows: [{ id: 1, secret: `${CANARY}-staff`, ...times }] };
}

/** Texts that a pattern, a quote or a comment could be read from. `samples.long` holds one each. */
export const ODD_TEXTS: readonly string[] = [
  "100%",
  "a_b",
  "back\\",
  "' OR 1=1--",
  '"; DROP TABLE posts',
  "/*!50000*/",
  "%27",
  "${7*7}",
  "[a-z]*?",
  "plain",
];

function seedPost(id: number): Record<string, string | number | boolean | null> {
  const at = `2024-02-${String(id).padStart(2, "0")}T00:00:00.000Z`;
  return {
    id,
    title: `Post ${id}`,
    views: id % 4,
    published: id % 2 === 0,
    price: id % 3 === 0 ? null : `${id}.50`,
    at,
    author_id: (id % 3) + 1,
    created_at: at,
    updated_at: at,
  };
}
