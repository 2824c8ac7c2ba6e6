import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  ClientSecretBasic,
  ClientSecretPost,
  type ClientAuth,
  type Configuration,
  type CustomFetch,
  customFetch,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from "openid-client";
import { PROVIDER_TIMEOUT_S, type ProviderClient, type ProviderFetch } from "./identity-provider.ts";
import { providerProblem } from "./provider-problem.ts";

/** What a sign-in that has begun must know at its end. */
interface Pending {
  readonly state: string;
  /** RFC 7636: whoever has only seen the code cannot exchange it. */
  readonly verifier: string;
  /** OpenID Connect: the id token was made for this sign-in. */
  readonly nonce?: string;
}

type Tokens = Awaited<ReturnType<typeof authorizationCodeGrant>>;

const LOOPBACK = /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?(?:\/|$)/;

/** Whether a URL leads to this machine without TLS: only there may a provider be spoken to in the clear. */
export function isLoopback(url: string): boolean {
  return LOOPBACK.test(url);
}

/** Bounds every request of a provider's configuration. `insecure` is for providers on this machine. */
export function bound(configuration: Configuration, fetch: ProviderFetch, insecure: boolean): Configuration {
  configuration[customFetch] = fetch as CustomFetch;
  configuration.timeout = PROVIDER_TIMEOUT_S;
  if (insecure) allowInsecureRequests(configuration);
  return configuration;
}

/** How the client shows its secret: as the provider's metadata say, in the header where they say nothing (RFC 8414 §2). */
export function clientAuthentication(secret: string): ClientAuth {
  const inHeader = ClientSecretBasic(secret);
  const inBody = ClientSecretPost(secret);
  return (...request) => {
    const [{ token_endpoint_auth_methods_supported: methods }] = request;
    return methods?.includes("client_secret_basic") === false ? inBody(...request) : inHeader(...request);
  };
}

/** Where the browser goes, and what its sign-in must bring back. */
export async function beginCodeFlow(
  configuration: Configuration,
  client: ProviderClient,
  about: { readonly redirectUri: string; readonly withNonce: boolean },
): Promise<{ readonly url: string; readonly pending: string }> {
  const pending: Pending = {
    state: randomState(),
    verifier: randomPKCECodeVerifier(),
    ...(about.withNonce ? { nonce: randomNonce() } : {}),
  };
  const url = buildAuthorizationUrl(configuration, {
    redirect_uri: about.redirectUri,
    scope: client.scopes.join(" "),
    state: pending.state,
    code_challenge: await calculatePKCECodeChallenge(pending.verifier),
    code_challenge_method: "S256",
    ...(pending.nonce === undefined ? {} : { nonce: pending.nonce }),
  });
  return { url: url.href, pending: JSON.stringify(pending) };
}

/** The state of what `beginCodeFlow` gave out. */
export function stateOf(pending: string): string {
  return (JSON.parse(pending) as Pending).state;
}

/** Exchanges the code. An id token is asked for where there was a nonce, and checked with its signature. */
export async function finishCodeFlow(
  configuration: Configuration,
  client: ProviderClient,
  about: { readonly callbackUrl: URL; readonly pending: string; readonly redirectUri: string },
): Promise<Tokens> {
  const { state, verifier, nonce } = JSON.parse(about.pending) as Pending;
  // The code is exchanged with the redirect URI it was asked for with, whatever URL the callback came to.
  const url = new URL(about.redirectUri);
  url.search = about.callbackUrl.search;
  try {
    return await authorizationCodeGrant(configuration, url, {
      expectedState: state,
      pkceCodeVerifier: verifier,
      ...(nonce === undefined ? {} : { expectedNonce: nonce, idTokenExpected: true }),
    });
  } catch (thrown) {
    throw providerProblem(client, "tokens", thrown);
  }
}
