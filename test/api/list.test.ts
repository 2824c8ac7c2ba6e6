import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EngineUnderTest } from "../harness/open-engine.ts";
import { closeSound, columnOf, idsOf, nextOf, problemOf, rowsOf } from "./answers.ts";
import { openForum } from "./forum.ts";

let forum: EngineUnderTest;
beforeAll(async () => {
  forum = await openForum();
});
afterAll(() => closeSound(forum));

function down(from: number, to: number): number[] {
  return Array.from({ length: from - to + 1 }, (_, at) => from - at);
}

describe("GET /api/posts", () => {
  test("is a JSON array of twenty rows, newest first, from one statement", async () => {
    const answer = await forum.get("/api/posts");
    expect(idsOf(answer)).toEqual(down(30, 11));
    expect(answer.sql).toHaveLength(1);
    expect(answer.headers["x-total-count"]).toBeUndefined();
  });

  test("rows of one moment come by their key, the highest first", async () => {
    await Promise.all(
      ["x", "y", "z"].map((title) => forum.post("/api/posts", { user_id: 1, title, category: "same" })),
    );
    const rows = rowsOf(await forum.get("/api/posts?category=same"));
    const sorted = rows.toSorted(
      (a, b) => String(b["created_at"]).localeCompare(String(a["created_at"])) || Number(b["id"]) - Number(a["id"]),
    );
    expect(rows).toEqual(sorted);
  });

  test("without created_at the key orders", async () => {
    expect(columnOf(await forum.get("/api/groups"), "code")).toEqual(["staff", "a/b c"]);
  });

  test("?category=news keeps those alone", async () => {
    const rows = rowsOf(await forum.get("/api/posts?category=news"));
    expect(rows.map((row) => row["id"])).toEqual([28, 26, 22, 20, 16, 14, 10, 8, 4, 2]);
    expect(new Set(rows.map((row) => row["category"]))).toEqual(new Set(["news"]));
  });

  test("an empty list is [] with 200", async () => {
    const answer = await forum.get("/api/posts?category=nothing");
    expect(answer.text).toBe("[]");
    expect(nextOf(answer)).toBeUndefined();
  });

  test("several filters hold together", async () => {
    const answer = await forum.get("/api/posts?category=news&status=draft&likes[lt]=5&sort=id");
    expect(idsOf(answer)).toEqual([10, 20]);
  });

  test("an empty value is a value, not an absent filter", async () => {
    expect((await forum.get("/api/posts?category=")).text).toBe("[]");
    problemOf(await forum.get("/api/posts?likes="), 400, "invalid_parameter");
  });

  test("a column that is called like a reserved word is written with a bracket", async () => {
    expect(problemOf(await forum.get("/api/posts?limit[eq]=5"), 400, "unknown_parameter")).toMatchObject({
      status: 400,
    });
  });

  test("?on_conflict belongs to PUT and says so", async () => {
    const problem = problemOf(await forum.get("/api/posts?on_conflict=email"), 400, "unknown_parameter");
    expect(problem.detail).toContain("belongs to PUT");
  });

  test.each([
    "likes=8&likes=9",
    "category=news&category=news",
    "likes[gt]=1&likes[gt]=2",
    "limit=1&limit=2",
    "offset=1&offset=2",
    "sort=id&sort=likes",
    "fields=id&fields=title",
    "include=user&include=comments",
    "user.username=alice&user.username=bob",
    "cursor=&cursor=",
    "filter={}&filter={}",
  ])("?%s says two things at once: 400", async (query) => {
    const answer = await forum.get(`/api/posts?${query}`);
    problemOf(answer, 400, "repeated_parameter");
    expect(answer.sql).toEqual([]);
  });

  test.each(["title=%zz", "title=%", "title=%c3%28", "title=%00", "%00=x", "category[eq]=a%00b"])(
    "?%s is no text: 400",
    async (query) => {
      expect(problemOf(await forum.get(`/api/posts?${query}`), 400, "malformed_url")).toMatchObject({ status: 400 });
    },
  );

  test("+ and %20 are a space, %2B is a plus", async () => {
    expect(idsOf(await forum.get("/api/posts?title=Post+7"))).toEqual([7]);
    expect(idsOf(await forum.get("/api/posts?title=Post%207"))).toEqual([7]);
    expect(idsOf(await forum.get("/api/posts?title=Post%2B7"))).toEqual([]);
  });
});
