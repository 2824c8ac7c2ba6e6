import type { Caller } from "./world.ts";

/** One request. What is not named is left out; a body that is no text and no bytes is sent as JSON. */
export interface HostileRequest {
  /** Who sends it; without it nobody who is signed in. */
  readonly as?: Caller;
  readonly method?: string;
  readonly path?: string;
  /** Parameters to be escaped, or a query string exactly as it goes out. */
  readonly query?: string | Readonly<Record<string, string | readonly string[]>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly body?: string | Uint8Array;
}

/** Rows that must have come, changed or gone; each is compared by the members that are written down. */
export interface TableDiff {
  readonly added?: readonly Readonly<Record<string, unknown>>[];
  readonly changed?: readonly Readonly<Record<string, unknown>>[];
  readonly removed?: readonly Readonly<Record<string, unknown>>[];
}

export type Diff = Readonly<Record<string, TableDiff>>;

export interface Want {
  readonly status: number | readonly number[];
  /** The problem's code. */
  readonly code?: string | readonly string[];
  /** The pointer of the first entry of `errors`, and its code. */
  readonly pointer?: string;
  readonly fieldCode?: string;
  /** How many entries `errors` has. */
  readonly findings?: number;
  /** Answered like this request, byte for byte once the request id, and what the two sent, are masked. */
  readonly sameAs?: HostileRequest & { readonly masks: readonly string[] };
  /**
   * Whether statements may run. Without it: for an answer below 400, and for 404, 409 and 412, which only the
   * database can give. Every other refusal runs none.
   */
  readonly asksDatabase?: boolean;
  /** What the database must hold afterwards. Without it: exactly what it held before. */
  readonly diff?: Diff;
  /** Statements at most. */
  readonly maxSql?: number;
  /** Members that the JSON answer must have. */
  readonly body?: unknown;
  /** Headers of the answer; null: must not be there. */
  readonly headers?: Readonly<Record<string, string | RegExp | null>>;
  /** The items of a JSON list, in order: each is compared by the members that are written down, and there are no others. */
  readonly rows?: readonly unknown[];
  /** Texts that must not be in the answer. */
  readonly absent?: readonly string[];
  /** Milliseconds of work at most: the machine that runs this may be busy, so they are not those of the clock alone. */
  readonly maxMs?: number;
  /** Milliseconds by the clock, where others do the work that is waited for; generous. */
  readonly maxWaitMs?: number;
}

/** One input of a case: what differs from the case's request, and from what it wants. */
export interface Input extends HostileRequest {
  /** What is hostile about it; part of the test's name. */
  readonly is: string;
  readonly want?: Partial<Want>;
}

/** A case of the catalogue: one id, one request, any number of inputs that must fare alike. */
export interface HostileCase {
  /** The catalogue's number. */
  readonly id: string;
  /** What the case is about, for the test's name. */
  readonly about: string;
  readonly request: HostileRequest;
  readonly each?: readonly Input[];
  readonly want: Want;
  /** Why the case runs through one door only. Without it both doors must answer alike. */
  readonly door?: { readonly only: "inside" | "socket"; readonly why: string };
}

/** The target of a request: path and escaped query. */
export function targetOf(request: HostileRequest): string {
  const path = request.path ?? "/api/posts";
  if (request.query === undefined) return path;
  if (typeof request.query === "string") return `${path}?${request.query}`;
  const parts = Object.entries(request.query).flatMap(([name, values]) =>
    [values].flat().map((value) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`),
  );
  return `${path}?${parts.join("&")}`;
}

/** The headers and the bytes of a request, as both doors send them. */
export function messageOf(request: HostileRequest): { headers: Record<string, string>; body: Uint8Array | undefined } {
  const text = request.json === undefined ? request.body : JSON.stringify(request.json);
  const body = typeof text === "string" ? new TextEncoder().encode(text) : text;
  const type = request.json === undefined ? {} : { "content-type": "application/json" };
  return { headers: { ...type, ...request.headers }, body };
}

/** Inputs that send one value each of a column in a JSON body, beside the columns of `rest`. */
export function columnInputs(
  column: string,
  values: readonly unknown[],
  rest: Readonly<Record<string, unknown>> = {},
): Input[] {
  return values.map((value) => ({ is: `${column}: ${shown(value)}`, json: { ...rest, [column]: value } }));
}

/** Inputs that send one query string each, escaped name by name. */
export function queryInputs(name: string, values: readonly string[]): Input[] {
  return values.map((value) => ({ is: `${name}=${shown(value)}`, query: { [name]: value } }));
}

/** Inputs that send one header each. */
export function headerInputs(header: string, values: readonly string[]): Input[] {
  return values.map((value) => ({ is: `${header}: ${shown(value)}`, headers: { [header]: value } }));
}

/** Inputs that ask for one path each. */
export function pathInputs(paths: readonly string[]): Input[] {
  return paths.map((path) => ({ is: shown(path), path }));
}

/** A value for a test's name: short, and without control characters. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 50)}… (${text.length})` : text;
}
