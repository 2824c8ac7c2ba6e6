import { expect, test } from "vitest";
import {
  client,
  cookieOf,
  goToProvider,
  openIdServer,
  providerWorld,
  type ProviderWorld,
  signInWith,
} from "./provider-world.ts";

const OWN_PAGE = { "sec-fetch-site": "same-origin" };

async function open(options: Parameters<typeof providerWorld>[1] = {}) {
  const provider = await openIdServer();
  const world = await providerWorld({ acme: { ...client, issuer: provider.issuer, title: "Acme" } }, options);
  return { provider, world };
}

const people = async ({ accounts }: ProviderWorld) =>
  accounts.rows("SELECT id, email, verified, password FROM people ORDER BY id");
const sessions = async ({ accounts }: ProviderWorld) => accounts.rows("SELECT id, person FROM sessions ORDER BY id");
const code = ({ text }: { readonly text: string }): unknown => (JSON.parse(text) as { code: unknown }).code;

test("the ways in are listed without their secrets", async () => {
  const { world } = await open();
  const answer = await world.get("/api/auth/providers");
  expect(answer).toMatchObject({ status: 200, text: '[{"name":"acme","title":"Acme"}]' });
});

test("the first time makes an account, the second time finds it, whatever became of the address", async () => {
  const { world, provider } = await open();
  const { begun, callback, cookie } = await goToProvider(world, "acme", { query: "?return_to=/welcome?a=1" });
  const sent = new URL(begun.headers["location"] ?? "").searchParams;
  expect(Object.fromEntries(sent)).toMatchObject({
    client_id: client.clientId,
    redirect_uri: "https://app.example/api/auth/with/acme/callback",
    code_challenge_method: "S256",
    scope: "openid email profile",
    nonce: expect.stringMatching(/^[\w-]{40,}$/) as unknown,
    state: expect.stringMatching(/^[\w-]{40,}$/) as unknown,
  });
  expect(begun.cookies).toEqual([
    expect.stringMatching(
      /^__Host-servery_with_acme=v1\.[\w-]+; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax; Secure$/,
    ),
  ]);
  const first = await world.get(callback, cookie);
  expect(first).toMatchObject({ status: 302, headers: { location: "https://app.example/welcome?a=1" } });
  expect(first.headers).toMatchObject({ "cache-control": "no-store", "referrer-policy": "no-referrer" });
  expect(first.cookies).toEqual([
    "__Host-servery_with_acme=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure",
    "session=s1; HttpOnly",
  ]);
  expect(await people(world)).toEqual([[1, "ada@example.com", 1, null]]);
  provider.claims = { sub: "ada-1", email: "other@example.com", email_verified: false };
  expect((await signInWith(world, "acme")).cookies[1]).toBe("session=s2; HttpOnly");
  expect(await people(world)).toEqual([[1, "ada@example.com", 1, null]]);
  expect(await sessions(world)).toEqual([
    ["s1", 1],
    ["s2", 1],
  ]);
  expect(world.faults).toEqual([]);
});

test("a verified address leads into the account that has verified it too", async () => {
  const { world } = await open();
  await world.accounts.add("Ada@Example.com", { verified: true });
  expect((await signInWith(world, "acme")).status).toBe(302);
  expect(await people(world)).toEqual([[1, "Ada@Example.com", 1, "a password"]]);
  expect(await sessions(world)).toEqual([["s1", 1]]);
  expect(await world.identities.ofAccount({ table: "people", key: 1 })).toMatchObject([{ provider: "acme" }]);
});

test.each([[false], ["true"], [1], [undefined], [null]])(
  "an address whose email_verified is %j leads to no account and makes none",
  async (verified) => {
    const { world, provider } = await open();
    await world.accounts.add("ada@example.com", { verified: true });
    provider.claims = { sub: "ada-1", email: "ada@example.com", email_verified: verified };
    const answer = await signInWith(world, "acme");
    expect([answer.status, code(answer), answer.cookies]).toEqual([403, "unverified_address", []]);
    provider.claims = { sub: "bob-1", email: "bob@example.com", email_verified: verified };
    expect((await signInWith(world, "acme")).status).toBe(403);
    expect(await people(world)).toHaveLength(1);
    expect(await sessions(world)).toEqual([]);
    expect(await world.accounts.rows("SELECT * FROM _servery_identities")).toEqual([]);
  },
);

