import { existsSync, readFileSync } from "node:fs";
import { compile, createEngine, type Engine, type Observation } from "servery";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { answerText } from "../harness/answer-text.ts";
import { type EngineUnderTest, openEngine, type TestAnswer } from "../harness/open-engine.ts";
import { bearer, codeOf, people, signIn, signUp } from "./declaration.ts";

const KEYS = "/api/auth/keys";
const DAY_MS = 86_400_000;
const BEGIN = Date.parse("2030-01-01T00:00:00.000Z");

type Headers = Readonly<Record<string, string>>;

interface Made {
  readonly key: string;
  readonly id: string;
  readonly expires_at: string;
}

let engine: EngineUnderTest;
let anna: Headers;
let now: number;
let observed: Observation[];

beforeEach(async () => {
  now = BEGIN;
  observed = [];
  engine = await openEngine(people, { now: () => now, observe: (observation) => void observed.push(observation) });
  anna = bearer(await signUp(engine, "anna"));
});

afterEach(async () => {
  await engine.close();
  if (engine.faults.length > 0) throw new AggregateError(engine.faults, "the server made mistakes");
});

const wanted = { label: "Nightly export", scopes: ["users:read"] };

async function made(wish: object = {}, headers = anna): Promise<Made> {
  const answer = await engine.post(KEYS, { ...wanted, ...wish }, headers);
  expect([answer.status, answer.text]).toEqual([201, answer.text]);
  return answer.json as Made;
}

const revoke = (id: string, headers = anna): Promise<TestAnswer> => engine.delete(`${KEYS}/${id}`, headers);
const withKey = (key: string): Headers => ({ authorization: `Bearer ${key}` });
const me = (key: string): Promise<TestAnswer> => engine.get("/api/auth/me", withKey(key));
const told = (answer: TestAnswer): unknown => [answer.status, codeOf(answer)];
const listed = async (headers = anna): Promise<readonly { readonly [name: string]: unknown }[]> =>
  (await engine.get(KEYS, headers)).json as readonly { readonly [name: string]: unknown }[];
const annaAgain = async (): Promise<Headers> => bearer(await signIn(engine, "anna"));

describe("the life of a key", () => {
  test("it is answered once, speaks for its account, and is revoked", async () => {
    const answer = await engine.post(KEYS, wanted, anna);
    expect(answer.status).toBe(201);
    const { key, ...view } = answer.json as Made & Record<string, unknown>;
    expect(key).toMatch(/^svk_/);
    expect(view).toEqual({
      id: view.id,
      starts_with: `svk_${view.id}`,
      label: "Nightly export",
      scopes: ["users:read"],
      created_at: "2030-01-01T00:00:00.000Z",
      expires_at: "2030-04-01T00:00:00.000Z",
      last_used_at: null,
      revoked_at: null,
    });
    expect(answer.headers["cache-control"]).toBe("no-store");
    expect(answer.headers["location"]).toBe(`${KEYS}/${view.id}`);
    expect(await listed()).toEqual([view]);

    const own = await me(key);
    expect([own.status, own.json]).toEqual([200, (await engine.get("/api/auth/me", anna)).json]);
    expect((await revoke(view.id)).status).toBe(204);
    expect(told(await me(key))).toEqual([401, "invalid_token"]);
    expect(await listed()).toMatchObject([{ id: view.id, revoked_at: "2030-01-01T00:00:00.000Z" }]);
    expect(told(await revoke(view.id))).toEqual([404, "not_found"]);
  });

  test("the newest is listed first, and others' keys are not", async () => {
    await made({ label: "one" });
    now += 1_000;
    await made({ label: "two" });
    const ben = bearer(await signUp(engine, "ben"));
    await made({ label: "three" }, ben);
    expect((await listed()).map(({ label }) => label)).toEqual(["two", "one"]);
    expect((await listed(ben)).map(({ label }) => label)).toEqual(["three"]);
  });

  test("it ends when its days are over, to the millisecond, known or not", async () => {
    const { key, expires_at: end } = await made({ expires_in_days: 1 });
    expect(end).toBe("2030-01-02T00:00:00.000Z");
    now += DAY_MS - 1;
    expect((await me(key)).status).toBe(200);
    now += 1;
    expect(told(await me(key))).toEqual([401, "invalid_token"]);
  });

  test("an account has at most 100 that are good; those that are not count no more", async () => {
    const keys: Made[] = [];
    for (let count = 0; count < 100; count++) keys.push(await made());
    expect(told(await engine.post(KEYS, wanted, anna))).toEqual([409, "too_many"]);
    expect((await revoke(keys[0]?.id ?? "")).status).toBe(204);
    await made();
    now += 90 * DAY_MS;
    const again = await annaAgain();
    await made({}, again);
    // As many that are good no more are still shown.
    expect(await listed(again)).toHaveLength(101);
  });
});

