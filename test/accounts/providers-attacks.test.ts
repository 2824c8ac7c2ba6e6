import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { expect, test } from "vitest";
import { ProviderFault } from "#servery/errors/provider-fault.js";
import { freePort } from "../harness/free-port.ts";
import {
  client,
  goToProvider,
  openIdServer,
  type OpenIdServer,
  plainServer,
  providerWorld,
  type ProviderWorld,
  signInWith,
} from "./provider-world.ts";

const CANARY = "words of the provider";

type Claims = Record<string, unknown>;
type Token = { header: Claims; payload: Claims };
type TokenAnswer = { statusCode: number; body: Claims };

/** What a provider, or somebody who stands in its place, does wrong. */
interface Attack {
  readonly what: string;
  /** Changes the id token before it is signed. */
  readonly token?: (token: Token) => void;
  /** Changes the answer of the token endpoint. */
  readonly answer?: (answer: TokenAnswer) => void;
  /** Changes where the browser is sent back to. */
  readonly back?: (url: URL) => void;
  readonly status?: number;
  readonly code?: string;
  /** A part of the line in the log; undefined where none is written. */
  readonly log: string | undefined;
}

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

function parts(answer: TokenAnswer): [header: Claims, payload: Claims, signature: string] {
  const [header = "", payload = "", signature = ""] = String(answer.body["id_token"]).split(".");
  const read = (text: string): Claims => JSON.parse(Buffer.from(text, "base64url").toString()) as Claims;
  return [read(header), read(payload), signature];
}

/** The id token with another header, signed by `signed`. */
function resigned(answer: TokenAnswer, header: (was: Claims) => Claims, signed: (input: string) => string): void {
  const [was, payload] = parts(answer);
  const input = `${part(header(was))}.${part(payload)}`;
  answer.body["id_token"] = `${input}.${signed(input)}`;
}

const hmac = (input: string): string => createHmac("sha256", client.clientSecret).update(input).digest("base64url");
const rsa = (input: string): string => sign("sha256", Buffer.from(input), privateKey).toString("base64url");

const attacks: readonly Attack[] = [
  { what: "another nonce", token: ({ payload }) => (payload["nonce"] = "another"), log: "claim nonce" },
  { what: "no nonce", token: ({ payload }) => delete payload["nonce"], log: "nonce" },
  { what: "another issuer", token: ({ payload }) => (payload["iss"] = "https://evil.example"), log: "claim iss" },
  { what: "no issuer", token: ({ payload }) => delete payload["iss"], log: "iss" },
  { what: "another client", token: ({ payload }) => (payload["aud"] = "another client"), log: "claim aud" },
  { what: "no client", token: ({ payload }) => delete payload["aud"], log: "aud" },
  {
    what: "several clients, made for another",
    token: ({ payload }) => Object.assign(payload, { aud: [client.clientId, "another"], azp: "another" }),
    log: "azp",
  },
  { what: "an end in the past", token: ({ payload }) => (payload["exp"] = 1_700_000_000), log: "claim exp" },
  { what: "no end", token: ({ payload }) => delete payload["exp"], log: "exp" },
  {
    what: "a beginning in the future",
    token: ({ payload }) => (payload["nbf"] = Math.floor(Date.now() / 1000) + 3_600),
    log: "claim nbf",
  },
  { what: "no subject", token: ({ payload }) => delete payload["sub"], log: "sub" },
  { what: "an empty subject", token: ({ payload }) => (payload["sub"] = ""), log: "sub" },
  { what: "a subject that is no text", token: ({ payload }) => (payload["sub"] = 7), log: "sub" },
  { what: "a subject with a NUL", token: ({ payload }) => (payload["sub"] = "a\0b"), log: "subject" },
  { what: "a subject without end", token: ({ payload }) => (payload["sub"] = "a".repeat(256)), log: "subject" },
  {
    what: "alg none",
    answer: (answer) =>
      resigned(
        answer,
        () => ({ alg: "none" }),
        () => "",
      ),
    log: "INVALID_RESPONSE",
  },
  {
    what: "alg None with the signature left",
    answer: (answer) =>
      resigned(
        answer,
        (was) => ({ ...was, alg: "None" }),
        () => parts(answer)[2],
      ),
    log: "INVALID_RESPONSE",
  },
  {
    what: "HS256 with the client secret",
    answer: (answer) => resigned(answer, (was) => ({ ...was, alg: "HS256" }), hmac),
    log: "INVALID_RESPONSE",
  },
  {
    what: "another key under the same name",
    answer: (answer) => resigned(answer, (was) => was, rsa),
    log: "signature",
  },
  {
    what: "an unknown key",
    answer: (answer) => resigned(answer, (was) => ({ ...was, kid: "another" }), rsa),
    log: "key",
  },
  {
    what: "an extension that nobody knows",
    answer: (answer) => resigned(answer, (was) => ({ ...was, crit: ["exp"] }), rsa),
    log: "crit",
  },
  {
    what: "a changed claim under the old signature",
    answer: (answer) => {
      const [header, payload, signature] = parts(answer);
      answer.body["id_token"] = `${part(header)}.${part({ ...payload, email: "bob@example.com" })}.${signature}`;
    },
    log: "signature",
  },
  { what: "no id token", answer: ({ body }) => delete body["id_token"], log: "id_token" },
  { what: "an id token that is none", answer: ({ body }) => (body["id_token"] = "a.b"), log: "tokens" },
  { what: "an id token of five parts", answer: ({ body }) => (body["id_token"] = "a.b.c.d.e"), log: "tokens" },
  { what: "no access token", answer: ({ body }) => delete body["access_token"], log: "access_token" },
  {
    what: "a code that it does not know",
    answer: (answer) => Object.assign(answer, { statusCode: 400, body: { error: "invalid_grant" } }),
    log: "status 400, error invalid_grant",
  },
  {
    what: "an error of no known form",
    answer: (answer) => Object.assign(answer, { statusCode: 400, body: { error: CANARY } }),
    log: "of no known form",
  },
  {
    what: "a client that it does not know",
    answer: (answer) => Object.assign(answer, { statusCode: 401, body: { error: "invalid_client" } }),
    status: 503,
    code: "provider_unavailable",
    log: "invalid_client",
  },
  {
    what: "a fault of its own",
    answer: (answer) => Object.assign(answer, { statusCode: 500, body: { error: "boom" } }),
    status: 503,
    code: "provider_unavailable",
    log: "tokens",
  },
  {
    what: "the name of another issuer",
    back: (url) => url.searchParams.set("iss", "https://evil.example"),
    log: "iss",
  },
  { what: "no code", back: (url) => url.searchParams.delete("code"), log: "code" },
  { what: "two codes", back: (url) => url.searchParams.append("code", "another"), log: "code" },
  { what: "a JARM response", back: (url) => url.searchParams.set("response", "a.b.c"), log: "JARM" },
  { what: "an id token in the URL", back: (url) => url.searchParams.set("id_token", "a.b.c"), log: "hybrid" },
  {
    what: "that somebody pressed Cancel",
    back: (url) => url.searchParams.set("error", "access_denied"),
    log: undefined,
  },
  {
    what: "that it is down",
    back: (url) => url.searchParams.set("error", "temporarily_unavailable"),
    status: 503,
    code: "provider_unavailable",
    log: "temporarily_unavailable",
  },
];

