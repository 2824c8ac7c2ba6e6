import { email, everyone, nobody, servery, table, text } from "servery";
import { afterEach, describe, expect, test } from "vitest";
import { closeSound } from "../api/answers.ts";
import { type EngineUnderTest, openEngine, type TestAnswer } from "../harness/open-engine.ts";

const TOKEN = "a-token-that-the-terminal-shows";
const URL = "/api/server/first-run";
const HERE = { address: "127.0.0.1", headers: { host: "localhost:5000" } } as const;
const ROOT = { email: "root@example.com", password: "a good long password", nick: "root" } as const;

const declaration = servery({
  tables: {
    // Nobody may sign up, and addresses are verified: the first administrator is made all the same.
    users: table({ email: email(100).unique(), nick: text(20) })
      .accounts()
      .allow({ read: everyone, create: nobody, update: nobody, delete: nobody })
      .audited(),
  },
});
const withoutAccounts = servery({ tables: { notes: table({ title: text(20) }) } });

const open: EngineUnderTest[] = [];
async function engineWith(options: Parameters<typeof openEngine>[1], of = declaration): Promise<EngineUnderTest> {
  const engine = await openEngine(of as typeof declaration, { publicUrl: "http://localhost:5000", ...options });
  open.push(engine);
  return engine;
}
afterEach(async () => {
  for (const engine of open.splice(0)) await closeSound(engine);
});

const make = (
  engine: EngineUnderTest,
  headers: Readonly<Record<string, string>> = {},
  { json = ROOT as unknown, address }: { readonly json?: unknown; readonly address?: string } = {},
): Promise<TestAnswer> =>
  engine.send({ method: "POST", url: URL, json, headers, ...(address === undefined ? {} : { address }) });
const codeOf = ({ json }: TestAnswer): string => (json as { code: string }).code;
const ask = async (engine: EngineUnderTest): Promise<unknown> => (await engine.get(URL)).json;

describe("the first administrator", () => {
  test("is made by whoever sends the token, signed in, verified, and kept in the audit", async () => {
    const engine = await engineWith({ firstRunToken: TOKEN });
    expect(await ask(engine)).toEqual({ needed: true, table: "users", needs_token: true });
    const answer = await make(engine, { "x-first-run-token": TOKEN });
    expect(answer.status, answer.text).toBe(201);
    const { access_token: token, user } = answer.json as { access_token: string; user: { email: string } };
    expect(user.email).toBe(ROOT.email);
    const me = await engine.get("/api/auth/me", { authorization: `Bearer ${token}` });
    expect(me.json).toMatchObject({ roles: ["admin"] });
    const audit = await engine.get("/api/_audit", { authorization: `Bearer ${token}` });
    expect(audit.json).toMatchObject([{ action: "create", actor: "system", reason: "the first administrator" }]);
    expect(await ask(engine)).toEqual({ needed: false, table: "users", needs_token: true });
    const again = await make(engine, { "x-first-run-token": TOKEN }, { json: { ...ROOT, email: "b@example.com" } });
    expect([again.status, codeOf(again)]).toEqual([409, "first_run_over"]);
    expect((await engine.post("/api/auth/sign-in", { email: ROOT.email, password: ROOT.password })).status).toBe(200);
  });

  test("may get cookies instead of tokens", async () => {
    const engine = await engineWith({ firstRunToken: TOKEN });
    const answer = await make(engine, { "x-first-run-token": TOKEN }, { json: { ...ROOT, session: "cookie" } });
    expect([answer.status, answer.cookies.length]).toEqual([201, 2]);
    expect(answer.text).not.toContain("access_token");
  });

  test("is one, however many ask at once", async () => {
    const engine = await engineWith({ firstRunToken: TOKEN });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        make(engine, { "x-first-run-token": TOKEN }, { json: { ...ROOT, email: `root${at}@example.com` } }),
      ),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    for (const answer of answers) expect([201, 409, 503]).toContain(answer.status);
    expect(answers.filter((answer) => answer.status === 409).map(codeOf)).toContain("first_run_over");
    expect(((await engine.get("/api/users")).json as unknown[]).length).toBe(1);
  });

  test("is not made beside one that the command line has made", async () => {
    const engine = await engineWith({ firstRunToken: TOKEN });
    await engine.accounts.create({ row: { email: "cli@example.com", nick: "cli" }, roles: ["editor", "admin"] });
    expect(await ask(engine)).toMatchObject({ needed: false });
    expect((await make(engine, { "x-first-run-token": TOKEN })).status).toBe(409);
    expect(((await engine.get("/api/users")).json as unknown[]).length).toBe(1);
  });

  test.each([
    [{ ...ROOT, password: "short" }],
    [{ password: ROOT.password }],
    [{ ...ROOT, roles: ["admin"] }],
    [{ ...ROOT, accounts: "nowhere" }],
    [[]],
    [null],
    ["text"],
    [{ ...ROOT, email: 5 }],
    [{ ...ROOT, session: "x" }],
  ])("refuses %j and stays possible", async (json) => {
    const engine = await engineWith({ firstRunToken: TOKEN });
    expect((await make(engine, { "x-first-run-token": TOKEN }, { json })).status).toBe(400);
    expect(await ask(engine)).toMatchObject({ needed: true });
    expect((await engine.get("/api/users")).json).toEqual([]);
  });

  test("is nobody's where no table has accounts", async () => {
    const engine = await engineWith({ firstRunToken: TOKEN }, withoutAccounts as never);
    expect(await ask(engine)).toEqual({ needed: false, table: null, needs_token: false });
    expect((await make(engine, { "x-first-run-token": TOKEN })).status).toBe(405);
  });
});

