import assert from "node:assert/strict";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { ADDRESS_ATTEMPTS, ADDRESS_REFILL_SECONDS } from "#servery/auth/limits.js";
import { Passwords } from "#servery/auth/passwords.js";
import { email, everyone, ref, self, servery, table, text } from "servery";
import { type EngineUnderTest, openEngine, type TestAnswer, type TestRequest } from "../harness/open-engine.ts";
import { signedInAs } from "../harness/sign-in.ts";
import { PASSWORD } from "./doors.ts";

/** Addresses have to be verified, and one proxy in front says where requests come from. */
const world = servery({
  tables: {
    teams: table({ name: text(30) }).allow({ read: everyone, create: everyone }),
    users: table({ username: text(30), email: email(100).unique().readable(self), team_id: ref("teams").optional() })
      .accounts()
      .allow({ read: everyone, create: everyone, update: self }),
  },
});

let engine: EngineUnderTest;
beforeAll(async () => {
  engine = await openEngine(world, { trustProxy: 1 });
  for (const name of ["alice", "bob", "carol", "dave"])
    await engine.accounts.create({
      row: { username: name, email: `${name}@example.com` },
      password: PASSWORD,
      verified: true,
    });
});
afterAll(async () => {
  assert.deepEqual(engine.faults, []);
  await engine.close();
});

let addresses = 0;
const elsewhere = (): Record<string, string> => ({
  "x-forwarded-for": `198.51.${Math.floor(++addresses / 250)}.${(addresses % 250) + 1}`,
});

const signIn = (address: string, password: string, from = elsewhere()) =>
  engine.post("/api/auth/sign-in", { email: address, password }, from);

/** An answer and the work for it, without what tells two requests apart by their nature. */
async function worked(send: () => Promise<TestAnswer>): Promise<unknown> {
  const verify = vi.spyOn(Passwords.prototype, "verify");
  const hash = vi.spyOn(Passwords.prototype, "hash");
  const { status, headers, text: body, sql, cookies } = await send();
  const hashes = [verify.mock.calls.length, hash.mock.calls.length];
  vi.restoreAllMocks();
  const id = headers["x-request-id"] ?? "";
  const others = Object.entries(headers).filter(([name]) => name !== "x-request-id" && name !== "content-length");
  return { status, others, body: body.replaceAll(id, ""), cookies, statements: sql.length, hashes };
}

describe("E02 E03 the same bytes and the same work, whether there is an account or not", () => {
  test("E02 signing in", async () => {
    const known = await worked(() => signIn("alice@example.com", "wrong password"));
    const unknown = await worked(() => signIn("nobody@example.com", "wrong password"));
    expect(known).toEqual(unknown);
    expect(known).toMatchObject({ status: 401, hashes: [1, 0] });
  });

  test("E02 signing in with a parameter or a member too many", async () => {
    for (const [url, more] of [
      ["/api/auth/sign-in?x=1", {}],
      ["/api/auth/sign-in", { remember: true }],
    ] as const) {
      const ask = (address: string) =>
        worked(() => engine.post(url, { email: address, password: "x", ...more }, elsewhere()));
      const known = await ask("alice@example.com");
      expect(known).toEqual(await ask("nobody@example.com"));
      expect(known).toMatchObject({ status: 400, statements: 0, hashes: [0, 0] });
    }
  });

  test("E03 signing up", async () => {
    const ask = (address: string) =>
      worked(() =>
        engine.post("/api/auth/sign-up", { username: "new", email: address, password: PASSWORD }, elsewhere()),
      );
    const unknown = await ask("first@example.com");
    expect(await ask("alice@example.com")).toEqual(unknown);
    expect(await ask("ALICE@Example.com")).toEqual(unknown);
    expect(unknown).toMatchObject({ status: 202, hashes: [0, 1] });
    const more = (address: string) =>
      worked(() =>
        engine.post(
          "/api/auth/sign-up",
          { username: "new", email: address, password: PASSWORD, role: "admin" },
          elsewhere(),
        ),
      );
    expect(await more("alice@example.com")).toEqual(await more("second@example.com"));
  });

  test("E03 asking for a mail: a new password, and another link", async () => {
    await engine.accounts.create({ row: { username: "erin", email: "erin@example.com" }, password: PASSWORD });
    await engine.accounts.create({ row: { username: "frank", email: "frank@example.com" }, password: PASSWORD });
    await engine.accounts.disable({ identifier: "frank@example.com" });
    // A row without an account, and an account whose address is not verified.
    const row = { username: "root", email: "root@example.com" };
    await engine.accounts.create({ row, password: PASSWORD, verified: true });
    const root = await signedInAs(engine, { email: "root@example.com", roles: ["admin"] });
    await root.post("/api/users", { username: "grace", email: "grace@example.com" });
    const known = [
      "alice@example.com",
      "erin@example.com",
      "frank@example.com",
      "grace@example.com",
      "ALICE@Example.com",
    ];
    const odd = ["no address", "x\0y", "\ud800", "a@b@c", `${"a".repeat(300)}@example.com`, "alice@example.com "];
    for (const url of ["/api/auth/reset", "/api/auth/verify/resend"]) {
      const ask = (address: string, more = {}) =>
        worked(() => engine.post(url, { email: address, ...more }, elsewhere()));
      const unknown = await ask("nobody@example.com");
      expect(unknown).toMatchObject({ status: 202, hashes: [0, 0] });
      for (const address of [...known, ...odd]) expect(await ask(address), `${url} ${address}`).toEqual(unknown);
      const tooMuch = await ask("nobody@example.com", { role: "admin" });
      expect(tooMuch).toMatchObject({ status: 400, statements: 0 });
      expect(await ask("alice@example.com", { role: "admin" })).toEqual(tooMuch);
      // Also once an address has had as many mails as it gets.
      for (let count = 0; count < 7; count++) {
        expect(await ask("alice@example.com")).toEqual(unknown);
        expect(await ask("nobody@example.com")).toEqual(unknown);
      }
    }
  });

  test("E03 creating a row past the sign-up, by every way in", async () => {
    const row = (address: string): object => ({ username: "new", email: address });
    const ways: readonly ((address: string) => TestRequest)[] = [
      (address) => ({ method: "POST", url: "/api/users", json: row(address) }),
      (address) => ({ method: "POST", url: "/api/users", json: [row("free@example.com"), row(address)] }),
      (address) => ({ method: "PUT", url: "/api/users?on_conflict=email", json: row(address) }),
      (address) => ({ method: "PUT", url: "/api/users?on_conflict=email", json: [row(address)] }),
      (address) => ({
        method: "POST",
        url: "/api/users",
        headers: { "content-type": "application/x-ndjson" },
        body: JSON.stringify(row(address)),
      }),
      (address) => ({
        method: "POST",
        url: "/api/batch",
        json: [{ method: "POST", path: "/api/users", body: row(address) }],
      }),
      (address) => ({ method: "POST", url: "/api/teams", json: { name: "new", users: [row(address)] } }),
      (address) => ({ method: "POST", url: "/api/teams/1/users", json: row(address) }),
    ];
    const someone = await signedInAs(engine, { email: "dave@example.com" });
    for (const way of ways)
      for (const caller of [engine, someone]) {
        const free = await worked(() => caller.send(way("free@example.com")));
        expect(free).toEqual(await worked(() => caller.send(way("alice@example.com"))));
        // Whom an address is closed to finds no row by it either: on_conflict knows no such column.
        expect([400, 401, 403]).toContain((free as { readonly status: number }).status);
      }
    const answer = await engine.post("/api/users", row("free@example.com"));
    expect(answer.text).toContain("Others sign up: POST /api/auth/sign-up.");
  });
});

