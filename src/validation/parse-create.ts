import { type Access, type TableAccess, tableAccess } from "../auth/policy/access.ts";
import { type FieldError, Problem } from "../errors/problem.ts";
import { pointerTo } from "../schema/json-pointer.ts";
import { type ColumnModel, columnOf, type RelationModel, type TableModel, wholeTable } from "../schema/model.ts";
import { type Assignment, isEarlierValue } from "../schema/assignment.ts";
import { choiceName, type ConflictChoice, conflictChoices } from "../schema/conflict-choices.ts";
import type { Json } from "../schema/stored.ts";
import { type BodyValidator, invalidData, type RowBody } from "./body-validator.ts";
import type { CreateCommand, NewChildren, NewRow, ReadCommand, UpsertCommand } from "./command.ts";
import type { EarlierOperations } from "./earlier-operations.ts";
import { BULK_ROWS, NESTED_DEPTH, REPORTED_ERRORS } from "./limits.ts";
import { quoted } from "./quoted.ts";
import type { QueryParameter } from "./query-string.ts";
import { splitBody } from "./split-body.ts";
import {
  answerColumns,
  type BodyChecks,
  checked,
  demandRowByRow,
  refusePreconditions,
  type WriteRequest,
  written,
} from "./write-request.ts";

/** The parent of a nested create: the reference to it, and the row that must be there, unless the same batch makes it. */
export interface NestedParent {
  readonly read: ReadCommand | undefined;
  readonly reference: Assignment;
}

/** One row, or a list of rows: all or none. Below a parent its reference comes from the path. */
export function parseCreate(
  request: WriteRequest & { readonly parent: NestedParent | undefined },
  body: Json | undefined,
  checks: BodyChecks,
): CreateCommand {
  const { table, parent, preconditions } = request;
  const list = Array.isArray(body);
  if (list) refusePreconditions(preconditions);
  const given = parent === undefined ? [] : [parent.reference];
  const rows = new RowReader(checks, request).rows(table, body, given);
  return checked({
    action: "create",
    table,
    rows,
    list,
    preconditions,
    ...answerColumns(request),
    parent: parent?.read,
  });
}

/** `PUT /api/users?on_conflict=email`: rows that are made, or replaced where one has the same values there. */
export function parseUpsert(request: WriteRequest, body: Json | undefined, checks: BodyChecks): UpsertCommand {
  const { table, preconditions, query } = request;
  demandRowByRow(table);
  refusePreconditions(preconditions);
  const mine = written(request);
  if (mine.change !== mine.body)
    throw new Problem(
      "forbidden",
      `An API key replaces no rows of ${table.path} by their values. Send PATCH to the row.`,
    );
  const conflict = conflictOf(mine.body, query);
  const answer = answerColumns({ ...request, query: query.filter(({ name }) => name !== "on_conflict") });
  const rows = new RowReader(checks, request).rows(table, body, []);
  for (const { assignments, pointer, children } of rows) {
    const [group] = children;
    if (group !== undefined) {
      const at = `${pointer}${pointerTo(group.relation.name)}`;
      const message = "An upsert takes no rows of other tables along; POST does.";
      throw invalidData(table, [{ pointer: at, code: "unknown_field", message }]);
    }
    const missing = conflict.columns.find((column) => (valueOf(assignments, column) ?? null) === null);
    if (missing !== undefined) {
      const message = `${missing.name} decides whether the row is there already, so it must have a value.`;
      throw invalidData(table, [{ pointer: `${pointer}${pointerTo(missing.name)}`, code: "required", message }]);
    }
  }
  return checked({ action: "upsert", table, conflict, rows, list: Array.isArray(body), preconditions, ...answer });
}

/** A row that a new database starts with: as a POST, but it may also hold what the server would fill. */
export function parseSeedRow(table: TableModel, body: Json, bodies: BodyValidator): CreateCommand {
  return seedCommand(table, [seedRow(table, body, { bodies, pointer: "" })]);
}

