import { Configuration, fetchProtectedResource } from "openid-client";
import { assertedEmail, assertedName, assertedSubject } from "./asserted.ts";
import { beginCodeFlow, bound, clientAuthentication, finishCodeFlow, isLoopback, stateOf } from "./code-flow.ts";
import type { Identity, IdentityProvider, ProviderClient, ProviderFetch } from "./identity-provider.ts";
import { providerProblem, refused, unavailable } from "./provider-problem.ts";

/** A provider of plain OAuth 2 that answers like GitHub. */
export interface GitHubClient extends ProviderClient {
  readonly endpoints: {
    readonly authorize: string;
    readonly token: string;
    readonly user: string;
    readonly emails: string;
  };
}

const ACCEPT = "application/vnd.github+json";

/** Signs in with GitHub (RFC 6749 §4.1): it makes no id token, so its API is asked who has come. */
export class GitHubProvider implements IdentityProvider {
  readonly name: string;
  readonly title: string;
  readonly #client: GitHubClient;
  readonly #configuration: Configuration;

  constructor(client: GitHubClient, fetch: ProviderFetch) {
    this.name = client.name;
    this.title = client.title;
    this.#client = client;
    const { authorize, token } = client.endpoints;
    const server = {
      // Where GitHub names itself in the callback (RFC 9207), it is by the folder of its endpoints.
      issuer: authorize.replace(/\/authorize$/, ""),
      authorization_endpoint: authorize,
      token_endpoint: token,
      token_endpoint_auth_methods_supported: ["client_secret_post"],
    };
    this.#configuration = bound(
      new Configuration(server, client.clientId, {}, clientAuthentication(client.clientSecret)),
      fetch,
      Object.values(client.endpoints).some(isLoopback),
    );
  }

  async begin(redirectUri: string): Promise<{ readonly url: string; readonly pending: string }> {
    return beginCodeFlow(this.#configuration, this.#client, { redirectUri, withNonce: false });
  }

  stateOf(pending: string): string {
    return stateOf(pending);
  }

  async finish(callbackUrl: URL, pending: string, redirectUri: string): Promise<Identity> {
    const about = { callbackUrl, pending, redirectUri };
    const { access_token } = await finishCodeFlow(this.#configuration, this.#client, about);
    const { endpoints } = this.#client;
    const user = await this.#ask(access_token, endpoints.user);
    const emails = await this.#ask(access_token, endpoints.emails);
    return this.#identity(user, emails);
  }

  #identity(user: unknown, emails: unknown): Identity {
    const { id, name } = (typeof user === "object" && user !== null ? user : {}) as Readonly<Record<string, unknown>>;
    const subject = assertedSubject(id);
    if (subject === undefined) throw refused(this.#client, "answer: a user without an id");
    const email = primaryOf(emails);
    return {
      provider: this.name,
      subject,
      // The address of the user's profile is whatever they wrote there: only this list says what was verified.
      email: email?.address,
      emailVerified: email?.verified === true,
      name: assertedName(name),
    };
  }

  async #ask(accessToken: string, url: string): Promise<unknown> {
    try {
      const headers = new Headers({ accept: ACCEPT });
      const answer = await fetchProtectedResource(this.#configuration, accessToken, new URL(url), "GET", null, headers);
      if (!answer.ok) throw unavailable(this.#client, `answer: status ${answer.status}`);
      return await answer.json();
    } catch (thrown) {
      // What is no JSON is no answer.
      if (thrown instanceof SyntaxError) throw unavailable(this.#client, "answer: no JSON");
      throw providerProblem(this.#client, "answer", thrown);
    }
  }
}

function primaryOf(emails: unknown): { readonly address: string; readonly verified: boolean } | undefined {
  for (const entry of Array.isArray(emails) ? emails : []) {
    if (typeof entry !== "object" || entry === null) continue;
    const { email, primary, verified } = entry as Readonly<Record<string, unknown>>;
    const address = assertedEmail(email);
    if (primary === true && address !== undefined) return { address, verified: verified === true };
  }
  return undefined;
}
