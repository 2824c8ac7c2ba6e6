import assert from "node:assert/strict";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { TestAnswer } from "../harness/open-engine.ts";
import { type Door, openInside, PASSWORD } from "./doors.ts";
import { guardedWorld } from "./guarded-declaration.ts";

interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}

let door: Door;
beforeAll(async () => {
  door = await openInside(guardedWorld);
});
afterAll(async () => {
  assert.deepEqual(door.engine.faults, []);
  await door.close();
});
afterEach(() => {
  vi.useRealTimers();
});

let people = 0;
/** Somebody new, signed in. */
async function somebody(): Promise<Tokens & { readonly name: string; readonly id: number }> {
  const name = `person${++people}`;
  const body = { username: name, email: `${name}@example.com`, password: PASSWORD };
  const answer = await door.engine.post("/api/auth/sign-up", body);
  expect(answer.status).toBe(201);
  const tokens = answer.json as Tokens & { user: { id: number } };
  return { ...tokens, name, id: tokens.user.id };
}
async function signIn(name: string, password = PASSWORD): Promise<Tokens> {
  const answer = await door.engine.post("/api/auth/sign-in", { email: `${name}@example.com`, password });
  expect(answer.status).toBe(200);
  return answer.json as Tokens;
}
const bearer = ({ access_token: token }: Tokens) => ({ authorization: `Bearer ${token}` });
const me = async (tokens: Tokens) => (await door.engine.get("/api/auth/me", bearer(tokens))).status;
const refresh = (token: string) => door.engine.post("/api/auth/refresh", { refresh_token: token });
const next = async (token: string): Promise<Tokens> => (await refresh(token)).json as Tokens;
const codeOf = ({ json }: TestAnswer) => (json as { code: string }).code;

/** Seconds later, for everything that asks for the time. */
function later(seconds: number): void {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + seconds * 1000 });
}

describe("refresh tokens", () => {
  test("R01 one that was used comes back after ten seconds: 401, and the session is over", async () => {
    const first = await somebody();
    const second = await next(first.refresh_token);
    later(11);
    const again = await refresh(first.refresh_token);
    expect([again.status, codeOf(again)]).toEqual([401, "refresh_reused"]);
    expect([await me(second), (await refresh(second.refresh_token)).status]).toEqual([401, 401]);
  });

  test("R02 R06 the one in front comes back at once, since the answer was lost: the same child", async () => {
    const first = await somebody();
    const second = await next(first.refresh_token);
    const again = await next(first.refresh_token);
    expect(again.refresh_token).toBe(second.refresh_token);
    expect(await me(again)).toBe(200);
  });

  test("R03 one before that comes back at once: the session is over", async () => {
    const first = await somebody();
    const second = await next(first.refresh_token);
    const third = await next(second.refresh_token);
    expect(codeOf(await refresh(first.refresh_token))).toBe("refresh_reused");
    expect(await me(third)).toBe(401);
  });

  test("R04 one that was changed, is another's in part, or of nobody ends nothing", async () => {
    const [one, two] = [await somebody(), await somebody()];
    const [a, b] = [one.refresh_token.split("."), two.refresh_token.split(".")];
    const forged = [
      ...one.refresh_token
        .split("")
        .map(
          (letter, at) =>
            `${one.refresh_token.slice(0, at)}${letter === "A" ? "B" : "A"}${one.refresh_token.slice(at + 1)}`,
        ),
      ...a.map((_, at) => a.map((part, index) => (index === at ? b[at] : part)).join(".")),
      "svrt_AAAAAAAAAAAAAAAAAAAAAA.0.AAAA",
      one.access_token,
    ].filter((token) => token !== one.refresh_token && token !== two.refresh_token);
    for (const token of forged) {
      const answer = await refresh(token);
      expect([answer.status, codeOf(answer)], token).toEqual([401, "invalid_token"]);
    }
    expect(forged.length).toBeGreaterThan(50);
    expect([await me(one), await me(two), (await refresh(one.refresh_token)).status]).toEqual([200, 200, 200]);
  });

  test("R05 twenty at once make one generation", async () => {
    const { refresh_token: token } = await somebody();
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(token)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(new Set(answers.map(({ json }) => (json as Tokens).refresh_token)).size).toBe(1);
  });

  test("R07 twenty at once with a sign-out leave no token alive", async () => {
    const first = await somebody();
    const [answers] = await Promise.all([
      Promise.all(Array.from({ length: 20 }, () => refresh(first.refresh_token))),
      door.engine.post("/api/auth/sign-out", {}, bearer(first)),
    ]);
    const made = answers.filter(({ status }) => status === 200).map(({ json }) => json as Tokens);
    for (const tokens of [first, ...made])
      expect([await me(tokens), (await refresh(tokens.refresh_token)).status]).toEqual([401, 401]);
  });
});

