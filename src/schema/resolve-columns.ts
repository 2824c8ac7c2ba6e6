import { DeclarationError } from "../errors/declaration-error.ts";
import { didYouMean } from "../errors/nearest-name.ts";
import type { AnyDeclaration } from "./application.ts";
import { checkSearch } from "./declared-search.ts";
import { CHECK_OPERATORS, comparisons } from "./check.ts";
import type { ColumnSpec } from "./column.ts";
import { identityKind } from "./column/integer.ts";
import { timestampKind } from "./column/timestamp.ts";
import { declaredKind, identifierKind } from "./declared-kind.ts";
import type { Kind } from "./kind.ts";
import { isOfKind } from "./kind-value.ts";
import { type CheckModel, type ColumnModel, isNamed, type ReferenceModel } from "./model.ts";
import { adoptedColumn, rowNumberName } from "./resolve-adopted.ts";
import { refuseComputed, resolveComputed } from "./resolve-computed.ts";
import { documentColumn } from "./resolve-documents.ts";
import { viewColumn } from "./resolve-view.ts";
import { everyone } from "./rule.ts";
import type { TableDraft } from "./table-draft.ts";
import type { Json } from "./stored.ts";
import type { TableSpec } from "./table.ts";

/** A ring of references is followed this far before it is called a ring. */
const MAX_REFERENCE_HOPS = 20;

/** Fills the columns, the key, the default order and the checks of one draft. */
export function resolveColumns(draft: TableDraft, spec: TableSpec, declaration: AnyDeclaration): void {
  const { name } = draft;
  const key = keyNames(name, spec);
  const columns: ColumnModel[] = [];
  if (spec.options.rowid === true) columns.push(serverColumn(rowNumberName(name, spec), identityKind, "generated_key"));
  else if (spec.options.id !== false) columns.push(serverColumn("id", identityKind, "generated_key"));
  for (const [column, { spec: columnSpec }] of Object.entries(spec.columns)) {
    const resolved = resolveColumn({ table: name, column, key }, columnSpec, declaration);
    const names = spec.accounts?.identifier === column;
    columns.push(names ? { ...resolved, kind: identifierKind(resolved.kind) } : resolved);
  }
  const document = documentColumn(spec);
  if (document !== undefined) columns.push(document);
  if (spec.options.created_at !== false) columns.push(serverColumn("created_at", timestampKind, "created_at"));
  if (spec.options.updated_at !== false) columns.push(serverColumn("updated_at", timestampKind, "updated_at"));
  const own = spec.view === undefined ? columns : columns.map(viewColumn);
  draft.columns = draft.adopted ? own.map((column) => adoptedColumn(name, column)) : own;
  draft.column = new Map(draft.columns.map((column) => [column.name, column]));
  draft.computed = resolveComputed(draft, spec);
  draft.shown = [...draft.columns.filter(isNamed), ...draft.computed.values()];
  if (document !== undefined) draft.document = document;
  draft.owner = draft.columns.find((column) => column.role === "owner");
  draft.key = key.map((part) => found(draft, part));
  draft.order = [...creationTime(draft, spec), ...draft.key];
  refuseTwice(
    name,
    spec.checks.map((check) => check.name),
  );
  draft.checks = spec.checks.map((check) => resolveCheck(draft, check.name, comparisons(check.condition)));
}

/** The column that tells which row is newest: a view has one when it declares it. */
function creationTime(draft: TableDraft, spec: TableSpec): ColumnModel[] {
  const column = draft.column.get("created_at");
  if (column === undefined || draft.key.includes(column)) return [];
  return column.role === "created_at" || (spec.view !== undefined && column.kind.storage.as === "timestamp")
    ? [column]
    : [];
}

/** The database finds a broken check by its name. */
function refuseTwice(table: string, names: readonly string[]): void {
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined)
    throw new DeclarationError(`table ${table}, check ${twice}`, "two checks have this name", "Rename one of them");
}

