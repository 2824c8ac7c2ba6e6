import { certainly, type FilterNode } from "../../schema/filter.ts";
import {
  type ColumnModel,
  isNamed,
  type RelationModel,
  type SchemaModel,
  type TableModel,
} from "../../schema/model.ts";
import type { Rule } from "../../schema/rule.ts";
import type { Access, TableAccess } from "./access.ts";
import { type CallerKind, RuleFilters } from "./rule-filter.ts";

/** What is decided about the columns of a table. */
interface ColumnAccess {
  /** Whose value is seen in some row at least; where it depends on the row, with the condition. */
  readonly seen: ReadonlyMap<string, ColumnModel>;
  readonly body: readonly ColumnModel[];
  readonly writable: ReadonlyMap<ColumnModel, FilterNode>;
  /** Whether what is made of the column, or led by it, is open too. */
  readonly isPlain: (name: string) => boolean;
}

/** Decides every rule of a declaration for callers of one kind. */
export function buildAccess(
  schema: SchemaModel,
  caller: CallerKind,
  functions: ReadonlyMap<string, ReadonlyMap<Rule, FilterNode>>,
): Access {
  const filters = new RuleFilters(schema, caller, functions);
  const chooses = caller.kind === "system" || filters.isAdministrator();
  const columns = new Map<string, ColumnAccess>();
  for (const table of schema.tables.values()) columns.set(table.name, columnAccess(table, filters, chooses));
  const readable = new Set<string>();
  for (const table of schema.tables.values())
    if (certainly(filters.action(table, "read")) !== false) readable.add(table.name);
  const isOpen = (relation: RelationModel, table: string): boolean =>
    readable.has(relation.table) &&
    columns.get(table)?.isPlain(relation.local) === true &&
    columns.get(relation.table)?.isPlain(relation.foreign) === true;
  const tables = new Map<string, TableAccess>();
  const seenTables = new Map<string, TableModel>();
  for (const whole of schema.tables.values()) {
    const access = columns.get(whole.name) as ColumnAccess;
    const seen = seenTable(whole, access, (relation) => isOpen(relation, whole.name));
    seenTables.set(whole.name, seen);
    const body = bodyTable(seen, access.body);
    const action = (name: "read" | "create" | "update" | "delete"): FilterNode => filters.action(whole, name);
    tables.set(whole.name, {
      whole,
      seen,
      body,
      change: isScoped(caller) ? withoutIdentity(body) : body,
      actions: { read: action("read"), create: action("create"), update: action("update"), delete: action("delete") },
      signUp: filters.signUp(whole),
      writable: access.writable,
      choosesOwner: chooses,
    });
  }
  const paths = new Map([...schema.paths].map(([path, { name }]) => [path, seenTables.get(name) as TableModel]));
  const hasAccounts = [...schema.tables.values()].some(({ accounts }) => accounts !== undefined);
  const keepsAnswers = caller.kind !== "anonymous" || !hasAccounts;
  return { schema: { ...schema, tables: seenTables, paths }, tables, keepsAnswers };
}

function columnAccess(table: TableModel, filters: RuleFilters, chooses: boolean): ColumnAccess {
  const seen = new Map<string, ColumnModel>();
  const body: ColumnModel[] = [];
  const writable = new Map<ColumnModel, FilterNode>();
  for (const column of table.columns) {
    const readRows = filters.rule(table, column.readable, "read");
    const writeRows = filters.rule(table, column.writable, "update");
    const [mayRead, mayWrite] = [certainly(readRows), certainly(writeRows)];
    if (mayRead !== false) seen.set(column.name, mayRead === true ? column : { ...column, visible: readRows });
    const given = bodyColumn(column, { chooses, mayRead: mayRead !== false, mayWrite: mayWrite !== false });
    if (given !== undefined) body.push(given);
    if (mayWrite === undefined) writable.set(column, writeRows);
  }
  // Every caller of the kind must see it in every row that it sees; of unknown callers one is enough.
  const isPlain = (name: string): boolean => {
    const column = seen.get(name);
    return column !== undefined && (column.visible === undefined || filters.describes);
  };
  return { seen, body, writable, isPlain };
}

/** The column as a body may speak of it; undefined where it does not exist for the caller. */
function bodyColumn(
  column: ColumnModel,
  { chooses, mayRead, mayWrite }: { readonly chooses: boolean; readonly mayRead: boolean; readonly mayWrite: boolean },
): ColumnModel | undefined {
  if (column.role === "owner") return chooses ? { ...column, role: "plain" } : mayRead ? column : undefined;
  const isCallers = column.role === "plain" || column.role === "key";
  if (isCallers && mayWrite) return column;
  if (!mayRead) return undefined;
  return isCallers ? { ...column, role: "filled" } : column;
}

/** The table without what is closed. What is made of closed columns, or led by them, is closed too. */
function seenTable(
  whole: TableModel,
  { seen, isPlain: plain }: ColumnAccess,
  isOpen: (relation: RelationModel) => boolean,
): TableModel {
  const computed = new Map(
    [...whole.computed].filter(([, column]) => column.computed?.needs.every(({ name }) => plain(name)) === true),
  );
  const columns = [...seen.values()];
  const unchanged =
    columns.length === whole.columns.length && columns.every((column, at) => column === whole.columns[at]);
  return {
    ...whole,
    whole,
    columns: unchanged ? whole.columns : columns,
    column: unchanged ? whole.column : seen,
    computed,
    shown: [...columns.filter(isNamed), ...computed.values()],
    relations: new Map([...whole.relations].filter(([, relation]) => isOpen(relation))),
    order: whole.order.filter(({ name }) => plain(name)),
    indexes: whole.indexes.filter((index) => index.columns.every(({ name }) => plain(name))),
  };
}

/** Whether credentials came that open less than their account may do. */
function isScoped(caller: CallerKind): boolean {
  return caller.kind === "account" && caller.scopes !== undefined;
}

/**
 * The columns that an account is called and written to by, closed: whoever finds a key would have the mail that opens
 * the account sent to themselves.
 */
function withoutIdentity(body: TableModel): TableModel {
  const { accounts } = body;
  if (accounts === undefined) return body;
  const names: readonly (string | undefined)[] = [accounts.identifier.name, accounts.address?.name];
  return bodyTable(
    body,
    body.columns.map((column) => (names.includes(column.name) ? { ...column, role: "filled" } : column)),
  );
}

function bodyTable(seen: TableModel, columns: readonly ColumnModel[]): TableModel {
  const column = new Map(columns.map((one) => [one.name, one]));
  const knows = (name: string): boolean => column.has(name);
  const checks = seen.checks.filter(({ comparisons }) =>
    comparisons.every((part) => knows(part.column) && (!("column" in part.operand) || knows(part.operand.column))),
  );
  return { ...seen, columns, column, checks };
}
