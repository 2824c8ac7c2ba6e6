import { DeclarationError } from "../errors/declaration-error.ts";
import type { AnyDeclaration } from "./application.ts";
import { addAuditTable } from "./audit-table.ts";
import { checkColumnName, checkTableName, refuseCaseClash } from "./declared-names.ts";
import type { SchemaModel, TableModel } from "./model.ts";
import type { TableDraft } from "./table-draft.ts";
import { checkAdoption } from "./resolve-adopted.ts";
import { checkDocuments, reserveNames } from "./resolve-documents.ts";
import { resolveColumns } from "./resolve-columns.ts";
import { resolveEffects } from "./resolve-effects.ts";
import type { Hooks } from "./hooks.ts";
import { resolveIndexes } from "./resolve-indexes.ts";
import { resolveRelations } from "./resolve-relations.ts";
import { checkView } from "./resolve-view.ts";
import { resolveAccounts, ruleWithoutSignUp } from "./resolve-accounts.ts";
import { checkRules } from "./resolve-rules.ts";
import { type Rule, ruleOf, type TableAction, nobody } from "./rule.ts";
import type { AnyTable, TableSpec } from "./table.ts";

const ACTIONS: readonly TableAction[] = ["read", "create", "update", "delete"];
const ADMINISTRATORS: Rule = { rule: "administrators" };

/**
 * Makes the model of a declaration. Throws `DeclarationError` with the table, the column and what to
 * write instead for the first thing that is wrong.
 */
export function resolveSchema(declaration: AnyDeclaration): SchemaModel {
  const names = Object.keys(declaration.tables);
  refuseCaseClash("servery()", "tables", names);
  const drafts = new Map<string, TableDraft>();
  for (const [name, table] of Object.entries(declaration.tables)) {
    checkAdoption(name, table.spec, declaration);
    checkDocuments(name, table.spec, declaration.adopted === true);
    drafts.set(name, draftTable(name, table, declaration.adopted));
  }
  for (const draft of drafts.values()) resolveColumns(draft, specOf(declaration, draft), declaration);
  resolveRelations(declaration, drafts);
  for (const draft of drafts.values()) {
    reserveNames(draft);
    resolveIndexes(draft, specOf(declaration, draft));
    resolveEffects(draft, specOf(declaration, draft), drafts);
    draft.accounts = resolveAccounts(draft, specOf(declaration, draft));
  }
  checkRules(drafts);
  for (const draft of drafts.values()) draft.rules = { ...draft.rules, create: ruleWithoutSignUp(draft) };
  addAuditTable(drafts);
  const { title = "Servery", adopted = false } = declaration;
  return { title, tables: drafts, paths: pathsOf(drafts), adopted };
}

function specOf(declaration: AnyDeclaration, draft: TableDraft): TableSpec {
  return (declaration.tables[draft.name] as AnyTable).spec;
}

/** A table with its name and rules checked, before its columns are resolved. */
export function draftTable(name: string, table: AnyTable, adopted = false): TableDraft {
  const { spec } = table;
  checkTableName(name, { path: spec.options.path, adopted });
  const given = (["id", "created_at", "updated_at"] as const).filter(
    (column) => spec.options[column] !== false && !(column in spec.columns) && !(column === "id" && isNumbered(spec)),
  );
  const computed = spec.computed.map((column) => column.name);
  refuseCaseClash(`table ${name}`, "columns", [...given, ...Object.keys(spec.columns), ...computed]);
  for (const column of computed) checkColumnName(name, column, adopted);
  if (spec.view !== undefined) checkView(name, spec);
  for (const column of Object.keys(spec.columns)) checkColumnName(name, column, adopted);
  return {
    name,
    ...(spec.was === undefined ? {} : { was: spec.was }),
    path: spec.options.path ?? name,
    adopted,
    columns: [],
    column: new Map(),
    computed: new Map(),
    shown: [],
    view: spec.view,
    key: [],
    relations: new Map(),
    referrers: [],
    order: [],
    indexes: [],
    checks: [],
    transfers: [],
    sums: [],
    rules: rulesOf(name, table),
    owner: undefined,
    accounts: undefined,
    audited: spec.audited === true,
    requiresIfMatch: spec.options.if_match === true,
    hooks: hooksOf(name, spec),
  };
}

/** Whether the key is the row's own number instead of `id`. */
function isNumbered(spec: TableSpec): boolean {
  return spec.options.rowid === true;
}

/** Hooks by the moments that there are, each a function. */
function hooksOf(name: string, spec: TableSpec): readonly Hooks[] {
  for (const [moment, hook] of spec.hooks.flatMap((hooks) => Object.entries(hooks) as [string, unknown][])) {
    if (!["prepare", "before", "after"].includes(moment))
      throw new DeclarationError(
        `table ${name}`,
        `.hooks() knows no moment ${moment}`,
        "Write prepare, before or after",
      );
    if (typeof hook !== "function")
      throw new DeclarationError(
        `table ${name}`,
        `the hook ${moment} is no function`,
        `Write ${moment}: async (event) => { … }`,
      );
  }
  return spec.hooks;
}

function rulesOf(name: string, table: AnyTable): TableModel["rules"] {
  const declared = table.spec.rules;
  for (const action of Object.keys(declared ?? {})) {
    if (!ACTIONS.includes(action as TableAction)) {
      throw new DeclarationError(`table ${name}`, `.allow() knows no action ${action}`, `Write ${ACTIONS.join(", ")}`);
    }
  }
  const rule = (action: TableAction): Rule => {
    // An action that `.allow()` leaves out is refused: a missing value denies.
    return ruleOf(declared === undefined ? ADMINISTRATORS : (declared[action] ?? nobody), `table ${name}, ${action}`);
  };
  return { read: rule("read"), create: rule("create"), update: rule("update"), delete: rule("delete") };
}

function pathsOf(tables: ReadonlyMap<string, TableModel>): Map<string, TableModel> {
  const paths = new Map<string, TableModel>();
  for (const table of tables.values()) {
    const other = paths.get(table.path);
    if (other !== undefined) {
      throw new DeclarationError(
        `table ${table.name}`,
        `the path ${table.path} is already that of ${other.name}`,
        "Give one of them another path:",
      );
    }
    paths.set(table.path, table);
  }
  return paths;
}
