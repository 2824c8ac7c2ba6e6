import {
  bigint,
  boolean,
  decimal,
  enumeration,
  integer,
  json,
  ref,
  servery,
  table,
  text,
  timestamp,
  uuid,
  view,
} from "servery";
import { type Client, isServeryError, type Page, type ServeryErrorCode } from "servery/client";
import { expect, expectTypeOf, test } from "vitest";

const app = servery({
  tables: {
    users: table({ username: text(30), bio: text(200).optional() }),
    posts: table({
      user_id: ref("users", { as: "user" }),
      editor_id: ref("users", { as: "editor" }).optional(),
      title: text(200),
      state: enumeration("draft", "published").default("draft"),
      likes: integer().default(0),
      price: decimal(10, 2).optional(),
      seen: timestamp().optional(),
      code: uuid().optional(),
      views: bigint().default("0"),
      extra: json<{ colour: string }>().optional(),
      pinned: boolean().default(false),
    }),
    comments: table({
      post_id: ref("posts", { reverse: "replies" }),
      authorId: ref("users"),
      parent: ref("comments").optional(),
      content: text(500),
    }),
    memberships: table({ user_id: ref("users"), group: ref("groups"), role: text(20) }, { path: "members" }).primaryKey(
      "user_id",
      "group",
    ),
    groups: table({ code: text(20), name: text(50) }, { created_at: false, updated_at: false }).primaryKey("code"),
    get: table({ word: text(5) }).computed("length", integer(), ["word"], ({ word }) => word.length),
    stats: view({ user_id: ref("users"), month: text(7), posts: integer() }, "SELECT 1", {
      path: "statistics",
    }).primaryKey("user_id", "month"),
  },
});
type App = typeof app;
declare const api: Client<App>;

/** What a call would answer; the calls are read by the compiler alone. */
type Of<T> = T extends Promise<infer U> ? U : never;

type Post = {
  id: number;
  created_at: string;
  updated_at: string;
  user_id: number;
  editor_id: number | null;
  title: string;
  state: "draft" | "published";
  likes: number;
  price: string | null;
  seen: string | null;
  code: string | null;
  views: string;
  extra: { colour: string } | null;
  pinned: boolean;
};
type User = { id: number; created_at: string; updated_at: string; username: string; bio: string | null };
type Group = { code: string; name: string };

