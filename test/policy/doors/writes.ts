import { matches } from "../../api/interpreter.ts";
import type { Tree } from "../../api/world.ts";
import type { RandomSource } from "../../database/random-source.ts";
import type { TestRequest } from "../../harness/open-engine.ts";
import { alikeCell, closedCell, data, inOrder, listOrder, MISSING, query, seenByAll, sourceOf } from "../ask.ts";
import { callers } from "../callers.ts";
import type { Cell, Door } from "../cell.ts";
import { allowedAt, created, deleted, goingWith, nextKey, type Outcome, updated } from "../changes.ts";
import { verdictsOf } from "../interpreter.ts";
import { masked, type Seen } from "../seen.ts";
import { shapeOf, writable } from "../shape.ts";
import type { Row, Value } from "../verdicts.ts";
import { someKeys } from "./read.ts";

export type Body = { readonly [column: string]: Value };
/** Columns with a rule of their own: sent one at a time. */
const RULED = [
  "karma",
  "recovery",
  "serial",
  "budget",
  "secret",
  "estimate",
  "note",
  "tag",
  "score",
  "featured",
  "pin",
  "approved",
  "rank",
];

function isPlain(table: string, name: string): boolean {
  const column = shapeOf(table).columns[name];
  return column?.server !== true && column?.owner !== true && !RULED.includes(name);
}

/** A value that the column takes, and that makes no row clash. */
function freshValue(source: RandomSource, table: string, name: string): Value {
  if (name === "slug" || name === "code") return `new-${source.below(1_000_000)}`;
  if (name === "email") return `new${source.below(1_000_000)}@example.com`;
  const values = (data[table] ?? []).map((row) => row[name] ?? null).filter((value) => value !== null);
  return values.length === 0 ? null : source.pick(values);
}

/** A body that a POST takes where its references do. */
export function newBody(source: RandomSource, table: string): Body {
  const names = Object.keys(shapeOf(table).columns).filter((name) => isPlain(table, name));
  const sent = names.filter((name) => shapeOf(table).columns[name]?.start === undefined || source.below(2) === 0);
  return Object.fromEntries(sent.map((name) => [name, freshValue(source, table, name)]));
}

function ruledBodies(source: RandomSource, table: string): Body[] {
  const { columns } = shapeOf(table);
  return RULED.filter((name) => columns[name] !== undefined).map((name) => ({
    [name]: columns[name]?.is === "boolean" ? true : (freshValue(source, table, name) ?? 1),
  }));
}

function writeCell(seen: Seen, request: TestRequest, { expected }: Outcome): Cell {
  return { caller: seen.caller, request, expected };
}

export function createCells(seen: Seen, table: string, source: RandomSource): Cell[] {
  const post = (json: Body): Cell =>
    writeCell(seen, { method: "POST", url: `/api/${table}`, json }, created(seen, table, json));
  const plain = Array.from({ length: 3 }, () => post(newBody(source, table)));
  const ruled = ruledBodies(source, table).map((body) => post({ ...newBody(source, table), ...body }));
  const owner = Object.entries(shapeOf(table).columns).find(([, column]) => column.owner === true)?.[0];
  const owned = owner === undefined ? [] : [1, 2].map((id) => post({ ...newBody(source, table), [owner]: id }));
  return [...plain, ...ruled, ...owned];
}

/** The write doors of a table, for every caller, with one stream of random numbers a door. */
function door(name: string, seed: number, cellsOf: (seen: Seen, table: string, source: RandomSource) => Cell[]): Door {
  return {
    name,
    cells: () => {
      const source = sourceOf(seed);
      return seenByAll.flatMap((seen) => writable.flatMap((table) => cellsOf(seen, table, source)));
    },
  };
}

export const create = door("create", 10, createCells);

/** A change of one plain column. */
export function oneChange(source: RandomSource, table: string): Body {
  const names = Object.keys(shapeOf(table).columns).filter((name) => isPlain(table, name));
  const name = source.pick(names);
  return { [name]: freshValue(source, table, name) };
}

