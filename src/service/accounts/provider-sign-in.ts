import type { Identity, IdentityProvider } from "../../auth/providers/identity-provider.ts";
import { type AccountKey, linkIdentity } from "../../auth/providers/link-identity.ts";
import { type ReturnTargets, returnTarget } from "../../auth/providers/return-target.ts";
import { Problem } from "../../errors/problem.ts";
import type { IdentityStore, ProviderAccounts, Sealing, SignedInCaller } from "./provider-ports.ts";

/** Milliseconds between the way to a provider and the way back. */
const SIGN_IN_MS = 600_000;

/** What a provider calls somebody. */
export type IdentityKey = Pick<Identity, "provider" | "subject">;

/** What `ProviderSignIn` stands on. */
export interface ProviderSignInParts {
  readonly providers: ReadonlyMap<string, IdentityProvider>;
  readonly accounts: ProviderAccounts;
  readonly identities: IdentityStore;
  readonly sealing: Sealing;
  /** Where the application is for its users, and which other pages may be returned to. */
  readonly targets: ReturnTargets;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Where the browser goes next, and what it keeps. */
export interface Sent {
  readonly location: string;
  /** The sealed text for the cookie that must come back. */
  readonly pending: string;
}

/** What the sealed text holds. */
interface PendingSignIn {
  readonly provider: string;
  /** The provider's own: verifier, state, nonce. */
  readonly own: string;
  readonly returnTo: string;
  readonly expires: number;
  readonly caller?: { readonly table: string; readonly key: string; readonly session: string };
}

/** Signing in with a provider: to it, and back with an identity that opens an account. */
export class ProviderSignIn {
  readonly #parts: ProviderSignInParts;

  constructor(parts: ProviderSignInParts) {
    this.#parts = parts;
  }

