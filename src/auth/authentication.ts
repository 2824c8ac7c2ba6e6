import type { Account } from "./account.ts";
import type { Principal } from "./principal.ts";

/** What a request shows of who sends it. */
export interface Credentials {
  readonly method: string;
  /** A request header by its lower-case name. */
  header(name: string): string | undefined;
}

/**
 * Decides who asks: no credentials are the anonymous caller, and what cannot be accepted ends the request with a 401,
 * since the caller believes to be somebody. Answers at once where the credentials were checked before.
 */
export interface Authentication {
  principalOf(credentials: Credentials): Principal | Promise<Principal>;
  /** The account of a name like `users/5`, as an administrator asks in its place; a 400, 401 or 403 where that cannot be. */
  standIn(by: Principal, name: string): Promise<Principal>;
}

/** Makes principals of accounts. */
export interface PrincipalSource {
  readonly anonymous: Principal;
  account(account: Account): Principal;
}
