import { authorOf } from "./author.ts";
import { type TableAccess, tableAccess } from "../auth/policy/access.ts";
import { explainAction, explainColumn } from "../auth/policy/explain.ts";
import type { Principal } from "../auth/principal.ts";
import { Problem } from "../errors/problem.ts";
import type { Assignment } from "../schema/assignment.ts";
import { EVERYTHING, type FilterNode } from "../schema/filter.ts";
import type { ColumnModel, TableModel } from "../schema/model.ts";
import type { Stored } from "../schema/stored.ts";
import type { DeleteCommand, NewRow, UpdateCommand } from "../validation/command.ts";
import { leftToAsk, mayTurn } from "./new-row-policy.ts";
import type {
  CopyPlan,
  DeletePlan,
  PlanWriter,
  RowConditions,
  RowPlan,
  SeenTable,
  TargetPlan,
  UpdatePlan,
} from "./write-plan.ts";

/** What the service takes from outside: the clock, and identifiers. */
export interface Sources {
  /** The time as it is stored: `2024-10-28T10:30:00.000Z`. */
  readonly now: () => string;
  readonly uuid: () => string;
}

/** What is the same for every row of one write. */
export interface RowSources {
  readonly now: string;
  readonly uuid: () => string;
  readonly principal: Principal;
}

/** The table of a new row, and the column that takes the key of the row it stands below. */
export interface RowPlace {
  readonly table: TableModel;
  readonly below?: ColumnModel;
  /** Whether the row is made together with its account. */
  readonly signsUp?: boolean;
}

/** Decides every column of a new row, and of the rows below it: the caller's, the defaults, and those the server fills. */
export function planRow(place: RowPlace, row: NewRow, sources: RowSources): RowPlan {
  const { table, below, signsUp = false } = place;
  const sent = new Map(row.assignments.map((assignment) => [assignment.column, assignment.value]));
  // Only the first rows of a database bring their time along; they have not changed since.
  const created = row.assignments.find(({ column }) => column.role === "created_at")?.value;
  const assignments: Assignment[] = [];
  const copies: CopyPlan[] = [];
  for (const column of table.columns) {
    if (column === below) continue;
    const given = sent.get(column);
    if (given !== undefined) assignments.push({ column, value: given });
    else if (column.role === "updated_at" && created !== undefined) assignments.push({ column, value: created });
    else if (column.filled?.by === "copy") copies.push(copyOf(table, column, sent));
    else {
      const value = serverValue(column, sources);
      if (value !== undefined) assignments.push({ column, value });
    }
  }
  const children = row.children.map((group) => ({
    relation: group.relation,
    table: group.table,
    reference: group.reference,
    rows: group.rows.map((child) => planRow({ table: group.table, below: group.reference }, child, sources)),
  }));
  const must = newRowConditions(table, { assignments, sent: row.assignments, signsUp }, sources.principal);
  return { assignments, copies, children, must, pointer: row.pointer };
}

/** The values of a new row, those of them that its maker sent, and whether an account is made with it. */
interface Sent {
  readonly assignments: readonly Assignment[];
  readonly sent: readonly Assignment[];
  readonly signsUp: boolean;
}

/** What a new row must be for its maker to make it. */
function newRowConditions(
  table: TableModel,
  { assignments, sent, signsUp }: Sent,
  { access, values }: Principal,
): RowConditions {
  const { actions, signUp, writable } = tableAccess(access, table);
  const policy = leftToAsk(signsUp ? signUp : actions.create, assignments, values);
  // A default is the server's, whoever may write the column.
  return { policy, columns: conditionalColumns(writable, sent) };
}

/**
 * The columns that become what was sent, or their default, when a row is replaced: those that this caller may write in
 * every row, and sees. What is sent beside them is written too; everything else keeps its value.
 */
export function replacedColumns(
  { whole, seen, change: body, writable, choosesOwner }: TableAccess,
  sent: ReadonlySet<ColumnModel>,
): ColumnModel[] {
  return whole.columns.filter((column) => {
    const { name, role } = column;
    if (role === "owner") return choosesOwner && sent.has(column);
    // A document is replaced as a whole, by what was sent of it.
    if (role === "document") return true;
    if (role !== "plain" || body.column.get(name) !== column) return false;
    return sent.has(column) || (seen.column.has(name) && !writable.has(column));
  });
}

/** The columns among those that are written which may be written in some rows only. */
function conditionalColumns(
  writable: ReadonlyMap<ColumnModel, FilterNode>,
  assignments: readonly Assignment[],
): RowConditions["columns"] {
  if (writable.size === 0) return [];
  return assignments.flatMap(({ column }) => {
    const rows = writable.get(column);
    return rows === undefined ? [] : [{ column, rows }];
  });
}

