import { describe, expect, test } from "vitest";
import { tableStatements } from "#servery/database/sqlite/dialect.js";
import { resolveSchema } from "#servery/schema/resolve-schema.js";
import type { Rule } from "#servery/schema/rule.js";
import { storedTable } from "#servery/schema/stored-schema.js";
import social from "../../examples/social/servery.ts";
import { seedFindings } from "./seed-findings.ts";
import { seedHash, seedRows } from "./seed-rows.ts";

/** Changes with every row of the seed, and only then: who changes the seed on purpose writes the new one here. */
const SEED_HASH = "22ec8b51375dea5782c0b2ad6f0c0e7994fe9a5077931ac340329a50a6c139b7";

const END = "2024-10-28T00:00:00.000Z";

type User = { id: number; username: string; email: string; created_at: string };
type Post = {
  id: number;
  user_id: number;
  title: string;
  content: string;
  category: string | null;
  status: string;
  likes: number;
  created_at: string;
};
type Reaction = { post_id: number; user_id: number; created_at: string };
type Follow = { follower_id: number; followed_id: number; created_at: string };

const users = seedRows<User>(social, "users");
const posts = seedRows<Post>(social, "posts");
const comments = seedRows<Reaction>(social, "comments");
const likes = seedRows<Reaction>(social, "likes");
const follows = seedRows<Follow>(social, "follows");

/** How often each value stands in a list. */
function tally<Item>(items: readonly Item[], of: (item: Item) => number): Map<number, number> {
  const counts = new Map<number, number>();
  for (const item of items) counts.set(of(item), (counts.get(of(item)) ?? 0) + 1);
  return counts;
}

