import { matches } from "../../api/interpreter.ts";
import { closedCell, data, inOrder, query, seenByAll, sourceOf } from "../ask.ts";
import { callers } from "../callers.ts";
import type { Cell, Door } from "../cell.ts";
import { created, deleted, updated } from "../changes.ts";
import type { Seen } from "../seen.ts";
import { writable } from "../shape.ts";
import type { Who } from "../verdicts.ts";
import { someKeys } from "./read.ts";
import { newBody, oneChange } from "./writes.ts";

/** The application's own routes, which reach the rows through `ctx.tables`. */
function cells(seen: Seen, table: string, source: ReturnType<typeof sourceOf>): Cell[] {
  const { caller } = seen;
  const url = (kind: string, id?: number): string => `/api/own/${kind}/${table}${id === undefined ? "" : `/${id}`}`;
  const closed = ["lists", "numbers"].map((kind) => closedCell(seen, { table, action: "read" }, { url: url(kind) }));
  const one = closedCell(seen, { table, action: "read" }, { url: url("rows", 1) });
  const writes = changeCells(seen, table, source);
  if (one !== undefined) return [...closed.filter((cell) => cell !== undefined), one, ...writes];
  const rows = inOrder(seen, table, { sort: "id" });
  const tree = { id: { gt: source.below((data[table] ?? []).length) } };
  const some = rows.filter((row) => matches(seen.tables, table, { row, tree }));
  const keys = someKeys(seen, table, 3);
  return [
    { caller, request: { url: url("lists") }, expected: { status: 200, json: rows } },
    {
      caller,
      request: { url: `${url("lists")}?${query({ filter: JSON.stringify(tree) })}` },
      expected: { status: 200, json: some },
    },
    { caller, request: { url: url("numbers") }, expected: { status: 200, json: { count: rows.length } } },
    ...[...keys.seen, ...keys.hidden].map((id): Cell => {
      const row = rows.find((other) => other["id"] === id) ?? null;
      return { caller, request: { url: url("rows", id) }, expected: { status: 200, json: { row } } };
    }),
    ...writes,
  ];
}

function changeCells(seen: Seen, table: string, source: ReturnType<typeof sourceOf>): Cell[] {
  const keys = someKeys(seen, table, 2);
  return [...keys.seen, ...keys.hidden].map((id): Cell => {
    const json = oneChange(source, table);
    const { headers: _headers, findings: _findings, ...expected } = updated(seen, table, { id, body: json }).expected;
    return { caller: seen.caller, request: { method: "PATCH", url: `/api/own/rows/${table}/${id}`, json }, expected };
  });
}

/** The code of the application gets the row that it made, as the caller reads it. */
function makingCells(seen: Seen, table: string, source: ReturnType<typeof sourceOf>): Cell[] {
  const url = `/api/own/rows/${table}`;
  const { caller } = seen;
  const made = [1, 2].map((): Cell => {
    const json = newBody(source, table);
    const { headers: _headers, findings: _findings, ...expected } = created(seen, table, json).expected;
    const status = expected.status === 201 ? 200 : expected.status;
    return { caller, request: { method: "POST", url, json }, expected: { ...expected, status } };
  });
  const gone = [1 + source.below(5), 6 + source.below(5)].map((id): Cell => {
    const { empty: _empty, ...expected } = deleted(seen, table, id).expected;
    const told = expected.status === 204 ? { ...expected, status: 200, json: { deleted: id } } : expected;
    return { caller, request: { method: "DELETE", url: `${url}/${id}` }, expected: told };
  });
  return [...made, ...gone];
}

/** The rule of a route, by its name in the path; the caller's own roles decide, administrators pass all but "nobody". */
const GATES: { readonly [name: string]: (who: Who) => boolean } = {
  everyone: () => true,
  nobody: () => false,
  signedIn: ({ id }) => id !== undefined,
  moderator: ({ roles }) => roles.some((role) => role === "moderator" || role === "admin"),
  both: ({ roles }) => roles.some((role) => role === "auditor" || role === "admin"),
  either: ({ roles }) => roles.length > 0,
  robots: ({ table, roles }) => table === "robots" || roles.includes("admin"),
  failing: ({ roles }) => roles.includes("admin"),
  filtering: ({ roles }) => roles.includes("admin"),
};

/** Code may reach any table, so credentials for some tables open only what is everybody's. */
function gateCells({ caller }: Seen): Cell[] {
  const who: Who = callers[caller];
  const whole = who.scopes === undefined ? "write" : who.scopes["*"];
  return Object.entries(GATES).flatMap(([name, through]) =>
    ["GET", "POST"].map((method): Cell => {
      const inScope = method === "GET" ? whole !== undefined : whole === "write";
      const opens = name === "everyone" || (inScope && through(who));
      const status = opens ? 200 : caller === "anonymous" && name !== "nobody" ? 401 : 403;
      const json = status === 200 ? { json: { through: name } } : {};
      const fails = ["failing", "filtering"].includes(name) ? { faults: true as const } : {};
      return { caller, request: { method, url: `/api/own/gates/${name}` }, expected: { status, ...json, ...fails } };
    }),
  );
}

/** A view has no route that writes, but code may try: nobody writes it, administrators neither. */
function viewCells({ caller }: Seen): Cell[] {
  const json = { posts: 1 };
  const url = "/api/own/rows/post_stats";
  const expected = { status: 403, code: "forbidden" };
  return [
    { caller, request: { method: "POST", url, json: { user_id: 1, ...json } }, expected },
    { caller, request: { method: "PATCH", url: `${url}/1`, json }, expected },
    { caller, request: { method: "DELETE", url: `${url}/1` }, expected },
  ];
}

/** What the repository of a module sums up by SQL of its own: for the posts that the caller reads, and no others. */
function weightCell(seen: Seen): Cell {
  const posts = seen.rows("posts").map((row) => Number(row["id"]));
  const json = posts.flatMap((post_id) => {
    const marks = (data["marks"] ?? []).filter((mark) => mark["post_id"] === post_id);
    return marks.length === 0
      ? []
      : [{ post_id, weight: marks.reduce((sum, mark) => sum + Number(mark["weight"]), 0) }];
  });
  return { caller: seen.caller, request: { url: "/api/own/weights" }, expected: { status: 200, json } };
}

export const ownCode: Door = {
  name: "own code",
  always: () => seenByAll.flatMap(gateCells),
  cells: () => {
    const source = sourceOf(40);
    return seenByAll.flatMap((seen) => [
      weightCell(seen),
      ...viewCells(seen),
      ...writable.flatMap((table) => [...cells(seen, table, source), ...makingCells(seen, table, source)]),
    ]);
  },
};