/** The account that a new row of a table belongs to; undefined where the caller has none that the column could hold. */
function ownerOf(column: ColumnModel, principal: Principal): Stored | undefined {
  if (principal.kind !== "account" || principal.account.table !== column.references?.table) return undefined;
  return principal.account.key;
}

/** A caller that could sign in is told so; an account of another table is what it is. */
function noOwner({ name, references }: ColumnModel, { kind }: Principal): Problem {
  if (kind === "account")
    return new Problem(
      "forbidden",
      `A new row belongs to an account of ${references?.table ?? ""}: its ${name} is the caller.`,
    );
  return new Problem("sign_in_required", `A new row belongs to an account: its ${name} is the caller.`, {
    headers: { "www-authenticate": "Bearer" },
  });
}

function serverValue(column: ColumnModel, given: RowSources): Stored | undefined {
  if (column.role === "owner") {
    const owner = ownerOf(column, given.principal);
    if (owner === undefined && !column.optional) throw noOwner(column, given.principal);
    return owner;
  }
  if (column.role === "created_at" || column.role === "updated_at") return given.now;
  if (column.filled?.by === "uuid") return given.uuid();
  if (column.default !== undefined) return column.kind.store(column.default);
  return undefined;
}

function copyOf(table: TableModel, column: ColumnModel, sent: ReadonlyMap<ColumnModel, Assignment["value"]>): CopyPlan {
  const filled = column.filled?.by === "copy" ? column.filled : undefined;
  const through = table.column.get(filled?.reference ?? "");
  if (filled === undefined || through?.references === undefined)
    throw new Error(`${table.name}.${column.name} is copied from nowhere`);
  const { table: from, column: key } = through.references;
  return { column, value: sent.get(through) ?? null, from: { table: from, key, column: filled.column }, through };
}

/**
 * PATCH writes what was sent; PUT also empties what was not. Columns that the server fills keep their value, and so do
 * those that this caller may not write, or not in every row.
 */
export function planUpdate(
  command: UpdateCommand,
  target: TargetPlan,
  { now, writing }: { readonly now: string; readonly writing: Writing },
): UpdatePlan {
  const { table } = command;
  const { principal } = writing;
  const access = tableAccess(principal.access, table);
  const { actions, writable } = access;
  const assignments = [...command.assignments];
  if (command.action === "replace") {
    const sent = new Set(command.assignments.map((assignment) => assignment.column));
    for (const column of replacedColumns(access, sent)) {
      if (sent.has(column)) continue;
      assignments.push({ column, value: column.default === undefined ? null : column.kind.store(column.default) });
    }
  }
  const updated = table.columns.find((column) => column.role === "updated_at");
  if (assignments.length > 0 && updated !== undefined) assignments.push({ column: updated, value: now });
  const { preconditions, answer, unchanged } = command;
  const changed = new Set(assignments.map(({ column }) => column.name));
  const policy = mayTurn(actions.update, table, changed)
    ? leftToAsk(actions.update, assignments, principal.values)
    : EVERYTHING;
  const must = { policy, columns: conditionalColumns(writable, assignments) };
  const beside = command.account === undefined ? {} : { account: command.account };
  const base = { table, preconditions, answer, now, target, ...beside, ...sharedParts(writing) };
  return { ...base, write: "update", allowed: actions.update, must, assignments, unchanged };
}

/** Who writes, and whether code waits for the rows as they are stored. */
export interface Writing {
  readonly principal: Principal;
  readonly requestId: string | undefined;
  readonly tells: boolean;
}

/** What every plan says of its writer. */
export function sharedParts({ principal, tells, requestId }: Writing): {
  readonly writer: PlanWriter;
  readonly tells: boolean;
} {
  const { access, values } = principal;
  const of = (table: Pick<TableModel, "name">): SeenTable => {
    const { seen, actions } = tableAccess(access, table);
    return { seen, readable: actions.read };
  };
  const explain: PlanWriter["explain"] = (table, refused) => ({
    rules: refused.map((one) =>
      typeof one === "string"
        ? explainAction(principal, table, one)
        : explainColumn(principal, table, { name: one.column }),
    ),
  });
  const anonymous = principal.kind === "anonymous";
  const session = principal.kind === "account" ? principal.account.session : undefined;
  return { writer: { anonymous, values, who: authorOf(principal, requestId), session, of, explain }, tells };
}

export function planDelete(
  command: DeleteCommand,
  target: TargetPlan,
  { now, writing }: { readonly now: string; readonly writing: Writing },
): DeletePlan {
  const { table, preconditions, answer, cascadeLimit } = command;
  const { actions } = tableAccess(writing.principal.access, table);
  const base = { table, preconditions, answer, now, target, ...sharedParts(writing) };
  return { ...base, write: "delete", allowed: actions.delete, cascadeLimit };
}