describe("guessing", () => {
  test("E04 a hundred guesses for one account from a hundred addresses are stopped, and its owner is not", async () => {
    const home = { "x-forwarded-for": "203.0.113.7" };
    expect((await signIn("bob@example.com", PASSWORD, home)).status).toBe(200);
    const statuses: number[] = [];
    for (let count = 0; count < 100; count++) statuses.push((await signIn("bob@example.com", "wrong password")).status);
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(11);
    expect(statuses.at(-1)).toBe(429);
    expect((await signIn("bob@example.com", PASSWORD, home)).status).toBe(200);
  });

  test("E05 E06 one password for many accounts from one address is stopped, and told when to come back", async () => {
    const home = { "x-forwarded-for": "203.0.113.8" };
    const answers: TestAnswer[] = [];
    for (let count = 0; count < 60; count++)
      answers.push(await signIn(`user${count}@example.com`, "wrong password", home));
    // On a slow machine an attempt may be given back before the last one: it is one that was stopped.
    const last = answers.findLast(({ status }) => status === 429);
    expect([last?.status, (last?.json as { code: string } | undefined)?.code]).toEqual([429, "too_many_attempts"]);
    const seconds = Number(last?.headers["retry-after"] ?? 0);
    expect(seconds).toBeGreaterThan(0);
    expect(last?.headers).toMatchObject({
      ratelimit: `"attempts";r=0;t=${seconds}`,
      "ratelimit-policy": `"attempts";q=${ADDRESS_ATTEMPTS};w=${ADDRESS_ATTEMPTS * ADDRESS_REFILL_SECONDS}`,
    });
    expect(last?.sql).toEqual([]);
  });

  test("E07 other spellings of an account, a path or a body are no other bucket", async () => {
    const spellings = [
      "carol@example.com",
      "CAROL@example.com",
      " carol@example.com",
      "carol@EXAMPLE.COM ",
      "Carol@Example.Com",
    ];
    const statuses: number[] = [];
    for (let count = 0; count < 40; count++)
      statuses.push((await signIn(spellings[count % spellings.length] ?? "", "wrong password")).status);
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(11);
    const others = [
      "/api/auth/sign-in/",
      "/api//auth/sign-in",
      "/api/auth/Sign-In",
      "/api/auth/sign%2Din",
      "/api/auth/sign-in?x=1",
      "/API/auth/sign-in",
    ];
    for (const url of others) {
      const answer = await engine.post(url, { email: "carol@example.com", password: PASSWORD }, elsewhere());
      expect([400, 404, 429], url).toContain(answer.status);
    }
    const batch = Array.from({ length: 100 }, () => ({
      method: "POST",
      path: "/api/auth/sign-in",
      body: { email: "carol@example.com", password: "x" },
    }));
    expect((await engine.post("/api/batch", batch)).status).toBe(400);
  });

  test("E08 what a caller says about its address is believed from the proxy alone", async () => {
    const one = await openEngine(world);
    try {
      const statuses: number[] = [];
      for (let count = 0; count < 60; count++) {
        const from = {
          "x-forwarded-for": `10.0.${count}.1`,
          forwarded: `for=10.0.${count}.2`,
          "x-real-ip": `10.0.${count}.3`,
        };
        const answer = await one.post("/api/auth/sign-in", { email: `u${count}@example.com`, password: "x" }, from);
        statuses.push(answer.status);
      }
      expect(statuses).toContain(429);
    } finally {
      await one.close();
    }
  });
});