function keyNames(name: string, spec: TableSpec): readonly string[] {
  const declared = spec.columns;
  for (const [given, off] of [
    ["id", spec.options.rowid === true ? false : spec.options.id],
    ["created_at", spec.options.created_at],
    ["updated_at", spec.options.updated_at],
  ] as const) {
    if (off !== false && given in declared) {
      throw new DeclarationError(
        `table ${name}, column ${given}`,
        "the column is there by itself",
        `Leave it out, or switch it off: table({...}, { ${given}: false })`,
      );
    }
  }
  if (spec.options.rowid === true) return [rowNumberName(name, spec)];
  if (spec.key === undefined && spec.options.id === false) {
    throw new DeclarationError(`table ${name}`, "it has no key", 'Name one: .primaryKey("code")');
  }
  for (const part of spec.key ?? []) {
    const column = declared[part];
    refuseComputed(`table ${name}`, part, spec.computed);
    if (column === undefined)
      throw new DeclarationError(
        `table ${name}`,
        `.primaryKey() names no column ${part}`,
        didYouMean(part, Object.keys(declared)) || "Declare it",
      );
    if (column.spec.optional)
      throw new DeclarationError(
        `table ${name}, column ${part}`,
        "a part of the key cannot be optional",
        "Remove .optional()",
      );
    if (column.spec.kind !== undefined && !column.spec.kind.ordered)
      throw new DeclarationError(
        `table ${name}, column ${part}`,
        `a ${column.spec.kind.name} cannot be a key`,
        "Choose another column",
      );
  }
  return spec.key ?? ["id"];
}

function serverColumn(name: string, kind: Kind, role: "generated_key" | "created_at" | "updated_at"): ColumnModel {
  return {
    name,
    kind,
    role,
    optional: false,
    default: undefined,
    unique: false,
    index: false,
    search: false,
    filled: undefined,
    references: undefined,
    readable: everyone,
    writable: everyone,
  };
}

interface Place {
  readonly table: string;
  readonly column: string;
  readonly key: readonly string[];
}

function resolveColumn(place: Place, spec: ColumnSpec, declaration: AnyDeclaration): ColumnModel {
  const where = `table ${place.table}, column ${place.column}`;
  const references = spec.reference === undefined ? undefined : resolveReference(place, spec, declaration);
  const kind = declaredKind(references === undefined ? spec.kind : keyKind(references, declaration), requirement(spec));
  if (kind === undefined)
    throw new DeclarationError(
      where,
      "a reference cannot point at itself in a ring",
      "Give one table a key of its own",
    );
  const inKey = place.key.includes(place.column);
  const generated = inKey && place.key.length === 1 && kind.storage.as === "integer" && references === undefined;
  if (spec.default !== undefined && spec.filled === undefined) checkDefault(where, kind, spec.default);
  if (spec.unique && !kind.ordered)
    throw new DeclarationError(where, `a ${kind.name} column cannot be unique`, "Remove .unique()");
  if (spec.index && !kind.ordered)
    throw new DeclarationError(where, `a ${kind.name} column cannot have an index`, "Remove .index()");
  if (spec.search) checkSearch(where, place.column, kind);
  return {
    name: place.column,
    kind: generated ? identityKind : kind,
    role: generated ? "generated_key" : (filledRole(spec) ?? (inKey ? "key" : "plain")),
    optional: spec.optional,
    default: spec.default,
    unique: spec.unique,
    index: spec.index,
    search: spec.search,
    filled: spec.filled,
    references,
    readable: spec.readable,
    writable: spec.writable ?? everyone,
    ...(spec.was === undefined ? {} : { was: spec.was }),
  };
}

function filledRole({ filled }: ColumnSpec): "owner" | "filled" | undefined {
  if (filled === undefined) return undefined;
  return filled.by === "caller" ? "owner" : "filled";
}

function requirement(spec: ColumnSpec): { readonly required: boolean } {
  return { required: !spec.optional && spec.default === undefined };
}

