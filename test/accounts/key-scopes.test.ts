import { email, everyone, get, owner, post, ref, role, self, servery, signedIn, table, text } from "servery";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EngineUnderTest, openEngine, type TestAnswer } from "../harness/open-engine.ts";
import { OF_AUTHENTICATION } from "../hostile/oracles.ts";
import { bearer, codeOf } from "./declaration.ts";

const declaration = servery({
  tables: {
    users: table({ email: email(100).unique() })
      .accounts({ verify: false })
      .allow({ read: self, update: self }),
    posts: table({ user_id: ref("users").owner(), title: text(100) }).allow({
      read: everyone,
      create: signedIn,
      update: owner,
      delete: owner,
    }),
    comments: table({ post_id: ref("posts"), user_id: ref("users").owner(), body: text(100) }).allow({
      read: signedIn,
      create: signedIn,
      delete: owner,
    }),
    ledger: table({ line: text(100) }).allow({ read: role("admin"), create: role("admin") }),
  },
  routes: [
    get("/api/hello", { allow: everyone }, () => ({ message: "Hello!" })),
    get("/api/own", { allow: signedIn }, () => ({ message: "Yours" })),
    post("/api/own", { allow: signedIn }, () => ({ message: "Made" })),
  ],
});

type Headers = Readonly<Record<string, string>>;

let engine: EngineUnderTest;
let anna: Headers;
let post1: number;

beforeAll(async () => {
  engine = await openEngine(declaration);
  await engine.accounts.create({ row: { email: "anna@example.com" }, password: "correct horse battery" });
  const signedInAnswer = await engine.post("/api/auth/sign-in", {
    email: "anna@example.com",
    password: "correct horse battery",
  });
  anna = bearer(signedInAnswer.json as { readonly access_token: string });
  post1 = ((await engine.post("/api/posts", { title: "One" }, anna)).json as { readonly id: number }).id;
  await engine.post("/api/comments", { post_id: post1, body: "First" }, anna);
});
afterAll(async () => {
  await engine.close();
  if (engine.faults.length > 0) throw new AggregateError(engine.faults, "the server made mistakes");
});

const key = (...scopes: readonly string[]): Promise<Headers> => keyOf(anna, scopes);

async function keyOf(account: Headers, scopes: readonly string[]): Promise<Headers> {
  const answer = await engine.post("/api/auth/keys", { label: "test", scopes }, account);
  if (answer.status !== 201) throw new Error(answer.text);
  return { authorization: `Bearer ${(answer.json as { readonly key: string }).key}` };
}

const told = (answer: TestAnswer): unknown => (answer.status < 400 ? answer.status : [answer.status, codeOf(answer)]);

describe("a key for reading one table", () => {
  let headers: Headers;
  beforeAll(async () => {
    headers = await key("posts:read");
  });

  test("reads it, and writes nothing", async () => {
    expect((await engine.get("/api/posts", headers)).json).toHaveLength(1);
    expect(told(await engine.post("/api/posts", { title: "No" }, headers))).toEqual([403, "forbidden"]);
    expect(told(await engine.patch(`/api/posts/${post1}`, { title: "No" }, headers))).toEqual([403, "forbidden"]);
    expect(told(await engine.delete(`/api/posts/${post1}`, headers))).toEqual([403, "forbidden"]);
  });

  test("reads no other, whatever its account may read", async () => {
    expect(told(await engine.get("/api/comments", headers))).toEqual([403, "forbidden"]);
    expect(told(await engine.get("/api/users/1", headers))).toEqual([403, "forbidden"]);
    expect(told(await engine.get(`/api/posts/${post1}/comments`, headers))).toEqual([403, "forbidden"]);
  });

  test.each([
    "include=comments",
    "include=user",
    "comments.body=First",
    "user.email=anna@example.com",
    "sort=user.email",
  ])("knows no relation to it: ?%s", async (query) => {
    const answer = await engine.get(`/api/posts?${query}`, headers);
    expect(answer.status).toBe(400);
    expect((await engine.get(`/api/posts?${query}`, anna)).status).toBe(200);
    expect(answer.text).not.toContain("First");
    expect(answer.sql.filter((sql) => !OF_AUTHENTICATION.test(sql))).toEqual([]);
  });

  test("sees itself as an empty row where its account's table is closed to it", async () => {
    expect((await engine.get("/api/auth/me", headers)).json).toEqual({ user: {}, roles: [] });
  });
});

