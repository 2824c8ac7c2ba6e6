import { isDeepStrictEqual } from "node:util";
import type { TestAnswer, TestRequest } from "../harness/open-engine.ts";
import type { CallerName } from "./callers.ts";
import type { Row } from "./verdicts.ts";
import { CANARY } from "./rows.ts";

/** Keys of the rows that a write changes, by table. */
export interface Changed {
  readonly [table: string]: readonly number[];
}

/** What a cell must be answered. What is left out is not looked at, but for `changed`: without it nothing changes. */
export interface Expected {
  readonly status: number;
  readonly code?: string;
  /** The JSON body; rows in this order. Times of writing are not compared. */
  readonly json?: unknown;
  /** The rows of the body, in any order. */
  readonly rows?: readonly object[];
  /** `pointer code` of each finding. */
  readonly findings?: readonly string[];
  /** What `X-Total-Count` says. */
  readonly total?: number;
  /** The operations on tables that the body describes; those for which somebody must be signed in, with a star. */
  readonly operations?: readonly string[];
  /** Parsed text of another representation. */
  readonly parsed?: { readonly as: "csv" | "ndjson"; readonly rows: readonly object[] };
  readonly empty?: true;
  /** Headers that must be there (true) or must not. */
  readonly headers?: { readonly [name: string]: boolean };
  readonly changed?: Changed;
  /** The row that the hook behind the write must be given, as it is stored; or that it is called for none. */
  readonly told?: Row | "nothing";
  /** Whether the server may report a fault of its own; else there must be none. */
  readonly faults?: true;
  /** A row as it must be stored then, also in columns that its writer does not see. */
  readonly stored?: { readonly table: string; readonly row: Row };
}

/** The same answer as to a request for something that is not there, once the two names are masked. */
export interface Alike {
  readonly like: TestRequest;
  readonly status: number;
  readonly names: readonly [string, string];
}

export type Ask = (request: TestRequest, caller?: CallerName) => Promise<TestAnswer>;

/** One question to a door: who asks what, and what must come back. */
export interface Cell {
  readonly caller: CallerName;
  readonly request: TestRequest;
  readonly expected: Expected | Alike;
  /** Requests that must come first; what it answers goes into the request. */
  readonly first?: (ask: Ask) => Promise<Partial<TestRequest>>;
  /** Where the list goes on over several pages, all of them are one body. */
  readonly pages?: true;
}

/** A way to the rows: every policy must hold at each of them. */
export interface Door {
  readonly name: string;
  cells(): readonly Cell[];
  /** Cells that no run leaves out, beside as many of the others as it has time for. */
  always?(): readonly Cell[];
}

export function nameOf({ caller, request }: Cell): string {
  const body = request.json === undefined ? (request.body ?? "") : JSON.stringify(request.json);
  return `${caller} ${request.method ?? "GET"} ${decodeURIComponent(request.url)} ${String(body)}`.trim();
}

/** What is wrong with an answer; undefined when it is the expected one. */
export function wrongWith(answer: TestAnswer, expected: Expected): string | undefined {
  if (answer.text.includes(CANARY) || JSON.stringify(answer.headers).includes(CANARY)) return "the canary came out";
  const expectations: readonly (readonly [string, unknown, unknown])[] = [
    ["status", answer.status, expected.status],
    ...(expected.code === undefined ? [] : [["code", problem(answer)["code"], expected.code] as const]),
    ...(expected.json === undefined ? [] : [["body", timeless(answer.json), timeless(expected.json)] as const]),
    ...(expected.rows === undefined ? [] : [["rows", inAnyOrder(answer.json), inAnyOrder(expected.rows)] as const]),
    ...(expected.findings === undefined
      ? []
      : [["findings", findingsOf(answer), [...expected.findings].toSorted()] as const]),
    ...(expected.total === undefined
      ? []
      : [["total", answer.headers["x-total-count"], String(expected.total)] as const]),
    ...(expected.operations === undefined
      ? []
      : [["operations", operationsOf(answer.json), [...expected.operations].toSorted()] as const]),
    ...(expected.parsed === undefined
      ? []
      : [["rows", parsed(answer, expected.parsed.as), asTexts(expected.parsed)] as const]),
    ...(expected.empty === undefined ? [] : [["body", answer.text, ""] as const]),
    ...Object.entries(expected.headers ?? {}).map(
      ([name, there]) => [`header ${name}`, answer.headers[name] !== undefined, there] as const,
    ),
  ];
  const wrong = expectations.find(([, is, wanted]) => !isDeepStrictEqual(is, wanted));
  if (wrong === undefined) return undefined;
  const [what, is, wanted] = wrong;
  return `${what}: ${JSON.stringify(is)} instead of ${JSON.stringify(wanted)}${answer.status < 400 ? "" : ` (${answer.text})`}`;
}

