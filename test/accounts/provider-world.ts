import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { OAuth2Server } from "oauth2-mock-server";
import { onTestFinished } from "vitest";
import { identityProviders } from "#servery/auth/providers/identity-providers.js";
import { pendingSealing } from "#servery/auth/providers/sealing.js";
import { decideProviders } from "#servery/config/provider-settings.js";
import { sqliteDialect } from "#servery/database/sqlite/dialect.js";
import { createIdentities, createUsedStates } from "#servery/database/sql/identities.js";
import type { HttpAnswer } from "#servery/http/http-message.js";
import { answerRequest, type Pipeline } from "#servery/http/pipeline.js";
import { providerRoutes } from "#servery/http/provider-routes.js";
import { Router } from "#servery/http/router.js";
import { IdentityRepository } from "#servery/repository/identity-repository.js";
import type { SignedInCaller } from "#servery/service/accounts/provider-ports.js";
import { requestProvider } from "#servery/service/accounts/provider-requests.js";
import { ProviderSignIn } from "#servery/service/accounts/provider-sign-in.js";
import { answerText } from "../harness/answer-text.ts";
import { temporaryDatabase } from "../database/temporary.ts";
import { accountTables, AccountStore } from "./account-store.ts";

export const PUBLIC_URL = "https://app.example";
const SECRET = "a secret of the tests that is long enough";
export const client = { clientId: "our client", clientSecret: "our client secret" };

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly text: string;
}

/** The routes of providers over real accounts, as a browser meets them. */
export interface ProviderWorld {
  readonly accounts: AccountStore;
  readonly identities: IdentityRepository;
  /** What the log was told. */
  readonly faults: unknown[];
  /** Who is signed in, as the session cookie would say. */
  caller: SignedInCaller | undefined;
  /** Milliseconds that the clock of the application is ahead. */
  ahead: number;
  get(url: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
}

export async function providerWorld(
  providers: unknown,
  options: { publicUrl?: string; origins?: readonly string[] } = {},
): Promise<ProviderWorld> {
  const { publicUrl = PUBLIC_URL, origins = [] } = options;
  const database = await temporaryDatabase({ driver: "auto" }, [
    ...accountTables,
    ...createIdentities(sqliteDialect.own),
    ...createUsedStates(sqliteDialect.own),
  ]);
  const accounts = new AccountStore(database);
  const identities = new IdentityRepository(database);
  const now = (): number => Date.now() + world.ahead;
  const signIn = new ProviderSignIn({
    providers: identityProviders(decideProviders(providers, {}), { fetch: requestProvider, now }),
    accounts,
    identities,
    sealing: pendingSealing(SECRET),
    targets: { publicUrl, allows: (origin) => origins.includes(origin) },
    now,
  });
  const faults: unknown[] = [];
  const pipeline = {
    router: new Router(providerRoutes),
    services: { state: { maintenance: () => undefined }, providers: { signIn, callerOf: () => world.caller } },
    authentication: { principalOf: () => undefined },
    origins,
    nextRequestId: () => "request-1",
    reportFault: (_requestId: string, cause: unknown) => faults.push(cause),
    reportRefusal: () => {},
  } as unknown as Pipeline;
  const world: ProviderWorld = {
    accounts,
    identities,
    faults,
    caller: undefined,
    ahead: 0,
    get: async (url, headers = {}) => {
      const header = (name: string): string | undefined => headers[name];
      return plainAnswer(await answerRequest(pipeline, { method: "GET", url, header, body: undefined }));
    },
  };
  return world;
}

async function plainAnswer({ status, headers, cookies = [], body }: HttpAnswer): Promise<Answer> {
  return { status, headers, cookies, text: await answerText(body) };
}

/** The pending cookie of an answer, as a browser sends it back. */
export function cookieOf({ cookies }: Answer): Readonly<Record<string, string>> {
  return { cookie: cookies.map((cookie) => cookie.split(";")[0] ?? "").join("; ") };
}

/** Begins, and lets the provider answer: the callback's path and query, with the cookie that goes with it. */
export async function goToProvider(
  world: ProviderWorld,
  name: string,
  asked: { readonly query?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<{ readonly callback: string; readonly cookie: Readonly<Record<string, string>>; readonly begun: Answer }> {
  const begun = await world.get(`/api/auth/with/${name}${asked.query ?? ""}`, asked.headers);
  if (begun.status !== 302) throw new Error(`begin answered ${begun.status}: ${begun.text}`);
  const answer = await fetch(begun.headers["location"] ?? "", { redirect: "manual" });
  const location = new URL(answer.headers.get("location") ?? "");
  return { callback: location.pathname + location.search, cookie: cookieOf(begun), begun };
}

/** The whole way of a browser: to the provider, and back. */
export async function signInWith(
  world: ProviderWorld,
  name: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const { callback, cookie } = await goToProvider(world, name, { headers });
  return world.get(callback, { ...headers, ...cookie });
}

/** A real OpenID provider on this machine. Its id tokens say what `claims` says. */
export interface OpenIdServer {
  readonly server: OAuth2Server;
  readonly issuer: string;
  claims: Record<string, unknown>;
}

export async function openIdServer(port = 0): Promise<OpenIdServer> {
  const server = new OAuth2Server();
  await server.issuer.keys.generate("RS256");
  await server.start(port, "127.0.0.1");
  onTestFinished(async () => {
    if (server.listening) await server.stop();
  });
  const made: OpenIdServer = {
    server,
    issuer: server.issuer.url ?? "",
    claims: { sub: "ada-1", email: "ada@example.com", email_verified: true, name: "Ada" },
  };
  server.service.on("beforeTokenSigning", ({ payload }: { payload: Record<string, unknown> }) => {
    if (payload["aud"] === client.clientId || payload["nonce"] !== undefined) Object.assign(payload, made.claims);
  });
  return made;
}

/** A server on this machine that answers as the test says. */
export async function plainServer(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer(answer);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}
