import { email, everyone, integer, owner, ref, refuse, self, servery, table, text } from "servery";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type EngineUnderTest, openEngine, type TestAnswer } from "../harness/open-engine.ts";
import { reasonOf } from "../schema/reason.ts";
import { bearer, PASSWORD, people, type Tokens } from "./declaration.ts";

const ANONYMOUS = "/api/auth/anonymous";
const PROMOTE = "/api/auth/promote";

const users = table({ email: email(100).unique().optional(), visits: integer().default(0) }).accounts({
  anonymous: true,
  verify: false,
});
const shop = servery({
  tables: {
    users: users.allow({ read: self, create: everyone, update: self }),
    carts: table({ user_id: ref("users").owner(), item: text(50) }).allow({ read: owner, create: owner }),
  },
});

let engine: EngineUnderTest;

beforeEach(async () => {
  engine = await openEngine(shop);
});
afterEach(async () => {
  await engine.close();
  if (engine.faults.length > 0) throw new AggregateError(engine.faults, "the server made mistakes");
});

const told = ({ status, json }: TestAnswer): unknown => [status, (json as { readonly code?: string }).code];
const signIn = (address: string, password = PASSWORD): Promise<TestAnswer> =>
  engine.post("/api/auth/sign-in", { email: address, password });

async function nobody(): Promise<Tokens> {
  const answer = await engine.send({ method: "POST", url: ANONYMOUS });
  expect([answer.status, answer.text]).toEqual([201, answer.text]);
  return answer.json as Tokens;
}

const promote = (tokens: Tokens, address: string): Promise<TestAnswer> =>
  engine.post(PROMOTE, { email: address, password: PASSWORD }, bearer(tokens));

describe("an account without a name", () => {
  test("has a session, owns rows, and becomes a person's with all it owns", async () => {
    const tokens = await nobody();
    expect(tokens.user).toMatchObject({ email: null, visits: 0 });
    const cart = await engine.post("/api/carts", { item: "Tea" }, bearer(tokens));
    expect(cart.json).toMatchObject({ user_id: tokens.user.id });

    const promoted = await promote(tokens, "Ada@example.com");
    expect([promoted.status, promoted.json]).toEqual([200, { status: "promoted" }]);
    expect((await engine.get("/api/auth/me", bearer(tokens))).json).toMatchObject({
      user: { id: tokens.user.id, email: "Ada@example.com" },
    });
    const again = await signIn("ada@example.com");
    expect(again.status).toBe(200);
    expect((await engine.get("/api/carts", bearer(again.json as Tokens))).json).toEqual([cart.json]);
  });

  test("is one of its own each time, and cannot be signed in to", async () => {
    const [first, second] = [await nobody(), await nobody()];
    expect(first.user.id).not.toBe(second.user.id);
    expect(told(await signIn(""))).toEqual([400, "invalid_data"]);
    expect(told(await signIn("null"))).toEqual([401, "invalid_credentials"]);
  });

  test("may have its session in cookies, of the server's own page alone", async () => {
    const begin = (site: string): Promise<TestAnswer> =>
      engine.post(ANONYMOUS, { session: "cookie" }, { "sec-fetch-site": site });
    expect(told(await begin("cross-site"))).toEqual([403, "cross_site"]);
    const own = await begin("same-origin");
    expect([own.status, own.cookies.length]).toEqual([201, 2]);
    const cookie = own.cookies.map((value) => value.split(";")[0]).join("; ");
    const body = { email: "ada@example.com", password: PASSWORD };
    const foreign = await engine.post(PROMOTE, body, { cookie, "sec-fetch-site": "cross-site" });
    expect(told(foreign)).toEqual([403, "cross_site"]);
    expect((await engine.post(PROMOTE, body, { cookie, "sec-fetch-site": "same-origin" })).status).toBe(200);
  });

  test("is made for one address only so often", async () => {
    // At once: on a slow machine the first would be forgotten before the last.
    await Promise.all(Array.from({ length: 60 }, () => nobody()));
    const answer = await engine.send({ method: "POST", url: ANONYMOUS });
    expect(told(answer)).toEqual([429, "too_many_attempts"]);
  });
});