/** What differs between the answers to a hidden and to a missing thing. */
export function unlike(answer: TestAnswer, other: TestAnswer, { names, status }: Alike): string | undefined {
  if (answer.text.includes(CANARY) || JSON.stringify(answer.headers).includes(CANARY)) return "the canary came out";
  const [left, right] = [plain(answer, names[0]), plain(other, names[1])];
  if (answer.status === status && isDeepStrictEqual(left, right)) return undefined;
  return `${JSON.stringify(left)} instead of ${status}, ${JSON.stringify(right)}`;
}

/** Suggestions name what is near, which depends on the letters that were sent. */
function plain({ status, headers, text }: TestAnswer, name: string): object {
  const { "x-request-id": id, "content-length": _length, ...others } = headers;
  // The id first: it counts requests, and its end may be the number of a row.
  const masked = [id ?? "-", name].reduce(
    (all, part) => all.replaceAll(new RegExp(`(?<![A-Za-z0-9_])${escaped(part)}(?![A-Za-z0-9_])`, "g"), "…"),
    text,
  );
  return { status, headers: others, text: masked.replaceAll(/ Did you mean [^?]*\?/g, "") };
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
}

function problem(answer: TestAnswer): { readonly [name: string]: unknown } {
  return (answer.json ?? {}) as { readonly [name: string]: unknown };
}

function findingsOf(answer: TestAnswer): string[] {
  const errors = (problem(answer)["errors"] ?? []) as readonly { readonly pointer: string; readonly code: string }[];
  return errors.map(({ pointer, code }) => `${pointer} ${code}`).toSorted();
}

interface Operation {
  readonly operationId?: string;
  readonly security?: readonly object[];
}

/** Of one row or all: `posts.create`. Others are below a row, or many at once, or no table's. */
function operationsOf(document: unknown): string[] {
  const { paths } = document as { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };
  return Object.values(paths)
    .flatMap((item) => Object.values(item))
    .flatMap(({ operationId = "", security }) => {
      const isOurs = /^(?!accounts\.|server\.)\w+\.(?:list|create|update|delete)$/.test(operationId);
      return isOurs ? [`${operationId}${security === undefined ? "" : "*"}`] : [];
    })
    .toSorted();
}

/** What a hook was given that is not what it must be; undefined where it is. */
export function wrongTold(rows: readonly object[], expected: Row | "nothing"): string | undefined {
  const wanted = expected === "nothing" ? [] : [expected];
  const [is, must] = [rows, wanted].map((all) => timeless(all.map((row) => sortedKeys(row))));
  return isDeepStrictEqual(is, must) ? undefined : `told: ${JSON.stringify(is)} instead of ${JSON.stringify(must)}`;
}

/** Times of rows that the cell itself wrote cannot be known, nor their tags. */
function timeless(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, inner: unknown) => {
      const isTime = key === "updated_at" || key === "created_at";
      if (key === "etag" || key === "location") return true;
      return isTime && typeof inner === "string" && !inner.startsWith("2024-10-28") ? "now" : inner;
    }) ?? "null",
  );
}

function inAnyOrder(rows: unknown): string[] | string {
  if (!Array.isArray(rows)) return JSON.stringify(rows);
  return rows.map((row) => JSON.stringify(sortedKeys(row as object))).toSorted();
}

function sortedKeys(row: object): object {
  return Object.fromEntries(Object.entries(row).toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

function parsed(answer: TestAnswer, as: "csv" | "ndjson"): unknown {
  const lines = answer.text.split(/\r?\n/).filter((line) => line !== "");
  if (as === "ndjson") return lines.map((line) => JSON.parse(line) as unknown);
  const [head = "", ...others] = lines;
  const names = head.split(",");
  return others.map((line) => Object.fromEntries(line.split(",").map((cell, at) => [names[at], cell])));
}

function asTexts({ as, rows }: { readonly as: string; readonly rows: readonly object[] }): unknown {
  if (as === "ndjson") return rows;
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value === null ? "" : String(value)])),
  );
}
