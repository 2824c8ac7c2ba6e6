import {
  boolean,
  decimal,
  email,
  type EngineOptions,
  enumeration,
  everyone,
  integer,
  longText,
  nobody,
  ref,
  type SeedRows,
  servery,
  table,
  text,
} from "servery";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };

/** A declaration with every shape of table that the contract speaks of: both directions of keys, and keys of each kind. */
export const forum = servery({
  title: "Forum",
  tables: {
    users: table({
      username: text(30),
      email: email(100).unique(),
      bio: longText().optional(),
      is_active: boolean().default(true),
    }).allow(OPEN),

    posts: table({
      user_id: ref("users", { as: "user", reverse: "posts" }),
      editor_id: ref("users", { as: "editor", reverse: "edited_posts" }).optional(),
      title: text(200),
      content: longText().optional(),
      category: text(50).optional().index(),
      status: enumeration("draft", "published").default("draft"),
      likes: integer({ min: 0 }).default(0),
      price: decimal(10, 2).optional(),
    }).allow(OPEN),

    comments: table({
      post_id: ref("posts", { onDelete: "cascade" }),
      user_id: ref("users"),
      content: text(500),
      approved: boolean().default(false),
    }).allow(OPEN),

    groups: table({ code: text(20), name: text(50) }, { created_at: false, updated_at: false })
      .primaryKey("code")
      .allow(OPEN),

    memberships: table(
      { user_id: ref("users"), group_code: ref("groups"), role: text(20).default("member") },
      { updated_at: false },
    )
      .primaryKey("user_id", "group_code")
      .allow(OPEN),

    pages: table({ title: text(100), body: longText().optional() }, { if_match: true }).allow(OPEN),

    // Closed ones: nobody has a rule of its own, the last has none at all.
    archive: table({ title: text(100), user_id: ref("users") }).allow({ read: everyone }),
    drafts: table({ title: text(100), user_id: ref("users") }).allow({ ...OPEN, read: nobody }),
    secrets: table({ title: text(100) }),
  },
  seed: forumRows,
});

const FIRST_POST = Date.UTC(2024, 0, 16);
const HOUR = 3_600_000;

function at(hours: number): string {
  return new Date(FIRST_POST + hours * HOUR).toISOString();
}

/** 5 users, 30 posts (the 30th the youngest), 60 comments: post n has n % 5 of them. */
function* forumRows(): SeedRows {
  yield {
    table: "users",
    rows: ["alice", "bob", "carol", "dave", "erin"].map((username, index) => ({
      id: index + 1,
      username,
      email: `${username}@example.com`,
      bio: index % 2 === 0 ? `I am ${username}` : null,
      is_active: index !== 3,
      created_at: at(index - 24),
    })),
  };
  const posts = Array.from({ length: 30 }, (_, index) => index + 1);
  yield {
    table: "posts",
    rows: posts.map((id) => ({
      id,
      user_id: (id % 3) + 1,
      editor_id: id % 4 === 0 ? 5 : null,
      title: `Post ${id}`,
      content: id % 2 === 0 ? `Content of ${id}` : null,
      category: id % 6 === 0 ? null : id % 2 === 0 ? "news" : "sport",
      status: id % 5 === 0 ? "draft" : "published",
      likes: (id * 7) % 10,
      price: id % 7 === 0 ? null : `${id}.50`,
      created_at: at(id),
    })),
  };
  yield {
    table: "comments",
    rows: posts.flatMap((post) =>
      Array.from({ length: post % 5 }, (_, index) => ({
        post_id: post,
        user_id: (index % 5) + 1,
        content: `Comment ${index + 1} on ${post}`,
        approved: index % 2 === 0,
        created_at: at(post + index + 1),
      })),
    ),
  };
  yield {
    table: "groups",
    rows: [
      { code: "staff", name: "Staff" },
      { code: "a/b c", name: "Slashed" },
    ],
  };
  yield {
    table: "memberships",
    rows: [
      { user_id: 1, group_code: "staff", created_at: at(1) },
      { user_id: 1, group_code: "a/b c", role: "owner", created_at: at(2) },
      { user_id: 2, group_code: "staff", created_at: at(3) },
    ],
  };
  yield { table: "pages", rows: [{ title: "Home" }] };
}

/** An engine over the forum, on a file of its own. */
export function openForum(options: Partial<EngineOptions> = {}): Promise<EngineUnderTest> {
  return openEngine(forum, options);
}