/** Never called: only its types are looked at. */
export function answers() {
  return {
    list: api.posts.list(),
    chosen: api.posts.list({ fields: ["id", "title"], where: { likes: { gte: 5 } } }),
    page: api.posts.page({ count: "exact" }),
    one: api.posts.get(1, { fields: ["title"], include: { user: { fields: ["username"] }, editor: true } }),
    deep: api.users.list({
      fields: ["id"],
      include: {
        posts_as_user: {
          fields: ["title"],
          limit: 5,
          sort: ["-created_at", "title"],
          count: true,
          include: { replies: { fields: ["content"], include: { author: { fields: ["bio"] } } } },
        },
        posts_as_editor: "count",
        comments: true,
        memberships: { fields: ["role"], include: { group_ref: true } },
      },
    }),
    self: api.comments.get(1, { fields: ["id"], include: { parent_ref: { fields: ["id"] }, comments: "count" } }),
    created: api.posts.create({ user_id: 1, title: "x" }),
    several: api.posts.create([{ user_id: 1, title: "x" }], { fields: ["id"] }),
    updated: api.posts.update(1, { likes: { increment: 1 }, views: { increment: 2 }, price: { increment: "0.10" } }),
    gone: api.posts.delete(1),
    member: api.members.get([1, "staff"]),
    group: api.groups.get("staff"),
    below: api.users.of(1).posts_as_user.list({ sort: "-likes" }),
    belowCreated: api.posts.of(1).replies.create({ authorId: 1, content: "x" }, { fields: ["id"] }),
    named: api.table("get").list(),
    all: api.posts.all({ fields: ["id"] }),
    pages: api.posts.pages({ fields: ["id"] }),
    upserted: api.groups.upsert({ code: "a", name: "A" }, { onConflict: "code" }),
    upsertedAll: api.members.upsert([], { onConflict: ["user_id", "group"], fields: ["role"] }),
    changedAll: api.posts.updateWhere({ likes: { lt: 1 } }, { state: "draft" }, { fields: ["id"] }),
    deletedAll: api.posts.deleteWhere({ likes: 0 }),
    nested: api.users.create({
      username: "x",
      comments: [],
      posts_as_user: [{ title: "t", replies: [{ authorId: 1, content: "c" }] }],
    }),
    numbers: api.posts.aggregate({ count: true, avg: ["likes"], sum: ["price"], where: { pinned: true } }),
    groups: api.posts.aggregate({
      count: true,
      countDistinct: ["title"],
      sum: ["likes"],
      max: ["seen"],
      groupBy: ["state", "editor.username", "day(created_at)"],
      having: { count: { gte: 10 }, sum_likes: { lt: 5 } },
      sort: ["-count", "state"],
      limit: 5,
    }),
    view: api.statistics.get([1, "2024-10"], { include: { user: { fields: ["username"] } } }),
    below2: api.users.of(1).stats.list({ sort: "-posts" }),
    computed: api.table("get").list({ fields: ["length"] }),
    batch: api.batch((step) => {
      const user = step.users.create({ username: "x" });
      const post = step.posts.create({ user_id: user.ref("id"), title: "t", likes: 1 });
      return [user, step.posts.update(post.ref("id"), { likes: { increment: 1 } }), step.groups.delete("x")];
    }),
  };
}
type Answers = ReturnType<typeof answers>;

test("an answer follows fields and include", () => {
  expectTypeOf<Of<Answers["list"]>>().toEqualTypeOf<Post[]>();
  expectTypeOf<Of<Answers["chosen"]>>().toEqualTypeOf<{ id: number; title: string }[]>();
  expectTypeOf<Of<Answers["page"]>>().toEqualTypeOf<Page<Post>>();
  expectTypeOf<Of<Answers["one"]>>().toEqualTypeOf<{
    title: string;
    user: { username: string };
    editor: User | null;
  }>();
  expectTypeOf<Of<Answers["deep"]>[number]["posts_as_user"]>().toEqualTypeOf<
    { title: string; replies: { content: string; author: { bio: string | null } }[] }[]
  >();
  expectTypeOf<keyof Of<Answers["deep"]>[number]>().toEqualTypeOf<
    "id" | "posts_as_user" | "posts_as_user_count" | "posts_as_editor_count" | "comments" | "memberships"
  >();
  expectTypeOf<Of<Answers["deep"]>[number]["posts_as_user_count"]>().toEqualTypeOf<number>();
  expectTypeOf<Of<Answers["deep"]>[number]["comments"][number]["authorId"]>().toEqualTypeOf<number>();
  expectTypeOf<Of<Answers["deep"]>[number]["memberships"]>().toEqualTypeOf<{ role: string; group_ref: Group }[]>();
  expectTypeOf<Of<Answers["self"]>>().toEqualTypeOf<{
    id: number;
    parent_ref: { id: number } | null;
    comments_count: number;
  }>();
});

test("many rows at once, and numbers", () => {
  expectTypeOf<Of<Answers["upserted"]>>().toEqualTypeOf<Group>();
  expectTypeOf<Of<Answers["upsertedAll"]>>().toEqualTypeOf<{ role: string }[]>();
  expectTypeOf<Of<Answers["changedAll"]>>().toEqualTypeOf<{ id: number }[]>();
  expectTypeOf<Of<Answers["deletedAll"]>>().toEqualTypeOf<number>();
  expectTypeOf<Of<Answers["nested"]>>().toEqualTypeOf<User>();
  expectTypeOf<Of<Answers["numbers"]>>().toEqualTypeOf<{
    count: number;
    avg_likes: number | null;
    sum_price: string | null;
  }>();
  expectTypeOf<Of<Answers["groups"]>>().toEqualTypeOf<
    {
      state: "draft" | "published";
      "editor.username": string | null;
      day_created_at: string;
      count: number;
      count_distinct_title: number;
      sum_likes: number | null;
      max_seen: string | null;
    }[]
  >();
});

