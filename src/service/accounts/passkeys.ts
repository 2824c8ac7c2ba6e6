import type { Account } from "../../auth/account.ts";
import { ACCOUNT_PASSKEYS, CHALLENGE_MS } from "../../auth/limits.ts";
import {
  type AuthenticationResponseJSON,
  challengeIn,
  type PasskeyCredential,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
  randomHandle,
  registrationOptions,
  type RelyingParty,
  signInOptions,
  verifyRegistration,
  verifySignIn,
} from "../../auth/passkeys.ts";
import { Problem } from "../../errors/problem.ts";
import type { Observer } from "../../observability/observation.ts";
import { type AccountDirectory, type AccountName, requireNumber } from "./ports.ts";

/** A passkey as it is kept. Times are UTC as ISO 8601. */
export interface StoredPasskey extends PasskeyCredential {
  /** The number of its account. */
  readonly account: number;
  /** What the authenticator knows the account by. */
  readonly handle: string;
  readonly label: string;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
}

/** What a challenge may be signed for. */
export type ChallengePurpose = "register" | "sign_in";

export interface Challenge {
  readonly challenge: string;
  readonly purpose: ChallengePurpose;
  /** Whose it is; undefined where nobody is known yet. */
  readonly account: number | undefined;
  readonly handle: string | undefined;
}

/** Where passkeys and challenges are kept. */
export interface PasskeyStore {
  add(passkey: StoredPasskey, most: number): Promise<"added" | "taken" | "too_many">;
  find(id: string): Promise<StoredPasskey | undefined>;
  of(account: number): Promise<readonly StoredPasskey[]>;
  /** Whether the counter went on; decides and writes in one step. */
  use(id: string, counter: number, now: string): Promise<boolean>;
  /** Whether there was such a passkey of this account. */
  remove(account: number, id: string): Promise<boolean>;
  /** Keeps a challenge; of an account's earlier ones for the same purpose none is left. */
  keepChallenge(challenge: Challenge, times: { readonly now: string; readonly expiresAt: string }): Promise<void>;
  /** Takes a challenge out, so that nobody else can: undefined where it is not there, not for this, or has expired. */
  takeChallenge(
    wanted: Omit<Challenge, "handle">,
    now: string,
  ): Promise<{ readonly handle: string | undefined } | undefined>;
}

export interface PasskeyParts {
  /** Whom passkeys are made for, or why nobody can be. A server may learn its URL only when it listens. */
  readonly party: () => RelyingParty | { readonly impossible: string };
  readonly store: PasskeyStore;
  readonly accounts: AccountDirectory;
  readonly now: () => Date;
  readonly observe: Observer | undefined;
}

/** What the owner of a passkey sees of it. */
export interface PasskeyView {
  readonly id: string;
  readonly label: string;
  readonly transports: readonly string[];
  readonly created_at: string;
  readonly last_used_at: string | null;
}

/** Passkeys: made by somebody who has signed in, and from then on enough to sign in. */
export class Passkeys {
  readonly #parts: PasskeyParts;

  constructor(parts: PasskeyParts) {
    this.#parts = parts;
  }