  /** The configured providers. */
  list(): { readonly name: string; readonly title: string }[] {
    return [...this.#parts.providers.values()].map(({ name, title }) => ({ name, title }));
  }

  /** Whether cookies may be sent over TLS alone. */
  get secure(): boolean {
    return this.#parts.targets.publicUrl.startsWith("https:");
  }

  /**
   * Begins: `returnTo` is as the caller wrote it, `caller` who is signed in and wants to link. Throws the Problems
   * `not_found`, `invalid_parameter` and `provider_unavailable`.
   */
  async begin(name: string, about: { returnTo: string; caller: SignedInCaller | undefined }): Promise<Sent> {
    const { sealing, targets, now } = this.#parts;
    const provider = this.#provider(name);
    const returnTo = returnTarget(about.returnTo, targets);
    if (returnTo === undefined)
      throw new Problem("invalid_parameter", "return_to takes a path of this server, or a page of an allowed origin.");
    const { url, pending: own } = await provider.begin(this.#redirectUri(name));
    const expires = now() + SIGN_IN_MS;
    const { caller } = about;
    const pending: PendingSignIn = {
      provider: name,
      own,
      returnTo,
      expires,
      ...(caller === undefined ? {} : { caller: { ...caller, key: String(caller.key) } }),
    };
    return { location: url, pending: sealing.seal(JSON.stringify(pending)) };
  }

  /**
   * Ends: `query` is what the provider added to the redirect URI, `sealed` what the browser has kept. Each sign-in ends
   * once, however it ends. Throws the Problems `not_found`, `sign_in_expired`, `provider_unavailable`,
   * `provider_refused`, `unverified_address` and `identity_taken`.
   */
  async finish(
    name: string,
    came: { readonly query: string; readonly sealed: string | undefined },
  ): Promise<{ readonly location: string; readonly cookies: readonly string[] }> {
    const provider = this.#provider(name);
    const pending = this.#opened(name, came.sealed);
    const callbackUrl = new URL(this.#redirectUri(name));
    callbackUrl.search = came.query;
    await this.#useUp(provider.stateOf(pending.own), callbackUrl, pending.expires);
    const identity = await provider.finish(callbackUrl, pending.own, this.#redirectUri(name));
    return { location: pending.returnTo, cookies: await this.#enter(identity, pending.caller) };
  }

  #provider(name: string): IdentityProvider {
    const provider = this.#parts.providers.get(name);
    if (provider === undefined) throw new Problem("not_found", "There is no such way to sign in.");
    return provider;
  }

  /** Of the configured URL alone: what a request says of its host is whatever its sender wrote there. */
  #redirectUri(name: string): string {
    return new URL(`/api/auth/with/${name}/callback`, this.#parts.targets.publicUrl).href;
  }

  #opened(name: string, sealed: string | undefined): PendingSignIn {
    const text = sealed === undefined ? undefined : this.#parts.sealing.unseal(sealed);
    const pending = text === undefined ? undefined : (JSON.parse(text) as PendingSignIn);
    if (pending === undefined || pending.provider !== name || pending.expires <= this.#parts.now()) throw notUnderWay();
    return pending;
  }

  /** Before the code is exchanged, so that what comes twice, even at once, ends once. */
  async #useUp(state: string, callbackUrl: URL, expires: number): Promise<void> {
    const [came, ...more] = callbackUrl.searchParams.getAll("state");
    if (came !== state || more.length > 0) throw notUnderWay();
    const times = { expires: new Date(expires).toISOString(), now: this.#time() };
    if (!(await this.#parts.identities.useState(state, times))) throw notUnderWay();
  }

  async #enter(identity: Identity, began: PendingSignIn["caller"]): Promise<readonly string[]> {
    const caller = await this.#callerOf(began);
    try {
      return await this.#decided(identity, caller);
    } catch (error) {
      // Two sign-ins of a new identity at once both find no account: the second one finds the first one's.
      if (!(error instanceof Problem) || error.code !== "unique") throw error;
      return this.#decided(identity, caller);
    }
  }

  /** Who wanted to link: a session that has ended since links nothing, and signs in nobody else instead. */
  async #callerOf(began: PendingSignIn["caller"]): Promise<SignedInCaller | undefined> {
    if (began === undefined) return undefined;
    const caller = began;
    if (!(await this.#parts.accounts.stillSignedIn(caller))) throw notUnderWay();
    return caller;
  }

  async #decided(identity: Identity, caller: SignedInCaller | undefined): Promise<readonly string[]> {
    const { accounts } = this.#parts;
    const linked = await this.#linked(identity);
    const { email } = identity;
    const asks = caller === undefined && linked === undefined && identity.emailVerified && email !== undefined;
    const holder = asks ? await accounts.holderOf(email) : undefined;
    const decision = linkIdentity({ identity, linked, holder, caller });
    switch (decision.is) {
      case "refuse":
        throw decision.why === "taken" ? taken() : unverified();
      case "sign_in":
        return caller === undefined ? this.#signInLinked(identity, decision.account) : [];
      case "create": {
        const account = await accounts.create({ ...identity, email: email ?? "" });
        return this.#linkAndSignIn(identity, account);
      }
      case "link":
        if (caller !== undefined) return this.#linkCaller(identity, caller);
        return this.#linkAndSignIn(identity, decision.account);
      case "reclaim":
        return this.#reclaim(identity, decision.account);
    }
  }

  /** An account that is gone leaves its links behind where somebody else deleted it. */
  async #linked(identity: Identity): Promise<AccountKey | undefined> {
    const { accounts, identities } = this.#parts;
    const linked = await identities.find(identity, accounts.table);
    if (linked === undefined || (await accounts.exists(linked))) return linked;
    await identities.unlink(identity, linked);
    return undefined;
  }

  /** Looked at again after the session is there: whoever takes the account over ends the links before the sessions. */
  async #signInLinked(identity: Identity, account: AccountKey): Promise<readonly string[]> {
    const { accounts, identities } = this.#parts;
    const cookies = await accounts.signIn(account);
    if ((await identities.find(identity, accounts.table)) === undefined) throw notUnderWay();
    return cookies;
  }

  async #linkAndSignIn(identity: Identity, account: AccountKey): Promise<readonly string[]> {
    const { accounts, identities } = this.#parts;
    if (!(await identities.link(identity, account, this.#time()))) await this.#expectLinked(identity, account);
    return accounts.signIn(account);
  }

  /** The session is looked at after the link is there: who takes the account over ends the sessions before the links. */
  async #linkCaller(identity: Identity, caller: SignedInCaller): Promise<readonly string[]> {
    const { accounts, identities } = this.#parts;
    const { table, key } = caller;
    if (!(await identities.link(identity, { table, key }, this.#time()))) throw taken();
    if (await accounts.stillSignedIn(caller)) return [];
    await identities.unlink(identity, caller);
    throw notUnderWay();
  }

  /**
   * Links end before and after the sessions, so that neither a link nor a session that comes in between survives.
   * What is left when this stops half way is an account that nobody can enter but its owner, in the same way.
   */
  async #reclaim(identity: Identity, account: AccountKey): Promise<readonly string[]> {
    const { accounts, identities } = this.#parts;
    await identities.unlinkAll(account);
    await accounts.reclaim(account);
    if (!(await identities.linkAlone(identity, account, this.#time()))) await this.#expectLinked(identity, account);
    return accounts.signIn(account);
  }

  /** Somebody linked it in the meantime: the same sign-in in another window, or to another account. */
  async #expectLinked(identity: Identity, account: AccountKey): Promise<void> {
    const { accounts, identities } = this.#parts;
    const linked = await identities.find(identity, accounts.table);
    if (linked === undefined || String(linked.key) !== String(account.key)) throw taken();
  }

  #time(): string {
    return new Date(this.#parts.now()).toISOString();
  }
}

/** One answer for all of it: who tries with another's cookie or state learns nothing. */
function notUnderWay(): Problem {
  return new Problem("sign_in_expired", "This sign-in is not under way in this browser. Begin again.");
}

function taken(): Problem {
  return new Problem("identity_taken", "This is a way into another account. Sign in with it, or choose another one.");
}

function unverified(): Problem {
  return new Problem("unverified_address", "The provider does not say that your address is verified.");
}