export function updateCells(seen: Seen, table: string, source: RandomSource): Cell[] {
  const url = (id: number | string): string => `/api/${table}/${id}`;
  const patch = (id: number, json: Body): Cell =>
    writeCell(seen, { method: "PATCH", url: url(id), json }, updated(seen, table, { id, body: json }));
  const closed = closedCell(
    seen,
    { table, action: "update" },
    { method: "PATCH", url: url(1), json: oneChange(source, table) },
  );
  if (closed !== undefined) return [closed];
  const keys = someKeys(seen, table, 4);
  const mine = seen
    .rows(table)
    .map((row) => Number(row["id"]))
    .filter((id) => seen.verdicts.may(table, "update", rowAt(table, id)));
  const owner = Object.entries(shapeOf(table).columns).find(([, column]) => column.owner === true)?.[0];
  const own = mine.length === 0 ? [] : ruledBodies(source, table).map((body) => patch(source.pick(mine), body));
  return [
    ...keys.seen.map((id) => patch(id, oneChange(source, table))),
    ...mine.slice(0, 4).map((id) => patch(id, oneChange(source, table))),
    ...keys.hidden.map((id) =>
      hiddenCell(seen, { table, id }, { method: "PATCH", url: url(id), json: oneChange(source, table) }),
    ),
    ...own,
    // A row that is taken and written, or given away and written, at once.
    ...(table === "tasks"
      ? keys.seen.flatMap((id) => [1, 2, 3].map((assignee_id) => patch(id, { assignee_id, estimate: 5 })))
      : []),
    ...(owner === undefined ? [] : mine.slice(0, 2).map((id) => patch(id, { [owner]: source.pick([1, 2, 3]) }))),
  ];
}

function rowAt(table: string, id: number): Row {
  return (data[table] ?? []).find((row) => row["id"] === id) ?? {};
}

/** A write of a row that the caller may not know of. */
export function hiddenCell(
  seen: Seen,
  of: { readonly table: string; readonly id: number },
  request: TestRequest,
): Cell {
  const sent = (name: string): TestRequest => ({
    ...request,
    url: request.url.replace(`/${of.table}/${of.id}`, `/${of.table}/${name}`),
  });
  return alikeCell(seen, sent, { hidden: String(of.id), unknown: String(MISSING), status: 404 });
}

export const update = door("update", 11, updateCells);

function deleteCells(seen: Seen, table: string, source: RandomSource): Cell[] {
  const remove = (id: number): TestRequest => ({ method: "DELETE", url: `/api/${table}/${id}` });
  const closed = closedCell(seen, { table, action: "delete" }, remove(1 + source.below(3)));
  if (closed !== undefined) return [closed];
  const keys = someKeys(seen, table, 6);
  return [
    ...keys.seen.map((id) => writeCell(seen, remove(id), deleted(seen, table, id))),
    ...keys.hidden.map((id) => hiddenCell(seen, { table, id }, remove(id))),
  ];
}

export const remove = door("delete", 12, deleteCells);

function replaceCells(seen: Seen, table: string, source: RandomSource): Cell[] {
  const put = (id: number): TestRequest => ({
    method: "PUT",
    url: `/api/${table}/${id}`,
    json: fullBody(source, table, id),
  });
  const closed = closedCell(seen, { table, action: "update" }, put(1));
  if (closed !== undefined) return [closed];
  const keys = someKeys(seen, table, 4);
  const mine = seen
    .rows(table)
    .map((row) => Number(row["id"]))
    .filter((id) => seen.verdicts.may(table, "update", rowAt(table, id)));
  return [
    ...[...keys.seen, ...mine.slice(0, 4)].map((id) => {
      const request = put(id);
      return writeCell(seen, request, updated(seen, table, { id, body: request.json as Body, replace: true }));
    }),
    ...keys.hidden.map((id) => hiddenCell(seen, { table, id }, put(id))),
  ];
}

/** The plain columns of a row, one of them changed. */
function fullBody(source: RandomSource, table: string, id: number): Body {
  const row = rowAt(table, id);
  const names = Object.keys(shapeOf(table).columns).filter((name) => isPlain(table, name));
  const required = names.filter((name) => shapeOf(table).columns[name]?.start === undefined || source.below(2) === 0);
  return { ...Object.fromEntries(required.map((name) => [name, row[name] ?? null])), ...oneChange(source, table) };
}

export const replace = door("replace", 13, replaceCells);

