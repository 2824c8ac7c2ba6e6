import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { closeSound, problemOf, rowOf, writesOf } from "./answers.ts";
import { forum as declaration, openForum } from "./forum.ts";

let forum: EngineUnderTest;
beforeAll(async () => {
  forum = await openForum();
});
afterAll(() => closeSound(forum));

async function tagOf(url: string): Promise<string> {
  const answer = await forum.get(url);
  expect(answer.headers["etag"]).toMatch(/^"[\w-]{22}(?:\.[\w-]{22})?"$/);
  return answer.headers["etag"] ?? "";
}

async function makePost(): Promise<string> {
  return `/api/posts/${String(rowOf(await forum.post("/api/posts", { user_id: 1, title: "Tagged" }))["id"])}`;
}

describe("ETag", () => {
  test("is the same for the same row, everywhere it is answered, on every engine", async () => {
    const url = await makePost();
    const tag = await tagOf(url);
    expect(await tagOf(url)).toBe(tag);
    expect((await forum.patch(url, {})).headers["etag"]).toBe(tag);
    const [one, two] = [await openEngine(declaration), await openEngine(declaration)];
    const fixed = { title: "x", user_id: 1 };
    expect((await one.get("/api/groups/staff")).headers["etag"]).toBe(
      (await two.get("/api/groups/staff")).headers["etag"],
    );
    expect((await one.post("/api/posts", fixed)).headers["etag"]).toBeDefined();
    await one.close();
    await two.close();
  });

  test("changes with every change, and comes back with the same values", async () => {
    const group = "/api/groups/staff";
    const before = await tagOf(group);
    const changed = await forum.patch(group, { name: "Other" });
    expect(changed.headers["etag"]).not.toBe(before);
    expect(await tagOf(group)).toBe(changed.headers["etag"]);
    await forum.patch(group, { name: "Staff" });
    expect(await tagOf(group)).toBe(before);
  });

  test("of another representation names the row in front of its dot", async () => {
    const url = await makePost();
    const plain = (await tagOf(url)).slice(1, -1);
    const tags = [
      await tagOf(`${url}?fields=id`),
      await tagOf(`${url}?include=user`),
      await tagOf(`${url}?fields=title`),
    ];
    expect(new Set(tags).size).toBe(3);
    for (const tag of tags) expect(tag.slice(1).split(".")[0]).toBe(plain);
  });

  test("a representation changes with what it includes", async () => {
    const url = await makePost();
    const before = await tagOf(`${url}?include=comments`);
    await forum.post(`${url}/comments`, { user_id: 1, content: "new" });
    const after = await tagOf(`${url}?include=comments`);
    expect(after).not.toBe(before);
    expect(after.split(".")[0]).toBe(before.split(".")[0]);
  });

  test("a list has none", async () => {
    expect((await forum.get("/api/posts")).headers["etag"]).toBeUndefined();
  });
});

describe("If-None-Match", () => {
  test("on a read answers 304 without a body, and 200 for another tag", async () => {
    const tag = await tagOf("/api/posts/4");
    for (const header of [tag, `W/${tag}`, `"x", ${tag}`, `"x",${tag} , "y"`, "*", " * "]) {
      const answer = await forum.get("/api/posts/4", { "if-none-match": header });
      expect([header, answer.status, answer.text, answer.headers["etag"]]).toEqual([header, 304, "", tag]);
      expect(answer.headers["vary"]).toBe("Accept, Authorization, Origin");
      expect(answer.headers["content-type"]).toBeUndefined();
    }
    expect((await forum.get("/api/posts/4", { "if-none-match": '"other"' })).status).toBe(200);
    expect((await forum.get("/api/posts/4?fields=id", { "if-none-match": tag })).status).toBe(200);
    problemOf(await forum.get("/api/posts/999", { "if-none-match": "*" }), 404, "not_found");
  });

  test("on a write that would find the row fails", async () => {
    const url = await makePost();
    const tag = await tagOf(url);
    problemOf(await forum.put(url, { user_id: 1, title: "x" }, { "if-none-match": "*" }), 412, "precondition_failed");
    problemOf(await forum.patch(url, { title: "x" }, { "if-none-match": tag }), 412, "precondition_failed");
    expect((await forum.patch(url, { title: "y" }, { "if-none-match": '"other"' })).status).toBe(200);
  });

  test("* on a POST with a key of the caller: only where no such row is", async () => {
    expect((await forum.post("/api/groups", { code: "once", name: "x" }, { "if-none-match": "*" })).status).toBe(201);
    problemOf(
      await forum.post("/api/groups", { code: "once", name: "y" }, { "if-none-match": "*" }),
      412,
      "precondition_failed",
    );
    problemOf(await forum.post("/api/groups", { code: "once", name: "y" }), 409, "unique");
  });
});

