import { isDeepStrictEqual } from "node:util";
import type { TestRequest } from "../../harness/open-engine.ts";
import { alikeCell, data, MISSING, seenByAll, sourceOf } from "../ask.ts";
import type { Ask, Cell, Door } from "../cell.ts";
import { updated } from "../changes.ts";
import { masked, type Seen, seenBy } from "../seen.ts";
import { shapes, writable } from "../shape.ts";
import { keyName } from "../ask.ts";
import { oneChange } from "./writes.ts";
import { someKeys } from "./read.ts";

/** Sends the tag that a caller is given for a row. */
function withTag(
  name: "if-match" | "if-none-match",
  of: { readonly url: string; readonly caller?: "admin" },
): NonNullable<Cell["first"]> {
  return async (ask: Ask): Promise<Partial<TestRequest>> => {
    const answer = await ask({ url: of.url }, of.caller);
    return { headers: { [name]: answer.headers["etag"] ?? '"none"' } };
  };
}

const administrator = seenBy("admin", data);

function readCells(seen: Seen, table: string): Cell[] {
  const { caller } = seen;
  const keys = someKeys(seen, table, 4);
  const key = keyName(table);
  return [
    ...keys.seen.flatMap((id): Cell[] => {
      const url = `/api/${table}/${id}`;
      const row = seen.rows(table).find((other) => other[key] === id);
      const full = administrator.rows(table).find((other) => other[key] === id);
      const isSame = isDeepStrictEqual(row, full);
      const other = isSame ? { status: 304, empty: true as const } : { status: 200, json: row };
      return [
        { caller, request: { url }, first: withTag("if-none-match", { url }), expected: { status: 304, empty: true } },
        { caller, request: { url }, first: withTag("if-none-match", { url, caller: "admin" }), expected: other },
        keyCell(seen, `${url}?fields=${key}`, { row: { [key]: id }, isSame }),
      ];
    }),
    ...keys.hidden.flatMap((id): Cell[] => {
      const url = `/api/${table}/${id}`;
      const hidden = { hidden: String(id), unknown: String(MISSING), status: 404 };
      const any = (sent: string): TestRequest => ({ url: `/api/${table}/${sent}`, headers: { "if-none-match": "*" } });
      const known = alikeCell(seen, (sent) => ({ url: `/api/${table}/${sent}` }), hidden);
      return [{ ...known, first: withTag("if-none-match", { url, caller: "admin" }) }, alikeCell(seen, any, hidden)];
    }),
  ];
}

/** The key alone is the same for all, and its tag is made of the whole row: of what the caller sees of it. */
function keyCell(seen: Seen, url: string, { row, isSame }: { readonly row: object; readonly isSame: boolean }): Cell {
  const expected = isSame ? { status: 304, empty: true as const } : { status: 200, json: row };
  return {
    caller: seen.caller,
    request: { url },
    first: withTag("if-none-match", { url, caller: "admin" }),
    expected,
  };
}

function writeCells(seen: Seen, table: string): Cell[] {
  const { caller, verdicts } = seen;
  if (verdicts.constant(table, "update") === false || verdicts.constant(table, "read") === false) return [];
  const source = sourceOf(20);
  const keys = someKeys(seen, table, 5);
  const patch = (id: number | string): TestRequest => ({
    method: "PATCH",
    url: `/api/${table}/${id}`,
    json: oneChange(source, table),
  });
  return [
    ...keys.seen.flatMap((id): Cell[] => {
      const request = patch(id);
      const { expected } = updated(seen, table, { id, body: request.json as never });
      const row = (data[table] ?? []).find((other) => other["id"] === id) ?? {};
      const own: Cell = { caller, request, first: withTag("if-match", { url: request.url }), expected };
      if (!verdicts.may(table, "update", row)) return [own];
      const isSame = isDeepStrictEqual(masked(verdicts, table, row), masked(administrator.verdicts, table, row));
      const others: Cell = {
        caller,
        request,
        first: withTag("if-match", { url: request.url, caller: "admin" }),
        expected: isSame || expected.status >= 400 ? expected : { status: 412, code: "precondition_failed" },
      };
      const wrong: Cell = {
        caller,
        request: { ...request, headers: { "if-match": '"AAAAAAAAAAAAAAAAAAAAAA"' } },
        expected: expected.status >= 400 ? expected : { status: 412, code: "precondition_failed" },
      };
      return expected.status >= 400 ? [own] : [own, others, wrong];
    }),
    ...keys.hidden.flatMap((id): Cell[] => {
      const json = oneChange(source, table);
      // A precondition on a row that is not there fails.
      const hidden = { hidden: String(id), unknown: String(MISSING), status: 412 };
      const request = (sent: string): TestRequest => ({ method: "PATCH", url: `/api/${table}/${sent}`, json });
      const any = (sent: string): TestRequest => ({ ...request(sent), headers: { "if-match": "*" } });
      const url = `/api/${table}/${id}`;
      return [
        { ...alikeCell(seen, request, hidden), first: withTag("if-match", { url, caller: "admin" }) },
        alikeCell(seen, any, hidden),
      ];
    }),
  ];
}

export const conditional: Door = {
  name: "conditional requests",
  cells: () =>
    seenByAll.flatMap((seen) => [
      ...Object.keys(shapes)
        .filter((table) => seen.tables[table] !== undefined)
        .flatMap((table) => readCells(seen, table)),
      ...writable.flatMap((table) => writeCells(seen, table)),
    ]),
};