test("a key for writing one table reads it too, and brings no rows of another along", async () => {
  const headers = await key("posts:write");
  const made = await engine.post("/api/posts", { title: "Two" }, headers);
  expect(made.status).toBe(201);
  const { id } = made.json as { readonly id: number };
  const nested = await engine.post("/api/posts", { title: "Three", comments: [{ body: "Along" }] }, headers);
  expect(nested.status).toBe(400);
  expect((await engine.delete(`/api/posts/${id}`, headers)).status).toBe(204);
  expect(await engine.get("/api/posts", headers).then(({ json }) => json)).toHaveLength(1);
});

test("a batch is refused as a whole where one operation is out of scope", async () => {
  const operations = [
    { method: "POST", path: "/api/posts", body: { title: "In a batch" } },
    { method: "POST", path: "/api/comments", body: { post_id: post1, body: "In a batch" } },
  ];
  const headers = await key("posts:write", "comments:read");
  expect(told(await engine.post("/api/batch", operations, headers))).toEqual([403, "forbidden"]);
  expect((await engine.get("/api/posts?title=In%20a%20batch", anna)).json).toEqual([]);
  const both = await key("posts:write", "comments:write");
  expect((await engine.post("/api/batch", operations, both)).status).toBe(200);
  expect((await engine.get("/api/posts?title=In%20a%20batch", anna)).json).toHaveLength(1);
});

test("the application's own routes ask for every table, unless they are everyone's", async () => {
  const asked = async (headers: Headers): Promise<unknown> => [
    told(await engine.get("/api/hello", headers)),
    told(await engine.get("/api/own", headers)),
    told(await engine.post("/api/own", {}, headers)),
  ];
  const closed = [403, "forbidden"];
  expect(await asked(anna)).toEqual([200, 200, 200]);
  expect(await asked(await key("posts:write", "comments:write"))).toEqual([200, closed, closed]);
  expect(await asked(await key("*:read"))).toEqual([200, 200, closed]);
  expect(await asked(await key("*:write"))).toEqual([200, 200, 200]);
});

test("what lies outside its scopes is explained and described to an administrator, and not to its key", async () => {
  const password = "correct horse battery";
  await engine.accounts.create({ row: { email: "root@example.com" }, password, roles: ["admin"] });
  const signedInAnswer = await engine.post("/api/auth/sign-in", { email: "root@example.com", password });
  const root = bearer(signedInAnswer.json as { readonly access_token: string });
  const seen = async (headers: Headers): Promise<unknown> => {
    const refused = await engine.patch("/api/comments/1", { body: "Changed" }, headers);
    const { text: described } = await engine.get("/openapi.json", headers);
    return [told(refused), refused.headers["x-servery-explain"], described.includes("/api/ledger")];
  };
  expect(await seen(root)).toEqual([[403, "forbidden"], "comments.update: nobody -> no row", true]);
  expect(await seen(await keyOf(root, ["posts:write"]))).toEqual([[403, "forbidden"], undefined, false]);
  expect(await seen(await keyOf(root, ["*:write"]))).toEqual([[403, "forbidden"], undefined, false]);
});

test("a table that is closed to the account is no scope, and its name is not told", async () => {
  const answer = await engine.post("/api/auth/keys", { label: "test", scopes: ["ledgers:read"] }, anna);
  expect(answer.status).toBe(400);
  expect(answer.text).not.toMatch(/"ledger"|ledger\?/);
  const exact = await engine.post("/api/auth/keys", { label: "test", scopes: ["ledger:read"] }, anna);
  expect(exact.json).toMatchObject({ errors: [{ pointer: "/scopes/0", code: "not_in_list" }] });
  await engine.accounts.setRoles({ identifier: "anna@example.com" }, ["admin"]);
  const headers = await key("ledger:write");
  expect((await engine.post("/api/ledger", { line: "A line" }, headers)).status).toBe(201);
  expect(told(await engine.get("/api/posts", headers))).toEqual([403, "forbidden"]);
  await engine.accounts.setRoles({ identifier: "anna@example.com" }, []);
});
