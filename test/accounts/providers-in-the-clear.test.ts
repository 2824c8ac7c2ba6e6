import type { ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";
import { ClientError, Configuration } from "openid-client";
import { expect, test } from "vitest";
import { bound, finishCodeFlow } from "#servery/auth/providers/code-flow.js";
import { OpenIdProvider } from "#servery/auth/providers/openid-provider.js";
import { providerProblem } from "#servery/auth/providers/provider-problem.js";
import { requestProvider } from "#servery/service/accounts/provider-requests.js";
import { client as secrets, openIdServer, plainServer } from "./provider-world.ts";

const REDIRECT = "https://app.example/api/auth/with/acme/callback";
const client = { ...secrets, name: "acme", title: "Acme", scopes: ["openid"] };

/** A sign-in that has come back with its code. */
const about = {
  callbackUrl: new URL(`${REDIRECT}?code=c&state=s`),
  pending: JSON.stringify({ state: "s", verifier: "v".repeat(43) }),
  redirectUri: REDIRECT,
};

/** A way to providers that counts what goes over it. */
function counted(): { readonly urls: string[]; readonly fetch: typeof requestProvider } {
  const urls: string[] = [];
  return { urls, fetch: (url, options) => (urls.push(url), requestProvider(url, options)) };
}

const unavailable = { code: "provider_unavailable" };

test("a provider that is not on this machine is not asked for its metadata in the clear", async () => {
  const { urls, fetch } = counted();
  const provider = new OpenIdProvider({ ...client, issuer: "http://id.example" }, fetch, () => 0);
  await expect(provider.begin(REDIRECT)).rejects.toMatchObject(unavailable);
  expect(urls).toEqual([]);
});

test("nor for tokens, whatever its metadata name", async () => {
  const { urls, fetch } = counted();
  const { url } = await plainServer((_request, response) => response.end());
  const server = { issuer: "https://id.example", token_endpoint: url };
  for (const insecure of [false, true]) {
    const configuration = bound(new Configuration(server, client.clientId, client.clientSecret), fetch, insecure);
    await expect(finishCodeFlow(configuration, client, about)).rejects.toMatchObject(unavailable);
    expect(urls).toHaveLength(insecure ? 1 : 0);
  }
});

test("a token endpoint that asks for credentials is a fault of the provider, and its words stay out of the log", async () => {
  const { url } = await plainServer((_request, response) => {
    response.writeHead(401, { "www-authenticate": 'Bearer error="canary"' });
    response.end();
  });
  const server = { issuer: url, token_endpoint: url };
  const configuration = bound(new Configuration(server, client.clientId, client.clientSecret), requestProvider, true);
  const message = "provider acme: tokens: status 401, it asks for credentials";
  await expect(finishCodeFlow(configuration, client, about)).rejects.toMatchObject({
    ...unavailable,
    cause: { message },
  });
});

test("an id token is asked for also where a sign-in that has begun names no nonce", async () => {
  const server = await openIdServer();
  const provider = new OpenIdProvider({ ...client, issuer: server.issuer }, requestProvider, () => 0);
  const { url, pending } = await provider.begin(REDIRECT);
  server.server.service.on("beforeResponse", ({ body }: { body: Record<string, unknown> }) => delete body["id_token"]);
  const back = await fetch(url, { redirect: "manual" });
  const { nonce: _, ...others } = JSON.parse(pending) as Record<string, string>;
  const ended = provider.finish(new URL(back.headers.get("location") ?? ""), JSON.stringify(others), REDIRECT);
  await expect(ended).rejects.toMatchObject({ code: "provider_refused", cause: { message: /no id token/ } });
});

test("metadata that come when newer ones are there already do not take their place, nor does their failure", async () => {
  const waiting: ServerResponse[] = [];
  const issuer: { url?: string } = {};
  const { url } = await plainServer((_request, response) => {
    waiting.push(response);
    if (waiting.length === 1) return;
    response.writeHead(200, { "content-type": "application/json" });
    const endpoints = {
      authorization_endpoint: `${issuer.url}/a`,
      token_endpoint: `${issuer.url}/t`,
      jwks_uri: `${issuer.url}/k`,
    };
    response.end(JSON.stringify({ issuer: issuer.url, ...endpoints }));
  });
  issuer.url = url;
  let now = 0;
  const { urls, fetch } = counted();
  const provider = new OpenIdProvider({ ...client, issuer: url }, fetch, () => now);
  const first = provider.begin(REDIRECT).catch((thrown: unknown) => thrown);
  while (waiting.length === 0) await setTimeout(5);
  now = 3_600_001;
  await provider.begin(REDIRECT);
  waiting[0]?.destroy();
  expect(await first).toMatchObject(unavailable);
  await provider.begin(REDIRECT);
  expect(urls).toHaveLength(2);
});

test.each([
  ["a text", "something else than an error was thrown", "provider_refused"],
  [new ClientError("it is not so"), "it is not so (no code)", "provider_refused"],
  [
    Object.assign(new ClientError("it took too long"), { code: "OAUTH_TIMEOUT" }),
    "it took too long (OAUTH_TIMEOUT)",
    unavailable.code,
  ],
])("what was thrown is told to the log alone: %s", (thrown, told, code) => {
  const problem = providerProblem(client, "tokens", thrown);
  expect(problem.code).toBe(code);
  expect((problem.cause as Error).message).toContain(`tokens: ${told}`);
  expect(problem.detail).not.toContain(told);
});