  /** What the page of somebody who has signed in hands to the authenticator. */
  async registration(account: AccountName): Promise<PublicKeyCredentialCreationOptionsJSON> {
    const { store, accounts } = this.#parts;
    const party = this.#party();
    const number = await this.#numberOf(account);
    const known = await store.of(number);
    if (known.length >= ACCOUNT_PASSKEYS) throw tooMany();
    const challenge = randomHandle();
    // One handle an account: an authenticator keeps one passkey for each.
    const handle = known[0]?.handle ?? randomHandle();
    await store.keepChallenge({ challenge, purpose: "register", account: number, handle }, this.#times());
    const userName = (await accounts.identifierOf(account)) ?? party.name;
    return registrationOptions({ party, challenge, handle, userName, known });
  }

  /** Keeps a new passkey. Whatever the answer is, its challenge is used up. */
  async register(
    account: AccountName,
    made: { readonly credential: RegistrationResponseJSON; readonly label: string },
  ): Promise<PasskeyView> {
    const { store } = this.#parts;
    const party = this.#party();
    const number = await this.#numberOf(account);
    const { challenge, handle } = await this.#take(made.credential.response, { purpose: "register", account: number });
    if (handle === undefined) throw new Error("a challenge for a registration was kept without its handle");
    const credential = await verifyRegistration(party, challenge, made.credential).catch((error: unknown) => {
      this.#refused("not_verified", undefined, reasonOf(error));
      throw invalid(party);
    });
    const { label } = made;
    const passkey = { ...credential, account: number, handle, label, createdAt: this.#now(), lastUsedAt: null };
    const added = await store.add(passkey, ACCOUNT_PASSKEYS);
    if (added === "too_many") throw tooMany();
    if (added === "taken") throw new Problem("passkey_invalid", "This passkey is registered already.");
    return viewOf(passkey);
  }

  async list(account: AccountName): Promise<PasskeyView[]> {
    return (await this.#parts.store.of(await this.#numberOf(account))).map(viewOf);
  }

  /** Somebody else's passkey is as missing as one that never was. */
  async remove(account: AccountName, id: string): Promise<void> {
    if (!(await this.#parts.store.remove(await this.#numberOf(account), id)))
      throw new Problem("not_found", "This account has no such passkey.");
  }

  /** What anybody's page hands to the authenticator. It names no account, so that there is nothing to try names with. */
  async signInOptions(): Promise<PublicKeyCredentialRequestOptionsJSON> {
    const party = this.#party();
    const challenge = randomHandle();
    const kept = { challenge, purpose: "sign_in", account: undefined, handle: undefined } as const;
    await this.#parts.store.keepChallenge(kept, this.#times());
    return signInOptions(party, challenge);
  }

  /** The account of an assertion that holds. Every other answer is one and the same. */
  async signIn(response: AuthenticationResponseJSON): Promise<Account> {
    const { store, accounts } = this.#parts;
    const party = this.#party();
    const { challenge } = await this.#take(response.response, { purpose: "sign_in", account: undefined });
    const passkey = await store.find(response.id);
    if (passkey === undefined) throw this.#refused("unknown", undefined, "no such passkey is registered");
    const { userHandle } = response.response;
    if (userHandle !== undefined && userHandle !== passkey.handle)
      throw this.#refused("not_verified", passkey, "the authenticator names another account");
    const counter = await verifySignIn(party, { challenge, response }, passkey).catch((error: unknown) => {
      throw this.#refused("not_verified", passkey, reasonOf(error));
    });
    // An account that may not sign in leaves no trace in its passkey.
    const account = await accounts.byNumber(passkey.account);
    if (account === undefined) throw this.#refused("no_account", passkey, "its account is gone or disabled");
    if (!(await store.use(passkey.id, counter, this.#now())))
      throw this.#refused("counter_went_back", passkey, `it came with ${counter}, not above what was seen before`);
    return account;
  }

  async #numberOf(account: AccountName): Promise<number> {
    return requireNumber(await this.#parts.accounts.numberOf(account));
  }

  #party(): RelyingParty {
    const party = this.#parts.party();
    if ("impossible" in party) throw new Problem("passkeys_unavailable", party.impossible);
    return party;
  }

  async #take(
    response: { readonly clientDataJSON: string },
    wanted: Pick<Challenge, "purpose" | "account">,
  ): Promise<{ readonly challenge: string; readonly handle: string | undefined }> {
    const challenge = challengeIn(response);
    const taken =
      challenge === undefined
        ? undefined
        : await this.#parts.store.takeChallenge({ challenge, ...wanted }, this.#now());
    if (challenge === undefined || taken === undefined)
      throw new Problem("challenge_refused", "This challenge cannot be answered any more. Ask for new options.");
    return { challenge, handle: taken.handle };
  }

  #refused(
    reason: "unknown" | "not_verified" | "counter_went_back" | "no_account",
    passkey: StoredPasskey | undefined,
    detail: string,
  ): Problem {
    this.#parts.observe?.({ is: "passkey_refused", reason, passkey: passkey?.id, detail });
    return new Problem("passkey_refused", "No account can be signed in with this passkey.", {
      headers: { "www-authenticate": "Bearer" },
    });
  }

  #now(): string {
    return this.#parts.now().toISOString();
  }

  #times(): { readonly now: string; readonly expiresAt: string } {
    const now = this.#parts.now();
    return { now: now.toISOString(), expiresAt: new Date(now.getTime() + CHALLENGE_MS).toISOString() };
  }
}

function viewOf({ id, label, transports, createdAt, lastUsedAt }: StoredPasskey): PasskeyView {
  return { id, label, transports, created_at: createdAt, last_used_at: lastUsedAt };
}

function invalid(party: RelyingParty): Problem {
  return new Problem("passkey_invalid", `This is no passkey that was made for ${party.origin} and verified its user.`);
}

function tooMany(): Problem {
  return new Problem("too_many", `An account has at most ${ACCOUNT_PASSKEYS} passkeys. Remove one first.`);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
