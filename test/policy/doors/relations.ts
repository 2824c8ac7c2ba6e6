import { matches } from "../../api/interpreter.ts";
import type { DataRow, Tree } from "../../api/world.ts";
import type { RandomSource } from "../../database/random-source.ts";
import type { Cell, Door } from "../cell.ts";
import { alikeCell, data, inOrder, keyName, listOrder, pick, query, seenByAll, sourceOf, unknownFor } from "../ask.ts";
import type { Seen } from "../seen.ts";
import { shapeOf, shapes } from "../shape.ts";
import { hiddenColumns, someKeys } from "./read.ts";

const tablesOf = (seen: Seen): string[] => Object.keys(seen.tables);
const DEEP = "limit=100";

/** Relations of a table that the caller may follow, and those it may not know of. */
function relationsOf(seen: Seen, table: string): { readonly open: string[]; readonly closed: string[] } {
  const all = Object.keys(shapeOf(table).relations);
  const open = all.filter((name) => seen.tables[table]?.relations[name] !== undefined);
  return { open, closed: all.filter((name) => !open.includes(name)) };
}

/** The rows over there, newest first, as an include answers them. */
function related(
  seen: Seen,
  table: string,
  of: { readonly name: string; readonly row: DataRow },
): { readonly table: string; readonly many: boolean; readonly rows: DataRow[] } {
  const relation = shapeOf(table).relations[of.name];
  if (relation === undefined) throw new Error(`${table} has no ${of.name}`);
  const value = of.row[relation.local] ?? null;
  const rows = value === null ? [] : seen.rows(relation.table).filter((other) => other[relation.foreign] === value);
  return {
    table: relation.table,
    many: relation.many,
    rows: inOrder(seen, relation.table, { rows, sort: listOrder(relation.table) }),
  };
}

/** A row with what a path of relations leads to. */
function including(seen: Seen, table: string, of: { readonly row: DataRow; readonly path: readonly string[] }): object {
  const [name, ...rest] = of.path;
  if (name === undefined) return of.row;
  const there = related(seen, table, { name, row: of.row });
  if (rest[0] === "count") return { ...of.row, [`${name}_count`]: there.rows.length };
  const rows = there.rows.map((row) => including(seen, there.table, { row, path: rest }));
  return { ...of.row, [name]: there.many ? rows : (rows[0] ?? null) };
}

/** Limits of all to-many relations on a path, so that nothing is cut off. */
function limitsOf(table: string, path: readonly string[]): string {
  let at = table;
  return path
    .flatMap((name, depth) => {
      const relation = shapeOf(at).relations[name];
      at = relation?.table ?? at;
      return relation?.many === true && path[depth + 1] !== "count"
        ? [`&${path.slice(0, depth + 1).join(".")}.${DEEP}`]
        : [];
    })
    .join("");
}

function pathsFrom(seen: Seen, table: string, depth: number): string[][] {
  return relationsOf(seen, table).open.flatMap((name) => {
    const next = shapeOf(table).relations[name]?.table ?? "";
    return [[name], ...(depth > 1 ? pathsFrom(seen, next, depth - 1).map((path) => [name, ...path]) : [])];
  });
}

