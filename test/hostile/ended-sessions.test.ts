import { Secret, TOTP } from "otpauth";
import { describe, expect, onTestFinished, test } from "vitest";
import { bearer, PASSWORD, people, signIn, signUp, type Tokens } from "../accounts/declaration.ts";
import { openMailed } from "../accounts/mailed.ts";
import { type EngineUnderTest, openEngine, type TestRequest } from "../harness/open-engine.ts";

const FACTOR = "/api/auth/second-factor";

async function open(): Promise<{ readonly engine: EngineUnderTest; readonly clock: { now: number } }> {
  const clock = { now: Date.now() };
  const engine = await openEngine(people, { now: () => clock.now });
  onTestFinished(async () => {
    expect(engine.faults).toEqual([]);
    await engine.close();
  });
  return { engine, clock };
}

/** Whether the access token and the refresh token of a session still open something. */
async function opens(engine: EngineUnderTest, tokens: Tokens): Promise<readonly [access: boolean, refresh: boolean]> {
  const me = await engine.get("/api/auth/me", bearer(tokens));
  const next = await engine.post("/api/auth/refresh", { refresh_token: tokens.refresh_token });
  return [me.status === 200, next.status === 200];
}

const ALIVE = [true, true];
const OVER = [false, false];

/** Somebody with two sessions of which tokens are known to the process. */
async function twice(
  engine: EngineUnderTest,
  name: string,
): Promise<{ readonly here: Tokens; readonly there: Tokens }> {
  const [here, there] = [await signUp(engine, name), await signIn(engine, name)];
  for (const tokens of [here, there])
    expect((await engine.get("/api/auth/me", bearer(tokens))).status, `${name} is signed in`).toBe(200);
  return { here, there };
}

const key = async (engine: EngineUnderTest, tokens: Tokens): Promise<Record<string, string>> => {
  const answer = await engine.post("/api/auth/keys", { label: "k", scopes: ["*:write"] }, bearer(tokens));
  return bearer({ access_token: (answer.json as { readonly key: string }).key });
};

