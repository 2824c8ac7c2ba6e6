import { everyone, integer, servery, table } from "servery";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { closeSound, idsOf, nextOf, problemOf } from "./answers.ts";
import { openForum } from "./forum.ts";

let forum: EngineUnderTest;
beforeAll(async () => {
  forum = await openForum();
});
afterAll(() => closeSound(forum));

describe("?count=exact", () => {
  test.each([
    ["/api/posts?count=exact", "30"],
    ["/api/posts?count=exact&limit=1", "30"],
    ["/api/posts?count=exact&offset=29", "30"],
    ["/api/posts?count=exact&offset=500", "30"],
    ["/api/posts?count=exact&category=news", "10"],
    ["/api/posts?count=exact&category=nothing", "0"],
    ["/api/posts?count=exact&user.username=alice", "10"],
    ["/api/users/1/posts?count=exact&category=sport", "5"],
    ["/api/memberships?count=exact", "3"],
  ])("%s → %s, whatever the page", async (url, total) => {
    const answer = await forum.get(url);
    expect(answer.status).toBe(200);
    expect(answer.headers["x-total-count"]).toBe(total);
  });

  test("goes along with a cursor and counts the whole list", async () => {
    const next = nextOf(await forum.get("/api/posts?limit=7&count=exact")) ?? "";
    const answer = await forum.get(next);
    expect([answer.headers["x-total-count"], idsOf(answer).length]).toEqual(["30", 7]);
  });

  test("without it nothing is counted", async () => {
    const answer = await forum.get("/api/posts");
    expect(answer.headers["x-total-count"]).toBeUndefined();
    expect(answer.sql.join()).not.toMatch(/count\(/i);
  });

  test("HEAD answers it without the rows", async () => {
    const answer = await forum.send({ method: "HEAD", url: "/api/posts?count=exact" });
    expect([answer.headers["x-total-count"], answer.text]).toEqual(["30", ""]);
  });

  test.each(["count=", "count=true", "count=EXACT", "count=1"])("?%s is 400", async (query) => {
    expect(problemOf(await forum.get(`/api/posts?${query}`), 400, "invalid_parameter")).toMatchObject({ status: 400 });
  });
});

describe("?count=estimated", () => {
  test("is exact while that is cheap", async () => {
    expect((await forum.get("/api/posts?count=estimated&category=news")).headers["x-total-count"]).toBe("10");
    expect((await forum.get("/api/memberships?count=estimated")).headers["x-total-count"]).toBe("3");
    expect((await forum.get("/api/posts?count=estimated&category=nothing")).headers["x-total-count"]).toBe("0");
  });

  test("and near beyond", async () => {
    const rows = Array.from({ length: 30_000 }, (_, at) => ({ number: at % 2 }));
    const many = await openEngine({
      ...servery({
        tables: {
          things: table({ number: integer() }, { created_at: false, updated_at: false }).allow({ read: everyone }),
        },
      }),
      seed: () => [{ table: "things", rows }],
    });
    const [all, half] = [
      await many.get("/api/things?count=estimated"),
      await many.get("/api/things?count=estimated&number=1"),
    ];
    expect(Number(all.headers["x-total-count"])).toBeGreaterThan(29_000);
    expect(Number(all.headers["x-total-count"])).toBeLessThan(31_000);
    expect(Number(half.headers["x-total-count"])).toBeGreaterThan(14_000);
    expect(Number(half.headers["x-total-count"])).toBeLessThan(16_000);
    expect((await many.get("/api/things?count=exact&number=1")).headers["x-total-count"]).toBe("15000");
    await many.close();
  });
});
