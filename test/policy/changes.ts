import type { TestRequest } from "../harness/open-engine.ts";
import type { DataRow } from "../api/world.ts";
import { data, MISSING } from "./ask.ts";
import { callers } from "./callers.ts";
import type { Changed, Expected } from "./cell.ts";
import { verdictsOf } from "./interpreter.ts";
import { closedStatus, masked, type Seen } from "./seen.ts";
import { referencesOf, shapeOf } from "./shape.ts";
import type { Action, Data, Row, Value } from "./verdicts.ts";

/** What an ordinary write of one row must come to. */
export interface Outcome {
  readonly expected: Expected;
  /** The row as it stands then; undefined where nothing is written. */
  readonly row?: Row;
}

type Body = { readonly [column: string]: Value };

/** The rows with one more, or one in another state. */
export function dataWith(table: string, row: Row, rows: Data = data): Data {
  const others = (rows[table] ?? []).filter((other) => other["id"] !== row["id"]);
  return { ...rows, [table]: [...others, row] };
}

export function nextKey(table: string, rows: Data = data): number {
  return (rows[table] ?? []).length + 1;
}

interface Sent {
  readonly body: Body;
  readonly before?: Row;
  readonly after: Row;
}

/** Columns of a body that the caller may send in no row, or does not know. */
function fieldFindings(seen: Seen, table: string, { body, before }: Sent): string[] {
  const { verdicts } = seen;
  const { columns } = shapeOf(table);
  return Object.entries(body).flatMap(([name, value]) => {
    if (columns[name]?.owner === true) return ownerFindings(seen, { name, value, before });
    if (isIdentity(table, name) && before !== undefined && isKey(seen))
      return value === before[name] ? [] : [`/${name} read_only`];
    if (verdicts.column(table, name, "write")) return [];
    if (!verdicts.column(table, name, "read")) return [`/${name} unknown_field`];
    const same = before !== undefined && masked(verdicts, table, before)[name] === value;
    return same ? [] : [`/${name} read_only`];
  });
}

/** What an account is called by is changed by whoever has signed in, and never by a key that was found. */
function isIdentity(table: string, name: string): boolean {
  return (table === "users" || table === "robots") && name === "email";
}

function isKey({ caller }: Seen): boolean {
  return "scopes" in callers[caller];
}

/** The first column that the caller may not write in this row. */
function rowFinding(seen: Seen, table: string, { body, before, after }: Sent): string[] {
  const { verdicts } = seen;
  const rows = before === undefined ? [after] : [before, after];
  const refusedName = Object.keys(body).find(
    (name) =>
      verdicts.column(table, name, "write") && !rows.every((row) => verdicts.cell(table, name, { row, use: "write" })),
  );
  return refusedName === undefined ? [] : [`/${refusedName} read_only`];
}

function ownerFindings(
  seen: Seen,
  of: { readonly name: string; readonly value: Value; readonly before: Row | undefined },
): string[] {
  const who = callers[seen.caller] as {
    readonly table?: string;
    readonly id?: number;
    readonly roles: readonly string[];
  };
  if (who.roles.includes("admin")) return [];
  const wanted = of.before === undefined ? (who.table === "users" ? who.id : undefined) : of.before[of.name];
  return of.value === wanted ? [] : [`/${of.name} read_only`];
}

/** The first reference of a body to a row that is not there for the caller, even where it stood there before. */
function referenceFinding(seen: Seen, table: string, body: Body): string[] {
  const missing = referencesOf(table)
    .filter(({ column }) => body[column] !== undefined && body[column] !== null)
    .find((reference) => !seen.rows(reference.table).some((row) => row["id"] === body[reference.column]));
  return missing === undefined ? [] : [`/${missing.column} reference_missing`];
}

const refused = (status: number, code: string): Outcome => ({ expected: { status, code } });
const invalid = (findings: readonly string[]): Outcome => ({
  expected: { status: 400, code: "invalid_data", findings },
});

/** What the answer to a write holds: the row as the caller may read it then. */
function answered(
  seen: Seen,
  table: string,
  of: { readonly status: 200 | 201; readonly row: Row; readonly changes: boolean },
): Outcome {
  const verdicts = verdictsOf(dataWith(table, of.row, seen.data), callers[seen.caller]);
  const readable = verdicts.may(table, "read", of.row);
  const json: DataRow = readable ? masked(verdicts, table, of.row) : {};
  return {
    expected: {
      status: of.status,
      json,
      headers: of.status === 201 ? { location: readable, etag: readable } : { etag: readable },
      changed: of.changes ? { [table]: [Number(of.row["id"])] } : {},
      stored: { table, row: of.row },
    },
    row: of.row,
  };
}

/** The verdict about a row that does not exist yet. */
export function created(seen: Seen, table: string, body: Body): Outcome {
  return createdBelow(seen, table, { body, given: {} });
}

/** The verdict about a row that does not exist yet; `given` is not sent, but known from where it is put. */
export function createdBelow(
  seen: Seen,
  table: string,
  { body, given }: { readonly body: Body; readonly given: Body },
): Outcome {
  const closed = closedStatus(seen, table, "create");
  if (closed !== undefined) return refused(closed, closed === 401 ? "sign_in_required" : "forbidden");
  const { columns } = shapeOf(table);
  const who = callers[seen.caller] as { readonly table?: string; readonly id?: number };
  const owner = who.table === "users" ? who.id : undefined;
  const row: Row = Object.fromEntries(
    Object.entries(columns).map(([name, column]) => {
      if (name === "id") return [name, nextKey(table, seen.data)];
      if (column.server === true) return [name, "now"];
      return [name, body[name] ?? given[name] ?? (column.owner === true ? (owner ?? null) : (column.start ?? null))];
    }),
  );
  const fields = fieldFindings(seen, table, { body, after: row });
  if (fields.length > 0) return invalid(fields);
  const missing = referenceFinding(seen, table, body);
  if (missing.length > 0) return invalid(missing);
  if (!verdictsOf(dataWith(table, row, seen.data), callers[seen.caller]).may(table, "create", row))
    return refused(403, "forbidden");
  const ruled = rowFinding(seen, table, { body, after: row });
  if (ruled.length > 0) return invalid(ruled);
  return answered(seen, table, { status: 201, row, changes: true });
}

