import { createClient, isServeryError, type ServeryError } from "servery/client";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Blog, type BlogUnderTest, type Door, type DoorAnswer, openBlog, openDoor } from "./world.ts";

let blog: BlogUnderTest;
let door: Door;
beforeAll(async () => {
  blog = await openBlog();
});
beforeEach(async () => {
  door = await openDoor(blog.url);
  return () => door.close();
});
afterAll(() => blog.close());

const problem = {
  type: "x",
  title: "x",
  status: 503,
  detail: "Busy.",
  code: "database_busy",
  request_id: "r1",
  error: "Busy.",
};
const BUSY: DoorAnswer = {
  status: 503,
  headers: { "content-type": "application/problem+json", "retry-after": "0" },
  body: JSON.stringify(problem),
};

const methods = (): string[] => door.arrived.map(({ method }) => method);
const refused = (promise: Promise<unknown>): Promise<ServeryError> =>
  promise.then(
    (value) => Promise.reject(new Error(`answered ${JSON.stringify(value)}`)),
    (error: unknown) => (isServeryError(error) ? error : Promise.reject(error as Error)),
  );

describe("a 503 with Retry-After", () => {
  test("is tried again where that does nothing twice", async () => {
    const { posts, users } = createClient<Blog>(door.url);
    door.answerNext(BUSY, BUSY);
    expect(await posts.get(1, { fields: ["id"] })).toEqual({ id: 1 });
    door.answerNext(BUSY);
    expect((await posts.replace(1, { user_id: 1, title: "Again" })).title).toBe("Again");
    door.answerNext(BUSY);
    await users.upsert({ username: "bob", email: "bob@example.com" }, { onConflict: "email" });
    expect(methods()).toEqual(["GET", "GET", "GET", "PUT", "PUT", "PUT", "PUT"]);
  });

  test("ends after a few tries, and none at all where none is wanted", async () => {
    door.answerNext(BUSY, BUSY, BUSY);
    expect(await refused(createClient<Blog>(door.url).posts.get(1))).toMatchObject({
      code: "database_busy",
      status: 503,
      requestId: "r1",
    });
    expect(methods()).toEqual(["GET", "GET", "GET"]);
    door.answerNext(BUSY);
    await refused(createClient<Blog>(door.url, { retries: 0 }).posts.get(1));
    expect(methods()).toHaveLength(4);
  });

  test("is not tried again where that could do something twice, nor without Retry-After, nor for a long wait", async () => {
    const { posts } = createClient<Blog>(door.url);
    const calls: [DoorAnswer, () => Promise<unknown>][] = [
      [BUSY, () => posts.create({ user_id: 1, title: "Once" })],
      [BUSY, () => posts.update(1, { likes: { increment: 1 } })],
      [{ ...BUSY, headers: { "content-type": "application/problem+json" } }, () => posts.get(1)],
      [{ ...BUSY, headers: { ...BUSY.headers, "retry-after": "3600" } }, () => posts.get(1)],
      [{ ...BUSY, headers: { ...BUSY.headers, "retry-after": "soon" } }, () => posts.get(1)],
    ];
    for (const [answer, call] of calls) {
      door.answerNext(answer);
      await refused(call());
    }
    expect(methods()).toHaveLength(calls.length);
    expect(await blog.api.posts.list({ where: { title: "Once" } })).toEqual([]);
  });

  test("a date is understood, and a signal ends the wait", async () => {
    const { posts } = createClient<Blog>(door.url);
    door.answerNext({
      ...BUSY,
      headers: { ...BUSY.headers, "retry-after": new Date(Date.now() - 5_000).toUTCString() },
    });
    expect(await posts.get(1, { fields: ["id"] })).toEqual({ id: 1 });
    const ending = new AbortController();
    door.answerNext({ ...BUSY, headers: { ...BUSY.headers, "retry-after": "20" } });
    const waiting = posts.get(1, { signal: ending.signal });
    await expect.poll(() => door.arrived.length).toBe(3);
    ending.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    expect(methods()).toHaveLength(3);
  });
});