/** Many of them; `first` is the number of the first one. */
export function parseSeedRows(
  table: TableModel,
  { rows, first }: { readonly rows: readonly Json[]; readonly first: number },
  bodies: BodyValidator,
): CreateCommand {
  return seedCommand(
    table,
    rows.map((body, at) => seedRow(table, body, { bodies, pointer: `/${first + at}` })),
  );
}

function seedRow(
  table: TableModel,
  body: Json,
  { bodies, pointer }: { readonly bodies: BodyValidator; readonly pointer: string },
): NewRow {
  const row = bodies.check(table, body, { use: "seed", at: pointer });
  return { assignments: assign(row, table.columns), children: [], pointer };
}

function seedCommand(table: TableModel, rows: readonly NewRow[]): CreateCommand {
  return checked({
    action: "create",
    table,
    rows,
    list: false,
    preconditions: { match: undefined, noneMatch: undefined },
    seen: table,
    answer: table.columns,
    shown: undefined,
    parent: undefined,
  });
}

/** The values that a checked body brings for these columns, or for those of them that a test chooses. */
export function assign(
  row: RowBody,
  columns: readonly ColumnModel[],
  chosen?: (column: ColumnModel) => boolean,
): Assignment[] {
  const assignments: Assignment[] = [];
  for (const column of columns) {
    // A column may be called like something that every object inherits.
    const value = Object.hasOwn(row, column.name) ? row[column.name] : undefined;
    if (value === undefined || chosen?.(column) === false) continue;
    assignments.push({ column, value: value === null ? null : column.kind.store(value) });
  }
  return assignments;
}

/** Reads the rows of one body, and those of relations inside them; counts them all. */
class RowReader {
  readonly #checks: BodyChecks;
  readonly #access: Access;
  readonly #earlier: EarlierOperations | undefined;
  #count = 0;

  constructor(checks: BodyChecks, { access, earlier }: Pick<WriteRequest, "access" | "earlier">) {
    this.#checks = checks;
    this.#access = access;
    this.#earlier = earlier;
  }

