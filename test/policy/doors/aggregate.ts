import { compare } from "../../api/interpreter.ts";
import type { DataRow, Value } from "../../api/world.ts";
import type { Cell, Door } from "../cell.ts";
import { alikeCell, closedCell, keyName, seenByAll, unknownFor } from "../ask.ts";
import type { Seen } from "../seen.ts";
import { shapeOf, shapes } from "../shape.ts";
import { hiddenColumns } from "./read.ts";

function valuesOf(rows: readonly DataRow[], column: string): Exclude<Value, null>[] {
  return rows.map((row) => row[column] ?? null).filter((value) => value !== null);
}

/** One number over rows, as `sum(likes)`. */
function number(seen: Seen, table: string, of: { readonly rows: readonly DataRow[]; readonly call: string }): Value {
  const [, name = "", column = ""] = /^(\w+)(?:\((\w+)\))?$/.exec(of.call) ?? [];
  if (column === "") return of.rows.length;
  const values = valuesOf(of.rows, column);
  const as = seen.tables[table]?.columns[column] ?? "opaque";
  const ordered = values.toSorted((left, right) => compare(as, left, right));
  const sum = values.reduce<number>((all, value) => all + Number(value), 0);
  switch (name) {
    case "count":
      return values.length;
    case "count_distinct":
      return new Set(values).size;
    case "min":
      return ordered[0] ?? null;
    case "max":
      return ordered.at(-1) ?? null;
    case "sum":
      return values.length === 0 ? null : sum;
    default:
      return values.length === 0 ? null : sum / values.length;
  }
}

const keyOf = (call: string): string => call.replace("(", "_").replace(")", "");

function numbers(
  seen: Seen,
  table: string,
  of: { readonly rows: readonly DataRow[]; readonly calls: readonly string[] },
): DataRow {
  return Object.fromEntries(of.calls.map((call) => [keyOf(call), number(seen, table, { rows: of.rows, call })]));
}

/** The value of `user.username` in a row; a row that is not seen has none. */
function groupKey(seen: Seen, table: string, of: { readonly row: DataRow; readonly path: string }): Value {
  const [name = "", column] = of.path.split(".");
  if (column === undefined) return of.row[name] ?? null;
  const relation = shapeOf(table).relations[name];
  const value = relation === undefined ? null : (of.row[relation.local] ?? null);
  const there = seen
    .rows(relation?.table ?? "")
    .find((other) => value !== null && other[relation?.foreign ?? ""] === value);
  return there?.[column] ?? null;
}

function grouped(
  seen: Seen,
  table: string,
  by: { readonly path: string; readonly calls: readonly string[] },
): DataRow[] {
  const groups = new Map<Value, DataRow[]>();
  for (const row of seen.rows(table)) {
    const key = groupKey(seen, table, { row, path: by.path });
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const [name = "", column = name] = by.path.split(".");
  const there = column === name ? table : (shapeOf(table).relations[name]?.table ?? "");
  const as = seen.tables[there]?.columns[column] ?? "opaque";
  return [...groups]
    .toSorted(([left], [right]) => compare(as, left, right))
    .map(([key, rows]) => ({ [by.path]: key, ...numbers(seen, table, { rows, calls: by.calls }) }));
}

function aggregateCells(seen: Seen, table: string): Cell[] {
  const { caller } = seen;
  const url = `/api/${table}?aggregate=`;
  const closed = closedCell(seen, { table, action: "read" }, { url: `${url}count` });
  if (closed !== undefined) return [closed];
  const own = seen.columns(table);
  const ofKind = (kind: string): string[] => own.filter((name) => shapeOf(table).columns[name]?.is === kind);
  const amounts = ofKind("number").filter((name) => name !== keyName(table));
  const calls = [
    "count",
    ...amounts.slice(-3).flatMap((name) => [`sum(${name})`, `avg(${name})`, `max(${name})`]),
  ].slice(0, 10);
  const others = own.slice(-8).map((name) => `count(${name})`);
  const more = [
    ...ofKind("text")
      .slice(0, 3)
      .map((name) => `min(${name})`),
    ...own.slice(0, 5).map((name) => `count_distinct(${name})`),
  ];
  const rows = seen.rows(table);
  const all = [calls, others, more].map(
    (asked): Cell => ({
      caller,
      request: { url: `${url}${asked.join(",")}` },
      expected: { status: 200, json: [numbers(seen, table, { rows, calls: asked })] },
    }),
  );
  return [...all, ...groupCells(seen, table), ...hiddenNumbers(seen, table)];
}

function groupCells(seen: Seen, table: string): Cell[] {
  const { caller } = seen;
  const own = seen.columns(table).filter((name) => name !== "created_at" && name !== "updated_at");
  const paths = Object.entries(seen.tables[table]?.relations ?? {})
    .filter(([, { many }]) => !many)
    .flatMap(([name, relation]) =>
      seen
        .columns(relation.table)
        .slice(0, 4)
        .map((column) => `${name}.${column}`),
    );
  return [...own, ...paths].flatMap((path, at): Cell[] => {
    const groups = grouped(seen, table, { path, calls: ["count"] });
    const having = at % 2 === 0 ? "" : "&having.count[gte]=2";
    const json = having === "" ? groups : groups.filter((group) => Number(group["count"]) >= 2);
    const request = { url: `/api/${table}?aggregate=count&group_by=${path}&limit=1000${having}` };
    return [{ caller, request, expected: { status: 200, json } }];
  });
}

function hiddenNumbers(seen: Seen, table: string): Cell[] {
  const cell = (url: (name: string) => string, hidden: string): Cell =>
    alikeCell(seen, (name) => ({ url: `/api/${table}?${url(name)}` }), {
      hidden,
      unknown: unknownFor(hidden),
      status: 400,
    });
  const closed = Object.entries(shapeOf(table).relations).filter(
    ([name, { many }]) => !many && seen.tables[table]?.relations[name] === undefined,
  );
  return [
    ...hiddenColumns(seen, table).flatMap((hidden) => [
      cell((name) => `aggregate=count&group_by=${name}`, hidden),
      cell((name) => `aggregate=count(${name})`, hidden),
      cell((name) => `aggregate=max(${name})`, hidden),
    ]),
    ...closed.map(([hidden]) => cell((name) => `aggregate=count&group_by=${name}.id`, hidden)),
    ...Object.entries(seen.tables[table]?.relations ?? {})
      .filter(([, { many }]) => !many)
      .flatMap(([name, relation]) =>
        hiddenColumns(seen, relation.table).map((hidden) =>
          cell((sent) => `aggregate=count&group_by=${name}.${sent}`, hidden),
        ),
      ),
  ];
}

export const aggregate: Door = {
  name: "aggregate",
  cells: () => seenByAll.flatMap((seen) => Object.keys(shapes).flatMap((table) => aggregateCells(seen, table))),
};