describe("what is known of a key", () => {
  test("is asked for anew each second: no statement in between", async () => {
    const { key } = await made();
    await me(key);
    const known = (await me(key)).sql;
    now += 999;
    expect((await me(key)).sql).toEqual(known);
    now += 1;
    const anew = (await me(key)).sql;
    expect(anew.length).toBeGreaterThan(known.length);
    expect(anew.join()).toContain("_servery_api_keys");
    expect(known.join()).not.toContain("_servery_api_keys");
  });

  test("what another process does to a key or its account holds within the second", async () => {
    const other = await createEngine(compile(people), {
      database: engine.databaseUrl,
      now: () => now,
    });
    const statusThere = async (key: string): Promise<number> =>
      (await other.handle({ method: "GET", url: "/api/auth/me", headers: withKey(key) })).status;
    try {
      const [first, second] = [await made(), await made()];
      expect([await statusThere(first.key), await statusThere(second.key)]).toEqual([200, 200]);
      await revoke(first.id);
      now += 1_000;
      expect([await statusThere(first.key), await statusThere(second.key)]).toEqual([401, 200]);
      await engine.accounts.disable({ identifier: "anna@example.com" });
      now += 1_000;
      expect(await statusThere(second.key)).toBe(401);
    } finally {
      await other.close();
    }
  });

  test("a role that the account gets or loses is the key's too", async () => {
    const { key } = await made();
    await engine.accounts.setRoles({ identifier: "anna@example.com" }, ["editor"]);
    expect((await me(key)).json).toMatchObject({ roles: ["editor"] });
    await engine.accounts.setRoles({ identifier: "anna@example.com" }, []);
    now += 1_000;
    expect((await me(key)).json).toMatchObject({ roles: [] });
  });

  test("an account that is disabled or gone takes its keys along", async () => {
    const { key } = await made();
    expect((await me(key)).status).toBe(200);
    await engine.accounts.disable({ identifier: "anna@example.com" });
    now += 1_000;
    expect(told(await me(key))).toEqual([401, "invalid_token"]);
    await engine.accounts.enable({ identifier: "anna@example.com" });
    expect((await me(key)).status).toBe(200);
    const { user } = (await me(key)).json as { readonly user: { readonly id: number } };
    expect((await engine.delete(`/api/users/${user.id}`)).status).toBe(204);
    now += 1_000;
    expect(told(await me(key))).toEqual([401, "invalid_token"]);
  });

  test("a secret beside a known id opens nothing, known or not", async () => {
    const [first, second] = [await made(), await made()];
    await me(first.key);
    const crossed = `svk_${first.id}${second.key.slice(`svk_${second.id}`.length)}`;
    for (const text of [crossed, first.key.slice(0, -1), first.key.toUpperCase(), "svk_", `svk_${"x".repeat(9_000)}`])
      expect(told(await me(text)), text.slice(0, 100)).toEqual([401, "invalid_token"]);
    expect((await me(first.key)).status).toBe(200);
  });

  test("it is a bearer token alone: in a cookie or a parameter it opens nothing", async () => {
    const { key } = await made();
    const cookie = await engine.get("/api/auth/me", { cookie: `servery_access=${key}` });
    expect(told(cookie)).toEqual([401, "invalid_token"]);
    expect((await engine.get(`/api/auth/me?access_token=${key}`)).status).not.toBe(200);
    const ben = await signUp(engine, "ben");
    const both = await engine.get("/api/auth/me", {
      ...withKey(key),
      cookie: `servery_access=${ben.access_token}`,
    });
    expect(told(both)).toEqual([400, "conflicting_credentials"]);
  });

  test("its last use is noted once a minute", async () => {
    const { key } = await made();
    const lastUsed = async (): Promise<unknown> => {
      await me(key);
      return (await listed())[0]?.["last_used_at"];
    };
    // Noted behind the answer: the list may be asked before.
    await expect.poll(lastUsed).toBe("2030-01-01T00:00:00.000Z");
    now += 59_000;
    expect(await lastUsed()).toBe("2030-01-01T00:00:00.000Z");
    now += 1_000;
    await expect.poll(lastUsed).toBe("2030-01-01T00:01:00.000Z");
  });
});

