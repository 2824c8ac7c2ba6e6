import { Problem } from "../errors/problem.ts";
import type { Authentication } from "./authentication.ts";
import type { Principal } from "./principal.ts";
import { invalidToken } from "./tokens/token-problem.ts";

/**
 * Where no table has accounts, no credentials can be valid; they are refused and never read as an anonymous request,
 * since the caller believes to be somebody.
 */
export function withoutAccounts(anonymous: Principal): Authentication {
  return {
    principalOf(credentials) {
      if (credentials.header("authorization") === undefined) return anonymous;
      throw invalidToken(
        "This server has no accounts, so it accepts no credentials. Leave the Authorization header out.",
      );
    },
    standIn() {
      return Promise.reject(new Problem("cannot_act_as", "This server has no accounts: leave X-Servery-As out."));
    },
  };
}
