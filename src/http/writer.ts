import { createHash } from "node:crypto";
import { callerName } from "../auth/principal.ts";
import { Problem } from "../errors/problem.ts";
import type { KeptAnswer } from "../service/kept-answer.ts";
import type { Writer } from "../service/record-writes.ts";
import { IDEMPOTENCY_KEY_LENGTH } from "../validation/limits.ts";
import type { RoutedRequest } from "./route.ts";

/** Printable ASCII: what a header can hold on every way (RFC 9110 §5.5). */
const KEY = /^[\x21-\x7e]+$/;

/** Who writes, and under which name the answer is kept. */
export function writerOf(request: RoutedRequest): Writer {
  const { principal, requestId } = request;
  return { principal, requestId, keep: keptAnswerOf(request) };
}

/**
 * Under which name the answer is kept, where the request has an Idempotency-Key. The same key of another caller, method
 * or path is another name. Callers without an account are not told apart: where there are accounts nothing is kept for
 * them, since one could be answered what another has written.
 */
function keptAnswerOf(request: RoutedRequest): KeptAnswer | undefined {
  const { received, principal } = request;
  const { raw, method, path, query } = received;
  const key = raw.header("idempotency-key");
  if (key === undefined) return undefined;
  if (!principal.access.keepsAnswers)
    throw new Problem("invalid_idempotency_key", "An Idempotency-Key needs a caller that is signed in.");
  if (raw.body !== undefined && !(raw.body instanceof Uint8Array)) throw new Error("the body is not whole");
  if (!KEY.test(key) || key.length > IDEMPOTENCY_KEY_LENGTH) {
    const form = `1 to ${IDEMPOTENCY_KEY_LENGTH} printable ASCII characters`;
    throw new Problem("invalid_idempotency_key", `An Idempotency-Key has ${form}, for example a UUID.`);
  }
  return {
    id: digest([callerName(principal), method, path, key]),
    request: digest([query, raw.body ?? ""]),
  };
}

function digest(parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  // Each part behind its length: no two lists of parts are written alike.
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest("base64url");
}
