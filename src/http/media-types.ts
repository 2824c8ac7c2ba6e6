import { Problem } from "../errors/problem.ts";

/** JSON, or a merge patch (RFC 7396), in UTF-8: anything else behind the type is refused, never half read. */
const JSON_BODY = /^application\/(?:merge-patch\+)?json[ \t]*(?:;[ \t]*charset=(?:"utf-?8"|utf-?8)[ \t]*)?$/i;
/** One range of an Accept header, with its quality. */
const RANGE = /^(\*\/\*|[\w!#$%&'*+.^`|~-]+\/(?:\*|[\w!#$%&'*+.^`|~-]+))[ \t]*(?:;(.*))?$/;
const QUALITY = /(?:^|;)[ \t]*q=([\d.]+)[ \t]*(?:;|$)/i;

/** Refuses a body whose Content-Type is not JSON. */
export function requireJson(contentType: string | undefined): void {
  if (contentType === undefined || !JSON_BODY.test(contentType)) throw unsupportedMediaType(contentType);
}

/** The same words whoever finds out: Fastify reads the header before we do. */
export function unsupportedMediaType(contentType: string | undefined): Problem {
  const sent = contentType === undefined ? "The body came without a Content-Type" : "The Content-Type is another one";
  const headers = { accept: "application/json" };
  return new Problem("unsupported_media_type", `${sent}; send Content-Type: application/json.`, { headers });
}

/** Refuses an Accept header that leaves out what this route answers. */
export function requireAcceptable(accept: string | undefined, offered: string): void {
  if (accept === undefined || accept === "*/*" || accept === offered) return;
  const [type = ""] = offered.split("/");
  let best: { specificity: number; quality: number } = { specificity: -1, quality: 0 };
  for (const part of accept.split(",")) {
    const match = RANGE.exec(part.trim());
    if (match === null) continue;
    const range = (match[1] as string).toLowerCase();
    const specificity = range === offered ? 2 : range === `${type}/*` ? 1 : range === "*/*" ? 0 : -1;
    // The most specific range decides (RFC 9110 §12.5.1).
    if (specificity > best.specificity) best = { specificity, quality: Number(QUALITY.exec(match[2] ?? "")?.[1] ?? 1) };
  }
  if (!(best.quality > 0)) throw new Problem("not_acceptable", `This route answers ${offered}.`);
}