function includeCells(seen: Seen, table: string, source: RandomSource): Cell[] {
  const { caller } = seen;
  const { open, closed } = relationsOf(seen, table);
  const deep = pathsFrom(seen, table, 3).filter((path) => path.length > 1);
  const chosen = [
    ...open.map((name) => [name]),
    ...open.filter((name) => shapeOf(table).relations[name]?.many === true).map((name) => [name, "count"]),
    ...Array.from({ length: Math.min(6, deep.length) }, () => source.pick(deep)),
  ];
  const key = keyName(table);
  const list = chosen.map((path): Cell => {
    const rows = inOrder(seen, table, { sort: `-${key}` }).slice(0, 12);
    const url = `/api/${table}?sort=-${key}&limit=12&include=${path.join(".")}${limitsOf(table, path)}`;
    return {
      caller,
      request: { url },
      expected: { status: 200, json: rows.map((row) => including(seen, table, { row, path })) },
    };
  });
  const one = someKeys(seen, table, 3).seen.flatMap((id): Cell[] => {
    const row = seen.rows(table).find((other) => other[key] === id) ?? {};
    const path = open.length === 0 ? [] : [source.pick(open)];
    const url = `/api/${table}/${id}?include=${path.join(".")}${limitsOf(table, path)}`;
    return path.length === 0
      ? []
      : [{ caller, request: { url }, expected: { status: 200, json: including(seen, table, { row, path }) } }];
  });
  const sorted = open.flatMap((name) => sortedCells(seen, table, { name, source }));
  const unknown = closed.flatMap((hidden) => [
    alikeCell(seen, (name) => ({ url: `/api/${table}?include=${name}` }), {
      hidden,
      unknown: unknownFor(hidden),
      status: 400,
    }),
    alikeCell(seen, (name) => ({ url: `/api/${table}?include=${name}.count` }), {
      hidden,
      unknown: unknownFor(hidden),
      status: 400,
    }),
  ]);
  const columns = open.flatMap((name) => {
    const there = shapeOf(table).relations[name]?.table ?? "";
    return hiddenColumns(seen, there).map((hidden) =>
      alikeCell(seen, (sent) => ({ url: `/api/${table}?include=${name}&${name}.fields=${sent}` }), {
        hidden,
        unknown: unknownFor(hidden),
        status: 400,
      }),
    );
  });
  return [...list, ...one, ...sorted, ...unknown, ...columns];
}

/** The rows over there, in an order that leads through a relation of theirs: a row behind it may be hidden. */
function sortedCells(seen: Seen, table: string, of: { readonly name: string; readonly source: RandomSource }): Cell[] {
  const { name, source } = of;
  const relation = shapeOf(table).relations[name];
  if (relation?.many !== true) return [];
  const there = relation.table;
  const paths = relationsOf(seen, there)
    .open.filter((further) => shapeOf(there).relations[further]?.many === false)
    .flatMap((further) =>
      seen.columns(shapeOf(there).relations[further]?.table ?? "").map((column) => `${further}.${column}`),
    );
  if (paths.length === 0) return [];
  const key = keyName(table);
  const sort = `${source.pick(["", "-"])}${source.pick(paths)},${keyName(there)}`;
  const json = inOrder(seen, table, { sort: key }).map((row) => {
    const rows = seen.rows(there).filter((other) => other[relation.foreign] === row[relation.local]);
    return { [key]: row[key], [name]: inOrder(seen, there, { rows, sort }) };
  });
  const url = `/api/${table}?sort=${key}&limit=1000&fields=${key}&include=${name}&${name}.sort=${sort}&${name}.${DEEP}`;
  return [{ caller: seen.caller, request: { url }, expected: { status: 200, json } }];
}

export const include: Door = {
  name: "include",
  cells: () => {
    const source = sourceOf(1);
    return seenByAll.flatMap((seen) => tablesOf(seen).flatMap((table) => includeCells(seen, table, source)));
  },
};

/** A value that some row has, seen or not: a leak shows with values of hidden rows. */
function someValue(source: RandomSource, table: string, column: string): string | number | boolean | null {
  const rows = data[table] ?? [];
  return rows.length === 0 ? null : (source.pick(rows)[column] ?? null);
}

function condition(source: RandomSource, table: string, column: string): Tree {
  const value = someValue(source, table, column);
  if (value === null) return { [column]: { null: source.below(2) === 0 } };
  if (typeof value === "boolean") return { [column]: value };
  return { [column]: { [source.pick(["eq", "ne", "gt", "gte", "lt", "lte"])]: value } };
}

function someTree(seen: Seen, table: string, given: { readonly source: RandomSource; readonly depth: number }): Tree {
  const { source, depth } = given;
  const { open } = relationsOf(seen, table);
  const below = { source, depth: depth - 1 };
  const kind = depth === 0 ? 0 : source.below(7);
  if (kind === 1) return { and: [someTree(seen, table, below), someTree(seen, table, below)] };
  if (kind === 2) return { or: [someTree(seen, table, below), someTree(seen, table, below)] };
  if (kind === 3) return { not: someTree(seen, table, below) };
  if (kind > 3 && open.length > 0) return throughRelation(seen, table, { ...below, name: source.pick(open) });
  return condition(source, table, source.pick(seen.columns(table)));
}