/** Columns that a change of many rows sets. */
const MANY: { readonly [table: string]: readonly [string, Value] } = {
  users: ["username", "someone"],
  organisations: ["name", "dune grove"],
  projects: ["stage", "closed"],
  tasks: ["hours", 8],
  posts: ["likes", 7],
  comments: ["stars", 2],
  marks: ["weight", 6],
  reports: ["reason", "cedar"],
  findings: ["word", "dune"],
  audits: ["word", "dune"],
  badges: ["word", "dune"],
  robots: ["model", "model 0"],
};

function bulkCells(seen: Seen, table: string, source: RandomSource): Cell[] {
  const [column, value] = MANY[table] ?? ["", null];
  const trees: Tree[] = [
    { id: { gte: 1 } },
    { id: { in: [1, 2, 3, 4, 5, 6, 7, 8] } },
    { id: { gt: source.below((data[table] ?? []).length) } },
  ];
  return trees.flatMap((tree) => {
    const url = `/api/${table}?${query({ filter: JSON.stringify(tree) })}`;
    const rows = seen.rows(table).filter((row) => matches(seen.tables, table, { row, tree }));
    const change =
      column === ""
        ? []
        : [manyUpdated(seen, { table, rows: idsOf(rows) }, { method: "PATCH", url, json: { [column]: value } })];
    return [...change, manyDeleted(seen, { table, rows: idsOf(rows) }, { method: "DELETE", url })];
  });
}

const idsOf = (rows: readonly Row[]): number[] => rows.map((row) => Number(row["id"]));

function manyUpdated(
  seen: Seen,
  of: { readonly table: string; readonly rows: readonly number[] },
  request: TestRequest,
): Cell {
  const { table } = of;
  // A filter finds rows by their values, which is reading.
  const closed =
    closedCell(seen, { table, action: "update" }, request) ?? closedCell(seen, { table, action: "read" }, request);
  if (closed !== undefined) return closed;
  const ids = of.rows.filter((id) => seen.verdicts.may(table, "update", rowAt(table, id)));
  const after = ids.map((id): Row => ({ ...rowAt(table, id), ...(request.json as Body), updated_at: "now" }));
  const world = after.reduce(
    (all, row) => ({ ...all, [table]: [...(all[table] ?? []).filter((other) => other["id"] !== row["id"]), row] }),
    data,
  );
  const verdicts = verdictsOf(world, callers[seen.caller]);
  if (after.some((row) => !verdicts.may(table, "update", row)))
    return { caller: seen.caller, request, expected: { status: 403, code: "forbidden" } };
  const answer = after.filter((row) => verdicts.may(table, "read", row)).map((row) => masked(verdicts, table, row));
  const json = inOrder(seen, table, { rows: answer, sort: listOrder(table) });
  return {
    caller: seen.caller,
    request,
    expected: { status: 200, json, total: after.length, changed: { [table]: ids } },
  };
}

function manyDeleted(
  seen: Seen,
  of: { readonly table: string; readonly rows: readonly number[] },
  request: TestRequest,
): Cell {
  const { table } = of;
  const closed = closedCell(seen, { table, action: "delete" }, request);
  if (closed !== undefined) return closed;
  const ids = of.rows.filter((id) => seen.verdicts.may(table, "delete", rowAt(table, id)));
  const gone = ids.map((id) => goingWith(table, id));
  if (gone.includes(undefined))
    return { caller: seen.caller, request, expected: { status: 409, code: "still_referenced" } };
  const changed: { [name: string]: number[] } = { [table]: [...ids] };
  for (const each of gone)
    for (const [name, keys] of Object.entries(each ?? {})) changed[name] = [...(changed[name] ?? []), ...keys];
  return { caller: seen.caller, request, expected: { status: 204, empty: true, changed } };
}

export const bulk = door("bulk", 15, bulkCells);