describe("who may", () => {
  test("nobody without a session makes, lists or revokes keys", async () => {
    const { id } = await made();
    const answers = [await engine.post(KEYS, wanted), await engine.get(KEYS), await revoke(id, {})];
    expect(answers.map(told)).toEqual(answers.map(() => [401, "sign_in_required"]));
  });

  test("a key changes nothing about how its account signs in", async () => {
    const { id, key } = await made({ scopes: ["*:write"] });
    const headers = withKey(key);
    const password = { current_password: "correct horse battery", new_password: "another horse battery" };
    const answers = [
      await engine.post(KEYS, wanted, headers),
      await engine.post(KEYS, {}, headers),
      await engine.get(KEYS, headers),
      await revoke(id, headers),
      await engine.send({ method: "POST", url: "/api/auth/passkeys/register", headers }),
      await engine.post("/api/auth/passkeys/register/verify", {}, headers),
      await engine.get("/api/auth/passkeys", headers),
      await engine.delete("/api/auth/passkeys/x", headers),
      await engine.get("/api/auth/sessions", headers),
      await engine.delete("/api/auth/sessions/x", headers),
      await engine.post("/api/auth/change-password", password, headers),
      await engine.post("/api/auth/sign-out", { everywhere: true }, headers),
    ];
    expect(answers.map(told)).toEqual(answers.map(() => [403, "forbidden"]));
    expect(await listed()).toMatchObject([{ id, revoked_at: null }]);
    expect((await signIn(engine, "anna")).user.username).toBe("anna");
  });

  test("another's key is as missing as one that never was", async () => {
    const { id, key } = await made();
    const ben = bearer(await signUp(engine, "ben"));
    const answers = [await revoke(id, ben), await revoke("missing", ben)];
    expect(answers.map(told)).toEqual([
      [404, "not_found"],
      [404, "not_found"],
    ]);
    const masked = answers.map(({ headers, text }) => ({
      headers: { ...headers, "x-request-id": "" },
      text: text.replace(headers["x-request-id"] ?? "?", ""),
    }));
    expect(masked[0]).toEqual(masked[1]);
    expect((await me(key)).status).toBe(200);
  });

  test("of two that revoke at once, one is told that it did", async () => {
    const { id } = await made();
    const answers = await Promise.all([revoke(id), revoke(id)]);
    expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([204, 404]);
  });
});

describe("a wish that is none", () => {
  test.each([
    [{}, "/label", "required"],
    [{ label: "", scopes: ["users:read"] }, "/label", "required"],
    [{ label: 1, scopes: ["users:read"] }, "/label", "type"],
    [{ label: "x".repeat(101), scopes: ["users:read"] }, "/label", "too_long"],
    [{ label: "x" }, "/scopes", "required"],
    [{ label: "x", scopes: [] }, "/scopes", "required"],
    [{ label: "x", scopes: ["users:delete"] }, "/scopes/0", "format"],
    [{ label: "x", scopes: ["user:read"] }, "/scopes/0", "not_in_list"],
    [{ label: "x", scopes: ["_servery_api_keys:read"] }, "/scopes/0", "not_in_list"],
    [{ ...wanted, expires_in_days: 0 }, "/expires_in_days", "out_of_range"],
    [{ ...wanted, expires_in_days: 366 }, "/expires_in_days", "out_of_range"],
    [{ ...wanted, expires_in_days: 1.5 }, "/expires_in_days", "out_of_range"],
    [{ ...wanted, expires_in_days: "90" }, "/expires_in_days", "type"],
    [{ ...wanted, expires_in_days: null }, "/expires_in_days", "type"],
    [{ ...wanted, expires_at: null }, "/expires_at", "unknown_field"],
    [{ ...wanted, hash: "x" }, "/hash", "unknown_field"],
  ])("%j", async (json, pointer, code) => {
    const answer = await engine.post(KEYS, json, anna);
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ code: "invalid_data", errors: [{ pointer, code }] });
    expect(await listed()).toEqual([]);
  });
});

test("the text of a key is in no table, answer, or observation but the one that made it", async () => {
  const { key, id } = await made();
  const secret = key.slice(`svk_${id}_`.length);
  const answers = [
    await me(key),
    await engine.get(KEYS, anna),
    await engine.get(KEYS, withKey(key)),
    await revoke(id),
    await revoke(id),
    await me(key),
  ];
  const seen = JSON.stringify([observed, answers.map(({ headers, text }) => [headers, text])]);
  expect(seen).toContain(id);
  expect(seen).not.toContain(secret);
  const files = [engine.databasePath, `${engine.databasePath}-wal`].filter((file) => existsSync(file));
  const bytes = Buffer.concat(files.map((file) => readFileSync(file)));
  expect(bytes.includes(id)).toBe(true);
  expect(bytes.includes(secret)).toBe(false);
});

test("an engine that closes has noted the uses before", async () => {
  const { key, id } = await made();
  const other: Engine = await createEngine(compile(people), {
    database: engine.databaseUrl,
    now: () => now,
  });
  const { body } = await other.handle({ method: "GET", url: "/api/auth/me", headers: withKey(key) });
  expect(await answerText(body)).toContain("anna");
  await other.close();
  expect(await listed()).toMatchObject([{ id, last_used_at: "2030-01-01T00:00:00.000Z" }]);
});
