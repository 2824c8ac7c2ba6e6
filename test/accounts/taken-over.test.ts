import { describe, expect, it } from "vitest";
import { email, enumeration, self, servery, table, text } from "servery";
import type { EngineUnderTest } from "../harness/open-engine.ts";
import { bearer, codeOf, PASSWORD, people, signUp, type Tokens, verified } from "./declaration.ts";
import { masked, openMailed } from "./mailed.ts";

const NEW = "quite another phrase";

async function keyOf(engine: EngineUnderTest, tokens: Tokens, scopes = ["*:write"]): Promise<Record<string, string>> {
  const answer = await engine.post("/api/auth/keys", { label: "x", scopes, expires_in_days: 300 }, bearer(tokens));
  expect([answer.status, answer.text]).toEqual([201, answer.text]);
  return { authorization: `Bearer ${(answer.json as { key: string }).key}` };
}

describe("an account with the address of somebody else", () => {
  it("is its owner's alone after a reset: the keys and sessions of whoever made it end", async () => {
    const mailed = await openMailed(people);
    const { engine } = mailed;
    const mallory = await signUp(engine, "victim");
    const key = await keyOf(engine, mallory);
    expect((await engine.get("/api/auth/me", key)).status).toBe(200);
    await engine.post("/api/auth/reset", { email: "victim@example.com" });
    const token = await mailed.token(1);
    expect((await engine.post("/api/auth/reset/confirm", { token, password: NEW })).status).toBe(204);
    for (const headers of [key, bearer(mallory)]) expect((await engine.get("/api/auth/me", headers)).status).toBe(401);
    const owner = await engine.post("/api/auth/sign-in", { email: "victim@example.com", password: NEW });
    expect(owner.status).toBe(200);
    expect((await engine.get("/api/auth/keys", bearer(owner.json as Tokens))).json).toEqual([]);
  });

  it("keeps its keys in a reset where the address had been proved before", async () => {
    const mailed = await openMailed(people);
    const { engine } = mailed;
    const tokens = await signUp(engine, "alice");
    await engine.accounts.verify({ identifier: "alice@example.com" });
    const key = await keyOf(engine, tokens);
    await engine.post("/api/auth/reset", { email: "alice@example.com" });
    const token = await mailed.token(1);
    expect((await engine.post("/api/auth/reset/confirm", { token, password: NEW })).status).toBe(204);
    expect((await engine.get("/api/auth/me", key)).status).toBe(200);
    expect((await engine.get("/api/auth/me", bearer(tokens))).status).toBe(401);
  });
});

describe("an API key that somebody has found", () => {
  it("changes no address that opens the account, by no way", async () => {
    const { engine } = await openMailed(people);
    const tokens = await signUp(engine, "alice");
    const key = await keyOf(engine, tokens);
    const stolen = { username: "alice", email: "thief@example.com" };
    const batch = [{ method: "PATCH", path: "/api/users/1", body: { email: stolen.email } }];
    const answers = [
      await engine.patch("/api/users/1", { email: stolen.email }, key),
      await engine.put("/api/users/1", stolen, key),
      await engine.patch("/api/users?id=1", { email: stolen.email }, key),
      await engine.post("/api/batch", batch, key),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 400]);
    expect(new Set(answers.map(codeOf))).toEqual(new Set(["invalid_data"]));
    const upsert = await engine.put("/api/users?on_conflict=username", stolen, key);
    expect([upsert.status, codeOf(upsert)]).toEqual([403, "forbidden"]);
    expect(await engine.get("/api/users/1")).toMatchObject({ json: { email: "alice@example.com" } });
    // The rest of the row is what the key is for, and so is a new one.
    expect((await engine.put("/api/users/1", { username: "al" }, key)).status).toBe(200);
    expect((await engine.patch("/api/users/1", { username: "alice" }, key)).status).toBe(200);
    expect((await engine.post("/api/users", { username: "new", email: "new@example.com" }, key)).status).toBe(201);
    expect((await engine.patch("/api/users/1", { email: "mine@example.com" }, bearer(tokens))).status).toBe(200);
  });
});

describe("signing up", () => {
  const closed = servery({
    tables: {
      users: table({ username: text(30).unique(), email: email(100).unique() })
        .accounts()
        .allow({ read: self }),
    },
  });
  const choosy = servery({
    tables: {
      users: table({ username: text(30).unique(), email: email(100).unique(), plan: enumeration("free", "pro") })
        .accounts()
        .allow({ read: self, create: () => ({ plan: "free" }) }),
    },
  });

  it("with an address of somebody else does not keep that person from a reset", async () => {
    const mailed = await openMailed(verified);
    const { engine } = mailed;
    await engine.accounts.create({ row: { username: "ada", email: "ada@example.com" }, password: PASSWORD });
    for (let at = 0; at < 12; at++)
      await engine.post("/api/auth/sign-up", { username: `m${at}`, email: "ada@example.com", password: PASSWORD });
    const before = (await mailed.mails(5)).length;
    await engine.post("/api/auth/reset", { email: "ada@example.com" });
    expect(await mailed.token(before + 1)).toMatch(/^svrs_/);
  });

  it("is refused before anything is looked up where nobody may", async () => {
    const { engine } = await openMailed(closed);
    await engine.accounts.create({ row: { username: "bob", email: "bob@example.com" } });
    const ask = (username: string) =>
      engine.post("/api/auth/sign-up", { username, email: `${username}@example.com`, password: PASSWORD });
    const [taken, free] = [await ask("bob"), await ask("free")];
    expect(taken.status).toBe(403);
    expect(masked(taken)).toEqual(masked(free));
    expect(taken.sql).toEqual(free.sql);
    expect(taken.sql).toEqual([]);
  });

  it("is refused by the rules of the row whether the address is taken or not, and leaves nothing", async () => {
    const mailed = await openMailed(choosy);
    const { engine } = mailed;
    await engine.accounts.create({ row: { username: "bob", email: "bob@example.com", plan: "pro" } });
    const ask = (address: string, plan: string) =>
      engine.post("/api/auth/sign-up", { username: "x", email: address, password: PASSWORD, plan });
    const [taken, free] = [await ask("bob@example.com", "pro"), await ask("free@example.com", "pro")];
    expect([taken.status, codeOf(taken)]).toEqual([403, "forbidden"]);
    expect(masked(taken)).toEqual(masked(free));
    expect(taken.sql).toEqual(free.sql);
    for (const address of ["bob@example.com", "free@example.com"])
      expect((await ask(address, "free")).status).toBe(202);
    expect((await mailed.mails(2)).map(({ to }) => to)).toEqual([["bob@example.com"], ["free@example.com"]]);
    expect(engine.faults).toEqual([]);
  });
});
