import type { Application } from "../application.ts";
import { declaredTables, type SchemaModel, type TableModel, tableOf } from "../schema/model.ts";
import type { TableAction } from "../schema/rule.ts";

/** What `servery check --json` answers. */
export interface ApplicationReport {
  readonly title: string;
  readonly tables: readonly TableReport[];
  readonly warnings: readonly Warning[];
  /** Tables without .allow(), by their names. */
  readonly administratorsOnly: readonly string[];
  /** What no caller may do: `posts.delete`. */
  readonly closed: readonly string[];
}

interface TableReport {
  readonly name: string;
  /** The name in URLs. */
  readonly path: string;
  readonly view: boolean;
  readonly columns: readonly { readonly name: string; readonly kind: string; readonly optional: boolean }[];
  readonly relations: readonly { readonly name: string; readonly table: string; readonly many: boolean }[];
  /** Who may do what, by the names of the rules. */
  readonly allow: Readonly<Record<TableAction, string>>;
}

/** Something that works and may not be meant. */
export interface Warning {
  readonly code: "no_tables" | "no_allow" | "written_unread" | "hidden_reference" | "never_holds" | "any_account";
  readonly table: string | null;
  readonly message: string;
}

/** What a compiled declaration holds, and what in it may not be meant. */
export function reportOf({
  schema,
  deadRules,
  confusedRules,
}: Pick<Application, "schema" | "deadRules" | "confusedRules">): ApplicationReport {
  const tables = declaredTables(schema);
  const none: Warning = { code: "no_tables", table: null, message: "The declaration has no tables." };
  return {
    title: schema.title,
    tables: tables.map(tableReport),
    warnings:
      tables.length === 0
        ? [none]
        : [
            ...tables.flatMap((table) => warningsOf(schema, table)),
            ...deadRules().map(deadRule),
            ...confusedRules().map(confusedRule),
          ],
    administratorsOnly: tables.filter(isAdministrators).map(({ name }) => name),
    closed: tables.flatMap(({ name, rules, view }) =>
      (view === undefined ? ACTIONS : []).flatMap((action) =>
        rules[action].rule === "nobody" ? [`${name}.${action}`] : [],
      ),
    ),
  };
}

function deadRule({
  table,
  place,
  rule,
}: {
  readonly table: string;
  readonly place: string;
  readonly rule: string;
}): Warning {
  const message = `${place}: ${rule} holds for no caller but administrators. Write what is meant.`;
  return { code: "never_holds", table, message };
}

function confusedRule({ table, rule }: { readonly table: string; readonly rule: string }): Warning {
  const message = `${table}: ${rule} reads id and not table, and several tables have accounts: equal keys are one account to it. Ask for table as well.`;
  return { code: "any_account", table, message };
}

const ACTIONS: readonly TableAction[] = ["read", "create", "update", "delete"];

function isAdministrators({ rules, view }: TableModel): boolean {
  return (view === undefined ? ACTIONS : (["read"] as const)).every(
    (action) => rules[action].rule === "administrators",
  );
}

function tableReport(table: TableModel): TableReport {
  const { read, create, update, delete: remove } = table.rules;
  return {
    name: table.name,
    path: table.path,
    view: table.view !== undefined,
    columns: table.shown.map(({ name, kind, optional }) => ({ name, kind: kind.name, optional })),
    relations: [...table.relations.values()].map(({ name, table: target, many }) => ({ name, table: target, many })),
    allow: { read: read.rule, create: create.rule, update: update.rule, delete: remove.rule },
  };
}

function warningsOf(schema: SchemaModel, table: TableModel): Warning[] {
  const { name, rules } = table;
  const actions: readonly TableAction[] = table.view === undefined ? ACTIONS : ["read"];
  if (isAdministrators(table)) {
    const message = `${name} has no .allow(), so only administrators may use it. Write .allow({ read: everyone }) to open it.`;
    return [{ code: "no_allow", table: name, message }];
  }
  if (isReadable(table)) return hiddenReferences(schema, table);
  const written = actions.filter((action) => rules[action].rule === "everyone");
  if (written.length === 0) return [];
  const message = `Callers may ${written.join(", ")} rows of ${name} that they cannot read. Add read to .allow() if they should.`;
  return [{ code: "written_unread", table: name, message }];
}

/** A caller sees the key, and gets nothing for it: not by include, and not in a row of its own. */
function hiddenReferences(schema: SchemaModel, table: TableModel): Warning[] {
  return table.columns.flatMap(({ name, references }) => {
    if (references === undefined || isReadable(tableOf(schema, references.table))) return [];
    const message = `${table.name}.${name} refers to ${references.table}, which callers cannot read: they cannot include it, and no row of theirs may name one.`;
    return [{ code: "hidden_reference" as const, table: table.name, message }];
  });
}

/** Whether some callers may read some rows. */
function isReadable({ rules }: TableModel): boolean {
  return rules.read.rule !== "nobody" && rules.read.rule !== "administrators";
}