/** The same write as one operation of a batch. */
function inBatch(cell: Cell): Cell {
  const { request, expected } = cell;
  const operation = (of: TestRequest): object => ({
    method: of.method,
    path: of.url,
    ...(of.json === undefined ? {} : { body: of.json }),
  });
  const batch = (of: TestRequest): TestRequest => ({ method: "POST", url: "/api/batch", json: [operation(of)] });
  if ("like" in expected)
    return { ...cell, request: batch(request), expected: { ...expected, like: batch(expected.like) } };
  const { json, headers, findings, empty: _empty, total, ...others } = expected;
  if (expected.status >= 400) {
    const pointed = findings?.map((finding) => `/0/body${finding}`);
    return {
      ...cell,
      request: batch(request),
      expected: { ...others, ...(pointed === undefined ? {} : { findings: pointed }) },
    };
  }
  const known = {
    ...(headers?.["location"] === true ? { location: true } : {}),
    ...(headers?.["etag"] === true ? { etag: true } : {}),
  };
  const answer = {
    status: expected.status,
    ...known,
    ...(total === undefined ? {} : { count: total }),
    ...(json === undefined ? {} : { body: json }),
  };
  // How many rows a delete of many took is told here alone.
  const told = expected.status === 204 && request.url.includes("filter=");
  return {
    ...cell,
    request: batch(request),
    expected: { ...others, status: 200, ...(told ? {} : { json: [answer] }) },
  };
}

/** A write that is allowed in front of one that is not: neither happens. */
function behindAllowed(cell: Cell): Cell | undefined {
  const { request, expected } = cell;
  if ("like" in expected || expected.status < 400) return undefined;
  const operation = {
    method: request.method,
    path: request.url,
    ...(request.json === undefined ? {} : { body: request.json }),
  };
  const letter = { method: "POST", path: "/api/letters", body: { sender: "amber", body: "birch" } };
  const { status, code } = expected;
  return {
    ...cell,
    request: { method: "POST", url: "/api/batch", json: [letter, operation] },
    expected: { status, ...(code === undefined ? {} : { code }) },
  };
}

/** A report, and a finding about it: only whoever may read the report can refer to it. */
function referringCells(seen: Seen): Cell[] {
  if (!allowedAt(seen, "reports", "create")) return [];
  return Array.from({ length: 4 }, (_, at): Cell => {
    const post = seen.rows("posts")[at]?.["id"] ?? 1;
    const json = [
      { method: "POST", path: "/api/reports", name: "made", body: { post_id: post, reason: "dune" } },
      { method: "POST", path: "/api/findings", body: { report_id: { ref: "made.id" }, word: "fjord" } },
    ];
    const reads = seen.verdicts.constant("reports", "read") === true;
    const expected = reads
      ? { status: 200, changed: { reports: [nextKey("reports")], findings: [nextKey("findings")] } }
      : { status: 400, code: "invalid_data", findings: ["/1/body/report_id reference_missing"] };
    return { caller: seen.caller, request: { method: "POST", url: "/api/batch", json }, expected };
  });
}

/** A report, and a letter that holds what the report says: only whoever may read reports is told it so. */
function copyingCells(seen: Seen): Cell[] {
  if (!allowedAt(seen, "reports", "create") || !allowedAt(seen, "letters", "create")) return [];
  const post = seen.rows("posts")[0]?.["id"] ?? 1;
  const json = [
    { method: "POST", path: "/api/reports", name: "made", body: { post_id: post, reason: "dune" } },
    { method: "POST", path: "/api/letters", body: { sender: { ref: "made.reason" }, body: "fjord" } },
  ];
  const reads = seen.verdicts.constant("reports", "read") === true;
  const expected = reads
    ? { status: 200, changed: { reports: [nextKey("reports")], letters: [nextKey("letters")] } }
    : { status: 400, code: "invalid_reference" };
  return [{ caller: seen.caller, request: { method: "POST", url: "/api/batch", json }, expected }];
}

export const batch: Door = {
  name: "batch",
  cells: () => {
    const source = sourceOf(16);
    const direct = seenByAll.flatMap((seen) =>
      writable.flatMap((table) => [
        ...createCells(seen, table, source).slice(0, 2),
        ...updateCells(seen, table, source).slice(0, 4),
        ...deleteCells(seen, table, source).slice(0, 2),
        ...bulkCells(seen, table, source).slice(0, 1),
      ]),
    );
    return [
      ...direct.map(inBatch),
      ...direct.map(behindAllowed).filter((cell) => cell !== undefined),
      ...seenByAll.flatMap(referringCells),
      ...seenByAll.flatMap(copyingCells),
    ];
  },
};