test.each([["a@b@c.example"], ["ada@example.com\nbcc:x@evil.example"], [7], [["ada@example.com"]], ["ada"]])(
  "an address like %j is none",
  async (email) => {
    const { world, provider } = await open();
    provider.claims = { sub: "ada-1", email, email_verified: true };
    expect((await signInWith(world, "acme")).status).toBe(403);
    expect(await people(world)).toEqual([]);
  },
);

test("the address may stand in the userinfo answer alone, with its own word about it", async () => {
  const { world, provider } = await open();
  provider.claims = { sub: "ada-1", email_verified: true };
  let told: Record<string, unknown> = { sub: "ada-1", email: "ada@example.com", email_verified: true };
  provider.server.service.on("beforeUserinfo", (answer: { body: unknown }) => (answer.body = told));
  expect((await signInWith(world, "acme")).status).toBe(302);
  expect(await people(world)).toEqual([[1, "ada@example.com", 1, null]]);
  provider.claims = { sub: "bob-1", email_verified: true };
  told = { sub: "bob-1", email: "bob@example.com" };
  expect(code(await signInWith(world, "acme"))).toBe("unverified_address");
  told = { sub: "ada-1", email: "ada@example.com", email_verified: true };
  expect(code(await signInWith(world, "acme"))).toBe("provider_refused");
});

test("who signed up with somebody's address before them keeps no way in", async () => {
  const { world } = await open();
  const planted = await world.accounts.add("ada@example.com", { verified: false, password: "the attacker's" });
  await world.accounts.openSession(planted.key);
  await world.identities.link({ provider: "acme", subject: "mallory-1" }, planted, "2026-01-01T00:00:00.000Z");
  const answer = await signInWith(world, "acme");
  expect(answer).toMatchObject({ status: 302, cookies: [expect.anything(), "session=s2; HttpOnly"] });
  expect(await people(world)).toEqual([[1, "ada@example.com", 1, null]]);
  expect(await sessions(world)).toEqual([["s2", 1]]);
  expect(await world.accounts.rows("SELECT subject FROM _servery_identities")).toEqual([["ada-1"]]);
});

test("neither a link nor a session that comes in while the owner takes the account over survives", async () => {
  const { world, provider } = await open();
  const planted = await world.accounts.add("ada@example.com", { verified: false });
  const attacker = await world.accounts.openSession(planted.key);
  const mallory = { provider: "acme", subject: "mallory-1" };
  world.accounts.meanwhile = {
    reclaim: [async () => void (await world.identities.link(mallory, planted, "2026-01-01T00:00:00.000Z"))],
  };
  expect((await signInWith(world, "acme")).status).toBe(302);
  expect(await world.accounts.rows("SELECT subject FROM _servery_identities")).toEqual([["ada-1"]]);
  // The attacker's own sign-in, which saw the link before it ended.
  await world.identities.link(mallory, planted, "2026-01-01T00:00:00.000Z");
  provider.claims = { sub: "mallory-1", email: "mallory@example.com" };
  world.accounts.meanwhile = { signIn: [() => world.identities.unlinkAll(planted)] };
  const late = await signInWith(world, "acme");
  expect([late.status, code(late), late.cookies]).toEqual([400, "sign_in_expired", []]);
  expect(await world.accounts.stillSignedIn(attacker)).toBe(false);
});