function throughRelation(
  seen: Seen,
  table: string,
  given: { readonly source: RandomSource; readonly depth: number; readonly name: string },
): Tree {
  const relation = shapeOf(table).relations[given.name];
  const tree = someTree(seen, relation?.table ?? "", { source: given.source, depth: Math.max(0, given.depth) });
  const word = relation?.many === true ? given.source.pick(["some", "none", "all", ""]) : "";
  return { [given.name]: word === "" ? tree : { [word]: tree } };
}

function filteredCell(seen: Seen, table: string, tree: Tree): Cell {
  const key = keyName(table);
  const rows = seen.rows(table).filter((row) => matches(seen.tables, table, { row, tree }));
  const url = `/api/${table}?${query({ filter: JSON.stringify(tree), sort: key, limit: 1000, fields: key, count: "exact" })}`;
  const json = inOrder(seen, table, { rows, sort: key }).map((row) => pick(row, [key]));
  return { caller: seen.caller, request: { url }, expected: { status: 200, json, total: rows.length } };
}

const PLAIN_OPERATORS = ["", "[ne]", "[gte]", "[lt]"];
const WORDS: { readonly [operator: string]: string } = { "": "eq", "[ne]": "ne", "[gte]": "gte", "[lt]": "lt" };

/** `?post.title[gte]=…` and `?comments[none].stars=…`. */
function plainCells(seen: Seen, table: string, source: RandomSource): Cell[] {
  const key = keyName(table);
  return relationsOf(seen, table).open.flatMap((name): Cell[] => {
    const relation = shapeOf(table).relations[name];
    const there = relation?.table ?? "";
    return Array.from({ length: 3 }, () => source.pick(seen.columns(there))).flatMap((column): Cell[] => {
      const value = someValue(source, there, column);
      const operator = typeof value === "boolean" ? "" : source.pick(PLAIN_OPERATORS);
      if (value === null) return [];
      const word = relation?.many === true ? source.pick(["", "none", "all"]) : "";
      const tree: Tree = {
        [name]: { [word === "" ? "some" : word]: { [column]: { [WORDS[operator] ?? "eq"]: value } } },
      };
      const rows = seen.rows(table).filter((row) => matches(seen.tables, table, { row, tree }));
      const parameter = `${name}${word === "" ? "" : `[${word}]`}.${column}${operator}`;
      const url = `/api/${table}?${encodeURIComponent(parameter)}=${encodeURIComponent(value)}&sort=${key}&limit=1000&fields=${key}`;
      return [
        {
          caller: seen.caller,
          request: { url },
          expected: { status: 200, json: inOrder(seen, table, { rows, sort: key }).map((row) => pick(row, [key])) },
        },
      ];
    });
  });
}

function hiddenConditions(seen: Seen, table: string): Cell[] {
  const { open, closed } = relationsOf(seen, table);
  const cell = (url: (name: string) => string, hidden: string): Cell =>
    alikeCell(seen, (name) => ({ url: `/api/${table}?${url(name)}` }), {
      hidden,
      unknown: unknownFor(hidden),
      status: 400,
    });
  return [
    ...hiddenColumns(seen, table).map((hidden) => cell((name) => `${name}=1`, hidden)),
    ...closed.map((hidden) => cell((name) => `${name}.id=1`, hidden)),
    ...open.flatMap((name) =>
      hiddenColumns(seen, shapeOf(table).relations[name]?.table ?? "").map((hidden) =>
        cell((sent) => `${name}.${sent}=1`, hidden),
      ),
    ),
  ];
}

export const filterRelations: Door = {
  name: "filter through relations",
  cells: () => {
    const source = sourceOf(2);
    return seenByAll.flatMap((seen) =>
      tablesOf(seen).flatMap((table) => [...plainCells(seen, table, source), ...hiddenConditions(seen, table)]),
    );
  },
};

