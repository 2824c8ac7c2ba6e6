import { invalidToken } from "./tokens/token-problem.ts";

/** RFC 6750 §2.1: one scheme, one space, one token68. What is written otherwise is nobody's token. */
const BEARER = /^Bearer ([A-Za-z0-9._~+/-]+=*)$/i;

/** The token of an Authorization header. A 401 for every other content: the caller believes to be somebody. */
export function bearerToken(authorization: string): string {
  const token = BEARER.exec(authorization)?.[1];
  if (token === undefined) throw invalidToken("The Authorization header is not Bearer, one space and a token.");
  return token;
}
