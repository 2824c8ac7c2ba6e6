/** Who somebody is in the words of a provider. Everything in it was checked or bounded. */
export interface Identity {
  /** The provider's name in the configuration. */
  readonly provider: string;
  /** Never reused by the provider; an address or a name may be. */
  readonly subject: string;
  readonly email?: string | undefined;
  /** True only where the provider says so with the JSON value `true`. */
  readonly emailVerified: boolean;
  readonly name?: string | undefined;
}

/** A way in that another server opens. It holds no state of a sign-in: two may go on at once. */
export interface IdentityProvider {
  readonly name: string;
  /** What people read. */
  readonly title: string;
  /**
   * Where to send the browser, and what must come back with it unseen and unchanged: `pending` holds secrets.
   * Throws the Problem `provider_unavailable`.
   */
  begin(redirectUri: string): Promise<{ readonly url: string; readonly pending: string }>;
  /**
   * Whom the provider has sent back. `callbackUrl` is the redirect URI with the query of the callback. Throws the
   * Problems `provider_unavailable` and `provider_refused`.
   */
  finish(callbackUrl: URL, pending: string, redirectUri: string): Promise<Identity>;
  /** The `state` of a pending sign-in: whoever finishes it must bring the same, once. */
  stateOf(pending: string): string;
}

/** What a client of a provider is made of. */
export interface ProviderClient {
  readonly name: string;
  readonly title: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: readonly string[];
}

/** Fetches from a provider: within a time, and no more than a bounded number of bytes. Rejects with `ProviderSilent`. */
export type ProviderFetch = (
  url: string,
  options: {
    readonly method: string;
    readonly headers: Record<string, string>;
    readonly body?: unknown;
    readonly signal?: AbortSignal | undefined;
  },
) => Promise<Response>;

/** A provider cannot be reached, or does not end its answer. */
export class ProviderSilent extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ProviderSilent";
  }
}

/** Seconds until a request to a provider has failed. */
export const PROVIDER_TIMEOUT_S = 5;
