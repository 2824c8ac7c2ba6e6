import { entityTag } from "../schema/entity-tag.ts";
import { jsonOfKind } from "../schema/kind-value.ts";
import type { ColumnModel, ComputedModel, TableModel } from "../schema/model.ts";
import type { Json } from "../schema/stored.ts";
import type { NewRow, WriteCommand } from "../validation/command.ts";
import { UNREADABLE } from "../schema/unreadable-row.ts";
import type { ListAnswer, RowAnswer } from "./record-answer.ts";

/** Is told of a fault that ended no request: the answer holds null in its place. */
export type ReportFault = (cause: unknown) => void;

/** What is read of a row and, where columns are computed, what is answered of it. */
interface Shape {
  readonly table: TableModel;
  readonly columns: readonly ColumnModel[];
  readonly shown: readonly ColumnModel[] | undefined;
  readonly includes: readonly (Shape & { readonly key: string })[];
}

/** How the rows of one shape are made anew. Undefined stands for rows that go out as the database wrote them. */
export interface ComputedRows {
  readonly table: TableModel;
  readonly shown: readonly ColumnModel[];
  /** Included rows that are made anew, by their key. */
  readonly includes: ReadonlyMap<string, ComputedRows>;
}

type JsonRow = { readonly [member: string]: Json };

/** Decides once for a shape whether its rows have to become objects: only where something in them is computed. */
export function computedRows(shape: Shape): ComputedRows | undefined {
  const includes = new Map<string, ComputedRows>();
  for (const include of shape.includes) {
    const rows = computedRows(include);
    if (rows !== undefined) includes.set(include.key, rows);
  }
  const { table, shown, columns } = shape;
  return shown === undefined && includes.size === 0 ? undefined : { table, shown: shown ?? columns, includes };
}

/** The same for what a write answers: its rows, and those that came along below them. */
export function writtenRows(command: WriteCommand): ComputedRows | undefined {
  const { seen: table, answer, shown } = command;
  return computedRows({ table, columns: answer, shown, includes: "rows" in command ? rowsBelow(command.rows) : [] });
}

function rowsBelow(rows: readonly NewRow[]): (Shape & { readonly key: string })[] {
  const groups = new Map<string, { readonly table: TableModel; readonly rows: NewRow[] }>();
  for (const { relation, seen: table, rows: below } of rows.flatMap(({ children }) => children)) {
    const group = groups.get(relation.name) ?? { table, rows: [] };
    group.rows.push(...below);
    groups.set(relation.name, group);
  }
  return Array.from(groups, ([key, { table, rows: below }]) => {
    const shown = table.computed.size === 0 ? undefined : table.shown;
    return { key, table, columns: table.columns, shown, includes: rowsBelow(below) };
  });
}

/** The rows with their computed columns. */
export function computeList(list: ListAnswer, rows: ComputedRows, report: ReportFault): ListAnswer {
  const faults = new Faults(report);
  const json = (JSON.parse(list.json) as JsonRow[]).map((row) => rowText(row, rows, faults));
  return { ...list, json: `[${json.join(",")}]` };
}

/** The same for the pages of a whole list, each row of them on a line. */
export function computeLines(rows: ComputedRows, report: ReportFault): (lines: string) => string {
  const faults = new Faults(report);
  return (lines) =>
    lines
      .split("\n")
      .map((line) => rowText(JSON.parse(line) as JsonRow, rows, faults))
      .join("\n");
}

/**
 * The row with its computed columns. They are made of what is stored, so the plain row keeps its tag,
 * which If-Match compares in the database; another representation is named by what is sent.
 */
export function computeRow(row: RowAnswer, rows: ComputedRows, report: ReportFault): RowAnswer {
  if (row.json === UNREADABLE) return row;
  const json = rowText(JSON.parse(row.json) as JsonRow, rows, new Faults(report));
  const [plain = "", other] = row.tag.split(".");
  return { ...row, json, tag: other === undefined ? plain : `${plain}.${entityTag(json)}` };
}

/** Text is put together and not one object made: its keys would be reordered where they look like numbers. */
function rowText(row: JsonRow, rows: ComputedRows, faults: Faults): string {
  const { table, shown, includes } = rows;
  // What is stored becomes text first, so that a function that changes its row changes no other column.
  const members = shown.map(({ name, computed }) =>
    computed === undefined ? member(name, JSON.stringify(row[name])) : "",
  );
  for (const [at, column] of shown.entries()) {
    if (column.computed === undefined) continue;
    members[at] = member(column.name, computedText(row, { table, column, ...column.computed }, faults));
  }
  for (const [key, value] of Object.entries(row)) {
    // The columns are there already, or only a computed one needed them; the rest is included.
    if (table.column.has(key)) continue;
    const made = includes.get(key);
    members.push(member(key, made === undefined ? JSON.stringify(value) : includedText(value, made, faults)));
  }
  return `{${members.join(",")}}`;
}

function member(key: string, text: string): string {
  return `${JSON.stringify(key)}:${text}`;
}

function includedText(value: Json | undefined, rows: ComputedRows, faults: Faults): string {
  if (Array.isArray(value)) return `[${value.map((row) => rowText(row as JsonRow, rows, faults)).join(",")}]`;
  return value === null ? "null" : rowText(value as JsonRow, rows, faults);
}

interface Place {
  readonly table: TableModel;
  readonly column: ColumnModel;
}

function computedText(row: JsonRow, place: Place & ComputedModel, faults: Faults): string {
  const { column, needs, nullable, value } = place;
  try {
    // Only what it names, so that its value does not depend on what else a request reads.
    const made = value(Object.fromEntries(needs.map(({ name }) => [name, row[name] as Json])));
    if (nullable && (made === null || made === undefined)) return "null";
    const text = isPromise(made) ? undefined : jsonOfKind(column.kind, made);
    if (text !== undefined) return text;
    faults.add(place, new TypeError(mistake(column, made)));
  } catch (error) {
    faults.add(place, error);
  }
  return "null";
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  if (typeof value !== "object" || value === null || !("then" in value) || typeof value.then !== "function")
    return false;
  // Nobody waits for it, and what it rejects with must not end the process.
  value.then(undefined, () => undefined);
  return true;
}

function mistake(column: ColumnModel, made: unknown): string {
  if (isPromise(made)) return "the function answered a promise, and a computed column cannot wait";
  return `the function answered a value of type ${made === null ? "null" : typeof made} that is not ${column.kind.expects}`;
}

/** Tells of each column once an answer: a thousand rows may fail alike. */
class Faults {
  readonly #report: ReportFault;
  readonly #told = new Set<ColumnModel>();

  constructor(report: ReportFault) {
    this.#report = report;
  }

  add({ table, column }: Place, cause: unknown): void {
    if (this.#told.has(column)) return;
    this.#told.add(column);
    this.#report(new Error(`${table.name}.${column.name} could not be computed and is null`, { cause }));
  }
}