test("views are read, and what is computed is in the answer", () => {
  expectTypeOf<Of<Answers["view"]>>().toEqualTypeOf<{
    user_id: number;
    month: string;
    posts: number;
    user: { username: string };
  }>();
  expectTypeOf<Of<Answers["below2"]>>().toEqualTypeOf<{ user_id: number; month: string; posts: number }[]>();
  expectTypeOf<Of<Answers["computed"]>>().toEqualTypeOf<{ length: number }[]>();
});

test("writes, keys, nested lists, iterators and a batch", () => {
  expectTypeOf<Of<Answers["created"]>>().toEqualTypeOf<Post>();
  expectTypeOf<Of<Answers["several"]>>().toEqualTypeOf<{ id: number }[]>();
  expectTypeOf<Of<Answers["updated"]>>().toEqualTypeOf<Post>();
  expectTypeOf<Of<Answers["gone"]>>().toEqualTypeOf<void>();
  expectTypeOf<Of<Answers["member"]>["role"]>().toEqualTypeOf<string>();
  expectTypeOf<Of<Answers["group"]>>().toEqualTypeOf<Group>();
  expectTypeOf<Of<Answers["below"]>>().toEqualTypeOf<Post[]>();
  expectTypeOf<Of<Answers["belowCreated"]>>().toEqualTypeOf<{ id: number }>();
  expectTypeOf<Of<Answers["named"]>[number]["word"]>().toEqualTypeOf<string>();
  expectTypeOf<Answers["all"]>().toEqualTypeOf<AsyncGenerator<{ id: number }>>();
  expectTypeOf<Answers["pages"]>().toEqualTypeOf<AsyncGenerator<Page<{ id: number }>>>();
  expectTypeOf<Of<Answers["batch"]>>().toEqualTypeOf<[User, Post, undefined]>();
});