test("a signed-in caller links what is nobody else's, with an unverified address too", async () => {
  const { world, provider } = await open();
  const ada = await world.accounts.add("ada@example.com", { verified: true });
  world.caller = await world.accounts.openSession(ada.key);
  provider.claims = { sub: "ada-elsewhere", email: "bob@example.com", email_verified: false };
  const linked = await signInWith(world, "acme", OWN_PAGE);
  expect([linked.status, linked.cookies.length]).toEqual([302, 1]);
  expect(await world.identities.ofAccount(ada)).toMatchObject([{ provider: "acme" }]);
  expect((await signInWith(world, "acme", OWN_PAGE)).status).toBe(302);
  const bob = await world.accounts.add("bob@example.com", { verified: true });
  world.caller = await world.accounts.openSession(bob.key);
  const taken = await signInWith(world, "acme", OWN_PAGE);
  expect([taken.status, code(taken)]).toEqual([409, "identity_taken"]);
  expect(await world.identities.ofAccount(bob)).toEqual([]);
});

test("a page elsewhere cannot have an identity linked to the account of a signed-in browser", async () => {
  const { world, provider } = await open();
  const ada = await world.accounts.add("ada@example.com", { verified: true });
  world.caller = await world.accounts.openSession(ada.key);
  provider.claims = { sub: "mallory-1", email: "mallory@example.com", email_verified: true };
  for (const headers of [{}, { "sec-fetch-site": "cross-site" }])
    expect((await signInWith(world, "acme", headers)).status).toBe(302);
  expect(await world.identities.ofAccount(ada)).toEqual([]);
});

test("a session that has ended links nothing, before or while the link is made", async () => {
  const { world } = await open();
  const ada = await world.accounts.add("ada@example.com", { verified: true });
  const end = (): Promise<void> => world.accounts.write("DELETE FROM sessions");
  world.caller = await world.accounts.openSession(ada.key);
  const { callback, cookie } = await goToProvider(world, "acme", { headers: OWN_PAGE });
  await end();
  expect(code(await world.get(callback, cookie))).toBe("sign_in_expired");
  world.caller = await world.accounts.openSession(ada.key);
  const again = await goToProvider(world, "acme", { headers: OWN_PAGE });
  // It stands at the first look, and has ended at the second.
  world.accounts.meanwhile = { stillSignedIn: [() => Promise.resolve(), end] };
  expect(code(await world.get(again.callback, again.cookie))).toBe("sign_in_expired");
  expect(await world.accounts.rows("SELECT * FROM _servery_identities")).toEqual([]);
});

test("of a callback that comes many times at once exactly one signs in", async () => {
  const { world } = await open();
  const { callback, cookie } = await goToProvider(world, "acme");
  const answers = await Promise.all(Array.from({ length: 10 }, () => world.get(callback, cookie)));
  expect(answers.filter(({ status }) => status === 302)).toHaveLength(1);
  expect(answers.filter((answer) => answer.status === 400 && code(answer) === "sign_in_expired")).toHaveLength(9);
  expect(await sessions(world)).toHaveLength(1);
  expect(code(await world.get(callback, cookie))).toBe("sign_in_expired");
});

test("two first sign-ins of one person at once make one account", async () => {
  const { world } = await open();
  const ways = await Promise.all([goToProvider(world, "acme"), goToProvider(world, "acme")]);
  const answers = await Promise.all(ways.map(({ callback, cookie }) => world.get(callback, cookie)));
  expect(answers.map(({ status }) => status)).toEqual([302, 302]);
  expect(await people(world)).toHaveLength(1);
  expect(await sessions(world)).toHaveLength(2);
});

test("an account that is gone leaves its identity free", async () => {
  const { world } = await open();
  await signInWith(world, "acme");
  await world.accounts.write("DELETE FROM people");
  expect((await signInWith(world, "acme")).status).toBe(302);
  expect(await people(world)).toEqual([[2, "ada@example.com", 1, null]]);
  expect(await world.accounts.rows("SELECT account_key FROM _servery_identities")).toEqual([["2"]]);
});