export const filterTree: Door = {
  name: "filter tree",
  cells: () => {
    const source = sourceOf(3);
    return seenByAll.flatMap((seen) =>
      tablesOf(seen).flatMap((table) => {
        const { closed } = relationsOf(seen, table);
        const hidden = [
          ...hiddenColumns(seen, table).map((name) => [name, { null: true }] as const),
          ...closed.map((name) => [name, {}] as const),
        ];
        return [
          ...Array.from({ length: 6 }, () => filteredCell(seen, table, someTree(seen, table, { source, depth: 3 }))),
          ...hidden.map(([name, value]) =>
            alikeCell(
              seen,
              (sent) => ({ url: `/api/${table}?${query({ filter: JSON.stringify({ or: [{ [sent]: value }] }) })}` }),
              {
                hidden: name,
                unknown: unknownFor(name),
                status: 400,
              },
            ),
          ),
        ];
      }),
    );
  },
};

function sortCells(seen: Seen, table: string): Cell[] {
  const { caller } = seen;
  const key = keyName(table);
  const { open, closed } = relationsOf(seen, table);
  const one = open.filter((name) => shapeOf(table).relations[name]?.many === false);
  const paths = one.flatMap((name) => {
    const there = shapeOf(table).relations[name]?.table ?? "";
    return seen.columns(there).map((column) => `${name}.${column}`);
  });
  const sorts = [...seen.columns(table), ...paths].map((path, at) =>
    path === key ? path : `${at % 2 === 0 ? "-" : ""}${path},${key}`,
  );
  const cell = (url: (name: string) => string, hidden: string): Cell =>
    alikeCell(seen, (name) => ({ url: `/api/${table}?sort=${url(name)}` }), {
      hidden,
      unknown: unknownFor(hidden),
      status: 400,
    });
  return [
    ...sorts.map(
      (sort): Cell => ({
        caller,
        request: { url: `/api/${table}?sort=${sort}&limit=1000&fields=${key}` },
        expected: { status: 200, json: inOrder(seen, table, { sort }).map((row) => pick(row, [key])) },
      }),
    ),
    ...hiddenColumns(seen, table).map((hidden) => cell((name) => name, hidden)),
    ...closed
      .filter((name) => shapeOf(table).relations[name]?.many === false)
      .map((hidden) => cell((name) => `${name}.id`, hidden)),
    ...one.flatMap((name) =>
      hiddenColumns(seen, shapeOf(table).relations[name]?.table ?? "").map((hidden) =>
        cell((sent) => `-${name}.${sent}`, hidden),
      ),
    ),
  ];
}

export const sort: Door = {
  name: "sort through relations",
  cells: () => seenByAll.flatMap((seen) => tablesOf(seen).flatMap((table) => sortCells(seen, table))),
};

/** A row matches when each word begins some word of its searched columns: those that the caller reads in every row. */
function found(seen: Seen, table: string, words: readonly string[]): DataRow[] {
  const { columns } = shapeOf(table);
  const searched = seen
    .columns(table)
    .filter((name) => columns[name]?.search === true && seen.verdicts.plain(table, name));
  return seen.rows(table).filter((row) => {
    const there = searched.flatMap((name) => String(row[name] ?? "").split(" "));
    return words.every((word) => there.some((token) => token.startsWith(word)));
  });
}

const SEARCHES = ["amber", "birch", "ce", "dune", "ember", "fj", "grove", "amber birch", "ce du", "canary4711"];

export const search: Door = {
  name: "search",
  cells: () =>
    seenByAll.flatMap((seen) =>
      Object.entries(shapes)
        .filter(
          ([table, { columns }]) =>
            seen.tables[table] !== undefined && Object.values(columns).some((column) => column.search),
        )
        .flatMap(([table]) =>
          SEARCHES.map((words): Cell => {
            const rows = inOrder(seen, table, { rows: found(seen, table, words.split(" ")), sort: "id" });
            return {
              caller: seen.caller,
              request: { url: `/api/${table}?q=${encodeURIComponent(words)}&sort=id&limit=1000&count=exact` },
              expected: { status: 200, json: rows, total: rows.length },
            };
          }),
        ),
    ),
};
