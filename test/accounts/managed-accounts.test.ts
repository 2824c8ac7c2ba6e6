import { afterAll, beforeAll, expect, it } from "vitest";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { bearer, codeOf, people, signIn, signUp, type Tokens } from "./declaration.ts";

let engine: EngineUnderTest;
let root: Tokens;
let alice: Tokens;
beforeAll(async () => {
  engine = await openEngine(people);
  root = await signUp(engine, "root");
  alice = await signUp(engine, "alice");
  await signUp(engine, "carol");
  await engine.accounts.grant({ identifier: "root@example.com" }, "admin");
  await engine.accounts.grant({ identifier: "alice@example.com" }, "editor");
});
afterAll(() => engine.close());

const list = (query: string, by = root) => engine.get(`/api/auth/accounts${query}`, bearer(by));
const keys = (json: unknown): unknown[] => (json as { key: string }[]).map(({ key }) => Number(key));

it("lists accounts with their roles to administrators, the newest first", async () => {
  await signIn(engine, "alice");
  const all = await list("");
  expect(keys(all.json)).toEqual([3, 2, 1]);
  expect((all.json as object[])[1]).toEqual({
    table: "users",
    key: "2",
    roles: ["editor"],
    verified_at: null,
    disabled: false,
    second_factor: false,
    sessions: 2,
    last_used_at: expect.stringMatching(/^\d{4}-.*Z$/),
    created_at: expect.stringMatching(/^\d{4}-.*Z$/),
  });
  // A row without an account is none.
  await engine.post("/api/users", { username: "row", email: "row@example.com" }, bearer(root));
  expect(keys((await list("?accounts=users&limit=500")).json)).toEqual([3, 2, 1]);
  expect(all.text).not.toContain("argon2");
});

it("finds accounts by role, by key and by whether they may sign in, page by page", async () => {
  expect(keys((await list("?role=admin")).json)).toEqual([1]);
  expect(keys((await list("?role=nobody_has_it")).json)).toEqual([]);
  expect(keys((await list("?key=1&key=3&key=99&key=x")).json)).toEqual([3, 1]);
  expect(keys((await list("?key=1&key=2&role=editor")).json)).toEqual([2]);
  expect(keys((await list("?limit=1&offset=1")).json)).toEqual([2]);
  await engine.patch("/api/auth/accounts/3", { disabled: true }, bearer(root));
  expect(keys((await list("?disabled=true")).json)).toEqual([3]);
  expect(keys((await list("?disabled=false")).json)).toEqual([2, 1]);
});

it("refuses every other caller, and every other question", async () => {
  expect(codeOf(await engine.get("/api/auth/accounts", {}))).toBe("sign_in_required");
  expect(codeOf(await list("", alice))).toBe("forbidden");
  const bad: readonly (readonly [string, string])[] = [
    ["?nope=1", "unknown_parameter"],
    ["?role=a&role=b", "repeated_parameter"],
    ["?role=NOT+ONE", "invalid_parameter"],
    ["?disabled=1", "invalid_parameter"],
    ["?limit=0", "invalid_parameter"],
    ["?limit=501", "invalid_parameter"],
    ["?offset=-1", "invalid_parameter"],
    ["?accounts=notes", "invalid_parameter"],
    [`?${Array.from({ length: 501 }, () => "key=1").join("&")}`, "limit_exceeded"],
  ];
  for (const [query, code] of bad) expect(`${query.slice(0, 30)} ${codeOf(await list(query))}`).toContain(code);
});

it("lets everybody at the machine look while developing, and nobody of another name", async () => {
  const dev = await openEngine(people, { explain: true });
  await signUp(dev, "first");
  expect((await dev.get("/api/auth/accounts", { host: "localhost:5000" })).status).toBe(200);
  expect((await dev.get("/api/auth/accounts", { host: "evil.example" })).status).toBe(401);
  expect((await dev.delete("/api/auth/accounts/1/sessions", { host: "localhost:5000" })).status).toBe(401);
  await dev.close();
});

it("signs somebody out everywhere, for administrators alone", async () => {
  const end = (key: string, by?: Tokens) =>
    engine.delete(`/api/auth/accounts/${key}/sessions`, by === undefined ? {} : bearer(by));
  expect(codeOf(await end("2"))).toBe("sign_in_required");
  expect(codeOf(await end("1", alice))).toBe("forbidden");
  for (const key of ["99", "x", "02", "%00"]) expect((await end(key, root)).status).toBe(404);
  expect((await engine.get("/api/auth/me", bearer(alice))).status).toBe(200);
  expect((await end("2", root)).status).toBe(204);
  expect((await engine.get("/api/auth/me", bearer(alice))).status).toBe(401);
  expect((await engine.get("/api/auth/me", bearer(root))).status).toBe(200);
  expect((await list("?key=2")).json).toMatchObject([{ sessions: 0, last_used_at: null }]);
  alice = await signIn(engine, "alice");
});