  rows(table: TableModel, body: Json | undefined, given: readonly Assignment[]): NewRow[] {
    if (Array.isArray(body)) return this.#list(table, body as readonly Json[], { given, at: "", depth: 1 });
    return [this.#row(table, body, { given, at: "", depth: 1 })];
  }

  /** Every finding of every row, as far as they are reported. */
  #list(table: TableModel, list: readonly Json[], place: Place): NewRow[] {
    if (list.length > BULK_ROWS) throw new Problem("limit_exceeded", `A request writes at most ${BULK_ROWS} rows.`);
    const rows: NewRow[] = [];
    const findings: FieldError[] = [];
    for (const [number, item] of list.entries()) {
      try {
        rows.push(this.#row(table, item, { ...place, at: `${place.at}/${number}` }));
      } catch (error) {
        if (!(error instanceof Problem) || error.code !== "invalid_data") throw error;
        findings.push(...error.errors);
      }
      if (findings.length >= REPORTED_ERRORS) break;
    }
    if (findings.length > 0) throw invalidData(table, findings.slice(0, REPORTED_ERRORS));
    return rows;
  }

  #row(table: TableModel, body: Json | undefined, { given, above, at, depth }: Place): NewRow {
    if (++this.#count > BULK_ROWS) throw new Problem("limit_exceeded", `A request writes at most ${BULK_ROWS} rows.`);
    const mine = tableAccess(this.#access, table);
    const children = (name: string): RelationModel | undefined => childRelation(this.#access, mine, name);
    const split = splitBody(mine.body, body, { children, earlier: this.#earlier, at });
    const decided = [...given, ...split.decided];
    const known = decided.map(({ column }) => column);
    const form = { use: "create", given: above === undefined ? known : [above, ...known], at } as const;
    const row = this.#checks.bodies.check(mine.body, split.plain, form);
    const sent = assign(row, table.columns);
    const below = split.children.map(({ relation, rows }) =>
      this.#children(relation, rows, { given: [], at: `${at}${pointerTo(relation.name)}`, depth: depth + 1 }),
    );
    const assignments = withGiven(table, [...sent, ...split.decided], { given, at });
    if (above !== undefined && assignments.some(({ column }) => column === above)) throw otherParent(table, above, at);
    return { assignments, children: below, pointer: at };
  }

  #children(relation: RelationModel, rows: Json, place: Place): NewChildren {
    if (place.depth > NESTED_DEPTH)
      throw new Problem("limit_exceeded", `Rows stand at most ${NESTED_DEPTH} levels deep in a body.`);
    const { whole: table, seen } = tableAccess(this.#access, { name: relation.table });
    if (!Array.isArray(rows))
      throw invalidData(table, [
        { pointer: place.at, code: "type", message: `${relation.name} takes a list of rows.` },
      ]);
    const reference = columnOf(table, relation.foreign);
    const made = this.#list(table, rows as readonly Json[], { ...place, above: reference });
    return { relation, table, seen, reference, rows: made };
  }
}

/** Where a row stands, and what is decided about it beforehand. */
interface Place {
  readonly given: readonly Assignment[];
  /** The reference to the row it stands below: its value is a key that nobody knows before that row is there. */
  readonly above?: ColumnModel;
  readonly at: string;
  readonly depth: number;
}

/** The relation to many of that name whose rows a body may bring along. A view's rows are made by its query. */
function childRelation(access: Access, { seen }: TableAccess, name: string): RelationModel | undefined {
  const relation = seen.relations.get(name);
  const isTable = relation?.many === true && tableAccess(access, { name: relation.table }).whole.view === undefined;
  return isTable ? relation : undefined;
}

/** What was sent, with what is given: a body may name the parent, but no other one. */
function withGiven(
  table: TableModel,
  sent: readonly Assignment[],
  { given, at }: { readonly given: readonly Assignment[]; readonly at: string },
): readonly Assignment[] {
  const merged = [...sent];
  for (const assignment of given) {
    const named = sent.find(({ column }) => column === assignment.column);
    if (named === undefined) merged.push(assignment);
    else if (!isSameValue(named.value, assignment.value)) {
      throw otherParent(table, assignment.column, at);
    }
  }
  return merged;
}

function otherParent(table: TableModel, { name }: ColumnModel, at: string): Problem {
  return new Problem("invalid_data", `The body names another parent than the one it stands below in ${table.path}.`, {
    errors: [{ pointer: `${at}${pointerTo(name)}`, code: "read_only", message: `${name} comes from the parent here.` }],
  });
}

function isSameValue(left: Assignment["value"], right: Assignment["value"]): boolean {
  if (!isEarlierValue(left) || !isEarlierValue(right)) return left === right;
  return left.operation === right.operation && left.column === right.column;
}

/** The columns of `on_conflict`: together a key or something unique, else no row could be found by them. */
function conflictOf(table: TableModel, query: readonly QueryParameter[]): ConflictChoice {
  const [asked, again] = query.filter(({ name }) => name === "on_conflict");
  const choices = conflictChoices(table);
  if (again !== undefined) throw new Problem("repeated_parameter", "on_conflict was sent twice.");
  const found = choices.find((choice) => choiceName(choice) === asked?.value);
  if (found !== undefined)
    return { ...found, columns: found.columns.map(({ name }) => columnOf(wholeTable(table), name)) };
  const which = `It takes ${choices.map(choiceName).join(" or ")}.`;
  if (asked === undefined)
    throw new Problem(
      "missing_parameter",
      `PUT on ${table.path} needs on_conflict, to know which rows are there. ${which}`,
    );
  throw new Problem("invalid_parameter", `on_conflict: ${quoted(asked.value)} is nothing unique. ${which}`);
}

function valueOf(assignments: readonly Assignment[], column: ColumnModel): Assignment["value"] | undefined {
  return assignments.find((assignment) => assignment.column === column)?.value;
}