async function attacked(attack: Attack): Promise<{ provider: OpenIdServer; world: ProviderWorld }> {
  const provider = await openIdServer();
  provider.claims = { ...provider.claims, name: CANARY };
  const { service } = provider.server;
  service.on("beforeTokenSigning", (token: Token) => {
    // The id token alone: the access token is for nobody but the provider.
    if (token.payload["nonce"] !== undefined) attack.token?.(token);
  });
  service.on("beforeResponse", (answer: TokenAnswer) => {
    Object.assign(answer.body, { error_description: CANARY });
    attack.answer?.(answer);
  });
  service.on("beforeAuthorizeRedirect", ({ url }: { url: URL }) => {
    url.searchParams.set("error_description", CANARY);
    attack.back?.(url);
  });
  const world = await providerWorld({ acme: { ...client, issuer: provider.issuer, title: "Acme" } });
  return { provider, world };
}

test.each(attacks)("an answer with $what signs in nobody", async (attack) => {
  const { world } = await attacked(attack);
  await world.accounts.add("ada@example.com", { verified: true });
  const answer = await signInWith(world, "acme");
  const { status = 401, code = "provider_refused", log } = attack;
  expect([answer.status, (JSON.parse(answer.text) as Claims)["code"]]).toEqual([status, code]);
  expect(answer.headers[status === 401 ? "www-authenticate" : "retry-after"]).toBeDefined();
  expect(answer.cookies).toEqual([]);
  expect(`${answer.text}${JSON.stringify(answer.headers)}`).not.toContain(CANARY);
  expect(world.faults).toHaveLength(log === undefined ? 0 : 1);
  for (const fault of world.faults) {
    expect(fault).toBeInstanceOf(ProviderFault);
    expect((fault as Error).message).toContain(log);
    expect((fault as Error).message).not.toContain(CANARY);
    expect((fault as Error).cause).toBeUndefined();
  }
  expect(await world.accounts.rows("SELECT * FROM sessions")).toEqual([]);
  expect(await world.accounts.rows("SELECT * FROM _servery_identities")).toEqual([]);
});

test("without an attack the same way signs in, with the issuer's name in the callback too", async () => {
  const { world, provider } = await attacked({ what: "nothing", log: undefined });
  provider.server.service.on("beforeAuthorizeRedirect", ({ url }: { url: URL }) =>
    url.searchParams.set("iss", provider.issuer),
  );
  expect((await signInWith(world, "acme")).status).toBe(302);
  expect(world.faults).toEqual([]);
});

