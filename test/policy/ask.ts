import { sorted } from "../api/interpreter.ts";
import type { DataRow } from "../api/world.ts";
import { RandomSource } from "../database/random-source.ts";
import type { TestRequest } from "../harness/open-engine.ts";
import { callerNames } from "./callers.ts";
import type { Cell, Expected } from "./cell.ts";
import { firstRows } from "./rows.ts";
import { closedStatus, type Seen, seenBy } from "./seen.ts";
import type { Action } from "./verdicts.ts";

/** The rows that every cell starts from. */
export const data = firstRows();
export const seenByAll: readonly Seen[] = callerNames.map((caller) => seenBy(caller, data));
/** A key that no row has. */
export const MISSING = 987_654;

/** Every row at once, in the order of their keys. */
export const ALL = "sort=id&limit=1000";

export function sourceOf(seed: number): RandomSource {
  return new RandomSource(seed);
}

/** The cell of a caller whom the rule of the action leaves nothing; undefined where it leaves something. */
export function closedCell(
  seen: Seen,
  at: { readonly table: string; readonly action: Action },
  request: TestRequest,
): Cell | undefined {
  const status = closedStatus(seen, at.table, at.action);
  if (status === undefined) return undefined;
  const expected: Expected = {
    status,
    ...(request.method === "HEAD" ? { empty: true } : { code: status === 401 ? "sign_in_required" : "forbidden" }),
    headers: { "www-authenticate": status === 401, etag: false, link: false, "x-total-count": false },
  };
  return { caller: seen.caller, request, expected };
}

/** A thing that the caller may not know of, asked for by its name, and by a name that nothing has. */
export function alikeCell(
  seen: Seen,
  request: (name: string) => TestRequest,
  sent: { readonly hidden: string; readonly unknown: string; readonly status: number },
): Cell {
  return {
    caller: seen.caller,
    request: request(sent.hidden),
    expected: { like: request(sent.unknown), status: sent.status, names: [sent.hidden, sent.unknown] },
  };
}

/** A name that no column and no relation has, as near to the others as the hidden one is. */
export function unknownFor(hidden: string): string {
  return `${hidden.slice(0, -1)}${hidden.endsWith("z") ? "q" : "z"}`;
}

export function keyName(table: string): string {
  return table === "post_stats" ? "user_id" : "id";
}

export function inOrder(
  seen: Seen,
  table: string,
  order: { readonly rows?: readonly DataRow[]; readonly sort: string },
): DataRow[] {
  return sorted(seen.tables, table, { rows: order.rows ?? seen.rows(table), sort: order.sort });
}

/** Newest first, by the times where there are some, else by the key. */
export function listOrder(table: string): string {
  return table === "post_stats" ? "-user_id" : "-created_at,-id";
}

export function pick(row: DataRow, names: readonly string[]): DataRow {
  return Object.fromEntries(names.map((name) => [name, row[name] ?? null]));
}

export function query(parameters: { readonly [name: string]: string | number }): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join("&");
}
