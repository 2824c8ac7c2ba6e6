import {
  bigint,
  boolean,
  type Condition,
  date,
  decimal,
  email,
  enumeration,
  everyone,
  type Filter,
  type Insert,
  integer,
  json,
  type KeyType,
  longText,
  real,
  ref,
  type Row,
  servery,
  slug,
  table,
  type TableName,
  text,
  timestamp,
  type Update,
  url,
  uuid,
} from "servery";
import { expect, test } from "vitest";

/** Exactly the same type, `any` and optional members told apart. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Checked by the compiler: `npx tsc --noEmit` fails where a type is another one. */
function same<A, B>(_yes: Same<A, B>): void {}

const app = servery({
  tables: {
    users: table({
      username: text(30),
      email: email(100).unique(),
      bio: longText().optional(),
      is_active: boolean().default(true),
    }).allow({ read: everyone }),
    posts: table({
      user_id: ref("users"),
      editor_id: ref("users", { as: "editor", reverse: "edited" }).optional(),
      title: text(200).index(),
      status: enumeration("draft", "published").default("draft"),
      mood: enumeration("good", "bad").optional(),
      likes: integer().default(0),
    }),
    kinds: table({
      u: url(),
      s: slug(),
      b: bigint(),
      d: decimal(10, 2),
      r: real(),
      da: date(),
      ti: timestamp(),
      id7: uuid(),
      j: json<{ a: number }>(),
      any_json: json().optional(),
    }),
    groups: table({ code: text(20), name: text(50) }, { created_at: false, updated_at: false }).primaryKey("code"),
    memberships: table(
      { user_id: ref("users"), group_code: ref("groups"), role: text(20).default("member") },
      { updated_at: false },
    ).primaryKey("user_id", "group_code"),
    tokens: table({ token: uuid().generated(), label: text(5) }).primaryKey("token"),
    counters: table({ number: integer(), label: text(5) }).primaryKey("number"),
    uses: table({ token: ref("tokens"), counter_id: ref("counters"), group: ref("groups").optional() }),
    orders: table({ total: decimal(12, 2).sumOf("items", "price") }),
    items: table({ order_id: ref("orders"), price: decimal(12, 2).copyOf("order_id", "total") }),
  },
});
type App = typeof app;

test("the names of the tables", () => {
  same<
    TableName<App>,
    "users" | "posts" | "kinds" | "groups" | "memberships" | "tokens" | "counters" | "uses" | "orders" | "items"
  >(true);
  expect(Object.keys(app.tables)).toHaveLength(10);
});

test("a row: every column, null where it is optional, the given columns where they are on", () => {
  same<
    Row<App, "users">,
    {
      id: number;
      created_at: string;
      updated_at: string;
      username: string;
      email: string;
      bio: string | null;
      is_active: boolean;
    }
  >(true);
  same<
    Row<App, "posts">,
    {
      id: number;
      created_at: string;
      updated_at: string;
      user_id: number;
      editor_id: number | null;
      title: string;
      status: "draft" | "published";
      mood: "good" | "bad" | null;
      likes: number;
    }
  >(true);
  same<Row<App, "groups">, { code: string; name: string }>(true);
  same<Row<App, "memberships">, { created_at: string; user_id: number; group_code: string; role: string }>(true);
  same<Row<App, "uses">["token"], string>(true);
  same<Row<App, "uses">["counter_id"], number>(true);
  same<Row<App, "uses">["group"], string | null>(true);
  const row: Row<App, "groups"> = { code: "a", name: "b" };
  // @ts-expect-error there is no such column
  expect(row.nope).toBeUndefined();
});

test("each kind: exact numbers are texts in an answer, and may be numbers in a body", () => {
  type Kinds = Row<App, "kinds">;
  same<
    Pick<Kinds, "u" | "s" | "b" | "d" | "r" | "da" | "ti" | "id7">,
    { u: string; s: string; b: string; d: string; r: number; da: string; ti: string; id7: string }
  >(true);
  same<Kinds["j"], { a: number }>(true);
  same<Insert<App, "kinds">["b"], string | number>(true);
  same<Insert<App, "kinds">["d"], string | number>(true);
  same<Insert<App, "kinds">["r"], number>(true);
  const wrong: Pick<Insert<App, "kinds">, "r"> = {
    // @ts-expect-error a real is a number
    r: "1",
  };
  expect(wrong.r).toBe("1");
});

