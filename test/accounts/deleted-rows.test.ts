import {
  compile,
  createEngine,
  del,
  email,
  type Engine,
  everyone,
  ref,
  self,
  servery,
  signedIn,
  table,
  text,
} from "servery";
import { describe, expect, it } from "vitest";
import type { EngineUnderTest, TestAnswer } from "../harness/open-engine.ts";
import { openRaw } from "../validation/raw-file.ts";
import { bearer, codeOf, PASSWORD, type Tokens } from "./declaration.ts";
import { openMailed, ORIGIN } from "./mailed.ts";

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };

/** People who go in every way in which a row may: alone, in lists, with what they belong to. */
const world = servery({
  tables: {
    groups: table({ name: text(20), parent_id: ref("groups", { onDelete: "cascade" }).optional() }).allow(OPEN),
    houses: table({ group_id: ref("groups", { onDelete: "cascade" }) }).allow(OPEN),
    users: table({ email: email(100).unique(), house_id: ref("houses", { onDelete: "cascade" }).optional() })
      .accounts({ verify: false })
      .allow({ read: everyone, create: everyone, update: everyone, delete: self }),
    papers: table({ user_id: ref("users", { onDelete: "cascade" }).owner(), title: text(20) }).allow(OPEN),
  },
  routes: [
    del("/api/people/:id", { params: { id: ref("users") }, allow: signedIn }, (call) =>
      call.transaction(async (tx) => {
        await tx.system("closes an account").tables.users.delete(call.params.id);
      }),
    ),
  ],
});

/** Everything that opens an account, and where it lies. */
const KEPT = {
  _servery_accounts: `"table" = 'users' AND key = '?'`,
  _servery_sessions: "account = #",
  _servery_api_keys: "account = #",
  _servery_passkeys: "account = #",
  _servery_challenges: "account = #",
  _servery_account_tokens: "account = #",
  _servery_recovery_codes: "account = #",
  _servery_identities: `account_table = 'users' AND account_key = '?'`,
};

interface Person {
  readonly id: number;
  readonly number: number;
  readonly tokens: Tokens;
  readonly cookies: string;
  readonly key: string;
}

/** A passkey, an identity and what is between two steps, as their own tests make them over HTTP. */
function moreWaysIn(id: number, number: number): string[] {
  const end = "2999-01-01T00:00:00.000Z";
  return [
    `INSERT INTO _servery_passkeys (credential_id, account, handle, public_key, counter, transports, label, created_at) VALUES ('p${id}', ${number}, 'h${id}', 'k', 0, '[]', 'x', '${end}')`,
    `INSERT INTO _servery_challenges (challenge, purpose, account, expires_at) VALUES ('c${id}', 'register', ${number}, '${end}')`,
    `INSERT INTO _servery_identities (provider, subject, account_table, account_key, created_at) VALUES ('acme', 's${id}', 'users', '${id}', '${end}')`,
    `INSERT INTO _servery_recovery_codes (account, hash) VALUES (${number}, 'r${id}')`,
  ];
}

async function somebody(engine: EngineUnderTest, name: string, more: object = {}): Promise<Person> {
  const person = { email: `${name}@example.com`, password: PASSWORD };
  const made = await engine.post("/api/auth/sign-up", { ...person, ...more });
  expect(made.status, made.text).toBe(201);
  const tokens = made.json as Tokens;
  const { id } = tokens.user;
  const browser = { "sec-fetch-site": "same-origin" };
  const { cookies } = await engine.post("/api/auth/sign-in", { ...person, session: "cookie" }, browser);
  const body = { label: "x", scopes: ["*:write"] };
  const { key } = (await engine.post("/api/auth/keys", body, bearer(tokens))).json as { key: string };
  expect((await engine.post("/api/auth/reset", { email: person.email })).status).toBe(202);
  const file = await openRaw(engine.databasePath);
  const number = Number(file.rows(`SELECT id FROM _servery_accounts WHERE key = '${id}'`)[0]?.[0]);
  for (const sql of moreWaysIn(id, number)) file.run(sql);
  file.close();
  return { id, number, tokens, cookies: cookies.map((one) => one.split(";")[0]).join("; "), key };
}

async function keptOf({ databasePath }: EngineUnderTest, { id, number }: Person): Promise<Record<string, number>> {
  const file = await openRaw(databasePath);
  const counted = Object.entries(KEPT).map(([name, which]) => {
    const where = which.replace("?", String(id)).replace("#", String(number));
    return [name, Number(file.rows(`SELECT count(*) FROM ${name} WHERE ${where}`)[0]?.[0])] as const;
  });
  file.close();
  return Object.fromEntries(counted);
}

