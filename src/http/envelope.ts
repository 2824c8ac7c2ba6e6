import { setImmediate as otherRequests } from "node:timers/promises";
import { Problem } from "../errors/problem.ts";
import type { Json } from "../schema/stored.ts";
import { BODY_BYTES, URL_BYTES } from "../validation/limits.ts";
import type { RowStream } from "../validation/parse-import.ts";
import { parseJson } from "../validation/parse-json.ts";
import type { HttpRequest } from "./http-message.ts";
import { requireJson, rowsForm, unsupportedMediaType } from "./media-types.ts";
import type { Action } from "./route.ts";

/** A request whose form is sound: nothing is known yet of who sent it or what it asks for. */
export interface Received {
  readonly method: string;
  /** Escaped, without the query. */
  readonly path: string;
  /** Escaped, without the "?". */
  readonly query: string;
  readonly raw: HttpRequest;
}

/** As much as a socket brings at once. */
const PIECE_BYTES = 65_536;

/** A token of RFC 9110 §5.6.2. */
const METHOD = /^[A-Z][A-Z-]{0,19}$/;

/** Checks size and form of the request line. */
export function openEnvelope(request: HttpRequest): Received {
  const { method, url } = request;
  if (url.length > URL_BYTES) throw new Problem("url_too_long", `A URL has at most ${URL_BYTES} bytes.`);
  // In absolute form the host would be whatever the caller writes; only a proxy is sent that.
  if (!url.startsWith("/")) throw new Problem("malformed_url", "The request target must be a path.");
  if (!METHOD.test(method)) throw new Problem("malformed_request", "The method is not one.");
  const question = url.indexOf("?");
  const path = question === -1 ? url : url.slice(0, question);
  if (path.includes("%")) {
    try {
      decodeURIComponent(path);
    } catch {
      throw new Problem(
        "malformed_url",
        "The path has a % that is not followed by UTF-8 in two hexadecimal digits each.",
      );
    }
  }
  return { method, path, query: question === -1 ? "" : url.slice(question + 1), raw: request };
}

/** Reads the body where the route takes one. */
export function openBody(received: Received, action: Pick<Action, "reads">): Json | undefined {
  const { raw } = received;
  if (action.reads.length === 0) return undefined;
  // What comes in pieces is not JSON.
  if (raw.body !== undefined && !(raw.body instanceof Uint8Array)) {
    throw unsupportedMediaType(raw.header("content-type"), action.reads);
  }
  if (raw.body === undefined || raw.body.byteLength === 0) {
    if (raw.header("content-type") === undefined) return undefined;
    requireJson(raw.header("content-type"), action.reads);
    throw new Problem("malformed_json", "The body is empty.");
  }
  if (raw.body.byteLength > BODY_BYTES) throw new Problem("body_too_large", `A body has at most ${BODY_BYTES} bytes.`);
  requireJson(raw.header("content-type"), action.reads);
  return parseJson(raw.body);
}

/** The rows of a body that is read while it comes: CSV or NDJSON, where the route takes them. */
export function openRows(received: Received, action: Pick<Action, "reads">): RowStream | undefined {
  const { raw } = received;
  const form = rowsForm(raw.header("content-type"));
  if (form === undefined || !action.reads.includes(form)) return undefined;
  return {
    form,
    bytes: raw.body instanceof Uint8Array ? piecesOf(raw.body) : (raw.body ?? piecesOf(new Uint8Array())),
  };
}

/** A body that came whole, in pieces between which other requests are answered. */
async function* piecesOf(body: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < body.byteLength; at += PIECE_BYTES) {
    yield body.subarray(at, at + PIECE_BYTES);
    await otherRequests();
  }
}
