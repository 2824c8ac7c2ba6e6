import { email, everyone, get, type Observation, type RuleFunction, servery, table, text } from "servery";
import { expect, test } from "vitest";
import { bearer, PASSWORD, type Tokens } from "../accounts/declaration.ts";
import { openEngine } from "../harness/open-engine.ts";

const CLOSED = { read: everyone, create: everyone };
const as = (answer: unknown): RuleFunction => (() => answer) as unknown as RuleFunction;
const fails = (): never => {
  throw new Error("broken-inside");
};

/** Rules that are none, and what the log says of each beside its place. */
const broken: readonly (readonly [is: string, rule: RuleFunction, cause: RegExp])[] = [
  ["throws", fails, /broken-inside/],
  ["names a column that is not there", as({ nosuch: 1 }), /nosuch/],
  ["takes its time", as(Promise.resolve(true)), /promise/],
  ["fails after a time", (() => Promise.reject(new Error("late"))) as unknown as RuleFunction, /promise/],
  ["answers a text", as("yes"), /neither/],
  ["answers a number", as(1), /neither/],
  ["answers a list", as([]), /neither|nosuch/],
  ["answers nothing", as(undefined), /neither/],
];

/** What the engine has told of faults: the message, its cause, and whether it belongs to a request. */
function told(observed: readonly Observation[]): readonly { message: string; cause: string; requestId: unknown }[] {
  return observed.flatMap((one) => {
    if (one.is !== "fault") return [];
    const { message, cause } = one.cause as Error;
    return [{ message, cause: String((cause as Error | undefined)?.message), requestId: one.requestId }];
  });
}

test.each(broken)("B25 a rule that %s lets nobody in, and is reported", async (_is, rule, cause) => {
  const observed: Observation[] = [];
  const engine = await openEngine(
    servery({
      tables: {
        users: table({ email: email(100).unique() })
          .accounts({ verify: false })
          .allow(CLOSED),
        notes: table({ title: text(20) }).allow({ read: rule, create: everyone }),
      },
      routes: [get("/api/closed", { allow: rule }, () => ({ title: "hidden" }))],
    }),
    { observe: (one) => void observed.push(one) },
  );
  try {
    const signedUp = await engine.post("/api/auth/sign-up", { email: "a@example.com", password: PASSWORD });
    expect((await engine.post("/api/notes", { title: "hidden" })).text).not.toContain("hidden");
    for (const headers of [{}, bearer(signedUp.json as Tokens)]) {
      const status = "authorization" in headers ? 403 : 401;
      const seen = observed.length;
      const [list, called] = [await engine.get("/api/notes", headers), await engine.get("/api/closed", headers)];
      for (const answer of [list, called]) {
        expect(answer.status).toBe(status);
        expect(answer.text).not.toMatch(/hidden|broken|late|promise/);
      }
      expect(told(observed.slice(seen)).filter(({ message }) => message.includes("a route"))).toEqual([
        {
          message: "a rule of a route failed, and denies",
          cause: expect.stringMatching(/broken-inside|promise|neither/) as string,
          requestId: called.headers["x-request-id"],
        },
      ]);
    }
    const ofTable = told(observed).filter(({ message }) => message === "a rule of notes failed, and denies");
    // Once for callers without an account, once for the account.
    expect(ofTable.length).toBeGreaterThanOrEqual(2);
    for (const one of ofTable) expect(one.cause).toMatch(cause);
  } finally {
    await engine.close();
  }
});

test("B25 a member that is undefined denies, and is nobody's mistake: whoever has no account has no id", async () => {
  const engine = await openEngine(
    servery({ tables: { notes: table({ title: text(20) }).allow({ read: ({ id }) => ({ id }), create: everyone }) } }),
  );
  try {
    expect((await engine.get("/api/notes")).status).toBe(401);
    expect(engine.faults).toEqual([]);
  } finally {
    await engine.close();
  }
});
