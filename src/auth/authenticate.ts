import { Problem } from "../errors/problem.ts";
import { anonymous, type Principal } from "./principal.ts";

/**
 * Decides who asks. There are no accounts yet, so no credentials can be valid; they are refused and
 * never read as an anonymous request, since the caller believes to be somebody.
 */
export function authenticate(authorization: string | undefined): Principal {
  if (authorization === undefined) return anonymous;
  throw new Problem(
    "invalid_token",
    "This server has no accounts yet, so it accepts no credentials. Leave the Authorization header out.",
    {
      headers: { "www-authenticate": 'Bearer error="invalid_token"' },
    },
  );
}
