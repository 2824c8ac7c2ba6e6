import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EngineUnderTest } from "../harness/open-engine.ts";
import { closeSound, columnOf, findingsOf, idsOf, nextOf, problemOf, rowOf, writesOf } from "./answers.ts";
import { openForum } from "./forum.ts";

let forum: EngineUnderTest;
beforeAll(async () => {
  forum = await openForum();
});
afterAll(() => closeSound(forum));

describe("GET /api/users/{id}/posts", () => {
  test("lists the rows of that parent alone, newest first", async () => {
    expect(idsOf(await forum.get("/api/users/1/posts"))).toEqual([30, 27, 24, 21, 18, 15, 12, 9, 6, 3]);
  });

  test("each of two keys to one parent has a route of its own name", async () => {
    expect(idsOf(await forum.get("/api/users/5/edited_posts?sort=id"))).toEqual([4, 8, 12, 16, 20, 24, 28]);
    expect((await forum.get("/api/users/5/posts")).text).toBe("[]");
  });

  test("takes everything a list takes, within the parent", async () => {
    expect(idsOf(await forum.get("/api/users/1/posts?category=sport&sort=likes,id&limit=2"))).toEqual(
      [3, 9].sort((a, b) => ((a * 7) % 10) - ((b * 7) % 10)),
    );
    const counted = await forum.get("/api/users/1/posts?count=exact&limit=3&fields=id");
    expect(counted.headers["x-total-count"]).toBe("10");
    const next = nextOf(counted);
    expect(next).toMatch(/^\/api\/users\/1\/posts\?/);
    expect(idsOf(await forum.get(next ?? ""))).toEqual([21, 18, 15]);
  });

  test("a filter cannot leave the parent", async () => {
    expect(idsOf(await forum.get("/api/users/1/posts?user_id=2"))).toEqual([]);
    const tree = encodeURIComponent(JSON.stringify({ or: [{ user_id: 2 }, { id: { gt: 0 } }] }));
    const ids = idsOf(await forum.get(`/api/users/1/posts?filter=${tree}&limit=100`));
    expect(ids).toHaveLength(10);
  });

  test("a cursor of one parent is not one of another", async () => {
    const next = nextOf(await forum.get("/api/users/1/posts?limit=3")) ?? "";
    expect(problemOf(await forum.get(next.replace("/users/1/", "/users/2/")), 400, "invalid_cursor")).toMatchObject({
      status: 400,
    });
    problemOf(await forum.get(next.replace("/users/1/posts", "/posts")), 400, "invalid_cursor");
  });

  test("a parent that is not there is 404, never an empty list", async () => {
    expect(problemOf(await forum.get("/api/users/999/posts"), 404, "not_found")).toMatchObject({ status: 404 });
    problemOf(await forum.get("/api/users/abc/posts"), 404, "not_found");
  });

  test("a key of text is the parent too", async () => {
    expect(columnOf(await forum.get("/api/groups/a%2Fb%20c/memberships"), "user_id")).toEqual([1]);
  });

  test("a relation to one is no route", async () => {
    expect(problemOf(await forum.get("/api/posts/1/user"), 404, "no_route")).toMatchObject({ status: 404 });
  });
});

describe("POST /api/users/{id}/posts", () => {
  test("fills the reference from the path", async () => {
    const answer = await forum.post("/api/users/2/posts", { title: "Nested" });
    const row = rowOf(answer);
    expect([answer.status, row["user_id"]]).toEqual([201, 2]);
    expect(answer.headers["location"]).toBe(`/api/posts/${String(row["id"])}`);
  });

  test("takes the same reference in the body, and no other", async () => {
    expect(rowOf(await forum.post("/api/users/2/posts", { title: "Same", user_id: 2 }))["user_id"]).toBe(2);
    const answer = await forum.post("/api/users/2/posts", { title: "Other", user_id: 1 });
    expect(findingsOf(answer)).toEqual(["/user_id read_only"]);
    expect(writesOf(answer)).toEqual([]);
  });

  test("null in the body is another parent as well", async () => {
    const answer = await forum.post("/api/users/5/edited_posts", { title: "x", user_id: 1, editor_id: null });
    expect(findingsOf(answer)).toEqual(["/editor_id read_only"]);
  });

  test("below a parent that is not there is 404 and no row", async () => {
    const answer = await forum.post("/api/users/999/posts", { title: "x" });
    problemOf(answer, 404, "not_found");
    expect(writesOf(answer)).toEqual([]);
  });

  test("an invalid body is 400 whether the parent is there or not", async () => {
    expect(findingsOf(await forum.post("/api/users/2/posts", {}))).toEqual(["/title required"]);
    expect(findingsOf(await forum.post("/api/users/999/posts", {}))).toEqual(["/title required"]);
  });

  test("fills a part of a key", async () => {
    const answer = await forum.post("/api/groups/a%2Fb%20c/memberships", { user_id: 4 });
    expect(rowOf(answer)).toMatchObject({ user_id: 4, group_code: "a/b c", role: "member" });
    expect(answer.headers["location"]).toBe("/api/memberships/4,a%2Fb%20c");
  });
});