/** What each credential of somebody is answered. */
async function opened(engine: EngineUnderTest, { tokens, cookies, key }: Person): Promise<readonly number[]> {
  const me = (headers: Record<string, string>): Promise<TestAnswer> => engine.get("/api/auth/me", headers);
  const answers = [
    await me(bearer(tokens)),
    await me({ cookie: cookies, "sec-fetch-site": "same-origin" }),
    await engine.get("/api/papers", { authorization: `Bearer ${key}` }),
  ];
  return answers.map(({ status }) => status);
}

const remove = (engine: EngineUnderTest, url: string, person?: Person): Promise<TestAnswer> =>
  engine.delete(url, person === undefined ? {} : bearer(person.tokens));

/** How a person goes: what there must be first, and what takes them away. */
const ways: readonly {
  readonly is: string;
  readonly go: (engine: EngineUnderTest, person: Person) => Promise<TestAnswer>;
}[] = [
  { is: "its own DELETE", go: (engine, one) => remove(engine, `/api/users/${one.id}`, one) },
  { is: "a DELETE of a list", go: (engine, one) => remove(engine, `/api/users?id=${one.id}`, one) },
  {
    is: "a batch",
    go: (engine, one) =>
      engine.post("/api/batch", [{ method: "DELETE", path: `/api/users/${one.id}` }], bearer(one.tokens)),
  },
  { is: "a route in a transaction", go: (engine, one) => remove(engine, `/api/people/${one.id}`, one) },
  { is: "the house that it lives in", go: (engine) => remove(engine, "/api/houses/1") },
  { is: "the group of that house", go: (engine) => remove(engine, "/api/groups/2") },
  { is: "the group above that group", go: (engine) => remove(engine, "/api/groups/1") },
  { is: "a list of groups", go: (engine) => remove(engine, "/api/groups?id=1") },
];

describe("a row that goes takes along everything that opens its account", () => {
  it.each(ways)("by $is", async ({ go }) => {
    const mailed = await openMailed(world);
    const { engine } = mailed;
    await engine.post("/api/groups", { name: "above" });
    await engine.post("/api/groups", { name: "below", parent_id: 1 });
    await engine.post("/api/houses", { group_id: 2 });
    const gone = await somebody(engine, "gone", { house_id: 1 });
    const stays = await somebody(engine, "stays");
    expect((await engine.post("/api/papers", { title: "x" }, bearer(gone.tokens))).status).toBe(201);
    const link = await mailed.token(1);
    const before = await keptOf(engine, stays);
    expect(await keptOf(engine, gone)).toEqual(before);
    expect(Object.values(before).filter((count) => count === 0)).toEqual([]);
    expect([await opened(engine, gone), await opened(engine, stays)]).toEqual([
      [200, 200, 200],
      [200, 200, 200],
    ]);

    const answer = await go(engine, gone);
    expect(answer.status, answer.text).toBeLessThan(300);

    // At once: this process has done it.
    expect([await opened(engine, gone), await opened(engine, stays)]).toEqual([
      [401, 401, 401],
      [200, 200, 200],
    ]);
    const refreshed = await engine.post("/api/auth/refresh", { refresh_token: gone.tokens.refresh_token });
    expect([refreshed.status, codeOf(refreshed)]).toEqual([401, "invalid_token"]);
    const reset = await engine.post("/api/auth/reset/confirm", { token: link, password: "quite another phrase" });
    expect([reset.status, codeOf(reset)]).toEqual([400, "link_over"]);
    expect(Object.values(await keptOf(engine, gone))).toEqual(Object.keys(KEPT).map(() => 0));
    expect(await keptOf(engine, stays)).toEqual(before);
    expect((await engine.get("/api/papers")).json).toEqual([]);
    expect(engine.faults).toEqual([]);
  });

  it("for a second engine on the same file within a second", async () => {
    const { engine } = await openMailed(world, { now: Date.now });
    await engine.post("/api/groups", { name: "one" });
    await engine.post("/api/houses", { group_id: 1 });
    const database = engine.databaseUrl;
    const other = await createEngine(compile(world), { database, publicUrl: ORIGIN });
    try {
      const gone = await somebody(engine, "elsewhere", { house_id: 1 });
      for (const authorization of [bearer(gone.tokens)["authorization"] ?? "", `Bearer ${gone.key}`])
        expect(await statusOf(other, authorization)).toBe(200);
      expect((await remove(engine, "/api/groups/1")).status).toBe(204);
      // A second is what it takes; a busy machine is given more to see it.
      const since = performance.now();
      for (const authorization of [bearer(gone.tokens)["authorization"] ?? "", `Bearer ${gone.key}`]) {
        let status = 200;
        while (status === 200 && performance.now() - since < 60_000) status = await statusOf(other, authorization);
        expect(status).toBe(401);
      }
    } finally {
      await other.close();
    }
  });
});

async function statusOf(engine: Engine, authorization: string): Promise<number> {
  return (await engine.handle({ method: "GET", url: "/api/papers", headers: { authorization } })).status;
}
