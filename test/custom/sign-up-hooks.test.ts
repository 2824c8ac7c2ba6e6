import { email, everyone, type Hooks, refuse, servery, table, text } from "servery";
import { expect, test } from "vitest";
import { codeOf, PASSWORD } from "../accounts/declaration.ts";
import { openMailed } from "../accounts/mailed.ts";
import type { EngineUnderTest, TestAnswer } from "../harness/open-engine.ts";
import { openRaw } from "../validation/raw-file.ts";

type Moment = "prepare" | "before" | "after";

/** What a hook was given, as far as it can be looked at: texts, lists and members, however deep. */
interface Given {
  readonly moment: Moment;
  readonly action: string;
  readonly values: unknown;
  readonly row: unknown;
  readonly whole: string;
}

/** Everything in an event that is no function, and the names of all that is in it. */
function written(event: object): string {
  return JSON.stringify(event, (_name, value: unknown) => (typeof value === "bigint" ? String(value) : value));
}

/** Hooks that note what they are given; whoever is called like a moment is refused there, or meets a mistake. */
function noting(given: Given[]): Hooks {
  const note = (moment: Moment, event: { readonly action: string }): void => {
    const { values, row } = event as { values?: { username?: unknown }; row?: { username?: unknown } };
    given.push({ moment, action: event.action, values, row, whole: written(event) });
    const name = values?.username ?? row?.username;
    if (name === `refused-${moment}`) throw refuse("conflict", "Nobody of this name is let in.");
    if (name === `broken-${moment}`) throw new Error("broken-inside");
  };
  return {
    prepare: (event) => {
      note("prepare", event);
      return { note: `made for ${JSON.stringify(event.values["username"])}` };
    },
    before: async (event) => {
      await event.system("a line for each").tables["journal"]?.create({ line: "before" });
      note("before", event);
    },
    after: (event) => note("after", event),
  };
}

function world(given: Given[], verify: boolean) {
  return servery({
    tables: {
      users: table({ username: text(30), email: email(100).unique(), note: text(60).optional() })
        .accounts({ verify })
        .hooks(noting(given))
        .allow({ read: everyone, create: everyone }),
      journal: table({ line: text(20) }).allow({ read: everyone }),
    },
  });
}

const signUp = (engine: EngineUnderTest, username: string): Promise<TestAnswer> =>
  engine.post("/api/auth/sign-up", { username, email: `${username}@example.com`, password: PASSWORD });

/** How much there is of what a sign-up leaves. */
async function left(engine: EngineUnderTest): Promise<readonly unknown[]> {
  const file = await openRaw(engine.databasePath);
  const tables = [
    "users",
    "journal",
    "_servery_accounts",
    "_servery_sessions",
    "_servery_account_tokens",
    "_servery_outbox",
  ];
  const counts = tables.map((name) => file.rows(`SELECT count(*) FROM ${name}`)[0]?.[0]);
  file.close();
  return counts;
}

test.each([true, false])(
  "a sign-up runs all three in their order, none is given the password (verify: %j)",
  async (verify) => {
    const given: Given[] = [];
    const mailed = await openMailed(world(given, verify));
    const { engine } = mailed;
    const answer = await signUp(engine, "ann");
    expect(answer.status, answer.text).toBe(verify ? 202 : 201);
    await expect
      .poll(() => given.map(({ moment, action }) => `${moment} ${action}`))
      .toEqual(["prepare create", "before create", "after create"]);
    const sent = { username: "ann", email: "ann@example.com" };
    const stored = { ...sent, note: 'made for "ann"' };
    expect(given[0]?.values).toEqual(sent);
    expect(given[1]?.values).toEqual(stored);
    expect(given[2]?.row).toMatchObject({ id: 1, ...stored });
    for (const { whole } of given) {
      expect(whole).toContain("ann@example.com");
      // Neither as it was typed, nor its hash, nor a member that could hold one.
      expect(whole).not.toMatch(/correct horse|argon2|"(?:password|account)"/);
    }
    expect((await engine.get("/api/users/1")).json).toMatchObject(stored);
    if (verify) await mailed.mails(1);
    expect((await engine.get("/api/journal")).json).toMatchObject([{ line: "before" }]);
    expect(engine.faults).toEqual([]);
  },
);

test.each([
  ["refused-prepare", true, 409],
  ["refused-prepare", false, 409],
  ["refused-before", true, 409],
  ["refused-before", false, 409],
  ["broken-prepare", true, 500],
  ["broken-before", false, 500],
] as const)(
  "one who is %s leaves no row, no account, no session and no mail (verify: %j)",
  async (name, verify, status) => {
    const given: Given[] = [];
    const { engine } = await openMailed(world(given, verify));
    const answer = await signUp(engine, name);
    expect([answer.status, codeOf(answer)]).toEqual([status, status === 409 ? "refused" : "internal"]);
    expect(answer.cookies).toEqual([]);
    expect(answer.text).not.toMatch(/correct horse|broken-inside/);
    expect(await left(engine)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(given.map(({ moment }) => moment)).not.toContain("after");
    const signIn = await engine.post("/api/auth/sign-in", { email: `${name}@example.com`, password: PASSWORD });
    expect(codeOf(signIn)).toBe("invalid_credentials");
    // The address is free: nobody holds it.
    expect((await signUp(engine, "ann")).status).toBe(verify ? 202 : 201);
  },
);

test("an after that fails undoes nothing, and is reported", async () => {
  const given: Given[] = [];
  const { engine } = await openMailed(world(given, false));
  expect((await signUp(engine, "broken-after")).status).toBe(201);
  await expect.poll(() => engine.faults.length).toBe(1);
  const json = { email: "broken-after@example.com", password: PASSWORD };
  expect((await engine.post("/api/auth/sign-in", json)).status).toBe(200);
});
