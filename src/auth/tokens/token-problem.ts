import { Problem } from "../../errors/problem.ts";

/** RFC 6750 §3.1 has one error for a token that is expired, revoked, malformed or otherwise not valid. */
const headers = { "www-authenticate": 'Bearer error="invalid_token"' };

/** The answer to a token that this server does not accept; `cause` is for the log alone. */
export function invalidToken(detail: string, cause?: unknown): Problem {
  return new Problem("invalid_token", detail, { headers, cause });
}

/** The answer to a token that was good and is over. */
export function tokenExpired(): Problem {
  const detail = "The token has expired. Refresh it, or sign in again.";
  return new Problem("token_expired", detail, { headers, error: "Token expired" });
}
