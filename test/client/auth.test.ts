import assert from "node:assert/strict";
import { type AuthChange, createClient, isServeryError, type KeptTokens, memoryTokens } from "servery/client";
import { email, everyone, servery, table, text } from "servery";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { PASSWORD, type People, people, person } from "./people.ts";
import { type Door, type DoorAnswer, openDoor } from "./world.ts";

let engine: EngineUnderTest;
let url: string;
let door: Door;
beforeAll(async () => {
  engine = await openEngine(people);
  ({ url } = await engine.listen());
});
beforeEach(async () => {
  door = await openDoor(url);
});
afterEach(async () => {
  await door.close();
  assert.deepEqual(engine.faults, []);
});
afterAll(() => engine.close());

const asked = (): string[] => door.arrived.map(({ method, url }) => `${method} ${url}`);
const code = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "no error",
    (error: unknown) => (isServeryError(error) ? error.code : error),
  );

/** Answered in the engine's place: the access token has expired. */
const EXPIRED: DoorAnswer = {
  status: 401,
  headers: { "content-type": "application/problem+json" },
  body: JSON.stringify({ code: "token_expired", detail: "Token expired", status: 401, request_id: "r1" }),
};

/** A client whose tokens and changes a test can look at. */
function page(tokens = memoryTokens()) {
  const api = createClient<People>(door.url, { tokens });
  const changes: AuthChange[] = [];
  api.auth.on("change", (change) => changes.push(change));
  return { api, tokens, changes };
}

async function signedIn(name: string) {
  const opened = page();
  await opened.api.auth.signUp(person(name));
  opened.changes.length = 0;
  return { ...opened, before: opened.tokens.read() as KeptTokens };
}

describe("a session", () => {
  test("begins, is known, changes its password and ends", async () => {
    const { api, tokens, changes } = page();
    expect(api.auth.signedIn).toBe(false);
    expect(await code(api.notes.create({ title: "Nobody's" }))).toBe("sign_in_required");
    const alice = await api.auth.signUp(person("alice"));
    expect(alice).toMatchObject({ username: "alice", age: null });
    expect(api.auth.signedIn).toBe(true);
    const note = await api.notes.create({ title: "Hers" });
    expect(note.user_id).toBe(alice.id);
    expect(await api.auth.me()).toEqual({ user: alice, roles: [] });
    await api.auth.changePassword({ current_password: PASSWORD, new_password: "another horse battery" });
    expect(await api.auth.sessions()).toMatchObject([{ current: true }]);
    const other = createClient<People>(door.url);
    expect(await code(other.auth.signIn({ email: "alice@example.com", password: PASSWORD }))).toBe(
      "invalid_credentials",
    );
    expect((await other.auth.signIn({ email: "alice@example.com", password: "another horse battery" })).id).toBe(
      alice.id,
    );
    const sessions = await api.auth.sessions();
    expect(sessions.map(({ current }) => String(current)).toSorted()).toEqual(["false", "true"]);
    await api.auth.endSession(sessions.find(({ current }) => !current)?.id ?? "");
    expect(await code(other.auth.me())).toBe("invalid_token");
    expect(other.auth.signedIn).toBe(false);
    await api.auth.signOut();
    expect(tokens.read()).toBeUndefined();
    expect(await code(api.auth.me())).toBe("sign_in_required");
    await api.auth.signOut();
    expect(changes).toEqual([
      { signedIn: true, reason: "sign_up", user: alice },
      { signedIn: false, reason: "sign_out", user: undefined },
    ]);
  });

  test("ends everywhere at once", async () => {
    const { api } = await signedIn("everywhere");
    const other = createClient<People>(door.url);
    await other.auth.signIn({ email: "everywhere@example.com", password: PASSWORD });
    await api.auth.signOut({ everywhere: true });
    expect(await code(other.notes.list())).toBe("invalid_token");
  });

  test("is over here when its end cannot be told, and where it was over already", async () => {
    const { api, changes } = await signedIn("offline");
    door.answerNext({ status: 502, body: "" });
    expect(await code(api.auth.signOut())).toBe("unexpected_answer");
    expect(api.auth.signedIn).toBe(false);
    await api.auth.signIn({ email: "offline@example.com", password: PASSWORD });
    door.answerNext(EXPIRED);
    await api.auth.signOut();
    expect(changes.map(({ reason }) => reason)).toEqual(["sign_out", "sign_in", "sign_out"]);
  });

  test("stops telling whoever stopped listening", async () => {
    const { api } = page();
    const heard: string[] = [];
    const listener = ({ reason }: AuthChange): unknown => heard.push(reason);
    const stop = api.auth.on("change", listener);
    api.auth.on("change", listener);
    await api.auth.signUp(person("listener"));
    stop();
    await api.auth.signOut();
    expect(heard).toEqual(["sign_up", "sign_up", "sign_out"]);
  });

  test("waits for the mail where addresses are verified", async () => {
    const verified = servery({
      tables: {
        users: table({ email: email(100).unique(), name: text(20) })
          .accounts()
          .allow({ read: everyone, create: everyone }),
      },
    });
    const other = await openEngine(verified);
    const api = createClient<typeof verified>((await other.listen()).url);
    expect(await api.auth.signUp({ email: "a@example.com", name: "a", password: PASSWORD })).toBeUndefined();
    expect(api.auth.signedIn).toBe(false);
    await other.close();
  });

  test("is not touched by a token of one's own", async () => {
    const { before } = await signedIn("own-token");
    const api = createClient<People>(door.url, { token: before.access });
    expect((await api.auth.me()).user.username).toBe("own-token");
    door.answerNext(EXPIRED);
    expect(await code(api.auth.me())).toBe("token_expired");
    expect(asked().filter((line) => line.endsWith("/refresh"))).toEqual([]);
  });
});