describe("Idempotency-Key", () => {
  test("one key for one call: an answer that was lost is not a second row", async () => {
    const { posts } = createClient<Blog>(door.url);
    door.answerNext({ ...BUSY, behind: true });
    const made = await posts.create({ user_id: 1, title: "Once only" }, { idempotencyKey: true });
    const keys = door.arrived.map(({ headers }) => headers["idempotency-key"]);
    expect(keys).toEqual([expect.stringMatching(/^[\da-f]{8}-[\da-f-]{27}$/), keys[0]]);
    expect(await blog.api.posts.list({ where: { title: "Once only" }, fields: ["id"] })).toEqual([{ id: made.id }]);
    await posts.create({ user_id: 1, title: "Once only" }, { idempotencyKey: true });
    expect(door.arrived[2]?.headers["idempotency-key"]).not.toBe(keys[0]);
  });

  test("a key of one's own, for an increment, a batch and many rows", async () => {
    const { posts, batch } = createClient<Blog>(door.url);
    await posts.update(2, { likes: 0 });
    for (let n = 0; n < 3; n++) {
      door.answerNext({ ...BUSY, behind: true });
      await posts.update(2, { likes: { increment: 1 } }, { idempotencyKey: "like-2" });
      await posts.updateWhere({ id: 2 }, { likes: { increment: 10 } }, { idempotencyKey: "like-many" });
      await batch((step) => [step.posts.update(2, { likes: { increment: 100 } })], { idempotencyKey: "like-batch" });
    }
    expect((await blog.api.posts.get(2)).likes).toBe(111);
    expect(await refused(posts.update(2, { likes: 5 }, { idempotencyKey: "like-2" }))).toMatchObject({ status: 400 });
  });
});

describe("what is sent", () => {
  test("headers and a token, asked for anew each time", async () => {
    let token: string | undefined = "t1";
    const api = createClient<Blog>(door.url, { headers: { "x-app": "blog" }, token: () => Promise.resolve(token) });
    const seen = (): unknown => door.arrived.at(-1)?.headers["authorization"];
    // Accounts do not exist yet, so no token is one; what counts here is that it arrives.
    await refused(api.posts.list());
    expect(seen()).toBe("Bearer t1");
    token = undefined;
    await api.posts.list();
    expect(seen()).toBeUndefined();
    expect(door.arrived.at(-1)?.headers["x-app"]).toBe("blog");
    await refused(createClient<Blog>(door.url, { token: "kept", headers: () => ({ "x-at": "now" }) }).posts.list());
    expect(door.arrived.at(-1)?.headers).toMatchObject({ authorization: "Bearer kept", "x-at": "now" });
  });

  test("own routes: the path filled in, the query, the body", async () => {
    const api = createClient<Blog>(door.url) as unknown as Record<
      "get" | "post" | "delete",
      (path: string, input?: object) => Promise<unknown>
    >;
    const answers = [
      { status: 200, headers: { "content-type": "application/json" }, body: '{"message":"Hello!"}' },
      { status: 200, headers: { "content-type": "text/plain" }, body: "plain" },
      { status: 204 },
    ];
    door.answerNext(...answers);
    expect(await api.get("/api/hello")).toEqual({ message: "Hello!" });
    expect(
      await api.get("/api/a/:id/b/:name", {
        params: { id: 1, name: "x/y" },
        query: { year: 2024, tag: ["a&b", "c"], no: undefined },
      }),
    ).toBe("plain");
    expect(await api.post("/api/t", { body: { from: 1 }, idempotencyKey: "k" })).toBeUndefined();
    expect(door.arrived.map(({ method, url }) => `${method} ${url}`)).toEqual([
      "GET /api/hello",
      "GET /api/a/1/b/x%2Fy?year=2024&tag=a%26b&tag=c",
      "POST /api/t",
    ]);
    expect(door.arrived[2]?.headers).toMatchObject({ "idempotency-key": "k", "content-type": "application/json" });
    await expect(api.get("/api/a/:id", { params: { id: ".." } })).rejects.toThrow(TypeError);
    await expect(api.get("/api/a/:id")).rejects.toThrow(TypeError);
    expect(door.arrived).toHaveLength(3);
  });
});

describe("answers of others", () => {
  test("an error that is no problem document, a page instead of rows, JSON that was cut", async () => {
    const { posts } = createClient<Blog>(door.url);
    door.answerNext({ status: 502, headers: { "content-type": "text/html" }, body: "<h1>Bad gateway</h1>" });
    expect(await refused(posts.get(1))).toMatchObject({
      code: "unexpected_answer",
      status: 502,
      errors: [],
      requestId: undefined,
    });
    door.answerNext({ status: 500, headers: { "content-type": "application/json" }, body: '{"oops"' });
    expect(await refused(posts.get(1))).toMatchObject({ code: "unexpected_answer", status: 500 });
    door.answerNext({ status: 200, headers: { "content-type": "text/html" }, body: "<h1>Sign in to the Wi-Fi</h1>" });
    await expect(posts.list()).rejects.toThrow("answered a text where rows were expected");
    door.answerNext({ status: 200, headers: { "content-type": "application/json" }, body: '[{"id":1}' });
    await expect(posts.list()).rejects.toThrow(SyntaxError);
  });
});
