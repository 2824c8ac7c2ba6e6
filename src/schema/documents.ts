import type { StandardInput, StandardOutput, StandardSchema } from "./standard-schema.ts";
import type { Json, JsonSchema } from "./stored.ts";
import { type Columns, Table, type TableOptions } from "./table.ts";

/** What a collection declares beside who may do what. */
export interface DocumentsOptions<C extends Columns = Columns> {
  /** Columns that stand beside the document in every row: references, an owner, what is unique. */
  readonly columns?: C;
  /** Paths that are looked for often: `["author.city"]`. */
  readonly index?: readonly string[];
  /** What every document must be: a JSON Schema (2020-12), or a validator of Zod, Valibot or ArkType. */
  readonly schema?: JsonSchema | StandardSchema;
  /** The name in URLs, where it is not the collection's own. */
  readonly path?: string;
  /** Changes need an If-Match header (428 without one). */
  readonly if_match?: boolean;
}

type ColumnsIn<O> = O extends { readonly columns: infer C extends Columns } ? C : Record<never, never>;
type PathIn<O> = O extends { readonly path: infer Path extends string } ? { readonly path: Path } : unknown;
/** What a validator takes as a document, and what it makes of it; without one any object is a document. */
type DocumentIn<O> = O extends { readonly schema: infer Schema extends StandardSchema }
  ? { readonly out: StandardOutput<Schema>; readonly in: StandardInput<Schema> }
  : { readonly out: AnyDocument; readonly in: AnyDocument };

interface AnyDocument {
  [member: string]: Json;
}

/** What the types remember of a collection. */
export interface DocumentsMark<Document = unknown> extends TableOptions {
  readonly "~document": Document;
}

/**
 * Declares a collection of documents: rows without fixed columns. The members of a row's object stand beside `id`,
 * `created_at` and `updated_at`: `documents({ index: ["author.city"] })`.
 */
export function documents<const O extends DocumentsOptions = Record<never, never>>(
  options?: O,
): Table<ColumnsIn<O>, DocumentsMark<DocumentIn<O>> & PathIn<O>> {
  const { columns = {}, index = [], schema, path, if_match } = (options ?? {}) as DocumentsOptions;
  return new Table({
    columns,
    options: { ...(path === undefined ? {} : { path }), ...(if_match === undefined ? {} : { if_match }) },
    uniques: [],
    indexes: [],
    checks: [],
    transfers: [],
    computed: [],
    rules: undefined,
    hooks: [],
    document: { indexes: index, schema },
  });
}
