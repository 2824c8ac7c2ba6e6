import type { TestRequest } from "../../harness/open-engine.ts";
import { callerNames } from "../callers.ts";
import type { Ask, Cell, Door } from "../cell.ts";
import {
  alikeCell,
  ALL,
  closedCell,
  data,
  inOrder,
  keyName,
  listOrder,
  MISSING,
  pick,
  seenByAll,
  unknownFor,
} from "../ask.ts";
import { shapes, shapeOf } from "../shape.ts";
import type { Seen } from "../seen.ts";

const names = Object.keys(shapes);

/** Columns that exist in the declaration and not for the caller. */
export function hiddenColumns(seen: Seen, table: string): string[] {
  return Object.keys(shapeOf(table).columns).filter((name) => !seen.verdicts.column(table, name, "read"));
}

function listCells(seen: Seen, table: string): Cell[] {
  const { caller } = seen;
  const url = `/api/${table}`;
  const closed = closedCell(seen, { table, action: "read" }, { url });
  if (closed !== undefined) {
    const counted = { url: `${url}?count=exact` };
    return [closed, closedCell(seen, { table, action: "read" }, counted) ?? closed];
  }
  const rows = inOrder(seen, table, { sort: listOrder(table) });
  const key = keyName(table);
  const few = seen.columns(table).slice(-4);
  const cells: Cell[] = [
    { caller, request: { url: `${url}?limit=1000` }, expected: { status: 200, json: rows } },
    {
      caller,
      request: { url: `${url}?count=exact&limit=3` },
      expected: { status: 200, json: rows.slice(0, 3), total: rows.length },
    },
    {
      caller,
      request: { url: `${url}?sort=-${key}&limit=5&offset=4&fields=${few.join(",")}` },
      expected: {
        status: 200,
        json: inOrder(seen, table, { sort: `-${key}` })
          .slice(4, 9)
          .map((row) => pick(row, few)),
      },
    },
  ];
  for (const hidden of hiddenColumns(seen, table)) {
    cells.push(
      alikeCell(seen, (name) => ({ url: `${url}?fields=${name}` }), {
        hidden,
        unknown: unknownFor(hidden),
        status: 400,
      }),
    );
  }
  return cells;
}

export const list: Door = {
  name: "list",
  cells: () => seenByAll.flatMap((seen) => names.flatMap((table) => listCells(seen, table))),
};

/** Keys of some rows that the caller sees and of some that are hidden from it. */
export function someKeys(
  seen: Seen,
  table: string,
  count: number,
): { readonly seen: number[]; readonly hidden: number[] } {
  const key = keyName(table);
  const visible = new Set(seen.rows(table).map((row) => Number(row[key])));
  const all = (data[table] ?? []).map((row) => Number(row[key]));
  const some = (keys: number[]): number[] => keys.filter((_, at) => at % Math.ceil(keys.length / count) === 0);
  return { seen: some([...visible]), hidden: some(all.filter((id) => !visible.has(id))) };
}

function readCells(seen: Seen, table: string): Cell[] {
  const { caller } = seen;
  const url = `/api/${table}`;
  const closed = closedCell(seen, { table, action: "read" }, { url: `${url}/1` });
  if (closed !== undefined) {
    const missing = { url: `${url}/${MISSING}` };
    return [closed, closedCell(seen, { table, action: "read" }, missing) ?? closed];
  }
  const key = keyName(table);
  const keys = someKeys(seen, table, 5);
  return [
    ...keys.seen.map((id): Cell => {
      const row = seen.rows(table).find((other) => other[key] === id);
      return {
        caller,
        request: { url: `${url}/${id}` },
        expected: { status: 200, json: row, headers: { etag: true } },
      };
    }),
    ...keys.hidden.map((id) =>
      alikeCell(seen, (sent) => ({ url: `${url}/${sent}` }), {
        hidden: String(id),
        unknown: String(MISSING),
        status: 404,
      }),
    ),
  ];
}

export const read: Door = {
  name: "read",
  cells: () => seenByAll.flatMap((seen) => names.flatMap((table) => readCells(seen, table))),
};

function headCells(seen: Seen, table: string): Cell[] {
  const method = "HEAD";
  return [...listCells(seen, table).slice(0, 2), ...readCells(seen, table)].flatMap((cell): Cell[] => {
    const request = { ...cell.request, method };
    const { expected } = cell;
    if ("like" in expected)
      return [{ ...cell, request, expected: { ...expected, like: { ...expected.like, method } } }];
    const { json: _json, code: _code, ...others } = expected;
    return [{ ...cell, request, expected: { ...others, empty: true } }];
  });
}

