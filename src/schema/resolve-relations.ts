import { DeclarationError } from "../errors/declaration-error.ts";
import type { AnyDeclaration } from "./application.ts";
import type { ReferenceSpec } from "./column.ts";
import type { RelationModel } from "./model.ts";
import type { TableDraft } from "./table-draft.ts";

/** Names both directions of every foreign key and gives each table the list of those that point at it. */
export function resolveRelations(declaration: AnyDeclaration, drafts: Map<string, TableDraft>): void {
  for (const [name, table] of Object.entries(declaration.tables)) {
    const targets = new Map<string, string[]>();
    for (const [column, { spec }] of Object.entries(table.spec.columns)) {
      if (spec.reference !== undefined)
        targets.set(spec.reference.table, [...(targets.get(spec.reference.table) ?? []), column]);
    }
    for (const [column, { spec }] of Object.entries(table.spec.columns)) {
      if (spec.reference === undefined) continue;
      const siblings = targets.get(spec.reference.table) ?? [];
      if (siblings.length > 1 && spec.reference.as === undefined) {
        throw new DeclarationError(
          `table ${name}, column ${column}`,
          `${siblings.join(" and ")} both refer to ${spec.reference.table}`,
          `Name each side: ref("${spec.reference.table}", { as: "${toOneName(column)}" })`,
        );
      }
      addBothDirections({ name, column, reference: spec.reference, several: siblings.length > 1 }, drafts);
    }
  }
  for (const draft of drafts.values()) refuseCascadeRing(draft, drafts, [draft.name]);
}

/** A delete is a list of statements made beforehand, so its cascades must come to an end. A table may cascade into itself. */
function refuseCascadeRing(draft: TableDraft, drafts: ReadonlyMap<string, TableDraft>, path: readonly string[]): void {
  for (const referrer of draft.referrers) {
    if (referrer.onDelete !== "cascade" || referrer.table === draft.name) continue;
    if (path.includes(referrer.table)) {
      throw new DeclarationError(
        `table ${referrer.table}, column ${referrer.column.name}`,
        `onDelete: "cascade" runs in a ring: ${[...path, referrer.table].join(" → ")}`,
        'Write "restrict" or "set null" at one of them',
      );
    }
    const next = drafts.get(referrer.table);
    if (next !== undefined) refuseCascadeRing(next, drafts, [...path, referrer.table]);
  }
}

interface ForeignKey {
  readonly name: string;
  readonly column: string;
  readonly reference: ReferenceSpec;
  readonly several: boolean;
}

function addBothDirections(key: ForeignKey, drafts: Map<string, TableDraft>): void {
  const child = drafts.get(key.name);
  const parent = drafts.get(key.reference.table);
  const column = child?.column.get(key.column);
  if (child === undefined || parent === undefined || column?.references === undefined) return;
  const as = key.reference.as ?? toOneName(key.column);
  const reverse = key.reference.reverse ?? (key.several ? `${key.name}_as_${as}` : key.name);
  const { column: parentKey, onDelete } = column.references;
  addRelation(child, key.column, { name: as, many: false, table: parent.name, local: key.column, foreign: parentKey });
  addRelation(parent, key.column, {
    name: reverse,
    many: true,
    table: child.name,
    local: parentKey,
    foreign: key.column,
  });
  // A view holds no rows of its own, so a delete neither stops at it nor goes through it.
  if (child.view !== undefined) return;
  parent.referrers = [...parent.referrers, { table: child.name, column, onDelete }];
}

/** `user_id` and `userId` are called `user`; any other column `x` gets `x_ref`. */
function toOneName(column: string): string {
  const name = column.replace(/(?:_id|Id)$/, "");
  return name !== column && name !== "" ? name : `${column}_ref`;
}

function addRelation(draft: TableDraft, column: string, relation: RelationModel): void {
  const where = `table ${draft.name}, relation ${relation.name}`;
  const option = relation.many ? "reverse" : "as";
  if (draft.column.has(relation.name) || draft.computed.has(relation.name))
    throw new DeclarationError(
      where,
      "a column has this name",
      `Rename the relation in the reference ${column}: { ${option}: "…" }`,
    );
  if (draft.relations.has(relation.name))
    throw new DeclarationError(
      where,
      "two relations have this name",
      `Rename one in the reference ${column}: { ${option}: "…" }`,
    );
  draft.relations = new Map([...draft.relations, [relation.name, relation]]);
}
