import { compile, createEngine, email, type Engine, everyone, servery, table, text } from "servery";
import { followPlan, planSchema } from "#servery/database/sqlite/follow-schema.js";
import { beforeEach, expect, test } from "vitest";
import { PASSWORD } from "../accounts/declaration.ts";
import { describeEachAdapter } from "../database/adapters.ts";
import { answerText } from "../harness/answer-text.ts";
import { type FolderWorld, folderWorld } from "./folder-world.ts";

type Tables = Parameters<FolderWorld["generate"]>[0];

const OPEN = { read: everyone, create: everyone };
const accounts = () =>
  table({ email: email(100).unique() })
    .accounts({ verify: false })
    .allow(OPEN);
const staff = () =>
  table({ login: text(30).unique() })
    .accounts({ identifier: "login", verify: false })
    .allow(OPEN);

/** An answer with its body read. */
interface Answered {
  readonly status: number;
  readonly json: Readonly<Record<string, string>>;
}

async function send(
  engine: Engine,
  { url, json, token }: { readonly url: string; readonly json?: object; readonly token?: string | undefined },
): Promise<Answered> {
  const headers: Record<string, string> = json === undefined ? {} : { "content-type": "application/json" };
  if (token !== undefined) headers["authorization"] = `Bearer ${token}`;
  const method = json === undefined ? "GET" : "POST";
  const answer = await engine.handle({
    method,
    url,
    headers,
    body: json === undefined ? undefined : JSON.stringify(json),
  });
  return { status: answer.status, json: JSON.parse(await answerText(answer.body)) as Readonly<Record<string, string>> };
}

async function serving<Result>(
  world: FolderWorld,
  tables: Tables,
  work: (engine: Engine) => Promise<Result>,
): Promise<Result> {
  // Two bindings in one process would take each other's locks away.
  const { file } = await world.work(tables);
  const options = { database: `sqlite:${world.database}`, sqliteDriver: file.driver };
  const engine = await createEngine(compile(servery({ tables })), options);
  try {
    return await work(engine);
  } finally {
    await engine.close();
  }
}

/** How a database is led to other tables: by a file of its folder, or as the server in development does it. */
const ways = {
  async "a migration"(world: FolderWorld, tables: Tables): Promise<void> {
    await world.generate(tables);
    await world.up();
  },
  async development(world: FolderWorld, tables: Tables): Promise<void> {
    const { file, wanted, renames } = await world.work(tables);
    const plan = await planSchema(file, { wanted, renames });
    if (plan !== undefined) await followPlan(file, plan);
  },
};

/** Ann, with a role, a key and a way in by a provider. */
async function begun(world: FolderWorld, tables: Tables): Promise<{ readonly refresh: string; readonly key: string }> {
  await world.generate(tables);
  await world.up();
  const made = await serving(world, tables, async (engine) => {
    const signedUp = await send(engine, {
      url: "/api/auth/sign-up",
      json: { email: "ann@example.com", password: PASSWORD },
    });
    await engine.accounts.setRoles({ identifier: "ann@example.com" }, ["editor"]);
    const json = { label: "x", scopes: ["users:read", "notes:write"] };
    const key = await send(engine, { url: "/api/auth/keys", json, token: signedUp.json["access_token"] });
    return { refresh: signedUp.json["refresh_token"] ?? "", key: key.json["key"] ?? "" };
  });
  world.byHand(
    "INSERT INTO _servery_identities (provider, subject, account_table, account_key, created_at) VALUES ('acme', 's', 'users', '1', '')",
  );
  return made;
}

describeEachAdapter("the accounts of a table whose name changes", (adapter) => {
  let world: FolderWorld;
  beforeEach(() => {
    world = folderWorld(adapter);
  });

  test.each(Object.entries(ways))("keep everything that they had, by %s", async (_is, lead) => {
    const notes = table({ title: text(20) }).allow(OPEN);
    const { refresh, key } = await begun(world, { users: accounts(), notes });
    const renamed = { people: accounts().was("users"), notes };
    await lead(world, renamed);
    await serving(world, renamed, async (engine) => {
      const json = { email: "ann@example.com", password: PASSWORD };
      expect((await send(engine, { url: "/api/auth/sign-in", json })).status).toBe(200);
      const { status, json: next } = await send(engine, { url: "/api/auth/refresh", json: { refresh_token: refresh } });
      expect(status).toBe(200);
      const me = await send(engine, { url: "/api/auth/me", token: next["access_token"] });
      expect(me.json).toMatchObject({ user: { id: 1, email: "ann@example.com" }, roles: ["editor"] });
      const keys = (await send(engine, { url: "/api/auth/keys", token: next["access_token"] })).json;
      expect(keys).toMatchObject([{ scopes: ["people:read", "notes:write"] }]);
      expect((await send(engine, { url: "/api/people", token: key })).status).toBe(200);
    });
    expect(world.rows("SELECT account_table, account_key FROM _servery_identities")).toEqual([["people", "1"]]);
    expect(world.rows("PRAGMA foreign_key_check")).toEqual([]);
    // A name that stays in the declaration does nothing the second time.
    await lead(world, { ...renamed, more: table({ title: text(20) }) });
    expect(world.rows(`SELECT "table", key FROM _servery_accounts`)).toEqual([["people", "1"]]);
  });

  test.each(Object.entries(ways))("stay apart where a name goes to another table, by %s", async (_is, lead) => {
    const before = { users: accounts(), staff: staff() };
    await begun(world, before);
    await serving(world, before, async (engine) => {
      const json = { accounts: "staff", login: "anna", password: PASSWORD };
      expect((await send(engine, { url: "/api/auth/sign-up", json })).status).toBe(201);
    });
    // The workers take the name that the users give up, and both have a row 1.
    const after = { people: accounts().was("users"), users: staff().was("staff") };
    const between = { people: accounts().was("users"), crew: staff().was("staff") };
    await lead(world, between);
    await lead(world, { ...after, users: staff().was("crew") });
    expect(world.rows(`SELECT "table", key, roles FROM _servery_accounts ORDER BY "table"`)).toEqual([
      ["people", "1", '["editor"]'],
      ["users", "1", "[]"],
    ]);
  });

  test.each(Object.entries(ways))(
    "go with their table, and a new one of that name has none, by %s",
    async (_is, lead) => {
      await begun(world, { users: accounts() });
      await lead(world, { notes: table({ title: text(20) }) });
      for (const kept of ["accounts", "sessions", "api_keys", "identities", "account_tokens"])
        expect(world.rows(`SELECT count(*) FROM _servery_${kept}`), kept).toEqual([[0]]);
      const after = { users: accounts(), notes: table({ title: text(20) }) };
      await lead(world, after);
      await serving(world, after, async (engine) => {
        // The row that would have the key of the account that was.
        const row = { email: "ann@example.com" };
        expect((await send(engine, { url: "/api/users", json: row })).json).toMatchObject({ id: 1 });
        const json = { ...row, password: PASSWORD };
        expect((await send(engine, { url: "/api/auth/sign-in", json })).status).toBe(401);
      });
    },
  );
});