describe("R09 what makes an account another's ends the sessions that were there", () => {
  test("R09 a password that was reset by mail: all of them", async () => {
    const mailed = await openMailed(people);
    const { engine } = mailed;
    const { here, there } = await twice(engine, "alice");
    await engine.post("/api/auth/reset", { email: "alice@example.com" });
    const confirmed = await engine.post("/api/auth/reset/confirm", {
      token: await mailed.token(1),
      password: "quite another phrase",
    });
    expect(confirmed.status).toBe(204);
    for (const tokens of [here, there]) expect(await opens(engine, tokens)).toEqual(OVER);
  });

  const ways: readonly (readonly [is: string, (name: string, id: number, email: string) => TestRequest])[] = [
    ["a PATCH", (_, id, email) => ({ method: "PATCH", url: `/api/users/${id}`, json: { email } })],
    ["a PUT", (name, id, email) => ({ method: "PUT", url: `/api/users/${id}`, json: { username: name, email } })],
    [
      "a PATCH of a list",
      (name, _, email) => ({ method: "PATCH", url: `/api/users?username=${name}`, json: { email } }),
    ],
    [
      "an upsert",
      (name, _, email) => ({ method: "PUT", url: "/api/users?on_conflict=username", json: { username: name, email } }),
    ],
    [
      "a batch",
      (_, id, email) => ({
        method: "POST",
        url: "/api/batch",
        json: [{ method: "PATCH", path: `/api/users/${id}`, body: { email } }],
      }),
    ],
  ];
  test.each(ways)("R09 another address, by %s: all but the one that changed it", async (_is, way) => {
    const { engine } = await open();
    const { here, there } = await twice(engine, "alice");
    const bob = await signUp(engine, "bob");
    const request = way("alice", here.user.id, "moved@example.com");
    const answer = await engine.send({ ...request, headers: bearer(here) });
    expect([200, 201], answer.text).toContain(answer.status);
    expect(await opens(engine, there)).toEqual(OVER);
    expect(await opens(engine, here)).toEqual(ALIVE);
    expect(await opens(engine, bob), "somebody else").toEqual(ALIVE);
  });

  test("R09 another address: at once, and not with the next look for what has ended", async () => {
    const { engine } = await open();
    const here = await signUp(engine, "alice");
    // The first answer of a kind takes so long to check that a look would come between.
    for (const email of ["first@example.com", "second@example.com", "third@example.com"]) {
      const [{ email: address }] = (await engine.get("/api/users?fields=email")).json as [{ email: string }];
      const there = (await engine.post("/api/auth/sign-in", { email: address, password: PASSWORD })).json as Tokens;
      expect((await engine.get("/api/auth/me", bearer(there))).status).toBe(200);
      expect((await engine.patch(`/api/users/${here.user.id}`, { email }, bearer(here))).status).toBe(200);
      expect((await engine.get("/api/auth/me", bearer(there))).status, email).toBe(401);
    }
  });

  test("R09 another address, changed by somebody else: all of them", async () => {
    const { engine } = await open();
    const { here, there } = await twice(engine, "alice");
    const root = await signUp(engine, "root");
    const answer = await engine.patch(`/api/users/${here.user.id}`, { email: "moved@example.com" }, bearer(root));
    expect(answer.status).toBe(200);
    for (const tokens of [here, there]) expect(await opens(engine, tokens)).toEqual(OVER);
    expect(await opens(engine, root)).toEqual(ALIVE);
  });

  test("R09 the same address, another column, and a change that is refused end nothing", async () => {
    const { engine } = await open();
    const { here, there } = await twice(engine, "alice");
    await signUp(engine, "bob");
    const url = `/api/users/${here.user.id}`;
    const change = async (json: object) => (await engine.patch(url, json, bearer(here))).status;
    expect(await change({ email: "alice@example.com" })).toBe(200);
    expect(await change({ username: "alicia" })).toBe(200);
    expect(await change({ email: "bob@example.com" })).toBe(409);
    for (const tokens of [here, there]) expect(await opens(engine, tokens)).toEqual(ALIVE);
  });

  test("R09 a second factor that goes on and off: all but the one that changed it", async () => {
    const { engine, clock } = await open();
    const { here, there } = await twice(engine, "alice");
    const proposed = await engine.post(FACTOR, { current_password: PASSWORD }, bearer(here));
    const { secret } = proposed.json as { readonly secret: string };
    const code = (): string => {
      clock.now += 30_000;
      return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: clock.now });
    };
    expect((await engine.post(`${FACTOR}/confirm`, { code: code() }, bearer(here))).status).toBe(200);
    expect(await opens(engine, there)).toEqual(OVER);
    const entered = await engine.post("/api/auth/sign-in", {
      email: "alice@example.com",
      password: PASSWORD,
      code: code(),
    });
    const later = entered.json as Tokens;
    const json = { current_password: PASSWORD, code: code() };
    expect((await engine.send({ method: "DELETE", url: FACTOR, json, headers: bearer(here) })).status).toBe(204);
    expect(await opens(engine, later)).toEqual(OVER);
    expect(await opens(engine, here)).toEqual(ALIVE);
  });
});

describe("R10 who may not be here any more has no key either", () => {
  const ends: readonly (readonly [
    is: string,
    (engine: EngineUnderTest, one: Tokens, root: Tokens) => Promise<number>,
  ])[] = [
    [
      "disabled by an administrator",
      async (engine, { user }, root) =>
        (await engine.patch(`/api/auth/accounts/${user.id}`, { disabled: true }, bearer(root))).status,
    ],
    [
      "disabled by program",
      async (engine, { user }) => {
        await engine.accounts.disable({ identifier: user.email });
        return 200;
      },
    ],
    [
      "gone with its row",
      async (engine, { user }, root) => (await engine.delete(`/api/users/${user.id}`, bearer(root))).status,
    ],
    [
      "gone with the rows of a list",
      async (engine, { user }, root) => (await engine.delete(`/api/users?id=${user.id}`, bearer(root))).status,
    ],
  ];
  test.each(ends)("R10 an account that is %s", async (_is, end) => {
    const { engine } = await open();
    const [one, root] = [await signUp(engine, "one"), await signUp(engine, "root")];
    await engine.accounts.setRoles({ identifier: "root@example.com" }, ["admin"]);
    const headers = await key(engine, one);
    const [read, write] = [
      () => engine.get("/api/notes", headers),
      () => engine.post("/api/notes", { title: "x" }, headers),
    ];
    expect([(await read()).status, (await write()).status]).toEqual([200, 201]);
    expect([200, 204]).toContain(await end(engine, one, root));
    for (const answer of [await read(), await write()])
      expect([answer.status, (answer.json as { readonly code: string }).code]).toEqual([401, "invalid_token"]);
    expect(await opens(engine, one)).toEqual(OVER);
    expect((await engine.get("/api/notes?title=x")).json, "rows of the key's second write").toHaveLength(1);
  });
});
