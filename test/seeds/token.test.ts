import { afterAll, beforeAll, expect, test } from "vitest";
import social from "../../examples/social/servery.ts";
import { closeSound, problemOf, rowOf, writesOf } from "../api/answers.ts";
import { seedRows } from "../examples/seed-rows.ts";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { signedInAs } from "../harness/sign-in.ts";
import { ADMINISTRATOR } from "./social.ts";

const POST = { title: "My First Post", content: "Hello world!" };
const PASSWORD = "correct horse battery";

let open: EngineUnderTest;
let dana: { readonly id: number; readonly headers: { readonly authorization: string } };
beforeAll(async () => {
  open = await openEngine(social);
  const person = { username: "dana", email: "dana@example.com", password: PASSWORD };
  rowOf(await open.post("/api/auth/sign-up", person));
  const signedIn = rowOf(await open.post("/api/auth/sign-in", { email: person.email, password: PASSWORD }));
  dana = {
    id: (signedIn["user"] as { id: number }).id,
    headers: { authorization: `Bearer ${String(signedIn["access_token"])}` },
  };
});
afterAll(() => closeSound(open));

async function rowCount(engine: EngineUnderTest, table: string): Promise<number> {
  return Number((await engine.get(`/api/${table}?count=exact&limit=1`)).headers["x-total-count"]);
}

test("110, 155, 156 POST /api/posts with a token: 201, the short answer, and the owner is the caller", async () => {
  const answer = await open.post("/api/posts?fields=id,title,created_at", POST, dana.headers);
  expect(answer.status).toBe(201);
  expect(answer.json).toEqual({ id: 2001, title: POST.title, created_at: expect.any(String) });
  const stored = rowOf(await open.get("/api/posts/2001", dana.headers));
  expect(stored).toMatchObject({ ...POST, user_id: dana.id, status: "draft" });
});

test("155 the owner is never taken from the body", async () => {
  const answer = await open.post("/api/posts", { ...POST, user_id: 1 }, dana.headers);
  expect(problemOf(answer, 400, "invalid_data").errors).toMatchObject([{ pointer: "/user_id", code: "read_only" }]);
  expect(writesOf(answer)).toEqual([]);
});

test("123 401 without a token, and with one that is none; the way to sign in is named", async () => {
  const without = await open.post("/api/posts", POST);
  problemOf(without, 401, "sign_in_required");
  expect(without.headers["www-authenticate"]).toBe("Bearer");
  expect(without.sql).toEqual([]);
  const wrong = await open.post("/api/posts", POST, { authorization: "Bearer abc123token" });
  problemOf(wrong, 401, "invalid_token");
  expect(wrong.headers["www-authenticate"]).toMatch(/^Bearer error="invalid_token"/);
  expect(writesOf(wrong)).toEqual([]);
});

test('244, 286 a token after its 15 minutes: 401 and "Token expired", where it opened the same path before', async () => {
  let now = Date.parse("2026-01-01T00:00:00.000Z");
  const timed = await openEngine(social, { now: () => now });
  try {
    const person = { username: "erin", email: "erin@example.com", password: PASSWORD };
    rowOf(await timed.post("/api/auth/sign-up", person));
    const tokens = rowOf(await timed.post("/api/auth/sign-in", { email: person.email, password: PASSWORD }));
    const headers = { authorization: `Bearer ${String(tokens["access_token"])}` };
    now += (Number(tokens["expires_in"]) - 1) * 1000;
    expect(rowOf(await timed.get("/api/auth/me", headers))["user"]).toMatchObject({ username: "erin" });
    now += 1000;
    for (const url of ["/api/auth/me", "/api/posts"]) {
      const over = await timed.get(url, headers);
      expect(problemOf(over, 401, "token_expired").error).toBe("Token expired");
      expect(over.headers["www-authenticate"]).toMatch(/^Bearer (?:.*, *)?error="invalid_token"(?:,|$)/);
    }
    const next = rowOf(await timed.post("/api/auth/refresh", { refresh_token: tokens["refresh_token"] }));
    const renewed = { authorization: `Bearer ${String(next["access_token"])}` };
    expect((await timed.get("/api/auth/me", renewed)).status).toBe(200);
  } finally {
    await closeSound(timed);
  }
});

test("403 for a post that one may read and not change, 404 for one that one may not read", async () => {
  const draft = seedRows<{ id: number; status: string }>(social, "posts").find(({ status }) => status === "draft");
  const change = { title: "Mine now" };
  const before = rowOf(await open.get("/api/posts/1"));
  problemOf(await open.patch("/api/posts/1", change, dana.headers), 403, "forbidden");
  problemOf(await open.delete("/api/posts/1", dana.headers), 403, "forbidden");
  expect(rowOf(await open.get("/api/posts/1"))).toEqual(before);
  const url = `/api/posts/${String(draft?.id)}`;
  problemOf(await open.get(url, dana.headers), 404, "not_found");
  problemOf(await open.patch(url, change, dana.headers), 404, "not_found");
  problemOf(await open.delete(url, dana.headers), 404, "not_found");
  problemOf(await open.get("/api/posts/999999", dana.headers), 404, "not_found");
});

test("124 GET /api/admin/stats: 401 for nobody, 403 for a user, the true counts for an administrator", async () => {
  problemOf(await open.get("/api/admin/stats"), 401, "sign_in_required");
  problemOf(await open.get("/api/admin/stats", dana.headers), 403, "forbidden");
  const administrator = await signedInAs(open, ADMINISTRATOR);
  const stats = rowOf(await administrator.get("/api/admin/stats"));
  for (const table of ["users", "posts", "comments", "likes", "follows", "orders", "transfers"])
    expect([table, stats[table]]).toEqual([table, await rowCount(administrator, table)]);
  const drafts = await administrator.get("/api/posts?status=draft&count=exact&limit=1");
  expect(stats["drafts"]).toBe(Number(drafts.headers["x-total-count"]));
});

test("132 POST /api/users {username, email} needs nobody to be signed in", async () => {
  const answer = await open.post("/api/users", { username: "alice", email: "another.alice@example.com" });
  expect([answer.status, rowOf(answer)]).toEqual([
    201,
    expect.objectContaining({ username: "alice", email: "another.alice@example.com" }),
  ]);
  const signIn = { email: "another.alice@example.com", password: "" };
  for (const password of ["", "null", PASSWORD])
    expect([400, 401]).toContain((await open.post("/api/auth/sign-in", { ...signIn, password })).status);
});