const metadata = (issuer: string, more: Claims = {}): string =>
  JSON.stringify({
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    ...more,
  });

type Discovered = readonly [what: string, status: number, type: string, body: (issuer: string) => string];
const discoveries: readonly Discovered[] = [
  ["answers HTML", 200, "text/html", () => `<h1>${CANARY}</h1>`],
  ["calls HTML JSON", 200, "application/json", () => `<h1>${CANARY}</h1>`],
  ["answers 500", 500, "application/json", () => "{}"],
  ["leads elsewhere", 302, "application/json", () => ""],
  ["answers null", 200, "application/json", () => "null"],
  ["is another issuer", 200, "application/json", () => metadata("https://evil.example")],
  ["has no keys", 200, "application/json", (issuer) => metadata(issuer, { jwks_uri: undefined })],
  ["has no token endpoint", 200, "application/json", (issuer) => metadata(issuer, { token_endpoint: undefined })],
  [
    "has a script for an endpoint",
    200,
    "application/json",
    (i) => metadata(i, { authorization_endpoint: "javascript:1" }),
  ],
  ["answers without end", 200, "application/json", () => `"${"a".repeat(1_100_000)}"`],
];

test.each(discoveries)("a provider that %s is not available", async (...[, status, type, body]) => {
  const issuer: { url?: string } = {};
  const { url } = await plainServer((_request, response) => {
    response.writeHead(status, { "content-type": type, location: "https://evil.example" });
    response.end(body(issuer.url ?? ""));
  });
  issuer.url = url;
  const world = await providerWorld({ acme: { ...client, issuer: url, title: "Acme" } });
  const answer = await world.get("/api/auth/with/acme");
  expect([answer.status, (JSON.parse(answer.text) as Claims)["code"]]).toEqual([503, "provider_unavailable"]);
  expect([answer.headers["retry-after"], answer.cookies]).toEqual(["10", []]);
  expect(answer.text).not.toContain(CANARY);
  expect(world.faults).toEqual([expect.any(ProviderFault)]);
});

test("a provider that is down is asked again, one that breaks off is not available", async () => {
  const port = await freePort();
  const provider = await openIdServer(port);
  const world = await providerWorld({ acme: { ...client, issuer: provider.issuer } });
  await provider.server.stop();
  expect((await world.get("/api/auth/with/acme")).status).toBe(503);
  expect(String(world.faults[0])).toMatch(/discovery: .*(?:ECONNREFUSED|AggregateError|Error)/);
  await provider.server.start(port, "127.0.0.1");
  const { callback, cookie } = await goToProvider(world, "acme");
  await provider.server.stop();
  const answer = await world.get(callback, cookie);
  expect([answer.status, answer.headers["retry-after"]]).toEqual([503, "10"]);
  const { url } = await plainServer((request) => request.socket.destroy());
  const broken = await providerWorld({ acme: { ...client, issuer: url } });
  expect((await broken.get("/api/auth/with/acme")).status).toBe(503);
});

test("a provider that begins an answer and never ends it is given up", { timeout: 150_000 }, async () => {
  const { url } = await plainServer((_request, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.write("{");
  });
  const world = await providerWorld({ acme: { ...client, issuer: url } });
  const answer = await world.get("/api/auth/with/acme");
  expect([answer.status, String(world.faults[0])]).toEqual([503, expect.stringContaining("TimeoutError") as unknown]);
});

test("metadata are asked for once, shared by those who come at once, and again when they are old", async () => {
  let asked = 0;
  const issuer: { url?: string } = {};
  const { url } = await plainServer((_request, response) => {
    asked++;
    response.writeHead(200, { "content-type": "application/json" });
    response.end(metadata(issuer.url ?? ""));
  });
  issuer.url = url;
  const world = await providerWorld({ acme: { ...client, issuer: url } });
  expect(asked).toBe(0);
  await Promise.all(Array.from({ length: 5 }, () => world.get("/api/auth/with/acme")));
  expect(asked).toBe(1);
  world.ahead = 3_600_001;
  expect((await world.get("/api/auth/with/acme")).status).toBe(302);
  expect(asked).toBe(2);
});

test("metadata of a provider on this machine lead nowhere else in the clear", async () => {
  const issuer: { url?: string } = {};
  const { url } = await plainServer((_request, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(metadata(issuer.url ?? "", { token_endpoint: "http://token.example/token" }));
  });
  issuer.url = url;
  const world = await providerWorld({ acme: { ...client, issuer: url } });
  const begun = await world.get("/api/auth/with/acme");
  const state = new URL(begun.headers["location"] ?? "").searchParams.get("state") ?? "";
  const cookie = begun.cookies[0]?.split(";")[0] ?? "";
  const answer = await world.get(`/api/auth/with/acme/callback?code=x&state=${state}`, { cookie });
  expect([answer.status, String(world.faults[0])]).toEqual([503, expect.stringContaining("neither https") as unknown]);
});
