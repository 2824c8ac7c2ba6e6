import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isServeryError, ServeryError } from "servery/client";
import { type BlogUnderTest, openBlog } from "./world.ts";

let blog: BlogUnderTest;
beforeAll(async () => {
  blog = await openBlog();
});
afterAll(() => blog.close());

/** What a promise was refused with. */
async function refusal(promise: Promise<unknown>): Promise<ServeryError> {
  const thrown = await promise.then(
    (value) => new Error(`answered ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
  if (!isServeryError(thrown)) throw thrown;
  return thrown;
}

describe("one row", () => {
  test("is created, changed, replaced and deleted", async () => {
    const { posts } = blog.api;
    const made = await posts.create({ user_id: 1, title: "Tea", likes: 3, price: "1.50" });
    expect(made).toMatchObject({ title: "Tea", likes: 3, price: "1.50", editor_id: null });
    expect(
      await posts.update(
        made.id,
        { likes: { increment: 2 }, price: { increment: "0.25" } },
        { fields: ["likes", "price"] },
      ),
    ).toEqual({
      likes: 5,
      price: "1.75",
    });
    expect(
      await posts.replace(made.id, { user_id: 2, title: "Coffee" }, { fields: ["user_id", "title", "likes"] }),
    ).toEqual({
      user_id: 2,
      title: "Coffee",
      likes: 0,
    });
    expect(await posts.delete(made.id)).toBeUndefined();
    expect(await refusal(posts.get(made.id))).toMatchObject({ code: "not_found" });
  });

  test("by a key of several columns", async () => {
    await blog.api.stars.create({ user_id: 1, label: "a,b", stars: 5 });
    await blog.api.stars.create({ user_id: 1, label: "a", stars: 1 });
    expect(await blog.api.stars.update([1, "a,b"], { stars: 2 })).toEqual({ user_id: 1, label: "a,b", stars: 2 });
    await blog.api.stars.delete([1, "a,b"]);
    expect(await blog.api.stars.list({ fields: ["label"] })).toEqual([{ label: "a" }]);
  });

  test("below another one, and with rows below it", async () => {
    const comment = await blog.api.posts
      .of(1)
      .comments.create({ user_id: 2, content: "Below." }, { fields: ["post_id"] });
    expect(comment).toEqual({ post_id: 1 });
    const user = await blog.api.users.create({
      username: "carol",
      email: "carol@example.com",
      posts_as_user: [{ title: "Mine", comments: [{ user_id: 1, content: "Yours." }] }],
    });
    expect(await blog.api.comments.list({ where: { post: { user_id: user.id } }, fields: ["content"] })).toEqual([
      { content: "Yours." },
    ]);
  });
});

describe("only if nobody changed it", () => {
  test("a row that was read is changed once", async () => {
    const { posts } = blog.api;
    const mine = await posts.get(2);
    const theirs = await posts.get(2);
    expect(Object.keys(mine)).not.toContain("etag");
    expect((await posts.update(mine, { title: "Mine" })).title).toBe("Mine");
    const late = await refusal(posts.update(theirs, { title: "Theirs" }));
    expect(late).toMatchObject({ code: "precondition_failed", status: 412 });
    expect(await refusal(posts.replace(theirs, { user_id: 1, title: "Theirs" }))).toMatchObject({
      code: "precondition_failed",
    });
    expect(await refusal(posts.delete(theirs))).toMatchObject({ code: "precondition_failed" });
    expect((await posts.get(2)).title).toBe("Mine");
  });

  test("what a write answered is known too, also in part, and by a key of several columns", async () => {
    const { posts, stars } = blog.api;
    const made = await posts.create({ user_id: 1, title: "One" }, { fields: ["id"] });
    const changed = await posts.update(made, { title: "Two" }, { fields: ["title"] });
    expect(await refusal(posts.update(made, { title: "Late" }))).toMatchObject({ code: "precondition_failed" });
    await posts.delete(changed);
    const star = await stars.create({ user_id: 2, label: "x/y", stars: 1 });
    expect(await stars.update(star, { stars: 2 })).toEqual({ user_id: 2, label: "x/y", stars: 2 });
    expect(await refusal(stars.update(star, { stars: 3 }))).toMatchObject({ code: "precondition_failed" });
  });

  test("of several writers with one row exactly one succeeds", async () => {
    const row = await blog.api.posts.get(3);
    const done = await Promise.allSettled(
      Array.from({ length: 10 }, (_, n) => blog.api.posts.update(row, { likes: n })),
    );
    expect(done.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  test("an object that was not answered as a row is refused before anything is sent", async () => {
    const [listed] = await blog.api.posts.list({ limit: 1 });
    await expect(blog.api.posts.update({ ...listed }, { title: "Never" })).rejects.toThrow("pass the row's id");
    await expect(blog.api.posts.delete(listed ?? 0)).rejects.toThrow("pass the row's id");
    expect(await blog.api.posts.list({ where: { title: "Never" } })).toEqual([]);
  });

  test("a row that is still the same is not sent again", async () => {
    const { posts } = blog.api;
    const options = { fields: ["id", "title"], include: { user: { fields: ["username"] } } } as const;
    const before = await posts.get(4, options);
    expect(await posts.get(4, { ...options, ifChangedFrom: before })).toBe(before);
    await posts.update(4, { title: "Changed" });
    const after = await posts.get(4, { ...options, ifChangedFrom: before });
    expect(after).toEqual({ ...before, title: "Changed" });
    await blog.api.users.update(2, { username: "robert" });
    expect((await posts.get(4, { ...options, ifChangedFrom: after })).user).toEqual({ username: "robert" });
  });
});

describe("many rows", () => {
  test("are created all or none", async () => {
    const { posts } = blog.api;
    const made = await posts.create(
      [
        { user_id: 1, title: "A1" },
        { user_id: 1, title: "A2" },
      ],
      { fields: ["title"] },
    );
    expect(made).toEqual([{ title: "A1" }, { title: "A2" }]);
    const failed = await refusal(
      posts.create([
        { user_id: 1, title: "B1" },
        { user_id: 1, title: "" },
      ]),
    );
    expect(failed.errors.map(({ pointer }) => pointer)).toEqual(["/1/title"]);
    expect(await posts.list({ where: { title: "B1" } })).toEqual([]);
  });

  test("are changed and deleted by a filter, never all by mistake", async () => {
    const { posts } = blog.api;
    await posts.create([1, 2, 3].map((n) => ({ user_id: 1, title: `C${n}`, category: "cut", likes: n })));
    const changed = await posts.updateWhere(
      { category: "cut", likes: { gte: 2 } },
      { likes: { increment: 10 } },
      { fields: ["likes"] },
    );
    expect(changed.map(({ likes }) => likes)).toEqual(expect.arrayContaining([12, 13]));
    expect(changed).toHaveLength(2);
    expect(await posts.deleteWhere({ category: "cut", likes: { gt: 10 } })).toBe(2);
    expect(await posts.deleteWhere({ category: "nobody" })).toBe(0);
    const before = (await posts.page({ count: "exact" })).total;
    await expect(posts.deleteWhere({})).rejects.toThrow("where: it has no condition.");
    const category = undefined as unknown as string;
    await expect(posts.deleteWhere({ category })).rejects.toThrow("where: category is undefined.");
    for (const where of [{ and: [] }, { or: [{}, { likes: 1 }] }, { not: { or: [] } }, { and: [{ and: [{}] }] }])
      expect(await refusal(posts.deleteWhere(where)), JSON.stringify(where)).toMatchObject({ code: "filter_required" });
    expect(await posts.deleteWhere({ or: [] })).toBe(0);
    expect((await posts.page({ count: "exact" })).total).toBe(before);
  });

  test("are made or replaced by what is unique", async () => {
    const { users, stars } = blog.api;
    const first = await users.upsert({ username: "dan", email: "dan@example.com" }, { onConflict: "email" });
    const second = await users.upsert(
      { username: "daniel", email: "dan@example.com" },
      { onConflict: "email", fields: ["id", "username"] },
    );
    expect(second).toEqual({ id: first.id, username: "daniel" });
    const several = [
      { user_id: first.id, label: "z", stars: 1 },
      { user_id: 1, label: "z", stars: 2 },
    ];
    expect(await stars.upsert(several, { onConflict: ["user_id", "label"] })).toEqual(several);
  });
});

describe("a batch", () => {
  test("later steps use columns of earlier ones; rows come back, and are known", async () => {
    const { api } = blog;
    const [user, post, comment] = await api.batch((step) => {
      const made = step.users.create({ username: "eve", email: "eve@example.com" });
      const written = step.posts.create({ user_id: made.ref("id"), title: "Eve's" });
      step.comments.create({ post_id: written.ref("id"), user_id: made.ref("id"), content: "First." });
      const commented = step.comments.create({ post_id: written.ref("id"), user_id: 1, content: "Second." });
      const liked = step.posts.update(written.ref("id"), { likes: { increment: 1 } });
      return [made, liked, commented];
    });
    expect(post).toMatchObject({ user_id: user.id, title: "Eve's", likes: 1 });
    expect(comment.post_id).toBe(post.id);
    expect(await api.posts.of(post.id).comments.list({ fields: ["content"], sort: "id" })).toEqual([
      { content: "First." },
      { content: "Second." },
    ]);
    expect((await api.posts.update(post, { likes: 5 })).likes).toBe(5);
    expect(await refusal(api.posts.update(post, { likes: 6 }))).toMatchObject({ code: "precondition_failed" });
    expect((await api.users.update(user, { username: "eva" })).username).toBe("eva");
  });

  test("all of it happens, or nothing", async () => {
    const { api } = blog;
    const failed = await refusal(
      api.batch((step) => {
        step.users.create({ username: "mallory", email: "mallory@example.com" });
        return [step.users.create({ username: "again", email: "ALICE@example.com" })];
      }),
    );
    expect(failed).toMatchObject({ code: "unique", errors: [{ pointer: "/1/body/email" }] });
    expect(await api.users.list({ where: { username: "mallory" } })).toEqual([]);
  });

  test("lists, filters, upserts, and a row that must still be the same", async () => {
    const { api } = blog;
    const row = await api.posts.get(5);
    const [made, changed, gone, upserted, none, replaced] = await api.batch((step) => [
      step.posts.create([
        { user_id: 1, title: "D1", category: "d" },
        { user_id: 1, title: "D2", category: "d" },
      ]),
      step.posts.updateWhere({ category: "d" }, { likes: 7 }),
      step.posts.deleteWhere({ title: "D2" }),
      step.users.upsert({ username: "dan", email: "dan@example.com" }, { onConflict: "email" }),
      step.stars.delete([1, "a"]),
      step.posts.replace(row, { user_id: 1, title: "Five" }),
    ]);
    expect(made.map(({ title }) => title)).toEqual(["D1", "D2"]);
    expect(changed.map(({ likes }) => likes)).toEqual([7, 7]);
    expect(gone).toBe(1);
    expect(upserted.username).toBe("dan");
    expect(none).toBeUndefined();
    expect(replaced.title).toBe("Five");
    expect(await refusal(api.batch((step) => [step.posts.update(row, { title: "Late" })]))).toMatchObject({
      code: "precondition_failed",
    });
  });
});

describe("errors", () => {
  test("a problem document is a ServeryError with everything it says", async () => {
    const failed = await refusal(blog.api.posts.create({ user_id: 1, title: "", likes: -1 }));
    expect(failed).toBeInstanceOf(ServeryError);
    expect(failed).toMatchObject({
      name: "ServeryError",
      code: "invalid_data",
      status: 400,
      error: "Title required",
      detail: failed.message,
      errors: [
        { pointer: "/title", code: "required", message: "Title required" },
        { pointer: "/likes", code: "out_of_range" },
      ],
    });
    expect(failed.requestId).toMatch(/./);
    expect(isServeryError(failed, "invalid_data")).toBe(true);
    expect(isServeryError(failed, "unique")).toBe(false);
    expect(await refusal(blog.api.closed.list())).toMatchObject({ status: 401 });
  });
});
