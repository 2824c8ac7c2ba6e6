import { Secret, TOTP } from "otpauth";
import { openSqlite } from "#servery/database/sqlite/sqlite-database.js";
import { describe, expect, it, onTestFinished } from "vitest";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { bearer, codeOf, PASSWORD, people, signIn, signUp, type Tokens } from "./declaration.ts";
import { masked } from "./mailed.ts";

const STEP_MS = 30_000;
const ROUTE = "/api/auth/second-factor";

interface World {
  readonly engine: EngineUnderTest;
  readonly clock: { now: number };
}

async function open(): Promise<World> {
  const clock = { now: Date.now() };
  const engine = await openEngine(people, { now: () => clock.now });
  onTestFinished(() => engine.close());
  return { engine, clock };
}

interface Factor {
  readonly tokens: Tokens;
  readonly secret: string;
  readonly recovery: readonly string[];
}

const codeAt = (secret: string, timestamp: number): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp });

/** Six digits that are no code now, nor for the steps before and after, which are taken as well. */
function wrongCodeAt(secret: string, timestamp: number): string {
  const codes = [-1, 0, 1].map((steps) => codeAt(secret, timestamp + steps * STEP_MS));
  return ["000000", "111111", "222222", "333333"].find((code) => !codes.includes(code)) ?? "";
}

async function switchOn({ engine, clock }: World, name: string): Promise<Factor> {
  const tokens = await signUp(engine, name);
  const proposed = await engine.post(ROUTE, { current_password: PASSWORD }, bearer(tokens));
  const { secret } = proposed.json as { secret: string };
  const confirmed = await engine.post(`${ROUTE}/confirm`, { code: codeAt(secret, clock.now) }, bearer(tokens));
  if (confirmed.status !== 200) throw new Error(confirmed.text);
  return { tokens, secret, recovery: (confirmed.json as { recovery_codes: string[] }).recovery_codes };
}

const enter = ({ engine }: World, name: string, more: object) =>
  engine.post("/api/auth/sign-in", { email: `${name}@example.com`, password: PASSWORD, ...more });

describe("a second factor", () => {
  it("is asked for once it is confirmed, and a code works once", async () => {
    const world = await open();
    const { engine, clock } = world;
    const { tokens, secret } = await switchOn(world, "alice");
    expect((await engine.get("/api/auth/me", bearer(tokens))).status).toBe(200);
    const without = await enter(world, "alice", {});
    expect([without.status, codeOf(without)]).toEqual([401, "second_factor_required"]);
    // The code that switched it on was used.
    expect(codeOf(await enter(world, "alice", { code: codeAt(secret, clock.now) }))).toBe("invalid_credentials");
    clock.now += STEP_MS;
    const code = codeAt(secret, clock.now);
    const answers = await Promise.all(Array.from({ length: 4 }, () => enter(world, "alice", { code })));
    expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 401, 401, 401]);
    expect(engine.faults).toEqual([]);
  });

  it("answers a wrong code as a wrong password, to the byte and the statement", async () => {
    const world = await open();
    const { secret } = await switchOn(world, "bob");
    const code = wrongCodeAt(secret, world.clock.now);
    const wrongCode = await enter(world, "bob", { code });
    const wrongPassword = await enter(world, "bob", { code, password: "wrong password" });
    const nobody = await enter(world, "nobody", { code });
    expect(codeOf(wrongPassword)).toBe("invalid_credentials");
    expect(masked(wrongCode)).toEqual(masked(wrongPassword));
    expect(masked(nobody)).toEqual(masked(wrongPassword));
  });

  it("counts a right password without a code like a guess", async () => {
    const world = await open();
    await switchOn(world, "carol");
    const codes: string[] = [];
    for (let count = 0; count < 11; count++) codes.push(codeOf(await enter(world, "carol", {})));
    expect(codes).toEqual([...Array<string>(10).fill("second_factor_required"), "too_many_attempts"]);
  });

  it("takes each recovery code once, however it is typed", async () => {
    const world = await open();
    const { recovery } = await switchOn(world, "dave");
    expect(new Set(recovery).size).toBe(10);
    const [first = "", second = ""] = recovery;
    expect((await enter(world, "dave", { code: first })).status).toBe(200);
    expect((await enter(world, "dave", { code: first })).status).toBe(401);
    expect((await enter(world, "dave", { code: second.toUpperCase().replaceAll("-", " ") })).status).toBe(200);
  });

  it("ends the other sessions when it goes on and off", async () => {
    const world = await open();
    const { engine, clock } = world;
    await signUp(engine, "erin");
    const here = await signIn(engine, "erin");
    const there = await signIn(engine, "erin");
    const me = async (tokens: Tokens): Promise<number> => (await engine.get("/api/auth/me", bearer(tokens))).status;
    const wrong = await engine.post(ROUTE, { current_password: "not the one" }, bearer(here));
    expect(wrong.json).toMatchObject({ errors: [{ pointer: "/current_password" }] });
    const { secret } = (await engine.post(ROUTE, { current_password: PASSWORD }, bearer(here))).json as Factor;
    // It holds nothing yet.
    expect((await enter(world, "erin", {})).status).toBe(200);
    expect(await me(there)).toBe(200);
    const guess = await engine.post(`${ROUTE}/confirm`, { code: "12345" }, bearer(here));
    expect(guess.json).toMatchObject({ errors: [{ pointer: "/code" }] });
    await engine.post(`${ROUTE}/confirm`, { code: codeAt(secret, clock.now) }, bearer(here));
    expect([await me(here), await me(there)]).toEqual([200, 401]);
    expect(codeOf(await engine.post(ROUTE, { current_password: PASSWORD }, bearer(here)))).toBe("second_factor_on");
    clock.now += STEP_MS;
    const other = (await enter(world, "erin", { code: codeAt(secret, clock.now) })).json as Tokens;
    clock.now += STEP_MS;
    const off = (json: object) => engine.send({ method: "DELETE", url: ROUTE, json, headers: bearer(here) });
    const wrongCode = wrongCodeAt(secret, clock.now);
    expect((await off({ current_password: PASSWORD, code: wrongCode })).status).toBe(400);
    expect((await off({ current_password: PASSWORD, code: codeAt(secret, clock.now) })).status).toBe(204);
    expect([await me(here), await me(other)]).toEqual([200, 401]);
    expect((await enter(world, "erin", {})).status).toBe(200);
  });

  it("keeps no secret and no code that can be read", async () => {
    const world = await open();
    const { secret, recovery } = await switchOn(world, "frank");
    const database = await openSqlite({ path: world.engine.databasePath, driver: "auto" });
    const rows = await Promise.all(
      ["totp, totp_pending FROM _servery_accounts", "hash FROM _servery_recovery_codes"].map(async (what) =>
        database.read({ sql: `SELECT ${what}`, scans: true }, []),
      ),
    );
    await database.close();
    const kept = JSON.stringify(rows);
    expect(rows[1]).toHaveLength(10);
    for (const shown of [secret, ...recovery, ...recovery.map((code) => code.replaceAll("-", ""))])
      expect(kept).not.toContain(shown);
  });

  it("asks nobody who is not signed in", async () => {
    const { engine } = await open();
    expect(codeOf(await engine.post(ROUTE, { current_password: PASSWORD }))).toBe("sign_in_required");
    expect(codeOf(await engine.post(`${ROUTE}/confirm`, { code: "123456" }))).toBe("sign_in_required");
  });
});
