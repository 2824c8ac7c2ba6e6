import { DeclarationError } from "../errors/declaration-error.ts";
import { didYouMean } from "../errors/nearest-name.ts";
import type { ColumnModel } from "./model.ts";
import type { Rule, TableAction } from "./rule.ts";
import type { TableDraft } from "./table-draft.ts";

const ACTIONS: readonly TableAction[] = ["read", "create", "update", "delete"];

/** Checks every rule of the tables and their columns, once relations are known. */
export function checkRules(drafts: ReadonlyMap<string, TableDraft>): void {
  for (const draft of drafts.values()) {
    for (const column of draft.columns) checkColumn(draft, column, drafts);
    for (const action of ACTIONS) {
      const where = `table ${draft.name}, ${action}`;
      checkRule(draft.rules[action], { draft, where, drafts });
      refuseRing(draft.rules[action], { draft, action, where, drafts }, []);
    }
  }
}

interface Place {
  readonly draft: TableDraft;
  readonly where: string;
  readonly drafts: ReadonlyMap<string, TableDraft>;
}

function checkColumn(draft: TableDraft, column: ColumnModel, drafts: ReadonlyMap<string, TableDraft>): void {
  const where = `table ${draft.name}, column ${column.name}`;
  checkRule(column.readable, { draft, where, drafts });
  checkRule(column.writable, { draft, where, drafts });
  const isKey = draft.key.includes(column);
  if (isKey && column.readable.rule !== "everyone")
    throw new DeclarationError(
      where,
      "a key names the row to everyone who may read it",
      "Remove .private() or .readable()",
    );
  if (column.role === "owner") checkOwner(draft, column, { where, drafts });
  const alwaysFilled = column.optional || column.default !== undefined || column.filled !== undefined;
  if (column.writable.rule !== "everyone" && !alwaysFilled && !isKey && draft.view === undefined)
    throw new DeclarationError(
      where,
      "not everyone who may create a row may write it, and a row needs it",
      "Add .optional() or .default()",
    );
}

function checkOwner(draft: TableDraft, column: ColumnModel, at: Omit<Place, "draft">): void {
  const target = at.drafts.get(column.references?.table ?? "");
  if (target?.accounts === undefined)
    throw new DeclarationError(
      at.where,
      `${target?.name ?? "its table"} has no accounts`,
      "Refer to a table with .accounts()",
    );
  const other = draft.columns.find((candidate) => candidate.role === "owner" && candidate !== column);
  if (other !== undefined)
    throw new DeclarationError(at.where, `${other.name} is the owner already`, "Declare one owner column");
}

function checkRule(rule: Rule, at: Place): void {
  const { draft, where } = at;
  switch (rule.rule) {
    case "owner":
      if (draft.owner === undefined)
        throw new DeclarationError(where, "the table has no owner column", 'Declare one: ref("users").owner()');
      return;
    case "self":
      if (draft.accounts === undefined)
        throw new DeclarationError(where, "the table has no accounts", "Write owner, or make it .accounts()");
      return;
    case "role":
      if (typeof rule.name !== "string" || rule.name === "")
        throw new DeclarationError(where, "a role has no name", 'Write role("editor")');
      return;
    case "and":
    case "or":
      for (const part of rule.of) checkRule(part, at);
      return;
    case "sameAs":
      relationOf(rule.relation, at);
      return;
    default:
  }
}

/** The table that a `sameAs` leads to. */
function relationOf(name: string, { draft, where, drafts }: Place): TableDraft {
  const relation = draft.relations.get(name);
  const target = drafts.get(relation?.table ?? "");
  if (relation === undefined || target === undefined)
    throw new DeclarationError(
      where,
      `sameAs(${JSON.stringify(name)}) names no relation`,
      didYouMean(name, draft.relations.keys()).trim() || "Name a reference without its _id",
    );
  if (relation.many) throw new DeclarationError(where, `${name} is a list`, "Name a relation that leads to one row");
  return target;
}

/** What a row allows cannot hang on itself. */
function refuseRing(rule: Rule, at: Place & { readonly action: TableAction }, path: readonly string[]): void {
  if (rule.rule === "and" || rule.rule === "or") for (const part of rule.of) refuseRing(part, at, path);
  if (rule.rule !== "sameAs") return;
  const here = `${at.draft.name}.${at.action}`;
  if (path.includes(here))
    throw new DeclarationError(
      at.where,
      `sameAs runs in a ring: ${[...path, here].join(" → ")}`,
      "Write another rule in one of them",
    );
  const target = relationOf(rule.relation, at);
  const action = rule.action ?? at.action;
  refuseRing(target.rules[action], { ...at, draft: target, action }, [...path, here]);
}