describe("an expired access token", () => {
  test("is renewed once, and the request sent again", async () => {
    const { api, tokens, before, changes } = await signedIn("expired");
    door.answerNext(EXPIRED);
    expect(await api.notes.create({ title: "Once" })).toMatchObject({ title: "Once" });
    expect(asked().slice(1)).toEqual(["POST /api/notes", "POST /api/auth/refresh", "POST /api/notes"]);
    const after = tokens.read();
    expect(after).toMatchObject({ since: before.since });
    expect(after?.refresh).not.toBe(before.refresh);
    expect(await api.notes.list()).toHaveLength(1);
    expect(changes).toEqual([]);
  });

  test("is renewed once for many requests", async () => {
    const { tokens } = await signedIn("many");
    const count = 20;
    const arrived = (): number => asked().filter((line) => line === "GET /api/notes").length;
    // No answer is read before the last request is under way: each of them was sent with the old token.
    const api = createClient<People>(door.url, {
      tokens,
      fetch: async (...request) => {
        const answer = await fetch(...request);
        await expect.poll(arrived).toBeGreaterThanOrEqual(count);
        return answer;
      },
    });
    door.answerNext(...Array.from({ length: count }, () => EXPIRED));
    const lists = await Promise.all(Array.from({ length: count }, () => api.notes.list()));
    expect(lists).toEqual(Array.from({ length: count }, () => []));
    expect(asked().filter((line) => line.endsWith("/refresh"))).toHaveLength(1);
  });

  test("that stays refused signs out, tells, and throws what the server said", async () => {
    const { api, changes } = await signedIn("refused");
    const { api: other, changes: others } = page();
    await other.auth.signIn({ email: "refused@example.com", password: PASSWORD });
    await other.auth.signOut({ everywhere: true });
    others.length = 0;
    expect(await Promise.all([code(api.notes.list()), code(api.notes.list())])).toEqual([
      "invalid_token",
      "invalid_token",
    ]);
    expect(changes).toEqual([{ signedIn: false, reason: "session_over", user: undefined }]);
    expect(others).toEqual([]);
    expect(await code(api.notes.create({ title: "x" }))).toBe("sign_in_required");
  });

  test("that is refused again right after it was renewed signs out", async () => {
    const { api, changes } = await signedIn("again");
    // The refresh passes; the repeated request is refused as the first one was.
    door.answerNext(EXPIRED, "pass", EXPIRED);
    expect(await code(api.notes.list())).toBe("token_expired");
    expect(changes.map(({ reason }) => reason)).toEqual(["session_over"]);
  });

  test("stays when it cannot be renewed now", async () => {
    const { api, changes, tokens, before } = await signedIn("later");
    door.answerNext(EXPIRED, { status: 502, body: "" });
    expect(await code(api.notes.list())).toBe("unexpected_answer");
    expect(changes).toEqual([]);
    expect(tokens.read()).toEqual(before);
    expect(await api.notes.list()).toEqual([]);
  });

  test("is not brought back by a refresh that a sign-out overtook", async () => {
    const { api, tokens } = await signedIn("overtaken");
    const renewing = api.auth.refresh();
    const leaving = api.auth.signOut();
    expect(await renewing).toBe(false);
    await leaving;
    expect(tokens.read()).toBeUndefined();
  });
});

describe("two pages with the same tokens", () => {
  test("may renew at the same time, and one goes on with what the other got", async () => {
    const { api, tokens, before } = await signedIn("pages");
    const { api: other } = page(tokens);
    expect(await Promise.all([api.auth.refresh(), other.auth.refresh()])).toEqual([true, true]);
    expect(tokens.read()?.refresh).not.toBe(before.refresh);
    expect([await api.notes.list(), await other.notes.list()]).toEqual([[], []]);
  });

  test("use what the other one got, without asking", async () => {
    const { tokens } = await signedIn("faster");
    const { api: other } = page(tokens);
    // The other page renews while this one's request is refused.
    const late = createClient<People>(door.url, {
      tokens,
      fetch: async (...request) => {
        const answer = await fetch(...request);
        if (answer.status === 401) await other.auth.refresh();
        return answer;
      },
    });
    door.answerNext(EXPIRED);
    expect(await late.notes.list()).toEqual([]);
    expect(asked().slice(1)).toEqual(["GET /api/notes", "POST /api/auth/refresh", "GET /api/notes"]);
  });

  test("go on with the other's session where the own one could not be renewed", async () => {
    const { api, tokens } = await signedIn("late");
    const { api: other } = page(tokens);
    const fresh = page();
    await fresh.api.auth.signIn({ email: "late@example.com", password: PASSWORD });
    const [session] = (await fresh.api.auth.sessions()).filter(({ current }) => !current);
    await fresh.api.auth.endSession(session?.id ?? "");
    const late = createClient<People>(door.url, {
      tokens,
      fetch: async (...request) => {
        const answer = await fetch(...request);
        if (request[0].endsWith("/refresh")) tokens.write(fresh.tokens.read());
        return answer;
      },
    });
    expect(await late.notes.list()).toEqual([]);
    expect([await api.notes.list(), await other.notes.list()]).toEqual([[], []]);
  });
});