/** Only the compiler reads this. */
export function wrongCalls(): void {
  // @ts-expect-error no such table
  void api.post5;
  // @ts-expect-error a table is named as in the URL
  void api.memberships;
  // @ts-expect-error no such column
  void api.posts.list({ fields: ["nope"] });
  // @ts-expect-error no such option
  void api.posts.list({ limit: 1, wheer: {} });
  // @ts-expect-error the number of all rows belongs to a page
  void api.posts.list({ count: "exact" });
  // @ts-expect-error no such relation
  void api.posts.list({ include: { user: true, usr: true } });
  // @ts-expect-error one row has no number
  void api.posts.list({ include: { user: "count" } });
  // @ts-expect-error one row has no limit
  void api.posts.list({ include: { user: { fields: ["id"], limit: 5 } } });
  // @ts-expect-error no such column of the related table
  void api.posts.list({ include: { user: { fields: ["nope"] } } });
  // @ts-expect-error no such relation further down
  void api.posts.list({ include: { replies: { limit: 1, include: { author: true, nope: true } } } });
  void api.posts.list({
    include: {
      // @ts-expect-error four levels
      replies: { include: { comments: { include: { post: { include: { user: true } } } } } },
    },
  });
  // @ts-expect-error no such sort
  void api.posts.list({ sort: "-like" });
  // @ts-expect-error JSON has no order
  void api.posts.list({ sort: "extra" });
  // @ts-expect-error a time has no text operators
  void api.posts.list({ where: { seen: { contains: "2024" } } });
  // @ts-expect-error nor has a UUID
  void api.posts.list({ where: { code: { starts: "a" } } });
  // @ts-expect-error JSON is asked by null alone
  void api.posts.list({ where: { extra: { colour: "red" } } });
  // @ts-expect-error a text is no number
  void api.posts.list({ where: { user: { id: { gt: "5" } } } });
  // @ts-expect-error no such column behind the relation
  void api.posts.list({ where: { replies: { some: { nope: 1 } } } });
  // @ts-expect-error the key has two columns
  void api.members.get(1);
  // @ts-expect-error in this order
  void api.members.get(["staff", 1]);
  // @ts-expect-error the parts are as the columns
  void api.groups.get(1);
  // @ts-expect-error only numbers are incremented
  void api.posts.update(1, { title: { increment: 1 } });
  // @ts-expect-error a reference is no amount
  void api.posts.update(1, { user_id: { increment: 1 } });
  // @ts-expect-error the title is missing
  void api.posts.create({ user_id: 1 });
  // @ts-expect-error no such relation below
  void api.users.of(1).posts;
  // @ts-expect-error a row of a group changes no user
  void api.posts.update({ code: 1 }, { title: "x" });
  // @ts-expect-error nobody writes a view
  void api.statistics.create({ user_id: 1, month: "x", posts: 1 });
  // @ts-expect-error nor below a row
  void api.users.of(1).stats.create({ month: "x", posts: 1 });
  // @ts-expect-error nor in a batch
  void api.batch((step) => [step.statistics.delete([1, "x"])]);
  // @ts-expect-error what is computed is not sorted by
  void api.table("get").list({ sort: "length" });
  // @ts-expect-error nor filtered by
  void api.table("get").list({ where: { length: 5 } });
  // @ts-expect-error nor sent
  void api.table("get").create({ word: "x", length: 1 });
  // @ts-expect-error an upsert says by which columns
  void api.groups.upsert({ code: "a", name: "A" });
  // @ts-expect-error no such column
  void api.groups.upsert({ code: "a", name: "A" }, { onConflict: "nope" });
  // @ts-expect-error a row below its parent has no other one
  void api.users.create({ username: "x", posts_as_user: [{ nope: 1, title: "t" }] });
  // @ts-expect-error a text has no sum
  void api.posts.aggregate({ sum: ["title"] });
  // @ts-expect-error no such option
  void api.posts.aggregate({ count: true, groupby: ["state"] });
  // @ts-expect-error no such column
  void api.posts.aggregate({ count: true, groupBy: ["stat"] });
  // @ts-expect-error a number that was not asked for
  void api.posts.aggregate({ count: true, groupBy: ["state"], having: { avg_likes: { gt: 1 } } });
  // @ts-expect-error the answer has no such part
  void api.posts.aggregate({ count: true, groupBy: ["state"], sort: "-likes" });
  void api.batch((step) => {
    const user = step.users.create({ username: "x" });
    // @ts-expect-error a name is no id
    return [step.posts.create({ user_id: user.ref("username"), title: "t" })];
  });
}

/** Only the compiler reads this. */
export function rightCalls(): void {
  void api.posts.list({
    sort: ["user.username", "-editor.created_at", "id"],
    where: {
      or: [{ title: { icontains: "x" } }, { user: { username: { starts: "a" } } }],
      price: { gte: 10, lt: "20.50" },
      editor_id: null,
      extra: null,
      seen: { null: false },
      replies: { none: { content: { contains: "spam" } } },
      not: { state: { in: ["draft"] }, pinned: true },
    },
  });
  void api.posts.replace(1, { user_id: 1, title: "x" }, { fields: ["id"] });
}

test("an error is narrowed by its code", () => {
  const thrown: unknown = new Error("x");
  if (isServeryError(thrown, "unique")) expectTypeOf(thrown.code).toEqualTypeOf<"unique">();
  if (isServeryError(thrown)) expectTypeOf(thrown.code).toEqualTypeOf<ServeryErrorCode>();
  // @ts-expect-error no such code
  expect(isServeryError(thrown, "uniqe")).toBe(false);
  expect(isServeryError(thrown)).toBe(false);
});
