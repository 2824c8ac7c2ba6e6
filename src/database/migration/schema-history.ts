import { DeclarationError } from "../../errors/declaration-error.ts";
import {
  canonicalSchema,
  readStoredSchema,
  type Renames,
  type StoredSchema,
  type StoredTable,
  type StoredView,
  writeStoredSchema,
} from "../../schema/stored-schema.ts";
import { numberText } from "./migration-file.ts";
import { emptySchema } from "./schema-hash.ts";
import { MIGRATIONS_FOLDER } from "./migrations-path.ts";

/** The file that says what the migrations lead to. */
export const SCHEMA_FILE = "schema.json";

const WHERE = `${MIGRATIONS_FOLDER}/${SCHEMA_FILE}`;
const INDENT = 2;

/** What a migration replaced: with it a schema is led back to what it was before. Null: it was not there. */
interface Earlier {
  readonly tables: Readonly<Record<string, StoredTable | null>>;
  readonly views: Readonly<Record<string, StoredView | null>>;
  /** What the declaration gave new names, as entries of the maps of `Renames`. */
  readonly renamed?: {
    readonly tables: readonly (readonly [to: string, from: string])[];
    readonly columns: readonly (readonly [table: string, renamed: readonly (readonly [to: string, from: string])[]])[];
  };
}

/**
 * The schema after the last migration, and what each replaced, by its number. So the schema after every one of them is
 * known, while the file grows by what changes alone.
 */
export interface SchemaHistory extends StoredSchema {
  readonly earlier: Readonly<Record<string, Earlier>>;
}

export const emptyHistory: SchemaHistory = { ...emptySchema, earlier: {} };

/** The schema after a migration: everything that later ones replaced is put back. */
export function schemaAfter(history: SchemaHistory, number: number): StoredSchema {
  const later = Object.keys(history.earlier)
    .map(Number)
    .filter((each) => each > number)
    .toSorted((one, other) => other - one);
  let schema: StoredSchema = { tables: history.tables, views: history.views };
  for (const each of later) {
    const before = history.earlier[numberText(each)];
    if (before !== undefined)
      schema = { tables: replaced(schema.tables, before.tables), views: replaced(schema.views, before.views) };
  }
  return schema;
}

/** What a migration renamed, as the declaration said when the file was made. */
export function renamesAt(history: SchemaHistory, number: number): Renames {
  const { tables = [], columns = [] } = history.earlier[numberText(number)]?.renamed ?? {};
  return { tables: new Map(tables), columns: new Map(columns.map(([table, renamed]) => [table, new Map(renamed)])) };
}

/** The history with one more migration, which leads to a schema. What was there beyond it is forgotten. */
export function withMigration(
  history: SchemaHistory,
  next: { readonly number: number; readonly to: StoredSchema; readonly renames: Renames },
): SchemaHistory {
  const from = schemaAfter(history, next.number - 1);
  const kept = Object.entries(history.earlier).filter(([number]) => Number(number) < next.number);
  const renamed = {
    tables: [...next.renames.tables],
    columns: Array.from(next.renames.columns, ([table, names]) => [table, [...names]] as const),
  };
  const earlier: Earlier = {
    tables: reverse(from.tables, next.to.tables, (table) => canonicalSchema({ tables: [table], views: [] })),
    views: reverse(from.views, next.to.views, (view) => view.query),
    ...(renamed.tables.length + renamed.columns.length === 0 ? {} : { renamed }),
  };
  return { ...next.to, earlier: { ...Object.fromEntries(kept), [numberText(next.number)]: earlier } };
}

export function writeHistory(history: SchemaHistory): string {
  return `${writeStoredSchema(history, INDENT)}\n`;
}

/** Throws `DeclarationError` when the text is not what `writeHistory` makes. */
export function readHistory(text: string): SchemaHistory {
  if (/^(?:<{7}|={7}|>{7})/m.test(text))
    throw new DeclarationError(
      WHERE,
      "two branches changed it, and both are in it",
      "Take the other branch's file, remove your own migration, and run servery migrate new again",
    );
  let read: Partial<SchemaHistory> | null;
  try {
    read = readStoredSchema(text) as Partial<SchemaHistory> | null;
  } catch (error) {
    throw notOurs(error instanceof Error ? error.message : String(error));
  }
  const { tables, views, earlier } = typeof read === "object" && read !== null ? read : {};
  if (!Array.isArray(tables) || !Array.isArray(views) || typeof earlier !== "object" || earlier === null)
    throw notOurs("tables, views or earlier is missing");
  return { tables, views, earlier };
}

function notOurs(reason: string): DeclarationError {
  return new DeclarationError(WHERE, `it cannot be read (${reason})`, "Restore it from your repository");
}

function replaced<Named extends { readonly name: string }>(
  present: readonly Named[],
  before: Readonly<Record<string, Named | null>>,
): readonly Named[] {
  const kept = present.filter(({ name }) => !Object.hasOwn(before, name));
  return [...kept, ...Object.values(before).filter((each) => each !== null)];
}

/** What leads `to` back to `from`. */
function reverse<Named extends { readonly name: string }>(
  from: readonly Named[],
  to: readonly Named[],
  text: (named: Named) => string,
): Record<string, Named | null> {
  const texts = new Map(to.map((each) => [each.name, text(each)]));
  const changed = from.filter((each) => texts.get(each.name) !== text(each));
  const there = new Set(from.map(({ name }) => name));
  const added = to.filter(({ name }) => !there.has(name));
  return Object.fromEntries([
    ...changed.map((each) => [each.name, each] as const),
    ...added.map(({ name }) => [name, null] as const),
  ]);
}
