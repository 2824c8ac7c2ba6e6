import type { SeedRows } from "../../schema/application.ts";
import type { Json } from "../../schema/stored.ts";
import { columnsOf, type Draft, type DraftTable } from "../declare/draft.ts";
import { inOrder } from "./declare-json-references.ts";
import type { Collection, JsonRow } from "./read-collections.ts";

/** The rows of the file for a new database: every one behind those that it refers to, each with an id. */
export function* rowsToLoad(draft: Draft, collections: readonly Collection[]): Generator<SeedTable> {
  const rows = new Map(collections.map((collection) => [collection.name, collection.rows]));
  for (const table of parentsFirst(draft.tables)) {
    const self = columnsOf(table).find((column) => column.reference?.table === table.name);
    const found = rows.get(table.name) ?? [];
    const ordered = self === undefined ? found : (inOrder(found, self.name) ?? found);
    yield { table: table.name, rows: table.key.length > 0 ? ordered : withIds(ordered) };
  }
}

type SeedTable = SeedRows extends Iterable<infer Entry> ? Entry : never;

/** Rows without an id get the numbers behind the highest: one that the database counts could be taken further on. */
function withIds(rows: readonly JsonRow[]): readonly JsonRow[] {
  const numbers = rows.flatMap((row) => (typeof row["id"] === "number" ? [row["id"]] : []));
  let next = numbers.reduce((highest, id) => Math.max(highest, id), 0);
  return rows.map((row) => {
    const id: Json | undefined = Object.hasOwn(row, "id") ? row["id"] : null;
    return id === null || id === undefined ? { ...row, id: ++next } : row;
  });
}

function parentsFirst(tables: readonly DraftTable[]): DraftTable[] {
  const ordered = new Set<DraftTable>();
  const place = (table: DraftTable): void => {
    if (ordered.has(table)) return;
    for (const column of columnsOf(table)) {
      const parent = tables.find((other) => other.name === column.reference?.table);
      if (parent !== undefined && parent !== table) place(parent);
    }
    ordered.add(table);
  };
  tables.forEach(place);
  return [...ordered];
}
