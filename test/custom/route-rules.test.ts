import {
  and,
  email,
  everyone,
  get,
  nobody,
  or,
  post,
  role,
  type RouteOptions,
  servery,
  signedIn,
  table,
} from "servery";
import { afterAll, beforeAll, expect, test } from "vitest";
import { problemOf } from "../api/answers.ts";
import { type EngineUnderTest, openEngine, type TestAnswer } from "../harness/open-engine.ts";
import { signIn } from "../harness/sign-in.ts";

type Allowed = NonNullable<RouteOptions["allow"]>;

const rules = {
  "for-everyone": everyone,
  "for-nobody": nobody,
  "signed-in": signedIn,
  editors: role("editor"),
  both: and(signedIn, role("editor")),
  either: or(role("editor"), role("clerk")),
  function: ({ id, roles }) => id === 1 || roles.includes("clerk"),
  "function-inside": and(signedIn, ({ table: accounts }) => accounts === "users"),
} satisfies Record<string, Allowed>;

const declaration = servery({
  tables: {
    users: table({ email: email(100).unique() })
      .accounts({ verify: false })
      .allow({ read: everyone, create: everyone }),
  },
  routes: [
    ...Object.entries(rules).map(([name, allow]) => get(`/api/rules/${name}`, { allow }, () => ({ called: name }))),
    post("/api/rules/editors", { allow: role("editor") }, () => ({ called: "editors" })),
  ],
  seed: () => [{ table: "users", rows: ["first", "plain", "editor", "root"].map((name) => ({ email: mailOf(name) })) }],
});

function mailOf(name: string): string {
  return `${name}@example.com`;
}

let engine: EngineUnderTest;
const callers = new Map<string, Readonly<Record<string, string>>>([["nobody", {}]]);
beforeAll(async () => {
  engine = await openEngine(declaration);
  for (const [name, roles] of Object.entries({ first: [], plain: [], editor: ["editor"], root: ["admin"] }))
    callers.set(name, {
      ...(await signIn(engine, { email: mailOf(name), roles }, (url, json) => engine.post(url, json))),
    });
  for (const scope of ["users:write", "*:read", "*:write"]) {
    const made = await engine.post("/api/auth/keys", { label: scope, scopes: [scope] }, callers.get("editor"));
    callers.set(`key ${scope}`, { authorization: `Bearer ${(made.json as { key: string }).key}` });
  }
});
afterAll(async () => {
  await engine.close();
  if (engine.faults.length > 0) throw new Error("the server made a mistake", { cause: engine.faults });
});

const call = (name: string, caller: string): Promise<TestAnswer> =>
  engine.get(`/api/rules/${name}`, callers.get(caller));

const CALLERS = ["nobody", "first", "plain", "editor", "root"] as const;
test.each([
  ["for-everyone", [200, 200, 200, 200, 200]],
  ["for-nobody", [403, 403, 403, 403, 403]],
  ["signed-in", [401, 200, 200, 200, 200]],
  ["editors", [401, 403, 403, 200, 200]],
  ["both", [401, 403, 403, 200, 200]],
  ["either", [401, 403, 403, 200, 200]],
  ["function", [401, 200, 403, 403, 200]],
  ["function-inside", [401, 200, 200, 200, 200]],
] as const)("%s answers nobody, two accounts, an editor and an administrator %j", async (name, statuses) => {
  const answers = await Promise.all(CALLERS.map((caller) => call(name, caller)));
  expect(answers.map(({ status }) => status)).toEqual(statuses);
  for (const answer of answers) expect(answer.text.includes(`"called"`)).toBe(answer.status === 200);
});

test("a refusal names the way to sign in, or that the caller is not the one", async () => {
  const without = await call("editors", "nobody");
  problemOf(without, 401, "sign_in_required");
  expect(without.headers["www-authenticate"]).toBe("Bearer");
  problemOf(await call("editors", "plain"), 403, "forbidden");
});

test("a key opens what is not for everyone with the scope of every table alone", async () => {
  const of = async (scope: string) => [
    (await call("for-everyone", `key ${scope}`)).status,
    (await call("editors", `key ${scope}`)).status,
    (await engine.post("/api/rules/editors", {}, callers.get(`key ${scope}`))).status,
  ];
  expect(await of("users:write")).toEqual([200, 403, 403]);
  expect(await of("*:read")).toEqual([200, 200, 403]);
  expect(await of("*:write")).toEqual([200, 200, 200]);
});
