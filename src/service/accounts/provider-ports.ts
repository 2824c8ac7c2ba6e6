import type { Identity } from "../../auth/providers/identity-provider.ts";
import type { AccountKey, AddressHolder } from "../../auth/providers/link-identity.ts";
import type { IdentityKey } from "./provider-sign-in.ts";

/** A caller who was signed in when the sign-in began. */
export interface SignedInCaller extends AccountKey {
  /** The session it was signed in with. */
  readonly session: string;
}

/** What signing in with a provider needs of the accounts. `table` is the accounts table. */
export interface ProviderAccounts {
  readonly table: string;
  exists(account: AccountKey): Promise<boolean>;
  /** The account that holds an address, and whether it was verified. */
  holderOf(email: string): Promise<AddressHolder | undefined>;
  /**
   * Makes an account whose address is verified, without a password. Throws the Problem `unique` where the address was
   * taken in the meantime.
   */
  create(identity: Identity & { readonly email: string }): Promise<AccountKey>;
  /**
   * In one write: drops the password, the sessions, second factors, passkeys, keys and open confirmations of an account,
   * and says that its address is verified. A sign-in that is under way with the old password must fail after it.
   */
  reclaim(account: AccountKey): Promise<void>;
  /** Whether the session still stands and its account may still be used. */
  stillSignedIn(caller: SignedInCaller): Promise<boolean>;
  /** Signs an account in: the values of Set-Cookie that say so. Throws a Problem for an account that may not. */
  signIn(account: AccountKey): Promise<readonly string[]>;
}

/** The stored identities. */
export interface IdentityStore {
  find(identity: IdentityKey, table: string): Promise<AccountKey | undefined>;
  link(identity: IdentityKey, account: AccountKey, now: string): Promise<boolean>;
  linkAlone(identity: IdentityKey, account: AccountKey, now: string): Promise<boolean>;
  unlink(identity: IdentityKey, account: AccountKey): Promise<void>;
  unlinkAll(account: AccountKey): Promise<void>;
  useState(state: string, times: { readonly expires: string; readonly now: string }): Promise<boolean>;
}

/** Closes a text so that only this application can read it, and opens it again: undefined for any other text. */
export interface Sealing {
  seal(text: string): string;
  unseal(sealed: string): string | undefined;
}
