import { pause, retryDelay } from "./retry.ts";
import { errorOf } from "./servery-error.ts";
import type { TokenStorage } from "./tokens.ts";

/** A request that brought its own condition is told so when it holds already (RFC 9110 §15.4.5). */
const NOT_MODIFIED = 304;
/** Tries after the first one. */
const RETRIES = 2;

/** What `createClient` takes besides the address. */
export interface ClientOptions {
  /** Instead of the global `fetch`. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Sent with every request. A function is asked before each one. */
  readonly headers?: Readonly<Record<string, string>> | (() => Readonly<Record<string, string>>);
  /**
   * Sent as `Authorization: Bearer`, in place of what `auth` keeps: for programs that have a token already. A function
   * is asked before each request.
   */
  readonly token?: string | (() => string | undefined | Promise<string | undefined>);
  /** Where `auth` keeps the tokens of whoever signs in. Default: `memoryTokens()`, gone with the page. */
  readonly tokens?: TokenStorage;
  /** `cookie`: the session lies in cookies that no page can read, and this page is of the server's own origin. */
  readonly session?: "token" | "cookie";
  /** How often a request is sent again that met a 503 with `Retry-After` and may be sent again; 2 when left out. */
  readonly retries?: number;
}

/** What every call takes. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** One request, before it has headers of its own. */
export interface Call extends CallOptions {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly idempotencyKey?: true | string | undefined;
}

/** An answer without an error. `unchanged` is a 304. */
export interface Received {
  readonly unchanged: boolean;
  readonly headers: Headers;
  readonly body: unknown;
  /** The ETag of the row that the body is. */
  readonly tag: string | null;
}

/** Sends requests to one server. */
export type Send = (call: Call) => Promise<Received>;

export function sender(url: string, options: ClientOptions): Send {
  const base = url.replace(/\/+$/, "");
  return async (call) => {
    const init = await requestInit(call, options);
    for (let left = options.retries ?? RETRIES; ; left--) {
      // Looked up at each call, and called without an object: a browser's fetch refuses any other `this`.
      const fetch = options.fetch ?? globalThis.fetch;
      const answer = await fetch(base + call.path, init);
      const delay = left > 0 && mayRepeat(call) ? retryDelay(answer) : undefined;
      if (delay === undefined) return read(answer);
      await answer.body?.cancel();
      await pause(delay, call.signal);
    }
  };
}

async function requestInit(call: Call, options: ClientOptions): Promise<RequestInit> {
  const { headers: given = {}, token: kept } = options;
  const token = typeof kept === "function" ? await kept() : kept;
  const key = call.idempotencyKey === true ? crypto.randomUUID() : call.idempotencyKey;
  const headers = {
    ...(typeof given === "function" ? given() : given),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(call.body === undefined ? {} : { "content-type": "application/json" }),
    ...(key === undefined ? {} : { "idempotency-key": key }),
    ...call.headers,
  };
  const body = call.body === undefined ? {} : { body: JSON.stringify(call.body) };
  return { method: call.method, headers, ...body, ...(call.signal === undefined ? {} : { signal: call.signal }) };
}

/** RFC 9110 §9.2.2: these do the same thing twice that they do once; a POST does with a key. */
function mayRepeat(call: Call): boolean {
  return ["GET", "PUT", "DELETE"].includes(call.method) || call.idempotencyKey !== undefined;
}

async function read(answer: Response): Promise<Received> {
  const { status, headers, ok } = answer;
  const tag = headers.get("etag");
  if (status === NOT_MODIFIED) return { unchanged: true, headers, body: undefined, tag };
  const text = await answer.text();
  const json = text !== "" && /[/+]json\b/.test(headers.get("content-type") ?? "");
  if (!ok) throw errorOf(status, headers, json ? parsed(text) : undefined);
  return {
    unchanged: false,
    headers,
    body: json ? (JSON.parse(text) as unknown) : text === "" ? undefined : text,
    tag,
  };
}

/** A proxy may call its own error page JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
