import { Problem } from "../errors/problem.ts";
import type { Account } from "./account.ts";

/**
 * Ends a request that only somebody who has signed in may send: whoever finds an API key must not be able to make
 * further ones of it, nor to change how its owner signs in.
 */
export function requireSession(account: Account | undefined): Account {
  if (account === undefined)
    throw new Problem("sign_in_required", "Sign in first.", { headers: { "www-authenticate": "Bearer" } });
  if (account.session === undefined)
    throw new Problem("forbidden", "This needs somebody who has signed in: an API key cannot do it.");
  return account;
}
