import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EngineUnderTest } from "../harness/open-engine.ts";
import { closeSound, columnOf, filterParameter, idsOf, problemOf, rowsOf } from "./answers.ts";
import { openForum } from "./forum.ts";

let forum: EngineUnderTest;
beforeAll(async () => {
  forum = await openForum();
});
afterAll(() => closeSound(forum));

async function ids(query: string): Promise<unknown[]> {
  return idsOf(await forum.get(`/api/posts?${query}&sort=id&limit=1000`));
}

/** 1 to 30, by a rule of the forum's rows: post n has n % 5 comments, of which every other one is approved. */
function posts(rule: (id: number) => boolean): number[] {
  return Array.from({ length: 30 }, (_, at) => at + 1).filter(rule);
}

describe("to one", () => {
  test("?user.username=alice", async () => {
    expect(await ids("user.username=alice")).toEqual(posts((id) => id % 3 === 0));
  });

  test("every operator stands behind the path too", async () => {
    expect(await ids("user.username[in]=alice&user.username[in]=bob")).toEqual(posts((id) => id % 3 !== 2));
    expect(await ids("user.id[gte]=2&user.username[starts]=c")).toEqual(posts((id) => id % 3 === 2));
    expect(await ids("user.bio[null]=true")).toEqual(posts((id) => id % 3 === 1));
  });

  test("a row without the other side matches no test of it, not even ne", async () => {
    expect(await ids("editor.username=erin")).toEqual(posts((id) => id % 4 === 0));
    expect(await ids("editor.username[ne]=erin")).toEqual([]);
    expect(await ids("editor.username[ne]=alice")).toEqual(posts((id) => id % 4 === 0));
    expect(await ids("editor[none]=")).toEqual(posts((id) => id % 4 !== 0));
    expect(await ids("editor[some]=")).toEqual(posts((id) => id % 4 === 0));
  });

  test("all is for many rows", async () => {
    expect(problemOf(await forum.get("/api/posts?editor[all].username=x"), 400, "unknown_operator")).toMatchObject({
      status: 400,
    });
  });
});

describe("to many", () => {
  test("without a word it is some", async () => {
    expect(await ids("comments.approved=true")).toEqual(posts((id) => id % 5 >= 1));
    expect(await ids("comments[some].approved=false")).toEqual(posts((id) => id % 5 >= 2));
  });

  test("none: no row on the other side matches", async () => {
    expect(await ids("comments[none].approved=false")).toEqual(posts((id) => id % 5 <= 1));
    expect(await ids("comments[none]=")).toEqual(posts((id) => id % 5 === 0));
  });

  test("all: each row matches, so no rows at all are fine", async () => {
    expect(await ids("comments[all].approved=true")).toEqual(posts((id) => id % 5 <= 1));
    expect(await ids("comments[all].approved=true&comments[some]=")).toEqual(posts((id) => id % 5 === 1));
  });

  test("two parameters may be fulfilled by two rows, a tree asks one row for both", async () => {
    expect(await ids("comments.approved=true&comments.user_id=2")).toEqual(posts((id) => id % 5 >= 2));
    expect(await ids(filterParameter({ comments: { approved: true, user_id: 2 } }))).toEqual([]);
    expect(await ids(filterParameter({ comments: { approved: true, user_id: 3 } }))).toEqual(
      posts((id) => id % 5 >= 3),
    );
  });
});

describe("several steps", () => {
  test("to many, then to one", async () => {
    expect(await ids("comments.user.username=dave")).toEqual(posts((id) => id % 5 === 4));
  });

  test("there and back", async () => {
    const answer = await forum.get("/api/users?posts.comments.user.username=dave&sort=id");
    const authors = new Set(posts((id) => id % 5 === 4).map((id) => (id % 3) + 1));
    expect(idsOf(answer)).toEqual([...authors].toSorted((a, b) => a - b));
    expect(answer.sql).toHaveLength(1);
  });

  test("each step has a word of its own", async () => {
    expect(columnOf(await forum.get("/api/users?posts[none].comments[none]=&sort=id"), "username")).toEqual([
      "dave",
      "erin",
    ]);
    const all = rowsOf(await forum.get("/api/users?posts[all].user.is_active=true&sort=id"));
    expect(all).toHaveLength(5);
  });

  test("over a key of text and a key of two columns", async () => {
    expect(idsOf(await forum.get("/api/users?memberships.group_code_ref.name=Staff&sort=id"))).toEqual([1, 2]);
    expect(columnOf(await forum.get("/api/groups?memberships.user.username=alice&sort=code"), "code")).toEqual([
      "a/b c",
      "staff",
    ]);
  });
});

describe("a path that leads nowhere is 400", () => {
  test.each([
    ["users.username=x", "unknown_parameter"],
    ["user.nope=x", "unknown_column"],
    ["user=1", "unknown_column"],
    ["user.posts=1", "unknown_column"],
    ["user.nope.id=1", "unknown_relation"],
    ["title.x=1", "unknown_relation"],
    ["comments[any].id=1", "unknown_operator"],
    ["comments[eq]=1", "unknown_column"],
    ["user.username[nope]=1", "unknown_operator"],
    ["user..id=1", "unknown_parameter"],
    [".user=1", "unknown_parameter"],
    ["user.=1", "unknown_parameter"],
    ["user[some.id=1", "unknown_parameter"],
    ["user[some][none].id=1", "unknown_parameter"],
    ["=1", "unknown_parameter"],
  ])("?%s", async (query, code) => {
    const answer = await forum.get(`/api/posts?${query}`);
    problemOf(answer, 400, code);
    expect(answer.sql).toEqual([]);
  });
});