test("what belongs to no sign-in of this browser is one answer", async () => {
  const { world } = await open();
  const mine = await goToProvider(world, "acme");
  const another = await goToProvider(world, "acme");
  const [name = "", value = ""] = (mine.cookie["cookie"] ?? "").split(/=(.*)/s);
  const withoutState = mine.callback.replace(/&state=[^&]*/, "");
  const tries: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
    ["no cookie", mine.callback, {}],
    ["the cookie of another sign-in", mine.callback, another.cookie],
    [
      "a changed cookie",
      mine.callback,
      { cookie: `${name}=${value.slice(0, -2)}${value.endsWith("AA") ? "QQ" : "AA"}` },
    ],
    ["a cut cookie", mine.callback, { cookie: `${name}=${value.slice(0, 40)}` }],
    ["an empty cookie", mine.callback, { cookie: `${name}=` }],
    ["two cookies", mine.callback, { cookie: `${name}=${value}; ${name}=${value}` }],
    ["a cookie without the prefix", mine.callback, { cookie: `servery_with_acme=${value}` }],
    ["no state", withoutState, mine.cookie],
    ["two states", `${mine.callback}&state=x`, mine.cookie],
    ["no query", "/api/auth/with/acme/callback", mine.cookie],
  ];
  const texts = new Set<string>();
  for (const [what, callback, headers] of tries) {
    const answer = await world.get(callback, headers);
    expect([what, answer.status, answer.cookies]).toEqual([what, 400, []]);
    texts.add(answer.text);
  }
  expect([...texts].map((text) => code({ text }))).toEqual(["sign_in_expired"]);
  world.ahead = 600_001;
  expect(code(await world.get(mine.callback, mine.cookie))).toBe("sign_in_expired");
  world.ahead = 0;
  // None of these tries has used it up.
  expect((await world.get(mine.callback, mine.cookie)).status).toBe(302);
  expect(world.faults).toEqual([]);
});

test("a sign-in that began with one provider does not end with another", async () => {
  const provider = await openIdServer();
  const config = { ...client, issuer: provider.issuer };
  const world = await providerWorld({ acme: config, other: config });
  const { callback, cookie } = await goToProvider(world, "acme");
  const renamed = { cookie: (cookie["cookie"] ?? "").replace("with_acme", "with_other") };
  const answer = await world.get(callback.replace("/acme/", "/other/"), renamed);
  expect([answer.status, code(answer)]).toEqual([400, "sign_in_expired"]);
});

test("used states are kept until they expire, and no longer", async () => {
  const { world } = await open();
  await signInWith(world, "acme");
  expect(await world.accounts.rows("SELECT 1 FROM _servery_used_states")).toHaveLength(1);
  world.ahead = 700_000;
  const { callback, cookie } = await goToProvider(world, "acme");
  // Tokens made by the provider's clock are still good: only the application's own times are ahead.
  expect((await world.get(callback, cookie)).status).toBe(302);
  expect(await world.accounts.rows("SELECT 1 FROM _servery_used_states")).toHaveLength(1);
});

test("without TLS, as in development, the cookie is the same but for what needs TLS", async () => {
  const { world } = await open({ publicUrl: "http://localhost:5000" });
  const { begun, callback, cookie } = await goToProvider(world, "acme");
  expect(begun.cookies[0]).toMatch(/^servery_with_acme=[^;]+; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax$/);
  const answer = await world.get(callback, cookie);
  expect([answer.status, answer.headers["location"]]).toEqual([302, "http://localhost:5000/"]);
  expect(cookieOf(answer)).toEqual({ cookie: "servery_with_acme=; session=s1" });
});

test("a host that a request names leads nowhere", async () => {
  const { world } = await open();
  const { begun } = await goToProvider(world, "acme", {
    headers: { host: "evil.example", "x-forwarded-host": "evil.example" },
  });
  expect(`${begun.headers["location"] ?? ""}${begun.cookies.join("")}`).not.toContain("evil.example");
});

test("a provider that nobody has configured is not there", async () => {
  const { world } = await open();
  for (const name of ["google", "__proto__", "constructor", "acme%00", "ACME"]) {
    expect([name, code(await world.get(`/api/auth/with/${name}`))]).toEqual([name, "not_found"]);
    expect([name, code(await world.get(`/api/auth/with/${name}/callback?code=x`))]).toEqual([name, "not_found"]);
  }
});
