import { Problem } from "../errors/problem.ts";
import type { BodyKind } from "./route.ts";

/** The forms in which rows travel. */
export const JSON_TEXT = "application/json";
export const CSV = "text/csv";
export const NDJSON = "application/x-ndjson";

/** JSON, or a merge patch (RFC 7396), in UTF-8: anything else behind the type is refused, never half read. */
const JSON_BODY = /^application\/(?:merge-patch\+)?json[ \t]*(?:;[ \t]*charset=(?:"utf-?8"|utf-?8)[ \t]*)?$/i;
/** Rows in UTF-8; a header is always there. */
const ROWS_BODY =
  /^(text\/csv|application\/x-ndjson)(?:[ \t]*;[ \t]*(?:charset=(?:"utf-?8"|utf-?8)|header=present)[ \t]*)*$/i;
const BODY_TYPES: Readonly<Record<BodyKind, string>> = { json: JSON_TEXT, ndjson: NDJSON, csv: CSV };
/** One range of an Accept header, with its quality. */
const RANGE = /^(\*\/\*|[\w!#$%&'*+.^`|~-]+\/(?:\*|[\w!#$%&'*+.^`|~-]+))[ \t]*(?:;(.*))?$/;
const QUALITY = /(?:^|;)[ \t]*q=([\d.]+)[ \t]*(?:;|$)/i;

/** Refuses a body whose Content-Type is not JSON. */
export function requireJson(contentType: string | undefined, reads?: readonly BodyKind[]): void {
  if (contentType === undefined || !JSON_BODY.test(contentType)) throw unsupportedMediaType(contentType, reads);
}

/** The form of a body that holds many rows; undefined for every other. */
export function rowsForm(contentType: string | undefined): "csv" | "ndjson" | undefined {
  const type = contentType === undefined ? undefined : ROWS_BODY.exec(contentType)?.[1]?.toLowerCase();
  return type === undefined ? undefined : type === CSV ? "csv" : "ndjson";
}

/** The same words whoever finds out: Fastify reads the header before we do. */
export function unsupportedMediaType(contentType: string | undefined, reads: readonly BodyKind[] = ["json"]): Problem {
  const types = reads.map((kind) => BODY_TYPES[kind]);
  const sent = contentType === undefined ? "The body came without a Content-Type" : "The Content-Type is another one";
  const headers = { accept: types.join(", ") };
  return new Problem("unsupported_media_type", `${sent}; send Content-Type: ${types.join(" or ")}.`, { headers });
}

/** The media type that an Accept header wants most of those offered; the first of equals. None is a 406. */
export function chooseMediaType(accept: string | undefined, offered: readonly [string, ...string[]]): string {
  const [standard] = offered;
  if (accept === undefined || accept === "*/*" || accept === standard) return standard;
  let chosen = { type: standard, quality: 0 };
  for (const type of offered) {
    const quality = qualityOf(accept, type);
    if (quality > chosen.quality) chosen = { type, quality };
  }
  if (chosen.quality > 0) return chosen.type;
  throw new Problem("not_acceptable", `This route answers ${offered.join(", ")}.`);
}

function qualityOf(accept: string, offered: string): number {
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
  return best.quality;
}