describe("If-Match", () => {
  test("lets a change through that knows the row, and no other", async () => {
    const url = await makePost();
    const tag = await tagOf(url);
    const changed = await forum.patch(url, { likes: 1 }, { "if-match": tag });
    expect(changed.status).toBe(200);
    const late = await forum.patch(url, { likes: 2 }, { "if-match": tag });
    problemOf(late, 412, "precondition_failed");
    expect(rowOf(await forum.get(url))["likes"]).toBe(1);
    expect(
      (await forum.put(url, { user_id: 1, title: "p" }, { "if-match": changed.headers["etag"] ?? "" })).status,
    ).toBe(200);
    problemOf(await forum.delete(url, { "if-match": tag }), 412, "precondition_failed");
    expect((await forum.delete(url, { "if-match": await tagOf(url) })).status).toBe(204);
  });

  test("takes the tag of another representation of the row", async () => {
    const url = await makePost();
    const tag = await tagOf(`${url}?include=user&fields=id`);
    expect((await forum.patch(url, { likes: 1 }, { "if-match": tag })).status).toBe(200);
    problemOf(await forum.patch(url, { likes: 2 }, { "if-match": tag }), 412, "precondition_failed");
  });

  test("* wants any row", async () => {
    const url = await makePost();
    expect((await forum.patch(url, { likes: 1 }, { "if-match": "*" })).status).toBe(200);
    problemOf(await forum.patch("/api/posts/999", { likes: 1 }, { "if-match": "*" }), 412, "precondition_failed");
  });

  test("one of several is enough, a weak one is none", async () => {
    const url = await makePost();
    const tag = await tagOf(url);
    problemOf(await forum.patch(url, { likes: 1 }, { "if-match": `W/${tag}` }), 412, "precondition_failed");
    expect((await forum.patch(url, { likes: 1 }, { "if-match": `"a", ${tag}` })).status).toBe(200);
  });

  test("a tag may hold commas: one of somebody else's is none of ours, and no mistake", async () => {
    const url = await makePost();
    const tag = await tagOf(url);
    expect((await forum.get(url, { "if-none-match": '"a,b"' })).status).toBe(200);
    expect((await forum.get(url, { "if-none-match": `"a,b" , W/"c",${tag}` })).status).toBe(304);
    problemOf(await forum.patch(url, { title: "x" }, { "if-match": '"a,b", ","' }), 412, "precondition_failed");
    expect((await forum.patch(url, { title: "x" }, { "if-match": `","\t,${tag}` })).status).toBe(200);
  });

  test("51 tags are too many, 50 are not", async () => {
    const url = await makePost();
    const tags = (count: number): string => Array.from({ length: count }, (_, at) => `"${at},"`).join(", ");
    expect((await forum.get(url, { "if-none-match": tags(50) })).status).toBe(200);
    problemOf(await forum.get(url, { "if-none-match": tags(51) }), 400, "limit_exceeded");
  });

  test.each(["", "abc", 'W"x"', '"a" "b"', '"a",', "*, *", '"unclosed', "'x'"])("%j is no tag: 400", async (header) => {
    const answer = await forum.patch("/api/posts/4", { likes: 1 }, { "if-match": header });
    problemOf(answer, 400, "invalid_precondition");
    expect(writesOf(answer)).toEqual([]);
  });

  test("fifty changes at once with one tag: exactly one succeeds", async () => {
    const url = await makePost();
    const tag = await tagOf(url);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, likes) => forum.patch(url, { likes }, { "if-match": tag })),
    );
    const statuses = answers.map((answer) => answer.status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 412)).toHaveLength(49);
    const winner = answers.findIndex((answer) => answer.status === 200);
    expect(rowOf(await forum.get(url))["likes"]).toBe(winner);
  });
});

describe("a table that wants If-Match", () => {
  test("answers 428 without it, before anything is asked, and takes changes with it", async () => {
    for (const answer of [
      await forum.patch("/api/pages/1", { title: "x" }),
      await forum.put("/api/pages/1", { title: "x" }),
      await forum.delete("/api/pages/1"),
      await forum.delete("/api/pages/1", { "if-none-match": "*" }),
    ]) {
      problemOf(answer, 428, "precondition_required");
      expect(answer.sql).toEqual([]);
    }
    const tag = await tagOf("/api/pages/1");
    expect((await forum.patch("/api/pages/1", { title: "x" }, { "if-match": tag })).status).toBe(200);
    expect((await forum.post("/api/pages", { title: "new ones need none" })).status).toBe(201);
  });
});
