import { compile, createEngine, servery, table, email, everyone, text } from "servery";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { bearer, codeOf, PASSWORD, people, signIn, signUp, type Tokens } from "./declaration.ts";

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };

let engine: EngineUnderTest;
beforeAll(async () => {
  engine = await openEngine(people);
});
afterAll(() => engine.close());

const me = (tokens: Pick<Tokens, "access_token">) => engine.get("/api/auth/me", bearer(tokens));
const refresh = (token: string) => engine.post("/api/auth/refresh", { refresh_token: token });

describe("refresh tokens", () => {
  it("have one next generation, however many ask at once", async () => {
    let { refresh_token: token } = await signUp(engine, "races");
    for (let run = 0; run < 100; run++) {
      const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(token)));
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
      const next = new Set(answers.map(({ json }) => (json as Tokens).refresh_token));
      expect(next.size).toBe(1);
      expect(next.has(token)).toBe(false);
      [token = ""] = next;
    }
  });

  it("end their session when an older one comes back", async () => {
    const first = await signUp(engine, "reuse");
    const second = (await refresh(first.refresh_token)).json as Tokens;
    const third = (await refresh(second.refresh_token)).json as Tokens;
    expect((await me(third)).status).toBe(200);
    const reused = await refresh(first.refresh_token);
    expect([reused.status, codeOf(reused)]).toEqual([401, "refresh_reused"]);
    expect((await me(third)).status).toBe(401);
    expect((await refresh(third.refresh_token)).status).toBe(401);
  });

  it("are nothing when a letter is another one", async () => {
    const { refresh_token: token } = await signUp(engine, "forged");
    const forged = `${token.slice(0, -2)}${token.endsWith("AA") ? "BB" : "AA"}`;
    expect(codeOf(await refresh(forged))).toBe("invalid_token");
    expect(codeOf(await refresh("svrt_x.0.y"))).toBe("invalid_token");
    expect((await refresh(token)).status).toBe(200);
  });
});

describe("the Authorization header", () => {
  it.each([
    "",
    " ",
    "Bearer",
    "Bearer ",
    "Basic YWxpY2U6c2VjcmV0",
    "Bearer  TOKEN",
    "Bearer TOKEN ",
    "Bearer TOKEN x",
    "Bearer TOKEN, Bearer TOKEN",
    "TOKEN",
    "Bearer\tTOKEN",
    "Bearer null",
    "Bearer undefined",
    "Bearer a.b.c",
    "Bearer TOKEN.",
    "Token TOKEN",
  ])("is refused and never nobody's: %j", async (form) => {
    const { access_token: token } = await tokensOnce();
    const answer = await engine.get("/api/users", { authorization: form.replaceAll("TOKEN", token) });
    expect([answer.status, codeOf(answer)]).toEqual([401, "invalid_token"]);
    expect(answer.headers["www-authenticate"]).toMatch(/^Bearer/);
  });

  it("is the only place of a token: the query is never read", async () => {
    const { access_token: token } = await tokensOnce();
    expect((await engine.get(`/api/auth/me?access_token=${token}`)).status).not.toBe(200);
  });
});

describe("what ends a token", () => {
  it("is seen by a second engine on the same file within a second", async () => {
    const other = await createEngine(compile(people), { database: engine.databaseUrl });
    try {
      const tokens = await signUp(engine, "elsewhere");
      const ask = () => other.handle({ method: "GET", url: "/api/auth/me", headers: bearer(tokens) });
      expect((await ask()).status).toBe(200);
      await engine.send({ method: "POST", url: "/api/auth/sign-out", headers: bearer(tokens) });
      // A second is what it takes at most; a busy machine is given more to see it.
      const since = performance.now();
      let status = 200;
      while (status === 200 && performance.now() - since < 60_000) ({ status } = await ask());
      expect(status).toBe(401);
    } finally {
      await other.close();
    }
  });

  it("is being disabled; enabled again, one signs in anew", async () => {
    const tokens = await signUp(engine, "disabled");
    const account = { identifier: "disabled@example.com" };
    await engine.accounts.disable(account);
    expect((await me(tokens)).status).toBe(401);
    expect((await refresh(tokens.refresh_token)).status).toBe(401);
    const closed = await engine.post("/api/auth/sign-in", { email: account.identifier, password: PASSWORD });
    expect(codeOf(closed)).toBe("invalid_credentials");
    await engine.accounts.enable(account);
    expect((await me(tokens)).status).toBe(401);
    expect((await me(await signIn(engine, "disabled"))).status).toBe(200);
  });

  it("is not another role: the session has it at once", async () => {
    const tokens = await signUp(engine, "promoted");
    expect((await me(tokens)).json).toMatchObject({ roles: [] });
    await engine.accounts.setRoles({ identifier: "promoted@example.com" }, ["admin"]);
    expect((await me(tokens)).json).toMatchObject({ roles: ["admin"] });
  });

  it("is not a new key", async () => {
    const tokens = await signUp(engine, "rotated");
    await engine.accounts.rotateKeys();
    expect((await me(tokens)).status).toBe(200);
    const keys = (await engine.get("/.well-known/jwks.json")).json as { keys: unknown[] };
    expect(keys.keys).toHaveLength(2);
    expect((await me(await signIn(engine, "rotated"))).status).toBe(200);
  });
});

describe("two accounts tables", () => {
  const both = servery({
    tables: {
      users: table({ email: email(100).unique() })
        .accounts({ verify: false })
        .allow(OPEN),
      staff: table({ login: text(30).unique() })
        .accounts({ identifier: "login", verify: false })
        .allow(OPEN),
    },
  });

  it("keep equal keys apart", async () => {
    const two = await openEngine(both);
    try {
      const user = await two.post("/api/auth/sign-up", { email: "a@example.com", password: PASSWORD });
      const staff = await two.post("/api/auth/sign-up", { accounts: "staff", login: "anna", password: PASSWORD });
      expect([user.status, staff.status]).toEqual([201, 201]);
      const own = await two.get("/api/auth/me", bearer(staff.json as Tokens));
      expect(own.json).toMatchObject({ user: { id: 1, login: "anna" } });
      expect((await two.delete("/api/users/1")).status).toBe(204);
      expect((await two.get("/api/auth/me", bearer(user.json as Tokens))).status).toBe(401);
      expect((await two.get("/api/auth/me", bearer(staff.json as Tokens))).status).toBe(200);
      const wrong = await two.post("/api/auth/sign-in", { email: "anna", password: PASSWORD });
      expect(codeOf(wrong)).toBe("invalid_credentials");
    } finally {
      await two.close();
    }
  });
});

let once: Promise<Tokens> | undefined;
function tokensOnce(): Promise<Tokens> {
  once ??= signUp(engine, "once");
  return once;
}
