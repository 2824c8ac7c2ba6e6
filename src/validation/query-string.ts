import { Problem } from "../errors/problem.ts";
import { QUERY_PARAMETERS } from "./limits.ts";

/** One parameter of a query string, decoded. */
export interface QueryParameter {
  readonly name: string;
  readonly value: string;
}

/** Splits and decodes a query string (without its "?"). A broken escape is a 400; a parameter without "=" has the value "". */
export function parseQueryString(query: string): QueryParameter[] {
  if (query === "") return [];
  const parameters: QueryParameter[] = [];
  for (const part of query.split("&")) {
    if (part === "") continue;
    if (parameters.length === QUERY_PARAMETERS) {
      throw new Problem("limit_exceeded", `A query has at most ${QUERY_PARAMETERS} parameters.`);
    }
    const equals = part.indexOf("=");
    const name = equals === -1 ? part : part.slice(0, equals);
    const value = equals === -1 ? "" : part.slice(equals + 1);
    parameters.push({ name: decode(name), value: decode(value) });
  }
  return parameters;
}

const PLAIN = /^[\w.~-]*$/;

function decode(text: string): string {
  if (PLAIN.test(text)) return text;
  let decoded: string;
  try {
    decoded = decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw new Problem(
      "malformed_url",
      "The query has a % that is not followed by UTF-8 in two hexadecimal digits each.",
    );
  }
  // NUL ends text in SQLite's functions and is refused by PostgreSQL; no stored text holds it.
  if (decoded.includes("\0")) throw new Problem("malformed_url", "The query holds a NUL character.");
  return decoded;
}