test("an insert: required what has no default, nothing that the server fills", () => {
  same<Insert<App, "users">, { username: string; email: string; bio?: string | null; is_active?: boolean }>(true);
  same<
    Insert<App, "posts">,
    {
      user_id: number;
      title: string;
      editor_id?: number | null;
      status?: "draft" | "published";
      mood?: "good" | "bad" | null;
      likes?: number;
    }
  >(true);
  same<Insert<App, "groups">, { code: string; name: string }>(true);
  same<Insert<App, "memberships">, { user_id: number; group_code: string; role?: string }>(true);
  same<Insert<App, "tokens">, { label: string }>(true);
  same<Insert<App, "counters">, { label: string }>(true);
  same<keyof Insert<App, "orders">, never>(true);
  same<Insert<App, "items">, { order_id: number }>(true);
  const bodies: Insert<App, "posts">[] = [
    { user_id: 1, title: "x" },
    // @ts-expect-error the title is missing
    { user_id: 1 },
    // @ts-expect-error not one of the values
    { user_id: 1, title: "x", status: "gone" },
    // @ts-expect-error the server fills it
    { user_id: 1, title: "x", id: 5 },
    // @ts-expect-error no such column
    { user_id: 1, title: "x", nope: 1 },
    // @ts-expect-error a required column cannot be null
    { user_id: 1, title: null },
    // @ts-expect-error a key of users is a number
    { user_id: "1", title: "x" },
  ];
  expect(bodies).toHaveLength(7);
});

test("an update: any part of an insert", () => {
  same<Update<App, "groups">, { code?: string; name?: string }>(true);
  const update: Update<App, "posts"> = { likes: 1, editor_id: null };
  expect(update).toEqual({ likes: 1, editor_id: null });
});

test("the key: id is a number, another key has the kind of its column", () => {
  same<KeyType<App, "users">, number>(true);
  same<KeyType<App, "groups">, string>(true);
  same<KeyType<App, "tokens">, string>(true);
  same<KeyType<App, "counters">, number>(true);
  expect(app.tables.groups.spec.key).toEqual(["code"]);
});

test("a filter: columns of the table with operators of their kind, and, or, not", () => {
  const filters: Filter<App, "posts">[] = [
    {},
    { likes: 5, title: { starts: "a", ne: "ab" } },
    { likes: { in: [1, 2], null: false }, editor_id: null },
    { or: [{ likes: { gt: 5 } }, { not: { status: "draft" } }], and: [{ mood: { ne: "bad" } }] },
    // @ts-expect-error no such column
    { nope: 1 },
    // @ts-expect-error a number has no text operators
    { likes: { contains: "1" } },
    // @ts-expect-error a list needs in
    { likes: [1, 2] },
    // @ts-expect-error no such operator
    { likes: { gtt: 1 } },
    // @ts-expect-error not one of the values
    { status: "gone" },
    // @ts-expect-error the number is a text here
    { likes: { gt: "5" } },
  ];
  expect(filters).toHaveLength(10);
  same<Condition<boolean> extends never ? true : false, false>(true);
});

/** Only the compiler reads this. */
export function wrongDeclarations(): void {
  // @ts-expect-error no such value
  enumeration("a", "b").default("c");
  // @ts-expect-error a default of another type
  boolean().default("yes");
  // @ts-expect-error a key of no column
  table({ code: text(5) }).primaryKey("cod");
  // @ts-expect-error a unique of one column is the column's own
  table({ code: text(5) }).unique("code");
  // @ts-expect-error an index of no column
  table({ code: text(5) }).index("cod");
  // @ts-expect-error no such action
  table({ code: text(5) }).allow({ reed: everyone });
  // @ts-expect-error a table has no such option
  table({ code: text(5) }, { createdAt: false });
  // @ts-expect-error no such way to delete
  ref("users", { onDelete: "explode" });
  // @ts-expect-error an enumeration has values
  enumeration();
  // @ts-expect-error the smallest of a decimal is a text, since it is exact
  decimal(5, 2, { min: 0 });
}
