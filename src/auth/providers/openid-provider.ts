import {
  allowInsecureRequests,
  type Configuration,
  type CustomFetch,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
} from "openid-client";
import { assertedEmail, assertedName, assertedSubject } from "./asserted.ts";
import { beginCodeFlow, bound, clientAuthentication, finishCodeFlow, isLoopback, stateOf } from "./code-flow.ts";
import {
  type Identity,
  type IdentityProvider,
  PROVIDER_TIMEOUT_S,
  type ProviderClient,
  type ProviderFetch,
} from "./identity-provider.ts";
import { providerProblem, refused, unavailable } from "./provider-problem.ts";

/** Milliseconds for which a provider's metadata and keys hold. */
const METADATA_MS = 3_600_000;

/** A provider of OpenID Connect. `now` answers milliseconds that only grow. */
export interface OpenIdClient extends ProviderClient {
  readonly issuer: string;
}

/** The claims of an id token or of a userinfo answer, as far as they are read. */
interface Claims {
  readonly sub: string;
  readonly email?: unknown;
  readonly email_verified?: unknown;
  readonly name?: unknown;
}

/** Signs in with an OpenID provider (OpenID Connect Core 1.0 §3.1), found by its issuer at the first sign-in. */
export class OpenIdProvider implements IdentityProvider {
  readonly name: string;
  readonly title: string;
  readonly #client: OpenIdClient;
  readonly #fetch: ProviderFetch;
  readonly #now: () => number;
  #found: { readonly configuration: Promise<Configuration>; readonly at: number } | undefined;

  constructor(client: OpenIdClient, fetch: ProviderFetch, now: () => number) {
    this.name = client.name;
    this.title = client.title;
    this.#client = client;
    this.#fetch = fetch;
    this.#now = now;
  }

  async begin(redirectUri: string): Promise<{ readonly url: string; readonly pending: string }> {
    const configuration = await this.#configuration();
    try {
      return await beginCodeFlow(configuration, this.#client, { redirectUri, withNonce: true });
    } catch (thrown) {
      throw providerProblem(this.#client, "discovery", thrown);
    }
  }

  stateOf(pending: string): string {
    return stateOf(pending);
  }

  async finish(callbackUrl: URL, pending: string, redirectUri: string): Promise<Identity> {
    const configuration = await this.#configuration();
    const about = { callbackUrl, pending, redirectUri };
    const tokens = await finishCodeFlow(configuration, this.#client, about);
    const claims = tokens.claims();
    if (claims === undefined) throw refused(this.#client, "tokens: no id token");
    return this.#identity(await this.#complete(configuration, claims, tokens.access_token));
  }

  #identity(claims: Claims): Identity {
    const subject = assertedSubject(claims.sub);
    if (subject === undefined) throw refused(this.#client, "tokens: a subject of no known form");
    const email = assertedEmail(claims.email);
    return {
      provider: this.name,
      subject,
      email,
      // A text "true" is what careless providers send; it says nothing that could be relied on.
      emailVerified: email !== undefined && claims.email_verified === true,
      name: assertedName(claims.name),
    };
  }

  /** Many providers tell the address only where the access token is shown (OpenID Connect Core 1.0 §5.4). */
  async #complete(configuration: Configuration, claims: Claims, accessToken: string): Promise<Claims> {
    if (claims.email !== undefined || configuration.serverMetadata().userinfo_endpoint === undefined) return claims;
    try {
      // Both words about the address come from one answer.
      return await fetchUserInfo(configuration, accessToken, claims.sub);
    } catch (thrown) {
      throw providerProblem(this.#client, "answer", thrown);
    }
  }

  /** Asked for once and shared while it holds; what failed is asked for again. */
  async #configuration(): Promise<Configuration> {
    const found = this.#found;
    if (found !== undefined && this.#now() - found.at < METADATA_MS) return found.configuration;
    const configuration = this.#discover();
    const asked = { configuration, at: this.#now() };
    this.#found = asked;
    configuration.catch(() => {
      if (this.#found === asked) this.#found = undefined;
    });
    return configuration;
  }

  async #discover(): Promise<Configuration> {
    const { issuer, clientId, clientSecret } = this.#client;
    const insecure = isLoopback(issuer);
    try {
      const configuration = await discovery(
        new URL(issuer),
        clientId,
        { client_secret: clientSecret },
        clientAuthentication(clientSecret),
        {
          timeout: PROVIDER_TIMEOUT_S,
          [customFetch]: this.#fetch as CustomFetch,
          ...(insecure ? { execute: [allowInsecureRequests] } : {}),
        },
      );
      // The way to the provider is encrypted, but a signature that is there and wrong must not pass.
      enableNonRepudiationChecks(configuration);
      this.#refuseUnusable(configuration);
      return bound(configuration, this.#fetch, insecure);
    } catch (thrown) {
      throw providerProblem(this.#client, "discovery", thrown);
    }
  }

  /** What would otherwise be found out when the user has come back. */
  #refuseUnusable(configuration: Configuration): void {
    const { authorization_endpoint, token_endpoint, jwks_uri } = configuration.serverMetadata();
    if (authorization_endpoint === undefined || token_endpoint === undefined || jwks_uri === undefined)
      throw unavailable(this.#client, "discovery: an endpoint is missing");
  }
}