describe("what ends a session", () => {
  test("R08 a sign-out: both tokens at once", async () => {
    const one = await somebody();
    expect((await door.engine.post("/api/auth/sign-out", {}, bearer(one))).status).toBe(204);
    expect([await me(one), (await refresh(one.refresh_token)).status]).toEqual([401, 401]);
  });

  test("R09 another password: all other sessions", async () => {
    const one = await somebody();
    const other = await signIn(one.name);
    const change = { current_password: PASSWORD, new_password: "another long password" };
    expect((await door.engine.post("/api/auth/change-password", change, bearer(one))).status).toBe(204);
    expect([await me(one), await me(other), (await refresh(other.refresh_token)).status]).toEqual([200, 401, 401]);
  });

  test("R10 A15 the account is disabled, or its row is gone", async () => {
    const [disabled, deleted] = [await somebody(), await somebody()];
    await door.engine.accounts.disable({ identifier: `${disabled.name}@example.com` });
    expect((await door.engine.delete(`/api/users/${deleted.id}`, bearer(deleted))).status).toBe(204);
    for (const gone of [disabled, deleted])
      expect([await me(gone), (await refresh(gone.refresh_token)).status]).toEqual([401, 401]);
  });

  test("I13 the id of who is gone is nobody else's, and nothing of the first is good for the second", async () => {
    const first = await somebody();
    await door.engine.delete(`/api/users/${first.id}`, bearer(first));
    const second = await somebody();
    expect(second.id).not.toBe(first.id);
    expect([await me(first), await me(second)]).toEqual([401, 200]);
  });

  test("R15 a sign-in makes a session of its own, whatever came along", async () => {
    const one = await somebody();
    const body = { email: `${one.name}@example.com`, password: PASSWORD };
    const answer = await door.engine.post("/api/auth/sign-in", body, {
      ...bearer(one),
      cookie: "servery_access=fixed",
    });
    const two = answer.json as Tokens;
    const sessionOf = ({ access_token: token }: Tokens) =>
      (JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as { sid: string }).sid;
    expect(sessionOf(two)).not.toBe(sessionOf(one));
  });

  test("R16 A26 a role that comes or goes counts at once, for tokens that are there already", async () => {
    const one = await somebody();
    const who = { identifier: `${one.name}@example.com` };
    const team = () => door.engine.post("/api/teams", { name: "x" }, bearer(one));
    expect((await team()).status).toBe(403);
    await door.engine.accounts.setRoles(who, ["editor"]);
    expect((await team()).status).toBe(201);
    await door.engine.accounts.setRoles(who, []);
    expect((await team()).status).toBe(403);
    const refreshed = await next(one.refresh_token);
    expect((await door.engine.post("/api/teams", { name: "x" }, bearer(refreshed))).status).toBe(403);
  });

  test("R17 more sessions than an account may have: those used longest ago are over", async () => {
    const one = await somebody();
    for (let count = 0; count < 100; count++) await signIn(one.name);
    expect(await me(one)).toBe(401);
  }, 300_000);
});

