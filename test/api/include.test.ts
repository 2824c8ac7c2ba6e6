import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EngineUnderTest } from "../harness/open-engine.ts";
import { closeSound, type JsonRow, problemOf, rowOf, rowsOf } from "./answers.ts";
import { openForum } from "./forum.ts";

let forum: EngineUnderTest;
beforeAll(async () => {
  forum = await openForum();
});
afterAll(() => closeSound(forum));

async function one(url: string): Promise<JsonRow> {
  return rowOf(await forum.get(url));
}

/** An included list. */
function list(row: JsonRow | undefined, key: string): JsonRow[] {
  return row?.[key] as JsonRow[];
}

describe("?include=", () => {
  test("to one: the row, or null where the reference is empty", async () => {
    const user = rowOf(await forum.get("/api/users/2"));
    expect(await one("/api/posts/4?include=user,editor")).toMatchObject({
      id: 4,
      user,
      editor: { id: 5, username: "erin" },
    });
    expect((await one("/api/posts/5?include=editor"))["editor"]).toBeNull();
  });

  test("to many: the rows, newest first, [] where there are none", async () => {
    const comments = list(await one("/api/posts/4?include=comments"), "comments");
    expect(comments.map((comment) => comment["content"])).toEqual([4, 3, 2, 1].map((at) => `Comment ${at} on 4`));
    expect(comments.every((comment) => typeof comment["approved"] === "boolean")).toBe(true);
    expect((await one("/api/posts/5?include=comments"))["comments"]).toEqual([]);
  });

  test("counts, under the relation's name with _count", async () => {
    expect((await one("/api/posts/4?include=comments.count"))["comments_count"]).toBe(4);
    expect((await one("/api/posts/5?include=comments.count"))["comments_count"]).toBe(0);
    const both = await one("/api/posts/4?include=comments.count,comments&comments.limit=1");
    expect([both["comments_count"], list(both, "comments").length]).toEqual([4, 1]);
    const user = (await one("/api/posts/4?include=user.posts.count"))["user"] as JsonRow;
    expect(user["posts_count"]).toBe(10);
  });

  test("three levels deep, in a list, from one statement", async () => {
    const answer = await forum.get(
      "/api/users?include=posts.comments.user&sort=id&posts.limit=2&posts.comments.limit=1",
    );
    const [alice] = rowsOf(answer);
    const posts = list(alice, "posts");
    expect(posts.map((post) => post["id"])).toEqual([30, 27]);
    expect(posts[0]?.["comments"]).toEqual([]);
    expect(list(posts[1], "comments")[0]).toMatchObject({ post_id: 27, user: { username: "bob" } });
    expect(answer.sql).toHaveLength(1);
  });

  test("a page of twenty with four relations each is still one statement", async () => {
    const answer = await forum.get("/api/posts?include=user,editor,comments.user,comments.count");
    expect(rowsOf(answer)).toHaveLength(20);
    expect(answer.sql).toHaveLength(1);
  });

  test("each level has a limit, an order and columns of its own", async () => {
    const url =
      "/api/users/3?include=posts.comments&posts.limit=3&posts.sort=id&posts.fields=id&posts.comments.limit=2&posts.comments.sort=content&posts.comments.fields=content";
    expect(await one(url)).toMatchObject({
      posts: [
        { id: 2, comments: [{ content: "Comment 1 on 2" }, { content: "Comment 2 on 2" }] },
        { id: 5, comments: [] },
        { id: 8, comments: [{ content: "Comment 1 on 8" }, { content: "Comment 2 on 8" }] },
      ],
    });
    expect(Object.keys(list(await one(url), "posts")[0] ?? {})).toEqual(["id", "comments"]);
  });

  test("takes twenty rows unless told otherwise, and up to a hundred", async () => {
    const many = await Promise.all(
      Array.from({ length: 25 }, (_, at) => forum.post("/api/posts/5/comments", { user_id: 1, content: `c${at}` })),
    );
    expect(many.every((answer) => answer.status === 201)).toBe(true);
    expect(list(await one("/api/posts/5?include=comments"), "comments")).toHaveLength(20);
    expect(list(await one("/api/posts/5?include=comments&comments.limit=100"), "comments")).toHaveLength(25);
    expect(list(await one("/api/posts/5?include=comments&comments.limit=0"), "comments")).toEqual([]);
    problemOf(await forum.get("/api/posts/5?include=comments&comments.limit=101"), 400, "limit_exceeded");
  });

  test("a parent comes along with its child, and naming it twice changes nothing", async () => {
    const plain = await one("/api/comments/1?include=post.user");
    expect((plain["post"] as JsonRow)["user"]).toMatchObject({ id: 2 });
    expect(await one("/api/comments/1?include=post,post.user,post")).toEqual(plain);
  });

  test("works over keys of text and of two columns", async () => {
    const user = await one("/api/users/1?include=memberships.group_code_ref&memberships.sort=group_code");
    expect(list(user, "memberships").map((membership) => (membership["group_code_ref"] as JsonRow)["name"])).toEqual([
      "Slashed",
      "Staff",
    ]);
    const membership = await one("/api/memberships/1,a%2Fb%20c?include=user,group_code_ref");
    expect(membership).toMatchObject({ user: { username: "alice" }, group_code_ref: { code: "a/b c" } });
  });

  test("filters and pages of the list itself stay what they were", async () => {
    const plain = rowsOf(await forum.get("/api/posts?category=news&limit=5"));
    const rich = rowsOf(await forum.get("/api/posts?category=news&limit=5&include=comments,user"));
    expect(rich.map(({ comments: _comments, user: _user, ...row }) => row)).toEqual(plain);
  });

  test.each([
    ["include=", "unknown_relation"],
    ["include=nope", "unknown_relation"],
    ["include=title", "unknown_relation"],
    ["include=user_id", "unknown_relation"],
    ["include=user,", "unknown_relation"],
    ["include=user.nope", "unknown_relation"],
    ["include=.user", "unknown_relation"],
    ["include=count", "unknown_relation"],
    ["include=user.count", "invalid_parameter"],
    ["include=comments.count.user", "unknown_relation"],
    ["include=user.posts.comments.user", "limit_exceeded"],
    ["include=user&user.limit=1", "invalid_parameter"],
    ["include=user&user.sort=id", "invalid_parameter"],
    ["include=comments&comments.limit=x", "invalid_parameter"],
    ["include=comments&comments.limit=-1", "invalid_parameter"],
    ["include=comments&comments.sort=nope", "unknown_column"],
    ["include=comments&comments.fields=nope", "unknown_column"],
    ["include=comments&comments.fields=id,id", "repeated_parameter"],
    ["include=comments&comments.limit=1&comments.limit=2", "repeated_parameter"],
    ["comments.limit=5", "unknown_parameter"],
    ["include=user&comments.limit=5", "unknown_parameter"],
    ["include=comments.count&comments.limit=5", "unknown_parameter"],
  ])("?%s is 400", async (query, code) => {
    for (const url of ["/api/posts", "/api/posts/4"]) {
      const answer = await forum.get(`${url}?${query}`);
      problemOf(answer, 400, code);
      expect(answer.sql).toEqual([]);
    }
  });

  test("a write takes none", async () => {
    expect(
      problemOf(await forum.post("/api/posts?include=user", { user_id: 1, title: "x" }), 400, "unknown_parameter"),
    ).toMatchObject({ status: 400 });
  });
});
