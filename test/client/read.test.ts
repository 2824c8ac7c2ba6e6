import { createClient, isServeryError } from "servery/client";
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from "vitest";
import { type Blog, type BlogUnderTest, openBlog } from "./world.ts";

let blog: BlogUnderTest;
beforeAll(async () => {
  blog = await openBlog();
  await blog.api.comments.create({ post_id: 1, user_id: 2, content: "Good." });
  await blog.api.stars.create({ user_id: 1, label: "a,b/c", stars: 5 });
});
afterAll(() => blog.close());

describe("lists", () => {
  test("rows, newest first, with the columns and relations that were asked for", async () => {
    const { api } = blog;
    const rows = await api.posts.list({ fields: ["title"], limit: 2 });
    expect(rows).toEqual([{ title: "Post 5" }, { title: "Post 4" }]);
    expect((await api.posts.list()).map((post) => post.title)).toEqual([
      "Post 5",
      "Post 4",
      "Post 3",
      "Post 2",
      "Post 1",
    ]);
    const one = await api.posts.list({
      where: { id: 1 },
      fields: ["title"],
      include: {
        user: { fields: ["username"] },
        editor: true,
        comments: {
          fields: ["content"],
          count: true,
          limit: 5,
          sort: "-created_at",
          include: { user: { fields: ["id"] } },
        },
      },
    });
    expect(one).toEqual([
      {
        title: "Post 1",
        user: { username: "alice" },
        editor: null,
        comments: [{ content: "Good.", user: { id: 2 } }],
        comments_count: 1,
      },
    ]);
    expect(
      await api.users.list({ fields: ["username"], include: { posts_as_user: "count" }, sort: "username" }),
    ).toEqual([
      { username: "alice", posts_as_user_count: 3 },
      { username: "bob", posts_as_user_count: 2 },
    ]);
  });

  test("filters: columns, operators, relations, and, or, not", async () => {
    const titles = async (where: NonNullable<Parameters<typeof blog.api.posts.list>[0]>["where"]): Promise<string[]> =>
      (await blog.api.posts.list({ fields: ["title"], sort: "id", ...(where && { where }) })).map(({ title }) =>
        title.slice(-1),
      );
    expect(await titles({ category: "food" })).toEqual(["1", "2", "3"]);
    expect(await titles({ category: null })).toEqual(["4", "5"]);
    expect(await titles({ likes: { gte: 2, lt: 4 }, user: { username: "bob" } })).toEqual(["2"]);
    expect(await titles({ or: [{ likes: { in: [1, 5] } }, { title: { ends: "3" } }] })).toEqual(["1", "3", "5"]);
    expect(await titles({ not: { comments: { some: { content: { icontains: "GOOD" } } } } })).toEqual([
      "2",
      "3",
      "4",
      "5",
    ]);
    expect(await titles({ comments: { none: {} } })).toEqual(["2", "3", "4", "5"]);
    expect(await titles({ title: "Post 1 & more=yes+no%" })).toEqual([]);
  });

  test("what JSON would drop from a filter is refused before anything is sent", async () => {
    const likes = undefined as unknown as number;
    await expect(blog.api.posts.list({ where: { likes } })).rejects.toThrow("where: likes is undefined.");
    await expect(blog.api.posts.list({ where: { likes: { gt: Number.NaN } } })).rejects.toThrow("where: gt is NaN.");
    await expect(blog.api.posts.list({ where: { and: [{ likes }] } })).rejects.toThrow(TypeError);
  });

  test("sort through a relation, and by several columns", async () => {
    const rows = await blog.api.posts.list({ fields: ["id"], sort: ["-user.username", "likes"] });
    expect(rows.map(({ id }) => id)).toEqual([2, 4, 1, 3, 5]);
  });
});

describe("pages", () => {
  test("a page has its rows, the number of all, and what asks for the next one", async () => {
    const query = { fields: ["id"], limit: 2, count: "exact" } as const;
    const first = await blog.api.posts.page(query);
    expect(first.rows).toEqual([{ id: 5 }, { id: 4 }]);
    expect(first.total).toBe(5);
    expect(first.next).toEqual({ cursor: expect.any(String) as unknown });
    const second = await blog.api.posts.page({ ...query, ...first.next });
    expect(second.rows).toEqual([{ id: 3 }, { id: 2 }]);
    const last = await blog.api.posts.page({ ...query, ...second.next });
    expect(last).toEqual({ rows: [{ id: 1 }], total: 5, next: undefined });
    expect((await blog.api.posts.page()).total).toBeUndefined();
  });

  test("by number where the query says so", async () => {
    const page = await blog.api.posts.page({ fields: ["id"], limit: 2, offset: 2 });
    expect(page).toEqual({ rows: [{ id: 3 }, { id: 2 }], total: undefined, next: { offset: 4 } });
  });

  test("all of them, one after the other, and a filter goes along", async () => {
    const sizes: number[] = [];
    for await (const { rows } of blog.api.posts.pages({ limit: 2, where: { likes: { gt: 1 } } }))
      sizes.push(rows.length);
    expect(sizes).toEqual([2, 2]);
    const ids: number[] = [];
    for await (const { id } of blog.api.posts.all({ limit: 2, fields: ["id"], sort: "title" })) ids.push(id);
    expect(ids).toEqual([1, 2, 3, 4, 5]);
    const some: number[] = [];
    for await (const { id } of blog.api.posts.all({ limit: 1 })) {
      some.push(id);
      if (some.length === 2) break;
    }
    expect(some).toEqual([5, 4]);
  });
});