describe("promotion", () => {
  test("to a taken address is a 409, and leaves the account as it was", async () => {
    await promote(await nobody(), "ada@example.com");
    const tokens = await nobody();
    const answer = await promote(tokens, "ADA@example.com");
    expect(told(answer)).toEqual([409, "unique"]);
    expect((await engine.get("/api/auth/me", bearer(tokens))).json).toMatchObject({ user: { email: null } });
    expect((await promote(tokens, "ben@example.com")).status).toBe(200);
    expect((await signIn("ben@example.com")).status).toBe(200);
  });

  test("happens once, also when two ask at once, and to a person never", async () => {
    const tokens = await nobody();
    const answers = await Promise.all([promote(tokens, "ada@example.com"), promote(tokens, "ben@example.com")]);
    expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 409]);
    expect(told(await promote(tokens, "cleo@example.com"))).toEqual([409, "refused"]);
    const statuses = [(await signIn("ada@example.com")).status, (await signIn("ben@example.com")).status];
    expect(statuses.toSorted((one, other) => one - other)).toEqual([200, 401]);
    const signedUp = await engine.post("/api/auth/sign-up", { email: "dora@example.com", password: PASSWORD });
    expect(told(await promote(signedUp.json as Tokens, "other@example.com"))).toEqual([409, "refused"]);
  });

  test("ends every session but the one that asked", async () => {
    const tokens = await nobody();
    const other = (await engine.post("/api/auth/refresh", { refresh_token: tokens.refresh_token })).json as Tokens;
    expect((await promote(other, "ada@example.com")).status).toBe(200);
    expect((await engine.get("/api/auth/me", bearer(other))).status).toBe(200);
    const sessions = (await engine.get("/api/auth/sessions", bearer(other))).json;
    expect(sessions).toMatchObject([{ current: true }]);
  });

  test("needs a session", async () => {
    const body = { email: "ada@example.com", password: PASSWORD };
    expect(told(await engine.post(PROMOTE, body))).toEqual([401, "sign_in_required"]);
    const tokens = await nobody();
    const made = await engine.post("/api/auth/keys", { label: "x", scopes: ["*:write"] }, bearer(tokens));
    const { key } = made.json as { readonly key: string };
    const answer = await engine.post(PROMOTE, body, { authorization: `Bearer ${key}` });
    expect(told(answer)).toEqual([403, "forbidden"]);
  });

  test.each([
    [{}, "/email", "required"],
    [{ email: "no address", password: PASSWORD }, "/email", "format"],
    [{ email: "ada@example.com", password: "short" }, "/password", "too_short"],
    [{ email: "ada@example.com", password: PASSWORD, visits: 7 }, "/visits", "unknown_field"],
  ])("takes no %j", async (body, pointer, code) => {
    const answer = await engine.post(PROMOTE, body, bearer(await nobody()));
    expect(answer.json).toMatchObject({ code: "invalid_data", errors: [{ pointer, code }] });
  });

  test("asks the hooks of the table, and what they refuse is undone whole", async () => {
    const closed = servery({
      tables: {
        users: users.allow({ read: self, create: everyone, update: self }).hooks({
          before: ({ values }) => {
            if (values.email === "ada@closed.example") throw refuse("conflict", "This domain is closed.");
          },
        }),
      },
    });
    const other = await openEngine(closed);
    try {
      const tokens = (await other.send({ method: "POST", url: ANONYMOUS })).json as Tokens;
      const to = (address: string): Promise<TestAnswer> =>
        other.post(PROMOTE, { email: address, password: PASSWORD }, bearer(tokens));
      expect(told(await to("ada@closed.example"))).toEqual([409, "refused"]);
      expect((await to("ada@open.example")).status).toBe(200);
    } finally {
      await other.close();
    }
  });
});

test("a sign-up still needs the address that is optional in the table", async () => {
  const answer = await engine.post("/api/auth/sign-up", { password: PASSWORD });
  expect(answer.json).toMatchObject({ code: "invalid_data", errors: [{ pointer: "/email", code: "required" }] });
});

test("without the option there are no such routes", async () => {
  const other = await openEngine(people);
  expect(told(await other.send({ method: "POST", url: ANONYMOUS }))).toEqual([404, "no_route"]);
  await other.close();
});

describe("a declaration that cannot have them", () => {
  const optional = email(100).unique().optional();
  test.each([
    [table({ email: email(100).unique() }).accounts({ anonymous: true, verify: false }), "Add .optional()"],
    [table({ email: optional, name: text(9) }).accounts({ anonymous: true, verify: false }), "Add .optional() or"],
    [table({ email: optional }).accounts({ anonymous: true }), "verify: false"],
    [table({ email: optional }).accounts({ verify: false }), "Remove .optional()"],
    [table({ email: optional }).accounts({ anonymous: 1 as unknown as boolean }), "Write anonymous: true"],
  ])("%#", (declared, instead) => {
    expect(reasonOf(() => servery({ tables: { users: declared } }))).toContain(instead);
  });
});
