import { DeclarationError } from "../errors/declaration-error.ts";
import { documentKind, memberKind } from "./column/document.ts";
import { PATH_CHARACTERS, PATH_FORM, PATH_MEMBERS, readPath } from "./document-path.ts";
import type { ColumnModel, IndexPart, MemberModel, TableModel } from "./model.ts";
import { everyone } from "./rule.ts";
import { isStandardSchema } from "./standard-schema.ts";
import type { TableDraft } from "./table-draft.ts";
import type { TableSpec } from "./table.ts";

/** The column that holds the documents of a collection: in the database alone, never in an answer. */
const DOCUMENT_COLUMN = "document";

/** Refuses what a collection of documents cannot have. */
export function checkDocuments(name: string, spec: TableSpec, adopted: boolean): void {
  if (spec.document === undefined) return;
  const where = `table ${name}`;
  if (adopted)
    throw new DeclarationError(
      where,
      "the tables of an adopted file have columns, so they are no collections",
      "Write table({…}) with a json() column",
    );
  if (DOCUMENT_COLUMN in spec.columns)
    throw new DeclarationError(
      `${where}, column ${DOCUMENT_COLUMN}`,
      "the database holds the documents under this name",
      "Choose another name",
    );
  if (spec.accounts !== undefined)
    throw new DeclarationError(where, "documents are no accounts", "Write table({…}).accounts(), and refer to it");
  if (spec.computed.length > 0)
    throw new DeclarationError(where, "a collection has no computed columns", "Remove .computed()");
  const { schema } = spec.document;
  if (schema !== undefined && (typeof schema !== "object" || schema === null) && !isStandardSchema(schema))
    throw new DeclarationError(
      where,
      "its schema is neither a JSON Schema nor a validator",
      "Write schema: { properties: { … } }",
    );
}

/** The column that holds the documents. Its reserved names are known once relations are. */
export function documentColumn(spec: TableSpec): ColumnModel | undefined {
  if (spec.document === undefined) return undefined;
  const { schema } = spec.document;
  return {
    name: DOCUMENT_COLUMN,
    kind: documentKind(schema),
    role: "document",
    optional: false,
    default: {},
    unique: false,
    index: false,
    search: false,
    filled: undefined,
    references: undefined,
    readable: everyone,
    writable: everyone,
    document: { reserved: new Set(), schema },
  };
}

/** Names that stand beside a document: of columns, of relations, and of their counts in an answer. */
export function reserveNames(draft: TableDraft): void {
  const model = draft.document?.document;
  if (model === undefined) return;
  const reserved = model.reserved as Set<string>;
  for (const { name, role } of draft.columns) if (role !== "document") reserved.add(name);
  for (const { name, many } of draft.relations.values()) {
    reserved.add(name);
    if (many) reserved.add(`${name}_count`);
  }
}

/** What a document of the table has at the end of a path, as one of the forms in which it is compared. */
export function memberColumn(
  table: Pick<TableModel, "document">,
  path: readonly string[],
  form: Pick<MemberModel, "as" | "each">,
): ColumnModel {
  const column = table.document;
  if (column === undefined) throw new Error("only documents have paths");
  const { document: _, ...rest } = column;
  const kind = memberKind(form.as);
  return {
    ...rest,
    name: path.join("."),
    kind,
    role: "plain",
    optional: true,
    default: undefined,
    member: { column: column.name, path, ...form },
  };
}

/** The indexes of the declared paths: for texts and for numbers, each with the order of lists behind it. */
export function documentIndexes(draft: TableDraft, spec: TableSpec): (readonly IndexPart[])[] {
  const newestFirst = draft.order.map((column) => ({ name: column.name, descending: true }));
  return (spec.document?.indexes ?? []).flatMap((text) => {
    const path = declaredPath(draft, text);
    return (["text", "number"] as const).map((as) => [
      { name: DOCUMENT_COLUMN, descending: false, member: { path, as } },
      ...newestFirst,
    ]);
  });
}

function declaredPath(draft: TableDraft, text: string): readonly string[] {
  const where = `table ${draft.name}, index ${JSON.stringify(text)}`;
  const read = typeof text === "string" ? readPath(text) : ({ is: "malformed" } as const);
  if (read.is === "malformed") throw new DeclarationError(where, "this is no path", `Write ${PATH_FORM}`);
  if (read.is === "too long")
    throw new DeclarationError(
      where,
      `a path has at most ${PATH_MEMBERS} names and ${PATH_CHARACTERS} characters`,
      "Write a shorter one",
    );
  const [first = ""] = read.names;
  if (draft.document?.document?.reserved.has(first) === true)
    throw new DeclarationError(
      where,
      `${first} is a column or a relation of the collection, and no member`,
      draft.column.has(first) ? "Write .index() behind the column" : "Remove it",
    );
  return read.names;
}
