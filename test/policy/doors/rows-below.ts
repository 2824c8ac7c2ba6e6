import type { TestRequest } from "../../harness/open-engine.ts";
import { alikeCell, closedCell, MISSING, seenByAll, sourceOf } from "../ask.ts";
import type { RandomSource } from "../../database/random-source.ts";
import type { Cell, Door, Expected } from "../cell.ts";
import { created, createdBelow, dataWith, type Outcome } from "../changes.ts";
import type { Seen } from "../seen.ts";
import { type RelationShape, shapeOf, writable } from "../shape.ts";
import { type Body, newBody } from "./writes.ts";
import { someKeys } from "./read.ts";

/** Relations of a table to rows that can be written. */
function childrenOf(table: string): (readonly [string, RelationShape])[] {
  return Object.entries(shapeOf(table).relations).filter(
    ([, relation]) => relation.many && writable.includes(relation.table),
  );
}

const without = (body: Body, name: string): Body =>
  Object.fromEntries(Object.entries(body).filter(([column]) => column !== name));

function ownerOf(table: string): string | undefined {
  return Object.entries(shapeOf(table).columns).find(([, column]) => column.owner === true)?.[0];
}

/** `POST /api/posts/7/comments`: the parent comes from the path, and must be there for the caller. */
function belowParent(seen: Seen, table: string, source: RandomSource): Cell[] {
  const keys = someKeys(seen, table, 3);
  return childrenOf(table).flatMap(([name, relation]): Cell[] => {
    const child = relation.table;
    const request = (id: number | string): TestRequest => ({
      method: "POST",
      url: `/api/${table}/${id}/${name}`,
      json: without(newBody(source, child), relation.foreign),
    });
    const mayCreate = closedCell(seen, { table: child, action: "create" }, request(1));
    // No relation leads to rows that the caller reads none of.
    if (mayCreate === undefined && seen.tables[child] === undefined)
      return [{ caller: seen.caller, request: request(1), expected: { status: 404, code: "no_route" } }];
    const closed = mayCreate ?? closedCell(seen, { table, action: "read" }, request(1));
    if (closed !== undefined) return [closed];
    const visible = keys.seen.map((id): Cell => {
      const sent = request(id);
      const body = { ...(sent.json as Body), [relation.foreign]: id };
      return { caller: seen.caller, request: sent, expected: created(seen, child, body).expected };
    });
    const hidden = keys.hidden.map((id) => {
      const sent = request(id);
      return alikeCell(seen, (key) => ({ ...sent, url: `/api/${table}/${key}/${name}` }), {
        hidden: String(id),
        unknown: String(MISSING),
        status: 404,
      });
    });
    return [...visible, ...hidden];
  });
}

/** A body that this caller may POST to the table; undefined where none was found. */
function takenBody(seen: Seen, table: string, source: RandomSource): { body: Body; outcome: Outcome } | undefined {
  for (let tries = 0; tries < 12; tries++) {
    const body = newBody(source, table);
    const outcome = created(seen, table, body);
    if (outcome.row !== undefined) return { body, outcome };
  }
  return undefined;
}

/** A row with rows below it in one body: those of each relation, and one body with a column of its own rule. */
function insideRow(seen: Seen, table: string, source: RandomSource): Cell[] {
  const parent = takenBody(seen, table, source);
  if (parent === undefined) return [];
  return childrenOf(table).flatMap(([name, relation]): Cell[] => {
    const child = relation.table;
    const known = seen.tables[table]?.relations[name] !== undefined || isKnownBelow(seen, table, name);
    const plain = without(newBody(source, child), relation.foreign);
    const request = (below: Body): TestRequest => ({
      method: "POST",
      url: `/api/${table}`,
      json: { ...parent.body, [name]: [below] },
    });
    const { caller } = seen;
    if (!known) {
      const findings = [`/${name} unknown_field`];
      return [{ caller, request: request(plain), expected: { status: 400, code: "invalid_data", findings } }];
    }
    const owner = ownerOf(child);
    const bodies = [
      plain,
      without(newBody(source, child), relation.foreign),
      ...(owner === undefined || owner === relation.foreign ? [] : [{ ...plain, [owner]: 2 }]),
      ...("approved" in shapeOf(child).columns ? [{ ...plain, approved: true }] : []),
      ...("budget" in shapeOf(child).columns ? [{ ...plain, budget: 3 }] : []),
      ...("estimate" in shapeOf(child).columns ? [{ ...plain, estimate: 3, assignee_id: source.pick([1, 2, 3]) }] : []),
    ];
    const sent = bodies.map((body) => without(body, relation.foreign));
    // Bodies are checked before anybody is asked about the tables below.
    const isClosed = seen.verdicts.constant(child, "create") === false;
    return (isClosed ? [plain] : sent).map((body) => ({
      caller,
      request: request(body),
      expected: withChild(seen, { table, name, relation, parent: parent.outcome }, body),
    }));
  });
}

/** A relation leads to the rows below where the caller reads their table, whether or not it reads the one above. */
function isKnownBelow(seen: Seen, table: string, name: string): boolean {
  return seen.tables[shapeOf(table).relations[name]?.table ?? ""] !== undefined;
}

function withChild(
  seen: Seen,
  of: { readonly table: string; readonly name: string; readonly relation: RelationShape; readonly parent: Outcome },
  body: Body,
): Expected {
  const { row, expected } = of.parent;
  if (row === undefined) return expected;
  const { table, foreign } = of.relation;
  const after: Seen = { ...seen, data: dataWith(of.table, row) };
  const child = createdBelow(after, table, { body, given: { [foreign]: Number(row["id"]) } });
  if (child.row === undefined) {
    const { findings, ...others } = child.expected;
    const placed = findings?.map((finding) => `/${of.name}/0${finding}`);
    return placed === undefined ? others : { ...others, findings: placed };
  }
  const changed = { ...expected.changed };
  for (const [name, keys] of Object.entries(child.expected.changed ?? {}))
    changed[name] = [...(changed[name] ?? []), ...keys];
  const json =
    expected.headers?.["location"] === true ? { ...(expected.json as object), [of.name]: [child.expected.json] } : {};
  return { status: 201, json, changed, stored: { table, row: child.row } };
}

export const rowsBelow: Door = {
  name: "rows below rows",
  cells: () => {
    const source = sourceOf(50);
    return seenByAll.flatMap((seen) =>
      writable.flatMap((table) => [...belowParent(seen, table, source), ...insideRow(seen, table, source)]),
    );
  },
};
