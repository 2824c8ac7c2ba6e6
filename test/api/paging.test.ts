import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { closeSound, idsOf, nextOf, problemOf } from "./answers.ts";
import { forum as declaration, openForum } from "./forum.ts";

let forum: EngineUnderTest;
beforeAll(async () => {
  forum = await openForum();
});
afterAll(() => closeSound(forum));

function down(from: number, to: number): number[] {
  return Array.from({ length: from - to + 1 }, (_, at) => from - at);
}

describe("?limit= and ?offset=", () => {
  test("take that many from there on", async () => {
    expect(idsOf(await forum.get("/api/posts?limit=3"))).toEqual([30, 29, 28]);
    expect(idsOf(await forum.get("/api/posts?limit=3&offset=3"))).toEqual([27, 26, 25]);
    expect(idsOf(await forum.get("/api/posts?offset=28"))).toEqual([2, 1]);
    expect(idsOf(await forum.get("/api/posts?offset=30"))).toEqual([]);
    expect(idsOf(await forum.get("/api/posts?limit=1000"))).toHaveLength(30);
  });

  test("Link names the next page in the way that was asked for, and none behind the last", async () => {
    expect(nextOf(await forum.get("/api/posts?limit=10&offset=10&category[null]=false"))).toBe(
      "/api/posts?limit=10&category[null]=false&offset=20",
    );
    expect(nextOf(await forum.get("/api/posts?limit=10&offset=20"))).toBeUndefined();
    expect(nextOf(await forum.get("/api/posts?limit=30"))).toBeUndefined();
    expect(nextOf(await forum.get("/api/posts?limit=29"))).toMatch(/^\/api\/posts\?limit=29&cursor=[\w.-]+$/);
  });

  test.each([
    "limit=",
    "limit=0",
    "limit=-1",
    "limit=1.5",
    "limit=1e2",
    "limit=abc",
    "limit=%201",
    "limit=01",
    "offset=",
    "offset=-1",
    "offset=x",
    "offset=1.0",
  ])("?%s is 400", async (query) => {
    expect(problemOf(await forum.get(`/api/posts?${query}`), 400, "invalid_parameter")).toMatchObject({ status: 400 });
  });

  test.each(["limit=1001", "limit=999999999999999", "offset=1000000001"])("?%s is above the limit", async (query) => {
    expect(problemOf(await forum.get(`/api/posts?${query}`), 400, "limit_exceeded")).toMatchObject({ status: 400 });
  });
});

describe("?cursor=", () => {
  test("walks the list without a gap and without a row twice", async () => {
    const seen: unknown[] = [];
    let url: string | undefined = "/api/posts?limit=7&cursor=";
    while (url !== undefined) {
      const answer = await forum.get(url);
      expect(answer.sql).toHaveLength(1);
      seen.push(...idsOf(answer));
      url = nextOf(answer);
    }
    expect(seen).toEqual(down(30, 1));
  });

  test("rows that come and go in between move no page", async () => {
    const own = await openForum();
    const first = await own.get("/api/posts?limit=5");
    await own.post("/api/posts", { user_id: 1, title: "newer than all" });
    await own.delete("/api/posts/28");
    await own.delete("/api/posts/25");
    const second = await own.get(nextOf(first) ?? "");
    expect(idsOf(second)).toEqual([24, 23, 22, 21, 20]);
    await own.close();
  });

  test("holds the filters and the order: with others it is 400", async () => {
    const next = nextOf(await forum.get("/api/posts?limit=2&category=news&sort=likes")) ?? "";
    expect(idsOf(await forum.get(next))).toHaveLength(2);
    for (const [from, to] of [
      ["category=news", "category=sport"],
      ["sort=likes", "sort=-likes"],
      ["&sort=likes", ""],
      ["&category=news", ""],
      ["category=news", "category[ne]=news"],
    ] as const) {
      problemOf(await forum.get(next.replace(from, to)), 400, "invalid_cursor");
    }
  });

  test("another limit, fields, include and count are no other list", async () => {
    const next = nextOf(await forum.get("/api/posts?limit=2")) ?? "";
    expect(idsOf(await forum.get(`${next.replace("limit=2", "limit=3")}&fields=id&include=user&count=exact`))).toEqual([
      28, 27, 26,
    ]);
  });

  test("every change of a letter is found", async () => {
    const cursor =
      new URL(nextOf(await forum.get("/api/posts?limit=2")) ?? "", "http://x").searchParams.get("cursor") ?? "";
    const forged = [
      ...Array.from(
        { length: cursor.length },
        (_, at) => `${cursor.slice(0, at)}${cursor[at] === "A" ? "B" : "A"}${cursor.slice(at + 1)}`,
      ),
      cursor.slice(0, -1),
      `${cursor}A`,
      cursor.split(".")[0] ?? "",
      `${Buffer.from('["2020-01-01T00:00:00.000Z",1]').toString("base64url")}.${cursor.split(".")[1]}`,
      `.${cursor.split(".")[1]}`,
      "x",
      "a.b",
      "%20",
    ];
    for (const text of forged)
      expect(problemOf(await forum.get(`/api/posts?limit=2&cursor=${text}`), 400, "invalid_cursor")).toMatchObject({
        status: 400,
      });
  });

  test("is bound to the secret, and survives a restart with the same one", async () => {
    const secret = "s".repeat(32);
    const [one, other] = [
      await openEngine(declaration, { secret }),
      await openEngine(declaration, { secret: "t".repeat(32) }),
    ];
    const again = await openEngine(declaration, { secret });
    const next = nextOf(await one.get("/api/posts?limit=2")) ?? "";
    expect(idsOf(await again.get(next))).toEqual([28, 27]);
    problemOf(await other.get(next), 400, "invalid_cursor");
    for (const engine of [one, other, again]) await engine.close();
  });

  test("does not stand beside offset, in whichever order", async () => {
    expect(problemOf(await forum.get("/api/posts?cursor=&offset=1"), 400, "invalid_parameter")).toMatchObject({
      status: 400,
    });
    const next = nextOf(await forum.get("/api/posts?limit=2")) ?? "";
    problemOf(await forum.get(`${next}&offset=2`), 400, "invalid_parameter");
  });

  test("does not read through the values it holds", async () => {
    const next = nextOf(await forum.get("/api/posts?limit=2&sort=user.email")) ?? "";
    const keys = Buffer.from(
      new URL(next, "http://x").searchParams.get("cursor")?.split(".")[0] ?? "",
      "base64url",
    ).toString();
    expect(JSON.parse(keys)).toHaveLength(2);
  });

  test("Link escapes what could end its brackets", async () => {
    const answer = await forum.get('/api/posts?limit=1&title[ne]=a>b"<c');
    const next = nextOf(answer) ?? "";
    expect(next).not.toMatch(/[<>"]/);
    expect(idsOf(await forum.get(next))).toEqual([29]);
  });
});
