import type { ExistingForeignKey, ExistingTable } from "../../database/sqlite/existing/existing-database.ts";
import { columnsOf, type DraftColumn, type DraftReference, type DraftTable, isLeftOut } from "./draft.ts";

/** Declares the foreign keys that a reference can stand for; the others are notes with the reason. */
export function declareReferences(tables: readonly DraftTable[], existing: readonly ExistingTable[]): DraftTable[] {
  const edges: Edge[] = [];
  const byName = new Map(existing.map((table) => [table.name, table]));
  return tables.map((table) => {
    let declared = table;
    for (const key of byName.get(table.name)?.foreignKeys ?? [])
      declared = withKey(declared, key, { tables, edges, existing: byName });
    return declared;
  });
}

/** References that were declared before, to find rings. */
interface Edge {
  readonly child: string;
  readonly parent: string;
  /** Whether the column is the child's whole key. */
  readonly ofKey: boolean;
  readonly cascades: boolean;
}

interface Surroundings {
  readonly tables: readonly DraftTable[];
  readonly edges: Edge[];
  readonly existing: ReadonlyMap<string, ExistingTable>;
}

function withKey(table: DraftTable, key: ExistingForeignKey, around: Surroundings): DraftTable {
  const [name = ""] = key.columns;
  const parent = around.tables.find((other) => other.name.toLowerCase() === key.table.toLowerCase());
  const column = columnsOf(table).find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
  const reason = reasonAgainst(key, { column, parent, table, edges: around.edges });
  if (reason !== undefined || column === undefined || parent === undefined) {
    const note = `its foreign key to ${key.table} is not declared: ${reason ?? "the column is left out"}`;
    if (key.columns.length > 1 || column === undefined)
      return { ...table, notes: [...table.notes, `(${key.columns.join(", ")}): ${note}`] };
    return withColumn(table, { ...column, notes: [...column.notes, note] });
  }
  const { onDelete, note } = chooseOnDelete(key, { column, parent, table, edges: around.edges });
  const ofKey = isWholeKey(table, column);
  around.edges.push({ child: table.name, parent: parent.name, ofKey, cascades: onDelete === "cascade" });
  const reference: DraftReference = { table: parent.name, ...(onDelete === undefined ? {} : { onDelete }) };
  const notes = note === undefined ? column.notes : [...column.notes, note];
  const { default: value, ...rest } = column;
  const [keyName] = parent.key;
  // A key that refers on is of the kind of what it refers to, whatever its values look like.
  const leadsOn = around.existing
    .get(parent.name)
    ?.foreignKeys.some(({ columns }) => columns.some((each) => each.toLowerCase() === keyName?.toLowerCase()));
  const isOfKey =
    leadsOn !== true && columnsOf(parent).some(({ name, kind }) => name === keyName && kind.uses === column.kind.uses);
  return withColumn(table, {
    ...rest,
    ...(isOfKey && value !== undefined ? { default: value } : {}),
    reference,
    notes,
  });
}

function isWholeKey(table: DraftTable, column: DraftColumn | undefined): boolean {
  return column !== undefined && table.key.length === 1 && table.key[0] === column.name;
}

interface KeyPlace {
  readonly table: DraftTable;
  readonly column: DraftColumn | undefined;
  readonly parent: DraftTable | undefined;
  readonly edges: readonly Edge[];
}

function reasonAgainst(key: ExistingForeignKey, { table, column, parent, edges }: KeyPlace): string | undefined {
  if (key.columns.length > 1) return "it has several columns";
  if (parent === undefined) return "there is no such table in the declaration";
  if (parent.is === "view") return "it is a view";
  const [target = parent.key[0]] = key.targets ?? [];
  if (parent.key.length !== 1 || target?.toLowerCase() !== parent.key[0]?.toLowerCase())
    return `${target === undefined ? "it" : `${parent.name}.${target}`} is not its whole key`;
  if (column?.reference !== undefined) return `the column refers to ${column.reference.table} already`;
  if (column?.filled === true) return "the database works the column out";
  if (isWholeKey(table, column) && leadsBack(parent.name, table.name, edges))
    return "the keys refer to each other in a ring";
  return undefined;
}

/** Whether a table's key is, reference by reference, that of another one. */
function leadsBack(from: string, to: string, edges: readonly Edge[]): boolean {
  return from === to || edges.some((edge) => edge.ofKey && edge.child === from && leadsBack(edge.parent, to, edges));
}

function chooseOnDelete(
  key: ExistingForeignKey,
  { table, column, parent, edges }: KeyPlace,
): { readonly onDelete?: "cascade" | "set null"; readonly note?: string } {
  const action = key.onDelete.toUpperCase();
  if (action === "SET NULL")
    return column?.optional === true
      ? { onDelete: "set null" }
      : { note: "ON DELETE SET NULL, but the column may not be null: a delete is refused" };
  if (action === "SET DEFAULT") return { note: "ON DELETE SET DEFAULT is not available: a delete is refused" };
  if (action !== "CASCADE") return {};
  const isRing = parent !== undefined && parent.name !== table.name && cascadesTo(table.name, parent.name, edges);
  if (isRing) return { note: "ON DELETE CASCADE runs in a ring here: a delete is refused" };
  return { onDelete: "cascade" };
}

/** Whether deleting a row of one table deletes rows of another, going from parents to children. No ring was let in. */
function cascadesTo(from: string, to: string, edges: readonly Edge[]): boolean {
  if (from === to) return true;
  const next = edges.filter((edge) => edge.cascades && edge.parent === from && edge.child !== from);
  return next.some((edge) => cascadesTo(edge.child, to, edges));
}

function withColumn(table: DraftTable, changed: DraftColumn): DraftTable {
  const columns = table.columns.map((entry) => (!isLeftOut(entry) && entry.name === changed.name ? changed : entry));
  return { ...table, columns };
}