/** The verdict about a row in another state; `replace` as PUT does. */
export function updated(
  seen: Seen,
  table: string,
  change: { readonly id: number; readonly body: Body; readonly replace?: boolean },
): Outcome {
  const closed = closedStatus(seen, table, "update");
  if (closed !== undefined) return refused(closed, closed === 401 ? "sign_in_required" : "forbidden");
  const { verdicts } = seen;
  const before = (seen.data[table] ?? []).find((row) => row["id"] === change.id);
  if (before === undefined || !verdicts.may(table, "read", before)) return refused(404, "not_found");
  const after = rowAfter(seen, table, { before, body: change.body, replace: change.replace === true });
  if (!verdicts.may(table, "update", before)) return refused(403, "forbidden");
  const fields = fieldFindings(seen, table, { body: change.body, before, after });
  if (fields.length > 0) return invalid(fields);
  const missing = referenceFinding(seen, table, change.body);
  if (missing.length > 0) return invalid(missing);
  const ruled = rowFinding(seen, table, { body: change.body, before, after });
  if (ruled.length > 0) return invalid(ruled);
  if (!verdictsOf(dataWith(table, after, seen.data), callers[seen.caller]).may(table, "update", after))
    return refused(403, "forbidden");
  return answered(seen, table, { status: 200, row: after, changes: after["updated_at"] === "now" });
}

function rowAfter(
  seen: Seen,
  table: string,
  change: { readonly before: Row; readonly body: Body; readonly replace: boolean },
): Row {
  const { columns } = shapeOf(table);
  const { before, body } = change;
  const chooses = callers[seen.caller].roles.some((role) => role === "admin");
  const sets = (name: string): boolean =>
    (columns[name]?.owner !== true || chooses) && seen.verdicts.column(table, name, "write");
  const writes =
    change.replace || Object.keys(body).some(sets) || Object.keys(body).some((name) => body[name] !== before[name]);
  return Object.fromEntries(
    Object.entries(columns).map(([name, column]) => {
      const stored = before[name] ?? null;
      if (name === "updated_at") return [name, writes ? "now" : stored];
      if (body[name] !== undefined) return [name, body[name]];
      const kept = !change.replace || column.server === true || column.owner === true || column.start === undefined;
      return [name, kept || !everywhere(seen, table, name) ? stored : (column.start ?? null)];
    }),
  );
}

/** Columns that PUT empties: those that the caller knows and may write in every row. */
function everywhere({ verdicts }: Seen, table: string, name: string): boolean {
  return verdicts.plain(table, name) && verdicts.writes(table, name);
}

/** Child tables whose rows go with the row that they refer to; all other references hold it back. */
const GOES_WITH = [
  "comments.post_id",
  "marks.post_id",
  "reports.post_id",
  "audits.post_id",
  "badges.post_id",
  "tasks.project_id",
  "findings.report_id",
];

const referring = (rows: readonly Row[] | undefined, column: string, id: number): number[] =>
  (rows ?? []).filter((row) => row[column] === id).map((row) => Number(row["id"]));

export function deleted(seen: Seen, table: string, id: number): Outcome {
  const closed = closedStatus(seen, table, "delete");
  if (closed !== undefined) return refused(closed, closed === 401 ? "sign_in_required" : "forbidden");
  const row = (data[table] ?? []).find((other) => other["id"] === id);
  if (row === undefined || !seen.verdicts.may(table, "read", row)) return refused(404, "not_found");
  if (!seen.verdicts.may(table, "delete", row)) return refused(403, "forbidden");
  const gone = goingWith(table, id);
  return gone === undefined
    ? refused(409, "still_referenced")
    : { expected: { status: 204, empty: true, changed: { ...gone, [table]: [id, ...(gone[table] ?? [])] } } };
}

/** The rows that go with a row; undefined where some other row stands in the way. */
export function goingWith(table: string, id: number): Changed | undefined {
  const gone: { [table: string]: number[] } = {};
  for (const relation of Object.values(shapeOf(table).relations).filter(
    ({ many, table: child }) => many && child !== "post_stats",
  )) {
    const children = referring(data[relation.table], relation.foreign, id);
    if (children.length > 0 && !GOES_WITH.includes(`${relation.table}.${relation.foreign}`)) return undefined;
    for (const child of children) {
      const deeper = goingWith(relation.table, child);
      if (deeper === undefined) return undefined;
      for (const [name, keys] of Object.entries({ [relation.table]: [child], ...deeper }))
        gone[name] = [...(gone[name] ?? []), ...keys];
    }
  }
  return gone;
}

export function allowedAt(seen: Seen, table: string, action: Action): boolean {
  return closedStatus(seen, table, action) === undefined;
}

/** The same request for a row that nobody has. */
export function toMissing(request: TestRequest, id: number): TestRequest {
  return { ...request, url: request.url.replace(`/${id}`, `/${MISSING}`) };
}