describe("one row", () => {
  test("by its id, also where the key has several columns and letters that a URL escapes", async () => {
    expect(await blog.api.posts.get(1, { fields: ["title"], include: { user: { fields: ["id"] } } })).toEqual({
      title: "Post 1",
      user: { id: 1 },
    });
    expect(await blog.api.stars.get([1, "a,b/c"])).toEqual({ user_id: 1, label: "a,b/c", stars: 5 });
  });

  test("an id that would lead to another path is refused before anything is sent", async () => {
    for (const id of ["..", ".", "", undefined, null, {}, true]) {
      await expect(blog.api.posts.get(id as unknown as number), JSON.stringify(id)).rejects.toThrow(TypeError);
      expect(() => blog.api.users.of(id as unknown as number), JSON.stringify(id)).toThrow(TypeError);
    }
    await expect(blog.api.posts.get("../users" as unknown as number)).rejects.toMatchObject({ code: "not_found" });
  });

  test("below another row", async () => {
    expect(await blog.api.users.of(2).posts_as_user.list({ fields: ["id"], where: { likes: { gt: 2 } } })).toEqual([
      { id: 4 },
    ]);
    await expect(blog.api.users.of(99).posts_as_user.list()).rejects.toMatchObject({ code: "not_found", status: 404 });
  });
});

test("a view is read like a table", async () => {
  const { api } = blog;
  expect(await api.titles.get(1, { include: { user: { fields: ["username"] } } })).toEqual({
    user_id: 1,
    posts: 3,
    user: { username: "alice" },
  });
  expect(await api.users.of(2).titles.list({ fields: ["posts"] })).toEqual([{ posts: 2 }]);
});

test("a table that is called like a member of the client is reached by its name", async () => {
  await blog.api.table("get").create({ word: "x" });
  expect(await blog.api.table("get").list({ fields: ["word", "letters"] })).toEqual([{ word: "x", letters: 1 }]);
  expect(blog.api.posts).toBe(blog.api.posts);
  expect(await (Promise.resolve(blog.api) as Promise<unknown>)).toBe(blog.api);
});

test("an address with a path in front, and a slash behind, is kept", async () => {
  const asked: string[] = [];
  const api = createClient<Blog>("http://127.0.0.1:1/backend/", {
    fetch: (url) => {
      asked.push(url);
      return fetch(url.replace("http://127.0.0.1:1/backend", blog.url));
    },
  });
  for await (const _page of api.posts.pages({ limit: 3 }));
  expect(asked).toHaveLength(2);
  for (const url of asked) expect(url).toMatch(/^http:\/\/127\.0\.0\.1:1\/backend\/api\/posts\?/);
});

test("a signal ends a call", async () => {
  const ended = new AbortController();
  ended.abort(new Error("enough"));
  await expect(blog.api.posts.list({ signal: ended.signal })).rejects.toThrow("enough");
  await expect(blog.api.posts.get(1, { signal: ended.signal })).rejects.toThrow("enough");
  await expect(blog.api.posts.create({ user_id: 1, title: "Never" }, { signal: ended.signal })).rejects.toThrow(
    "enough",
  );
  expect(await blog.api.posts.list({ where: { title: "Never" } })).toEqual([]);
});

test("no server is what fetch says of it, not an answer", async () => {
  const failed = await createClient<Blog>("http://127.0.0.1:1")
    .posts.list()
    .catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(TypeError);
  expect(isServeryError(failed)).toBe(false);
});

test("the application's own routes", async () => {
  const { api } = blog;
  expectTypeOf(api.get("/api/hello")).resolves.toEqualTypeOf<{ message: string }>();
  expect(await api.get("/api/hello")).toEqual({ message: "Hello!" });
  const words: string[] = await api.get("/api/words/:word/times/:times", { params: { word: "a/b", times: 2 } });
  expect(words).toEqual(["a/b", "a/b"]);
  const route = "/api/words/:word/times/:times";
  expect(await api.get(route, { params: { word: "x", times: 1 }, query: { upper: true } })).toEqual(["X"]);
  expect((await api.get("/api/plain")).length).toBe(5);
  const { sum } = await api.post("/api/sums", { body: { left: 1, right: 2 } });
  expect(sum).toBe(3);
  expect(await api.delete("/api/nothing")).toBeUndefined();
  // @ts-expect-error the types refuse it, and so does the server
  const failed = await api.post("/api/sums", { body: { left: 1, right: "2" } }).catch((error: unknown) => error);
  expect(isServeryError(failed, "invalid_data") && failed.errors.map(({ pointer }) => pointer)).toEqual(["/right"]);
});
