import type { Stored } from "../../schema/stored.ts";
import type { Identity } from "./identity-provider.ts";

/** An account as its table and the key of its row. */
export interface AccountKey {
  readonly table: string;
  readonly key: Stored;
}

/** The account that holds an address. */
export interface AddressHolder {
  readonly account: AccountKey;
  /** Whether whoever made the account has shown that the address is theirs. */
  readonly verified: boolean;
}

/** What is known when an identity has come back from its provider. */
export interface KnownOfIdentity {
  readonly identity: Pick<Identity, "email" | "emailVerified">;
  /** The account that the identity is linked to. */
  readonly linked: AccountKey | undefined;
  /** The account that holds the identity's address. Asked for only where the address is verified. */
  readonly holder: AddressHolder | undefined;
  /** The account that was signed in when the browser was sent to the provider, and still is. */
  readonly caller: AccountKey | undefined;
}

/** What follows. */
export type LinkDecision =
  /** The account is let in; nothing is written. */
  | { readonly is: "sign_in"; readonly account: AccountKey }
  /** There is no account yet: one is made with the verified address. */
  | { readonly is: "create" }
  /** The identity becomes a way into the account. `signsIn` is false for a caller who is in already. */
  | { readonly is: "link"; readonly account: AccountKey; readonly signsIn: boolean }
  /** As `link`, after everything that opened the account until now was dropped. */
  | { readonly is: "reclaim"; readonly account: AccountKey }
  | { readonly is: "refuse"; readonly why: "unverified" | "taken" };

/**
 * Decides whose account an identity opens.
 *
 * A link that was made once counts, whatever became of the addresses since. Without one, only an address that the
 * provider has verified says anything, and only where the account's own address was verified is the account's maker
 * known to be the same person.
 *
 * An account that holds the address unverified may have been made by somebody else, who waits for its owner to come
 * and use it (pre-hijacking). To refuse the owner would let anybody lock anybody out by writing down their address, so
 * the owner gets the account, and what its maker knows (password, sessions, everything else that opens it) is dropped
 * first. A maker who was the owner all along loses a password that a reset gives back.
 *
 * A signed-in caller may link what is nobody else's, with any address or none: both sides have just been shown.
 */
export function linkIdentity({ identity, linked, holder, caller }: KnownOfIdentity): LinkDecision {
  if (caller !== undefined) {
    if (linked === undefined) return { is: "link", account: caller, signsIn: false };
    return isSame(linked, caller) ? { is: "sign_in", account: linked } : { is: "refuse", why: "taken" };
  }
  if (linked !== undefined) return { is: "sign_in", account: linked };
  if (identity.email === undefined || !identity.emailVerified) return { is: "refuse", why: "unverified" };
  if (holder === undefined) return { is: "create" };
  return holder.verified
    ? { is: "link", account: holder.account, signsIn: true }
    : { is: "reclaim", account: holder.account };
}

function isSame(one: AccountKey, other: AccountKey): boolean {
  return one.table === other.table && String(one.key) === String(other.key);
}