describe("the declaration", () => {
  const schema = resolveSchema(social);

  test("has the tables of the social world", () => {
    expect([...schema.tables.keys()]).toEqual([
      "users",
      "posts",
      "comments",
      "likes",
      "follows",
      "categories",
      "products",
      "orders",
      "order_items",
      "accounts",
      "transfers",
      "author_stats",
    ]);
  });

  test("names the ways between the tables", () => {
    const relations = (table: string): string[] => [...(schema.tables.get(table)?.relations.keys() ?? [])].sort();
    expect(relations("users")).toEqual([
      "accounts",
      "author_stats",
      "comments",
      "followers",
      "following",
      "likes",
      "orders",
      "posts",
    ]);
    expect(relations("author_stats")).toEqual(["user"]);
    expect(relations("posts")).toEqual(["comments", "liked_by", "user"]);
    expect(relations("follows")).toEqual(["followed", "follower"]);
    expect(relations("orders")).toEqual(["order_items", "user"]);
    expect(relations("transfers")).toEqual(["from_account", "to_account"]);
    expect(relations("accounts")).toEqual(["incoming_transfers", "outgoing_transfers", "user"]);
  });

  test("has SQLite's statements for every table", () => {
    for (const table of [...schema.tables.values()].filter(({ view }) => view === undefined)) {
      expect(tableStatements(storedTable(table))[0], table.name).toMatch(/^CREATE TABLE "[a-z_]+" \(\n/);
    }
  });

  test("says of every table who may do what", () => {
    const words = (rule: Rule): string => {
      if (rule.rule === "and" || rule.rule === "or") return `${rule.rule}(${rule.of.map(words).join(", ")})`;
      if (rule.rule === "sameAs") return `${rule.relation}${rule.action === undefined ? "" : `.${rule.action}`}`;
      return rule.rule === "role" ? rule.name : rule.rule;
    };
    const rules = [...schema.tables.values()].map(
      ({ name, rules: { read, create, update, delete: remove } }) =>
        `${name}: ${[read, create, update, remove].map(words).join(", ")}`,
    );
    expect(rules).toEqual([
      "users: everyone, everyone, self, self",
      "posts: or(when, owner), signedIn, owner, owner",
      "comments: post, signedIn, owner, or(owner, post)",
      "likes: post, signedIn, nobody, owner",
      "follows: everyone, signedIn, nobody, owner",
      "categories: everyone, admin, admin, admin",
      "products: everyone, admin, admin, admin",
      "orders: owner, signedIn, admin, and(owner, when)",
      "order_items: order, and(order.read, when), and(order.read, when), and(order.read, when)",
      "accounts: signedIn, signedIn, owner, and(owner, when)",
      "transfers: or(from_account.update, to_account.update), from_account.update, nobody, nobody",
      "author_stats: everyone, nobody, nobody, nobody",
    ]);
  });
});

describe("the seed", () => {
  test("holds only rows that can be stored, parents first", () => {
    expect(seedFindings(social)).toEqual([]);
  });

  test("is the same on every run", () => {
    expect(seedHash(social)).toBe(SEED_HASH);
    expect(seedHash(social)).toBe(SEED_HASH);
  });

  test("has 200 users and 2,000 posts, counted from 1", () => {
    expect(users.map((user) => user.id)).toEqual(Array.from({ length: 200 }, (_, at) => at + 1));
    expect(posts.map((post) => post.id)).toEqual(Array.from({ length: 2_000 }, (_, at) => at + 1));
  });

  test("has alice and bob as they are pictured", () => {
    expect(users.slice(0, 2)).toEqual([
      {
        id: 1,
        username: "alice",
        email: "alice@email.com",
        is_active: true,
        email_verified: true,
        created_at: "2024-01-15T00:00:00.000Z",
      },
      {
        id: 2,
        username: "bob",
        email: "bob@email.com",
        is_active: true,
        email_verified: true,
        created_at: "2024-01-20T00:00:00.000Z",
      },
    ]);
    expect(posts.slice(0, 2)).toMatchObject([
      {
        id: 1,
        user_id: 1,
        title: "Hello world!",
        content: "Hello world!",
        status: "published",
        likes: 10,
        created_at: "2024-01-16T00:00:00.000Z",
      },
      {
        id: 2,
        user_id: 2,
        title: "Backend is fun",
        content: "Backend is fun",
        status: "published",
        likes: 15,
        created_at: "2024-01-21T00:00:00.000Z",
      },
    ]);
    expect(users.slice(2).every((user) => user.email.endsWith("@example.com"))).toBe(true);
  });

  test("is in order of time: a higher id is younger, nobody acts before he joined, nothing is after the end", () => {
    for (const rows of [users, posts])
      expect(rows.map((row) => row.created_at)).toEqual(rows.map((row) => row.created_at).sort());
    const joined = new Map(users.map((user) => [user.id, user.created_at]));
    const written = new Map(posts.map((post) => [post.id, post.created_at]));
    const before = (earlier: string | undefined, later: string): boolean =>
      earlier !== undefined && earlier <= later && later <= END;
    expect(posts.filter((post) => !before(joined.get(post.user_id), post.created_at))).toEqual([]);
    for (const reactions of [comments, likes]) {
      expect(
        reactions.filter(
          (row) =>
            !before(joined.get(row.user_id), row.created_at) || !before(written.get(row.post_id), row.created_at),
        ),
      ).toEqual([]);
    }
    expect(
      follows.filter(
        (row) =>
          !before(joined.get(row.follower_id), row.created_at) || !before(joined.get(row.followed_id), row.created_at),
      ),
    ).toEqual([]);
  });

  test("has a user 3 that nothing refers to, and a user 42 with posts", () => {
    const referring = [...(social.seed?.() ?? [])].flatMap(({ table, rows }) =>
      [...rows]
        .filter((row) => ["user_id", "follower_id", "followed_id"].some((column) => row[column] === 3))
        .map(() => table),
    );
    expect(referring).toEqual([]);
    expect(posts.filter((post) => post.user_id === 42).length).toBeGreaterThan(3);
  });

  test("has more news than one page holds, and posts without a category", () => {
    expect(posts.filter((post) => post.category === "news").length).toBeGreaterThanOrEqual(25);
    expect(posts.filter((post) => post.category === null).length).toBeGreaterThan(0);
  });

  test("likes each post as often as the post says, and drafts not at all", () => {
    const counted = tally(likes, (like) => like.post_id);
    expect(posts.filter((post) => post.likes !== (counted.get(post.id) ?? 0))).toEqual([]);
    const drafts = new Set(posts.filter((post) => post.status === "draft").map((post) => post.id));
    expect(drafts.size).toBeGreaterThan(0);
    expect([...comments, ...likes].filter((row) => drafts.has(row.post_id))).toEqual([]);
  });
});

describe("the January question: who posted in January and has more than 100 followers?", () => {
  const followers = tally(follows, (follow) => follow.followed_id);
  const january = tally(
    posts.filter(
      (post) => post.created_at >= "2024-01-01T00:00:00.000Z" && post.created_at < "2024-02-01T00:00:00.000Z",
    ),
    (post) => post.user_id,
  );
  const found = (condition: (user: number) => boolean): number[] => users.map((user) => user.id).filter(condition);

  test("exactly one user has exactly 100 followers, two have more", () => {
    expect(found((user) => followers.get(user) === 100)).toEqual([7]);
    expect(found((user) => (followers.get(user) ?? 0) > 100)).toEqual([1, 12]);
  });

  test("has an answer that a join without a group lists several times", () => {
    expect(january.get(1)).toBe(3);
    expect(january.get(12)).toBe(2);
  });

  test("has traps: 100 is not more than 100, and followers times posts are not followers", () => {
    expect(january.get(7)).toBe(4);
    const multiplied = found(
      (user) => (followers.get(user) ?? 0) <= 100 && (followers.get(user) ?? 0) * (january.get(user) ?? 0) > 100,
    );
    expect(multiplied.length).toBeGreaterThan(1);
  });
});
