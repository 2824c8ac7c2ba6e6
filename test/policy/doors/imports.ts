import type { RandomSource } from "../../database/random-source.ts";
import type { TestRequest } from "../../harness/open-engine.ts";
import { alikeCell, closedCell, MISSING, seenByAll, sourceOf } from "../ask.ts";
import { callers } from "../callers.ts";
import type { Cell, Door, Expected } from "../cell.ts";
import { created, dataWith } from "../changes.ts";
import type { Seen } from "../seen.ts";
import { shapeOf, writable } from "../shape.ts";
import { someKeys } from "./read.ts";
import { type Body, newBody } from "./writes.ts";

type Form = "csv" | "ndjson";

/** Columns that a row of an import may be refused for, beside those that it needs. */
const REFUSED: readonly Body[] = [{ featured: true }, { budget: 5 }, { karma: 5 }, { approved: true }, { secret: "x" }];

/** All rows or none. Bodies are checked while they come, before the database is asked about any of them. */
function imported(seen: Seen, table: string, rows: readonly Body[]): Expected {
  let { data } = seen;
  const keys: number[] = [];
  const refusals: Expected[] = [];
  for (const [at, body] of rows.entries()) {
    const { expected, row } = created({ ...seen, data }, table, body);
    if (row === undefined) {
      const findings = expected.findings?.map((finding) => `/${at}${finding}`);
      refusals.push({ ...expected, ...(findings === undefined ? {} : { findings }) });
    } else {
      data = dataWith(table, row, data);
      keys.push(Number(row["id"]));
    }
  }
  const refusal =
    refusals.find(({ findings }) => findings?.some((finding) => !finding.endsWith("_missing"))) ?? refusals[0];
  if (refusal !== undefined) return refusal;
  return { status: 201, json: { created: rows.length }, changed: { [table]: keys }, headers: { location: false } };
}

function csvText(rows: readonly Body[]): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = rows.map((row) => names.map((name) => String(row[name] ?? "")).join(","));
  return [names.join(","), ...lines].join("\n");
}

function importCell(seen: Seen, of: { readonly table: string; readonly form: Form }, rows: readonly Body[]): Cell {
  const { table, form } = of;
  const type = form === "csv" ? "text/csv" : "application/x-ndjson";
  const body = form === "csv" ? csvText(rows) : rows.map((row) => JSON.stringify(row)).join("\n");
  const request = { method: "POST", url: `/api/${table}`, headers: { "content-type": type }, body };
  const closed = closedCell(seen, { table, action: "create" }, request);
  return closed ?? { caller: seen.caller, request, expected: imported(seen, table, rows) };
}

/** Bodies of the wanted kind: taken, or refused for one reason. */
function bodies(seen: Seen, table: string, of: { readonly source: RandomSource; readonly taken: boolean }): Body[] {
  return Array.from({ length: 12 }, () => newBody(of.source, table)).filter((body) => {
    const { row, expected } = created(seen, table, body);
    return of.taken ? row !== undefined : row === undefined && (expected.findings?.length ?? 0) <= 1;
  });
}

function importCells(seen: Seen, of: { readonly table: string; readonly form: Form }, source: RandomSource): Cell[] {
  const { table, form } = of;
  const cell = (rows: readonly Body[]): Cell => importCell(seen, of, rows);
  const taken = bodies(seen, table, { source, taken: true }).slice(0, 3);
  const [refused] = bodies(seen, table, { source, taken: false });
  const [first = newBody(source, table), second = first, third = first] = taken;
  const unlike = distinct(source, table, [first, second, third]);
  const cells = [cell(unlike), ...(refused === undefined ? [] : [cell([...unlike.slice(0, 2), refused])])];
  const { columns } = shapeOf(table);
  const owner = Object.entries(columns).find(([, column]) => column.owner === true)?.[0];
  if (owner !== undefined) {
    const own = (callers[seen.caller] as { readonly id?: number }).id ?? 1;
    const owned = distinct(source, table, [first, second]).map((body) => ({ ...body, [owner]: own }));
    cells.push(cell(owned), cell(owned.map((body, at) => ({ ...body, [owner]: at === 1 ? 8 : own }))));
  }
  // A header that names a column which the caller may not send is refused as a whole, before any row.
  if (form === "csv") return cells;
  const ruled = REFUSED.filter((body) => Object.keys(body).every((name) => columns[name] !== undefined));
  return [
    ...cells,
    ...ruled.map((body) => cell([first, { ...(distinct(source, table, [first])[0] ?? first), ...body }])),
  ];
}

/** Columns in which no two rows may have the same. */
const UNIQUE = ["slug", "email", "code"];

/** The same bodies with values of their own where no two rows may have the same. */
function distinct(source: RandomSource, table: string, rows: readonly Body[]): Body[] {
  const { columns } = shapeOf(table);
  return rows.map((row) => {
    const fresh = newBody(source, table);
    return Object.fromEntries(
      Object.entries(row).map(([name, value]) =>
        UNIQUE.includes(name) && columns[name] !== undefined ? [name, fresh[name] ?? value] : [name, value],
      ),
    );
  });
}

/** Rows below a parent that the caller may not know of. */
function belowHidden(seen: Seen): Cell[] {
  const request =
    (row: object) =>
    (id: string): TestRequest => ({
      method: "POST",
      url: `/api/posts/${id}/comments`,
      headers: { "content-type": "application/x-ndjson" },
      body: JSON.stringify(row),
    });
  const right = request({ content: "dune" });
  const closed = closedCell(seen, { table: "comments", action: "create" }, right("1"));
  if (closed !== undefined) return [closed];
  // Of a row that is wrong nobody is told before it is known that there is a parent.
  return someKeys(seen, "posts", 6).hidden.flatMap((id) =>
    [right, request({ nonsense: 1 })].map((sent) =>
      alikeCell(seen, sent, { hidden: String(id), unknown: String(MISSING), status: 404 }),
    ),
  );
}

export const imports: Door = {
  name: "import",
  cells: () => {
    const source = sourceOf(51);
    return seenByAll.flatMap((seen) => [
      ...belowHidden(seen),
      ...writable.flatMap((table) =>
        (["csv", "ndjson"] as const).flatMap((form) => importCells(seen, { table, form }, source)),
      ),
    ]);
  },
};