describe("who shows nothing is refused", () => {
  const wrong: readonly Readonly<Record<string, string>>[] = [
    {},
    { "x-first-run-token": "" },
    { "x-first-run-token": `${TOKEN}x` },
    { "x-first-run-token": TOKEN.slice(1) },
    { authorization: "Bearer nonsense" },
  ];
  test.each(wrong)("%j", async (headers) => {
    const engine = await engineWith({ firstRunToken: TOKEN });
    for (const json of [ROOT, { nonsense: 1 }]) {
      // Also at the machine itself: production has no such door.
      const answer = await make(engine, { ...HERE.headers, ...headers }, { json, address: HERE.address });
      expect([answer.status, codeOf(answer)]).toEqual([403, "first_run_refused"]);
    }
    expect(await ask(engine)).toMatchObject({ needed: true });
  });

  test("and where there is no token, no text is one", async () => {
    const engine = await engineWith({});
    for (const token of ["", "undefined", TOKEN])
      expect(codeOf(await make(engine, { "x-first-run-token": token }))).toBe("first_run_refused");
  });

  test("and may guess only so often", async () => {
    const engine = await engineWith({ firstRunToken: TOKEN, now: () => 1_700_000_000_000 });
    const statuses = new Set<number>();
    for (let at = 0; at < 70; at++) statuses.add((await make(engine, { "x-first-run-token": `guess ${at}` })).status);
    expect([...statuses]).toEqual([403, 429]);
  });

  test("a page of another site is refused although the token is right", async () => {
    const engine = await engineWith({ firstRunToken: TOKEN });
    for (const page of [
      { origin: "https://evil.example", host: "localhost:5000" },
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
      { origin: "null" },
    ] as Readonly<Record<string, string>>[])
      expect(codeOf(await make(engine, { "x-first-run-token": TOKEN, ...page }))).toBe("cross_site");
    expect((await make(engine, { "x-first-run-token": TOKEN, "sec-fetch-site": "same-origin" })).status).toBe(201);
  });

  test("parameters and keys are refused", async () => {
    const engine = await engineWith({ firstRunToken: TOKEN });
    const headers = { "x-first-run-token": TOKEN };
    expect((await engine.send({ method: "POST", url: `${URL}?a=1`, json: ROOT, headers })).status).toBe(400);
    expect((await make(engine, { ...headers, "idempotency-key": "1" })).status).toBe(400);
    expect((await engine.get(`${URL}?a=1`)).status).toBe(400);
  });
});

describe("in development", () => {
  const development = { explain: true } as const;
  test("whoever sits at the machine needs no token", async () => {
    const engine = await engineWith(development);
    expect((await engine.send({ url: URL, ...HERE })).json).toEqual({
      needed: true,
      table: "users",
      needs_token: false,
    });
    for (const origin of ["https://evil.example", "null"])
      expect(codeOf(await make(engine, { ...HERE.headers, origin }, { address: HERE.address }))).toBe("cross_site");
    const answer = await make(engine, { ...HERE.headers, origin: "http://localhost:5000" }, { address: "::1" });
    expect(answer.status, answer.text).toBe(201);
  });

  test.each([
    ["another machine", { ...HERE, address: "10.0.0.7" }],
    ["an address that looks like it", { ...HERE, address: "127.0.0.1.evil.example" }],
    ["nobody's address", { headers: HERE.headers }],
    ["a name that somebody made lead here", { ...HERE, headers: { host: "evil.example:5000" } }],
    ["a name that begins like it", { ...HERE, headers: { host: "localhost.evil.example" } }],
    ["no name", { address: HERE.address, headers: {} }],
    ["a proxy", { ...HERE, headers: { ...HERE.headers, "x-forwarded-for": "127.0.0.1" } }],
    ["a standard proxy", { ...HERE, headers: { ...HERE.headers, forwarded: "for=127.0.0.1" } }],
    ["a tunnel", { ...HERE, headers: { ...HERE.headers, "x-forwarded-host": "localhost:5000" } }],
  ])("%s does", async (_, from) => {
    const engine = await engineWith(development);
    expect((await engine.send({ url: URL, ...from })).json).toMatchObject({ needed: true, needs_token: true });
    const answer = await engine.send({ method: "POST", url: URL, json: ROOT, ...from });
    expect([answer.status, codeOf(answer)]).toEqual([403, "first_run_refused"]);
  });
});
