import { Secret, TOTP } from "otpauth";
import { email, everyone, self, servery, table, text } from "servery";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { decideProviders } from "#servery/config/provider-settings.js";
import { type EngineUnderTest, openEngine, type TestAnswer } from "../harness/open-engine.ts";
import { bearer, codeOf, PASSWORD, type Tokens } from "./declaration.ts";
import { client, openIdServer, type OpenIdServer } from "./provider-world.ts";

const WITH = "/api/auth/with/acme";
const declaration = servery({
  tables: {
    users: table({ username: text(30).unique(), name: text(50).optional(), email: email(100).unique() })
      .accounts({ verify: false })
      .allow({ read: self, create: everyone, update: self, delete: everyone }),
  },
});

let engine: EngineUnderTest;
let provider: OpenIdServer;

beforeEach(async () => {
  provider = await openIdServer();
  const settings = decideProviders({ acme: { ...client, issuer: provider.issuer, title: "Acme" } }, {});
  engine = await openEngine(declaration, { providers: settings, publicUrl: "https://app.example" });
});
afterEach(async () => {
  await engine.close();
  if (engine.faults.length > 0) throw new AggregateError(engine.faults, "the server made mistakes");
});

test("without a table of accounts a provider is a mistake that says so", async () => {
  const plain = servery({ tables: { notes: table({ text: text(30) }) } });
  const settings = decideProviders({ acme: { ...client, issuer: provider.issuer, title: "Acme" } }, {});
  await expect(openEngine(plain, { providers: settings, publicUrl: "https://app.example" })).rejects.toThrow(
    "no table has accounts to sign in to",
  );
});

type Headers = Readonly<Record<string, string>>;

const cookieOf = ({ cookies }: TestAnswer): string => cookies.map((cookie) => cookie.split(";")[0]).join("; ");

/** The whole way of a browser: to the provider, and back. */
async function signInWith(headers: Headers = {}): Promise<TestAnswer> {
  const begun = await engine.get(`${WITH}?return_to=/welcome`, headers);
  if (begun.status !== 302) return begun;
  const answer = await fetch(begun.headers["location"] ?? "", { redirect: "manual" });
  const location = new URL(answer.headers.get("location") ?? "");
  const cookie = [headers["cookie"], cookieOf(begun)].filter((part) => part !== undefined).join("; ");
  return engine.get(location.pathname + location.search, { ...headers, cookie });
}

const me = async (signedIn: TestAnswer): Promise<unknown> =>
  (await engine.get("/api/auth/me", { cookie: cookieOf(signedIn) })).json;

async function signedUp(name: string): Promise<Tokens> {
  const row = { username: name, email: `${name}@example.com`, password: PASSWORD };
  return (await engine.post("/api/auth/sign-up", row)).json as Tokens;
}

/** Gives somebody a second factor. */
async function switchOn(tokens: Tokens): Promise<void> {
  const route = "/api/auth/second-factor";
  const proposed = await engine.post(route, { current_password: PASSWORD }, bearer(tokens));
  const { secret } = proposed.json as { readonly secret: string };
  const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate();
  const confirmed = await engine.post(`${route}/confirm`, { code }, bearer(tokens));
  if (confirmed.status !== 200) throw new Error(confirmed.text);
}

describe("signing in with a provider", () => {
  test("makes an account with what the table asks for, and finds it again", async () => {
    const first = await signInWith();
    expect([first.status, first.headers["location"]]).toEqual([302, "https://app.example/welcome"]);
    const own = (await me(first)) as { readonly user: { readonly id: number; readonly username: string } };
    expect(own).toMatchObject({ user: { email: "ada@example.com", name: null }, roles: [] });
    expect(own.user.username).toMatch(/^ada_[0-9a-f]{8}$/);
    expect(await me(await signInWith())).toEqual(own);
    expect((await engine.get("/api/auth/providers")).json).toEqual([{ name: "acme", title: "Acme" }]);
  });

  test("takes the cookie of a session that is over for none, on both ways", async () => {
    const answer = await signInWith({ cookie: "__Host-servery_access=over" });
    expect(answer.status).toBe(302);
    expect(await me(answer)).toMatchObject({ user: { email: "ada@example.com" } });
    expect((await engine.get("/api/auth/providers", { cookie: "__Host-servery_access=over" })).status).toBe(200);
  });

  test("links the provider to whoever is signed in", async () => {
    const ben = await signedUp("ben");
    provider.claims = { sub: "ben-1", email: "elsewhere@example.com", email_verified: false };
    expect((await signInWith(bearer(ben))).status).toBe(302);
    expect(await me(await signInWith())).toMatchObject({ user: { id: ben.user.id } });
  });

  test("to an account that nobody verified ends everything that opened it", async () => {
    const planted = await signedUp("ada");
    const made = await engine.post("/api/auth/keys", { label: "x", scopes: ["*:write"] }, bearer(planted));
    const { key } = made.json as { readonly key: string };
    const withKey = { authorization: `Bearer ${key}` };
    expect((await engine.get("/api/auth/me", withKey)).status).toBe(200);
    const owner = await signInWith();
    expect(await me(owner)).toMatchObject({ user: { id: planted.user.id } });
    expect((await engine.get("/api/auth/me", bearer(planted))).status).toBe(401);
    expect((await engine.post("/api/auth/refresh", { refresh_token: planted.refresh_token })).status).toBe(401);
    const again = await engine.post("/api/auth/sign-in", { email: "ada@example.com", password: PASSWORD });
    expect([again.status, codeOf(again)]).toEqual([401, "invalid_credentials"]);
    expect((await engine.get("/api/auth/keys", { cookie: cookieOf(owner) })).json).toEqual([]);
    await expect.poll(async () => (await engine.get("/api/auth/me", withKey)).status).toBe(401);
  });

  test("leads into the account whose address was verified, and its password stays", async () => {
    const ada = await signedUp("ada");
    await engine.accounts.verify({ identifier: "ada@example.com" });
    expect(await me(await signInWith())).toMatchObject({ user: { id: ada.user.id } });
    const again = await engine.post("/api/auth/sign-in", { email: "ada@example.com", password: PASSWORD });
    expect(again.status).toBe(200);
  });

  test("signs nobody in whose account asks for a second factor, and ends that of a planted account", async () => {
    const ada = await signedUp("ada");
    await switchOn(ada);
    await engine.accounts.verify({ identifier: "ada@example.com" });
    const refused = await signInWith();
    expect([refused.status, codeOf(refused)]).toEqual([403, "forbidden"]);
    expect(refused.cookies.join()).not.toContain("servery_access");

    const planted = await signedUp("eve");
    await switchOn(planted);
    provider.claims = { sub: "eve-1", email: "eve@example.com", email_verified: true };
    expect(await me(await signInWith())).toMatchObject({ user: { id: planted.user.id } });
    expect((await engine.get("/api/auth/me", bearer(planted))).status).toBe(401);
  });

  test("opens no account that is disabled, and none that came after a deleted one", async () => {
    const begun = await signInWith();
    const first = (await me(begun)) as { readonly user: { readonly id: number } };
    await engine.accounts.disable({ identifier: "ada@example.com" });
    expect(codeOf(await signInWith())).toBe("invalid_credentials");
    await engine.accounts.enable({ identifier: "ada@example.com" });
    const own = { cookie: cookieOf(await signInWith()), "sec-fetch-site": "same-origin" };
    expect((await engine.delete(`/api/users/${first.user.id}`, own)).status).toBe(204);
    const second = (await me(await signInWith())) as { readonly user: { readonly id: number } };
    expect(second.user.id).not.toBe(first.user.id);
  });
});