export const head: Door = {
  name: "head",
  cells: () => seenByAll.flatMap((seen) => names.flatMap((table) => headCells(seen, table))),
};

function nestedCells(seen: Seen, table: string): Cell[] {
  const { caller } = seen;
  const keys = someKeys(seen, table, 3);
  return Object.entries(shapeOf(table).relations)
    .filter(([, { many }]) => many)
    .flatMap(([name, relation]): Cell[] => {
      const url = (id: number | string, child = name): string =>
        `/api/${table}/${id}/${child}?${relation.table === "post_stats" ? "limit=100" : ALL}`;
      const closed = closedCell(seen, { table, action: "read" }, { url: url(1) });
      if (closed !== undefined) return [closed];
      const open = seen.tables[relation.table] !== undefined;
      if (!open) {
        const status = closedCell(
          seen,
          { table: relation.table, action: "read" },
          { url: url(keys.seen[0] ?? MISSING) },
        );
        return status === undefined ? [] : [status];
      }
      return [
        ...keys.seen.map((id): Cell => {
          const rows = seen.rows(relation.table).filter((row) => row[relation.foreign] === id);
          const request = { url: `${url(id)}&count=exact` };
          return { caller, request, expected: { status: 200, json: rows, total: rows.length } };
        }),
        ...keys.hidden.map((id) =>
          alikeCell(seen, (sent) => ({ url: url(sent) }), {
            hidden: String(id),
            unknown: String(MISSING),
            status: 404,
          }),
        ),
      ];
    });
}

export const nested: Door = {
  name: "nested",
  cells: () => seenByAll.flatMap((seen) => names.flatMap((table) => nestedCells(seen, table))),
};

function cursorCells(seen: Seen, table: string): Cell[] {
  const { caller } = seen;
  if (seen.tables[table] === undefined) return [];
  const key = keyName(table);
  const orders = [
    listOrder(table),
    key,
    ...seen
      .columns(table)
      .filter((name) => name !== key)
      .map((name) => `-${name},${key}`),
  ];
  const plain = orders.map((sort): Cell => {
    const given = sort === listOrder(table) ? "" : `&sort=${sort}`;
    return {
      caller,
      request: { url: `/api/${table}?limit=7${given}` },
      pages: true,
      expected: { status: 200, json: inOrder(seen, table, { sort }) },
    };
  });
  return [...plain, ...othersCursors(seen, table)];
}

/** A cursor that somebody else was given leads to the rows of one's own that stand behind it; never to theirs. */
function othersCursors(seen: Seen, table: string): Cell[] {
  const key = keyName(table);
  const url = `/api/${table}?limit=3&sort=${key}`;
  return callerNames
    .filter((name) => name !== seen.caller)
    .flatMap((other): Cell[] => {
      const theirs = seenByAll.find(({ caller }) => caller === other);
      const page = theirs === undefined ? [] : inOrder(theirs, table, { sort: key });
      const next = page[3];
      if (next === undefined) return [];
      const first = async (ask: Ask): Promise<Partial<TestRequest>> => {
        const answer = await ask({ url }, other);
        return { url: /^<([^>]+)>/.exec(answer.headers["link"] ?? "")?.[1] ?? "/no/next/page" };
      };
      const json = inOrder(seen, table, { sort: key }).filter((row) => Number(row[key]) >= Number(next[key]));
      return [{ caller: seen.caller, request: { url }, first, expected: { status: 200, json: json.slice(0, 3) } }];
    });
}

export const cursor: Door = {
  name: "cursor",
  cells: () => seenByAll.flatMap((seen) => names.flatMap((table) => cursorCells(seen, table))),
};

function exportCells(as: "csv" | "ndjson", accept: string): Door {
  const cells = (seen: Seen, table: string): Cell[] => {
    // Rows below a parent that the caller may not know of.
    const below = nestedCells(seen, table).filter(({ expected }) => "like" in expected);
    return [...listCells(seen, table), ...below.slice(0, 3)].map((cell): Cell => {
      const request = { ...cell.request, headers: { accept } };
      const { expected } = cell;
      if ("like" in expected)
        return { ...cell, request, expected: { ...expected, like: { ...expected.like, headers: { accept } } } };
      if (expected.json === undefined) return { ...cell, request };
      const { json, ...others } = expected;
      return { ...cell, request, expected: { ...others, parsed: { as, rows: json as object[] } } };
    });
  };
  return { name: as, cells: () => seenByAll.flatMap((seen) => names.flatMap((table) => cells(seen, table))) };
}

export const csv = exportCells("csv", "text/csv");
export const ndjson = exportCells("ndjson", "application/x-ndjson");
