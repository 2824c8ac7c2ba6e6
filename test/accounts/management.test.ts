import { hash } from "@node-rs/argon2";
import { openSqlite } from "#servery/database/sqlite/sqlite-database.js";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { bearer, codeOf, PASSWORD, people, signIn, signUp, type Tokens } from "./declaration.ts";

let engine: EngineUnderTest;
const clock = { now: Date.now() };
beforeAll(async () => {
  engine = await openEngine(people, { now: () => clock.now });
});
afterAll(() => engine.close());

const me = (tokens: Tokens) => engine.get("/api/auth/me", bearer(tokens));
const change = (by: Tokens | undefined, key: number | string, json: object) =>
  engine.patch(`/api/auth/accounts/${key}`, json, by === undefined ? {} : bearer(by));

it("lets administrators alone change roles and disable accounts, at once", async () => {
  const root = await signUp(engine, "root");
  const alice = await signUp(engine, "alice");
  await engine.accounts.grant({ identifier: "root@example.com" }, "admin");
  expect(codeOf(await change(undefined, alice.user.id, { roles: ["admin"] }))).toBe("sign_in_required");
  expect(codeOf(await change(alice, alice.user.id, { roles: ["admin"] }))).toBe("forbidden");
  expect((await me(alice)).json).toMatchObject({ roles: [] });
  const given = await change(root, alice.user.id, { roles: ["editor", "editor"] });
  expect(given.json).toEqual({ table: "users", key: String(alice.user.id), roles: ["editor"], disabled: false });
  expect((await me(alice)).json).toMatchObject({ roles: ["editor"] });
  expect((await change(root, alice.user.id, { disabled: true })).status).toBe(200);
  expect((await me(alice)).status).toBe(401);
  await expect(signIn(engine, "alice")).rejects.toThrow("invalid_credentials");
  await change(root, alice.user.id, { disabled: false });
  expect((await me(await signIn(engine, "alice"))).json).toMatchObject({ roles: ["editor"] });
  for (const key of ["99", "x", "%00", `0${alice.user.id}`])
    expect((await change(root, key, { roles: [] })).status).toBe(404);
  for (const json of [{ roles: "admin" }, { roles: ["Not One"] }, { disabled: 1 }, { role: "admin" }])
    expect((await change(root, alice.user.id, json)).status).toBe(400);
});

it("hashes a right password anew where its hash costs less than today's", async () => {
  await signUp(engine, "old");
  const weak = await hash(PASSWORD, { memoryCost: 8_192, timeCost: 1, parallelism: 1 });
  const database = await openSqlite({ path: engine.databasePath, driver: "auto" });
  onTestFinished(() => database.close());
  const where = `"table" = 'users' AND key = (SELECT CAST(id AS TEXT) FROM users WHERE username = 'old')`;
  const step = { sql: `UPDATE _servery_accounts SET password = ? WHERE ${where}`, params: [weak], returns: false };
  await database.write({ steps: [{ ...step, changes: true }] });
  const stored = async (): Promise<unknown> =>
    (await database.read({ sql: `SELECT password FROM _servery_accounts WHERE ${where}`, scans: true }, []))[0]?.[0];
  await expect(engine.post("/api/auth/sign-in", { email: "old@example.com", password: "wrong one" })).resolves.toEqual(
    expect.objectContaining({ status: 401 }),
  );
  expect(await stored()).toBe(weak);
  await signIn(engine, "old");
  expect(await stored()).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  await signIn(engine, "old");
});

it("goes by its clock: 15 minutes of a token, 10 s of a used refresh token, 14 and 90 days of a session", async () => {
  const DAY_MS = 86_400_000;
  const refresh = (token: string) => engine.post("/api/auth/refresh", { refresh_token: token });
  const first = await signUp(engine, "time");
  clock.now += 15 * 60_000 - 1_000;
  expect((await me(first)).status).toBe(200);
  clock.now += 1_000;
  expect(codeOf(await me(first))).toBe("token_expired");
  const second = (await refresh(first.refresh_token)).json as Tokens;
  clock.now += 10_000;
  expect((await refresh(first.refresh_token)).status).toBe(200);
  clock.now += 1;
  expect(codeOf(await refresh(first.refresh_token))).toBe("refresh_reused");
  expect(codeOf(await refresh(second.refresh_token))).toBe("invalid_token");

  let last = await signIn(engine, "time");
  clock.now += 14 * DAY_MS;
  expect(codeOf(await refresh(last.refresh_token))).toBe("token_expired");
  last = await signIn(engine, "time");
  for (let week = 0; week < 12; week++) {
    clock.now += 7 * DAY_MS;
    last = (await refresh(last.refresh_token)).json as Tokens;
  }
  clock.now += 6 * DAY_MS;
  expect(codeOf(await refresh(last.refresh_token))).toBe("token_expired");
});
