import { expect } from "vitest";
import { errorCatalog, type ErrorCode, fieldErrorCatalog } from "#servery/errors/catalog.js";
import { type HostileRequest, messageOf, type TableDiff, type Want } from "./case.ts";
import { CANARY } from "./declaration.ts";
import type { DoorAnswer } from "./doors.ts";
import { type Snapshot, difference } from "./snapshot.ts";

/** Milliseconds the event loop may stand still because of one request, on a machine with other work. */
export const LOOP_STALL_MS = 1_000;

/** How many times its work something may take by the clock, on a machine with other work. */
const BUSY = 10;

/** Milliseconds of work: what other processes took of the clock does not count, a wait without any work does. */
export function workOf({ ms, cpuMs }: Pick<DoorAnswer, "ms" | "cpuMs">): number {
  return Math.min(ms, Math.max(cpuMs, ms / BUSY));
}

/** What tells of the inside of the server. Allowed only where the caller wrote it himself. */
const INSIDE: readonly RegExp[] = [
  /\bselect\b|\binsert into\b|\bdelete from\b|\bupdate "|\bpragma\b|\bcreate table\b|\breturning\b|\bjson_object\b/i,
  /sqlite|better-sqlite3|constraint failed|SQLITE_[A-Z]+|\bt\d+\."/i,
  /\n\s+at |\bat [\w.<>]+ \(|node:internal|file:\/\/|\.[cm]?[jt]s:\d+/,
  /(?:^|["\s(])\/(?:home|root|usr|tmp|var|work|etc|proc)\/|node_modules|\/dist\//,
  /\w+_unique\b|\b(?:posts|users|samples|events)\.(?:title|email|views|price|label)\b|sqlite_autoindex|FOREIGN KEY/,
  /RangeError|TypeError|SyntaxError|ReferenceError|\[object Object\]|\bundefined\b|\bNaN\b/,
];

/** Names the server, its software or its versions, which help only those who look up its faults. */
const TALKATIVE_HEADERS = ["server", "x-powered-by"];

const WRITING: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH", "DELETE"]);

/** (a) The status is the one that is wanted, and no fault of the server. */
export function checkStatus(answer: DoorAnswer, want: Want): void {
  expect(answer.status, `status; the answer was ${answer.text.slice(0, 300)}`).toBeLessThan(500);
  expect([want.status].flat(), `status ${answer.status}; the answer was ${answer.text.slice(0, 300)}`).toContain(
    answer.status,
  );
  if (want.maxMs !== undefined) expect(workOf(answer), "milliseconds of work").toBeLessThan(want.maxMs);
  if (want.maxWaitMs !== undefined) expect(answer.ms, "milliseconds").toBeLessThan(want.maxWaitMs);
}

/** (b) An error says what is wrong with the request in the one form, and nothing about the server. */
export function checkBody(answer: DoorAnswer, want: Want, request: HostileRequest): void {
  for (const name of TALKATIVE_HEADERS) expect(answer.headers, "headers").not.toHaveProperty(name);
  expect(answer.headers["x-content-type-options"], "x-content-type-options").toBe("nosniff");
  const whole = JSON.stringify(answer.headers) + answer.text;
  expect(whole, "a row that nobody may read").not.toContain(CANARY);
  for (const text of want.absent ?? []) expect(whole, "a text that must not come back").not.toContain(text);
  for (const [name, value] of Object.entries(want.headers ?? {})) checkHeader(answer, name, value);
  if (want.body !== undefined)
    expect(JSON.parse(answer.text), "body").toMatchObject({ body: want.body }.body as object);
  if (want.rows !== undefined) {
    expect(answer.text).toMatch(/^\[/);
    const rows = JSON.parse(answer.text) as unknown[];
    expect(rows, `rows; the answer was ${answer.text.slice(0, 400)}`).toHaveLength(want.rows.length);
    expect(rows).toMatchObject(want.rows as unknown[]);
  }
  if (answer.status < 400 || request.method === "HEAD") return;
  checkProblem(answer, want);
  const sent = sentText(request);
  for (const pattern of INSIDE) {
    const found = pattern.exec(answer.text)?.[0];
    if (found !== undefined && !sent.includes(found))
      expect.fail(`the answer tells of the inside: ${found} in ${answer.text.slice(0, 400)}`);
  }
}

function checkHeader(answer: DoorAnswer, name: string, value: string | RegExp | null): void {
  const sent = answer.headers[name];
  if (value === null) expect(sent, `header ${name}`).toBeUndefined();
  else if (typeof value === "string") expect(sent, `header ${name}`).toBe(value);
  else expect(sent ?? "", `header ${name}`).toMatch(value);
}

/** RFC 9457, with the members that DESIGN promises and no others. */
export function checkProblem(answer: Pick<DoorAnswer, "status" | "headers" | "text">, want: Partial<Want>): void {
  expect(answer.headers["content-type"]).toBe("application/problem+json; charset=utf-8");
  const problem = JSON.parse(answer.text) as Record<string, unknown>;
  const { errors, ...plain } = problem;
  expect(Object.keys(plain).toSorted()).toEqual(["code", "detail", "error", "request_id", "status", "title", "type"]);
  const known = errorCatalog[plain["code"] as ErrorCode];
  expect(known, `the code ${String(plain["code"])} stands in the catalogue`).toBeDefined();
  expect(plain).toMatchObject({
    status: answer.status,
    title: known.title,
    detail: expect.stringMatching(/\S/),
    error: expect.stringMatching(/\S/),
  });
  expect(known.status).toBe(answer.status);
  expect(answer.headers["x-request-id"]).toBe(plain["request_id"]);
  if (want.code !== undefined)
    expect([want.code].flat(), `code; the answer was ${answer.text.slice(0, 300)}`).toContain(plain["code"]);
  const listed = (errors ?? []) as { pointer: string; code: string; message: string }[];
  for (const finding of listed) {
    expect(Object.keys(finding).toSorted()).toEqual(["code", "message", "pointer"]);
    expect(fieldErrorCatalog).toHaveProperty(finding.code);
    expect(finding.pointer).toMatch(/^(?:\/[^~/]*(?:~[01][^~/]*)*)*$/);
  }
  if (want.pointer !== undefined)
    expect(listed[0]?.pointer, `pointer; the answer was ${answer.text.slice(0, 300)}`).toBe(want.pointer);
  if (want.fieldCode !== undefined)
    expect(listed[0]?.code, `code of the finding; the answer was ${answer.text.slice(0, 300)}`).toBe(want.fieldCode);
  if (want.findings !== undefined) expect(listed).toHaveLength(want.findings);
}

/** What the caller sent, as he could see it in an answer: the target raw and decoded, the headers, the body. */
function sentText(request: HostileRequest): string {
  const { headers, body } = messageOf(request);
  const query = typeof request.query === "string" ? request.query : JSON.stringify(request.query ?? "");
  return [
    request.path ?? "",
    query,
    decoded(query),
    JSON.stringify(headers),
    body === undefined ? "" : new TextDecoder().decode(body.subarray(0, 10_000)),
  ].join("\n");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}

/** (c) The database holds what it held, or exactly what is wanted. A write that was accepted must say what it changes. */
export function checkDiff(
  found: { before: Snapshot; after: Snapshot; request: HostileRequest; answer: DoorAnswer },
  want: Want,
): void {
  const { before, after, request, answer } = found;
  if (want.diff === undefined) {
    if (WRITING.has(request.method ?? "GET") && answer.status < 300)
      expect.fail(`a write answered ${answer.status}, and the case does not say what it changes`);
    expect(difference(before, after, "with counters"), "the database was changed").toEqual({});
    return;
  }
  const diff = difference(before, after, "without counters");
  expect(Object.keys(diff).toSorted(), `tables that changed: ${JSON.stringify(diff).slice(0, 500)}`).toEqual(
    Object.keys(want.diff).toSorted(),
  );
  for (const [table, wanted] of Object.entries(want.diff)) checkTable(diff[table] ?? {}, wanted);
}

function checkTable(found: TableDiff, wanted: TableDiff): void {
  expect(Object.keys(found).toSorted()).toEqual(Object.keys(wanted).toSorted());
  for (const part of ["added", "changed", "removed"] as const) {
    const rows = wanted[part] ?? [];
    expect(found[part] ?? [], part).toHaveLength(rows.length);
    for (const [at, row] of rows.entries()) expect((found[part] ?? [])[at], part).toMatchObject(row);
  }
}

/** Statements that tell who asks: a key, or a token that is no longer known, is looked up anew now and then. */
export const OF_AUTHENTICATION = /_servery_|^SELECT 1 FROM "\w+" WHERE "id" = \?$/;

/** (f) What is refused before the database asks it nothing. */
export function checkSql(answer: DoorAnswer, want: Want): void {
  const mayAsk = want.asksDatabase ?? (answer.status < 400 || [404, 409, 412].includes(answer.status));
  if (want.maxSql !== undefined) expect(answer.sql.length, "statements").toBeLessThanOrEqual(want.maxSql);
  if (mayAsk) return;
  // Whether a token still holds is asked before the request is looked at, now and then.
  const asked = answer.sql.filter((sql) => !OF_AUTHENTICATION.test(sql));
  expect(asked, "statements of a request that was refused before the database").toEqual([]);
}

/** Both doors answer alike: what differs is the request id, the clock, and keys that are made anew. */
export function checkDoors(answers: readonly DoorAnswer[]): void {
  const [first, ...others] = answers.map(comparable);
  for (const other of others) expect(other, "the two doors answer alike").toEqual(first);
}

/** An answer without what differs from request to request. */
export function comparable(answer: DoorAnswer): { status: number; type: string | undefined; text: string } {
  const text = answer.text
    .replace(/"request_id":"[^"]*"/, '"request_id":"…"')
    .replaceAll(/"(created_at|updated_at)":"[^"]*"/g, '"$1":"…"')
    .replaceAll(/"etag":"\\"[\w.-]+\\""/g, '"etag":"…"')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, "…");
  return { status: answer.status, type: answer.headers["content-type"], text };
}
