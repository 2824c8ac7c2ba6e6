import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Door, openInside } from "./doors.ts";

describe("C08 entity tags", () => {
  let door: Door;
  beforeAll(async () => {
    door = await openInside();
  });
  afterAll(() => door.close());

  const tag = async (url: string): Promise<string> => {
    const answer = await door.engine.get(url);
    expect(answer.status, url).toBe(200);
    return answer.headers["etag"] as string;
  };

  test("differ from representation to representation, and are the same for the same one", async () => {
    const urls = [
      "/api/posts/1",
      "/api/posts/1?fields=id",
      "/api/posts/1?fields=id,title",
      "/api/posts/1?include=author",
      "/api/posts/1?include=comments",
      "/api/posts/1?include=comments&comments.limit=1",
    ];
    const tags = await Promise.all(urls.map(tag));
    expect(new Set(tags).size).toBe(urls.length);
    expect(await Promise.all(urls.map(tag))).toEqual(tags);
    for (const one of tags) expect(one).toMatch(/^"[\x21\x23-\x7e]+"$/);
  });

  test("change with a row that is included, and only there", async () => {
    const [plain, included] = [await tag("/api/posts/1"), await tag("/api/posts/1?include=author")];
    expect((await door.engine.patch("/api/users/2", { name: "Robert" })).status).toBe(200);
    expect(await tag("/api/posts/1")).toBe(plain);
    expect(await tag("/api/posts/1?include=author")).not.toBe(included);
  });

  test("of every representation serve a conditional write, once", async () => {
    for (const query of ["", "?fields=id", "?include=author,comments"]) {
      const held = await tag(`/api/posts/2${query}`);
      const views = Math.floor(performance.now());
      expect((await door.engine.patch("/api/posts/2", { views }, { "if-match": held })).status, query).toBe(200);
      expect((await door.engine.patch("/api/posts/2", { views: views + 1 }, { "if-match": held })).status, query).toBe(
        412,
      );
    }
  });

  test("are answered by writes too: the tag of a create, a PATCH and a PUT is that of the next read", async () => {
    const made = await door.engine.post("/api/posts", { title: "tagged" });
    const url = made.headers["location"] as string;
    expect(await tag(url)).toBe(made.headers["etag"]);
    const patched = await door.engine.patch(url, { views: 3 });
    expect(await tag(url)).toBe(patched.headers["etag"]);
    const put = await door.engine.put(url, { title: "tagged again" });
    expect(await tag(url)).toBe(put.headers["etag"]);
    expect((await door.engine.get(url, { "if-none-match": put.headers["etag"] as string })).status).toBe(304);
    expect(
      (await door.engine.get(url, { "if-none-match": `W/${put.headers["etag"] as string}` })).status,
      "weak comparison (RFC 9110 §13.1.2)",
    ).toBe(304);
    expect((await door.engine.get(url, { "if-none-match": made.headers["etag"] as string })).status).toBe(200);
  });

  test("C09 a 304 is never answered for a row that is gone", async () => {
    const made = await door.engine.post("/api/posts", { title: "soon gone" });
    const url = made.headers["location"] as string;
    const headers = { "if-none-match": made.headers["etag"] as string };
    expect((await door.engine.get(url, headers)).status).toBe(304);
    expect((await door.engine.delete(url)).status).toBe(204);
    for (const tags of [headers, { "if-none-match": "*" }]) expect((await door.engine.get(url, tags)).status).toBe(404);
  });

  test("T15 digits behind the millisecond make no other tag", async () => {
    const made = await door.engine.post("/api/posts", { title: "t", at: "2024-01-01T00:00:00.123Z" });
    const same = await door.engine.get(made.headers["location"] as string);
    const row = same.json as { id: number; at: string; updated_at: string };
    const put = await door.engine.put(
      `/api/posts/${row.id}`,
      { title: "t", at: "2024-01-01T00:00:00.123999Z" },
      { "if-match": same.headers["etag"] as string },
    );
    expect(put.json).toMatchObject({ at: row.at });
  });

  test("C01 the tag of another row does not serve", async () => {
    const other = await tag("/api/posts/3");
    expect((await door.engine.patch("/api/posts/4", { views: 1 }, { "if-match": other })).status).toBe(412);
  });
});