function resolveReference(place: Place, spec: ColumnSpec, declaration: AnyDeclaration): ReferenceModel {
  const where = `table ${place.table}, column ${place.column}`;
  const { table, onDelete } = spec.reference as NonNullable<ColumnSpec["reference"]>;
  const target = declaration.tables[table];
  if (target === undefined || !Object.hasOwn(declaration.tables, table)) {
    throw new DeclarationError(
      where,
      `ref(${JSON.stringify(table)}) names no table`,
      didYouMean(table, Object.keys(declaration.tables)).trim() || "Declare the table",
    );
  }
  if (target.spec.view !== undefined && declaration.tables[place.table]?.spec.view === undefined) {
    throw new DeclarationError(
      where,
      `${table} is a view, and the database cannot hold a table to it`,
      `Refer to a table, or to a view from a view`,
    );
  }
  if (target.spec.options.rowid === true)
    throw new DeclarationError(
      where,
      `${table} has no key that a reference could name`,
      "Declare the column as what it holds, for example integer()",
    );
  const key = target.spec.key ?? ["id"];
  if (key.length !== 1)
    throw new DeclarationError(
      where,
      `${table} has a key of several columns`,
      "Refer to a table with a one-column key",
    );
  if (!["restrict", "cascade", "set null"].includes(onDelete))
    throw new DeclarationError(
      where,
      `onDelete knows no ${JSON.stringify(onDelete)}`,
      'Write "restrict", "cascade" or "set null"',
    );
  if (onDelete === "set null" && !spec.optional)
    throw new DeclarationError(where, "onDelete: set null needs a column that may be null", "Add .optional()");
  return { table, column: key[0] as string, onDelete };
}

/** The kind of the key a reference points at; the key may itself be a reference. */
function keyKind(reference: ReferenceModel, declaration: AnyDeclaration): Kind | undefined {
  let { table, column } = reference;
  for (let hop = 0; hop < MAX_REFERENCE_HOPS; hop++) {
    const spec = declaration.tables[table]?.spec;
    const target = spec?.columns[column]?.spec;
    if (target === undefined) return identityKind;
    if (target.reference === undefined)
      return target.kind?.storage.as === "integer" ? identityKind : declaredKind(target.kind, requirement(target));
    table = target.reference.table;
    column = declaration.tables[table]?.spec.key?.[0] ?? "id";
  }
  return undefined;
}

function checkDefault(where: string, kind: Kind, value: Json): void {
  if (value === null) throw new DeclarationError(where, "null is no default", "Write .optional() instead");
  if (!isOfKind(kind, value)) {
    throw new DeclarationError(
      where,
      `the default ${JSON.stringify(value)} is no ${kind.name}`,
      `Write ${kind.expects}`,
    );
  }
}

function resolveCheck(draft: TableDraft, name: string, parts: CheckModel["comparisons"]): CheckModel {
  const where = `table ${draft.name}, check ${name}`;
  for (const part of parts) {
    if (!(CHECK_OPERATORS as readonly string[]).includes(part.operator)) {
      throw new DeclarationError(where, `there is no operator ${part.operator}`, `Write ${CHECK_OPERATORS.join(", ")}`);
    }
    const column = found(draft, part.column, where);
    if (!column.kind.ordered)
      throw new DeclarationError(
        where,
        `${part.column} is a ${column.kind.name}, which has no order`,
        "Compare another column",
      );
    if ("column" in part.operand) {
      const other = found(draft, part.operand.column, where);
      if (other.kind.storage.as !== column.kind.storage.as)
        throw new DeclarationError(
          where,
          `${column.name} and ${other.name} are of different kinds`,
          "Compare columns of one kind",
        );
    } else checkDefault(where, column.kind, part.operand.value);
  }
  return { name, comparisons: parts };
}

function found(draft: TableDraft, column: string, where = `table ${draft.name}`): ColumnModel {
  refuseComputed(where, column, draft.computed.values());
  const model = draft.column.get(column);
  if (model === undefined)
    throw new DeclarationError(
      where,
      `there is no column ${column}`,
      didYouMean(column, draft.column.keys()).trim() || "Declare it",
    );
  return model;
}
