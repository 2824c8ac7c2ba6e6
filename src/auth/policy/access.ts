import { certainly, type FilterNode } from "../../schema/filter.ts";
import type { ColumnModel, SchemaModel, TableModel } from "../../schema/model.ts";
import type { TableAction } from "../../schema/rule.ts";

/**
 * What callers of one kind may do: every policy as a filter whose values are named instead of bound
 * (`{ caller: 0 }`), so that all callers of the kind share its plans and its SQL.
 */
export interface Access {
  /** The declaration as these callers see it: tables, relations and columns that are closed to them are not in it. */
  readonly schema: SchemaModel;
  /** Whether answers may be kept for repeated requests: not where callers that cannot be told apart are not all alike. */
  readonly keepsAnswers: boolean;
  /** Every table by its name. */
  readonly tables: ReadonlyMap<string, TableAccess>;
}

/** What is allowed on the rows of a table. */
export interface TableAccess {
  readonly whole: TableModel;
  /** The table as these callers read it. */
  readonly seen: TableModel;
  /** The table as their bodies may speak of it: what they may not write is filled by the server. */
  readonly body: TableModel;
  /** The same for bodies that change rows: an API key chooses no address that an account signs in with. */
  readonly change: TableModel;
  /** By action the rows it is allowed on; a constant where that does not depend on the row. */
  readonly actions: Readonly<Record<TableAction, FilterNode>>;
  /** The rows that may be made together with their accounts. */
  readonly signUp: FilterNode;
  /** Columns that may be written in some rows only, and in which. */
  readonly writable: ReadonlyMap<ColumnModel, FilterNode>;
  /** Whether these callers may say who owns a row. */
  readonly choosesOwner: boolean;
}

/** What the callers may do with a table; every table of the declaration has an entry. */
export function tableAccess(access: Access, table: Pick<TableModel, "name">): TableAccess {
  const found = access.tables.get(table.name);
  if (found === undefined) throw new Error(`the application has no table ${table.name}`);
  return found;
}

/** The names of the tables that are not closed to the callers altogether. */
export function knownTables({ tables }: Access): ReadonlySet<string> {
  const open = [...tables].filter(([, { actions }]) =>
    Object.values(actions).some((filter) => certainly(filter) !== false),
  );
  return new Set(open.map(([name]) => name));
}
