import { ruleText } from "../auth/policy/explain.ts";
import {
  type AccountsModel,
  type ColumnModel,
  declaredTables,
  isMadeBySignUp,
  isReadOnly,
  type SchemaModel,
  type TableModel,
} from "../schema/model.ts";
import type { JsonSchema } from "../schema/stored.ts";

/** What is told of a table beside its model. */
export interface TableTexts {
  /** Its declaration as TypeScript. */
  readonly declaration: string;
  /** The statements that made it and what belongs to it. */
  readonly sql: readonly string[];
  /** JSON Schema of a row, and of the body that makes one; null where nobody may. */
  readonly row: JsonSchema;
  readonly create: JsonSchema | null;
}

/** The declaration as data, for whoever runs the application. */
export function describeApplication(schema: SchemaModel, texts: (table: TableModel) => TableTexts): object {
  const { title, adopted } = schema;
  return { title, adopted, tables: declaredTables(schema).map((table) => describeTable(table, texts(table))) };
}

function describeTable(table: TableModel, texts: TableTexts): object {
  const { name, path, view, document, rules, accounts, audited, requiresIfMatch } = table;
  return {
    name,
    path,
    view: view !== undefined,
    documents: document !== undefined,
    read_only: isReadOnly(table),
    audited,
    if_match: requiresIfMatch,
    accounts: accounts === undefined ? null : describeAccounts(accounts),
    key: table.key.map((column) => column.name),
    owner: table.owner?.name ?? null,
    columns: table.shown.map(describeColumn),
    relations: [...table.relations.values()].map((relation) => ({
      name: relation.name,
      many: relation.many,
      table: relation.table,
      local: relation.local,
      foreign: relation.foreign,
    })),
    indexes: table.indexes.map(({ name: called, columns, unique }) => ({
      name: called,
      unique,
      columns: columns.map(({ name: column, descending, member }) => ({
        name: member === undefined ? column : member.path.join("."),
        descending,
      })),
    })),
    rules: {
      read: ruleText(rules.read),
      create: ruleText(rules.create),
      update: ruleText(rules.update),
      delete: ruleText(rules.delete),
      ...(accounts !== undefined && isMadeBySignUp(table) ? { sign_up: ruleText(accounts.signUp) } : {}),
    },
    ...texts,
  };
}

function describeAccounts({ identifier, address, verify, anonymous }: AccountsModel): object {
  return { identifier: identifier.name, address: address?.name ?? null, verify, anonymous };
}

function describeColumn(column: ColumnModel): object {
  const { name, kind, role, optional, unique, index, search, references, readable, writable } = column;
  return {
    name,
    kind: kind.name,
    /** For people: `a text of at most 40 characters`. */
    expects: kind.expects,
    typescript: kind.typescript,
    role,
    optional,
    unique,
    index,
    search,
    default: column.default ?? null,
    // Administrators read it neither, through the API.
    private: readable.rule === "nobody",
    readable: ruleText(readable),
    writable: ruleText(writable),
    references:
      references === undefined
        ? null
        : { table: references.table, column: references.column, on_delete: references.onDelete },
  };
}