describe("what a caller had asked for before", () => {
  test("K04 a key of Idempotency-Key is its caller's: another's is another key", async () => {
    const [one, two] = [await somebody(), await somebody()];
    const post = (who: Tokens) =>
      door.engine.post("/api/notes", { text: "kept" }, { ...bearer(who), "idempotency-key": "k04" });
    const first = await post(one);
    const others = await post(two);
    const again = await post(one);
    expect([first.status, others.status, again.text]).toEqual([201, 201, first.text]);
    expect((others.json as { id: number }).id).not.toBe((first.json as { id: number }).id);
    expect((others.json as { user_id: number }).user_id).toBe(two.id);
  });

  test("K13 a replay is no way to what one may not read or do any more: nothing of the kept body, a 403, a 401", async () => {
    const one = await somebody();
    const note = { text: "handed over" };
    const headers = { ...bearer(one), "idempotency-key": "k13" };
    const post = () => door.engine.post("/api/notes", note, headers);
    const first = await post();
    const { id } = first.json as { id: number };
    expect([(await post()).text, (await post()).headers["idempotency-replayed"]]).toEqual([first.text, "true"]);
    const admin = { authorization: `Bearer ${door.signedIn.get("admin")?.access_token ?? ""}` };
    expect((await door.engine.patch(`/api/notes/${id}`, { user_id: 2 }, admin)).status).toBe(200);
    const replayed = await post();
    expect([replayed.status, replayed.text, replayed.headers["idempotency-replayed"]]).toEqual([201, "{}", "true"]);
    expect(replayed.headers["etag"]).not.toBe(first.headers["etag"]);
    expect((await door.engine.get(`/api/notes/${id}`, bearer(one))).status).toBe(404);
    await door.engine.post("/api/auth/sign-out", {}, bearer(one));
    expect((await post()).status).toBe(401);

    const editor = await somebody();
    const who = { identifier: `${editor.name}@example.com` };
    await door.engine.accounts.setRoles(who, ["editor"]);
    const team = () =>
      door.engine.post("/api/teams", { name: "k13 team" }, { ...bearer(editor), "idempotency-key": "k13" });
    const made = await team();
    expect(made.status).toBe(201);
    await door.engine.accounts.setRoles(who, []);
    const refused = await team();
    expect([refused.status, codeOf(refused)]).toEqual([403, "forbidden"]);
    expect(refused.text).not.toContain("k13 team");
    await door.engine.accounts.setRoles(who, ["editor"]);
    expect([(await team()).status, (await team()).headers["idempotency-replayed"]]).toEqual([201, "true"]);
  });

  test("C08 a tag is one caller's: whoever sees less has another", async () => {
    const tag = async (as: "alice" | "bob" | "admin") =>
      (await door.send({ path: "/api/users/1", as })).headers["etag"];
    const tags = [await tag("alice"), await tag("bob"), await tag("admin")];
    expect(new Set(tags).size).toBe(3);
    for (const other of [tags[0] ?? "", tags[2] ?? ""]) {
      const answer = await door.send({ path: "/api/users/1", as: "bob", headers: { "if-none-match": other } });
      expect(answer.status).toBe(200);
    }
    const own = await door.send({ path: "/api/users/1", as: "bob", headers: { "if-none-match": tags[1] ?? "" } });
    expect(own.status).toBe(304);
  });

  test("C09 a row that one may not read any more is a 404, whatever tag one has of it", async () => {
    const made = await door.engine.post(
      "/api/posts",
      { title: "t", status: "published" },
      bearer(door.signedIn.get("alice") as Tokens),
    );
    const url = made.headers["location"] ?? "";
    const { headers } = await door.send({ path: url, as: "bob" });
    await door.engine.patch(url, { status: "draft" }, bearer(door.signedIn.get("alice") as Tokens));
    const tag = { "if-none-match": headers["etag"] ?? "" };
    expect((await door.send({ path: url, as: "bob", headers: tag })).status).toBe(404);
    expect((await door.send({ path: url, as: "bob", headers: { "if-none-match": "*" } })).status).toBe(404);
  });

  test("P05 P06 P07 a cursor opens no row to anybody who may not see it", async () => {
    const list = { path: "/api/posts", query: { limit: "2", sort: "title" } };
    const first = await door.send({ ...list, as: "alice" });
    const link = /<([^>]*)>; rel="next"/.exec(first.headers["link"] ?? "")?.[1] ?? "";
    const url = new URL(link, "http://x");
    expect(url.searchParams.get("cursor") ?? "").not.toBe("");
    for (const as of ["bob", "nobody"] as const) {
      const answer = await door.send({ path: `${url.pathname}${url.search}`, as });
      expect(answer.text).not.toContain("hidden-draft-1");
      expect([200, 400]).toContain(answer.status);
    }
  });
});
