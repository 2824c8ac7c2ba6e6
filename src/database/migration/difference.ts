import {
  isSameSchema,
  type Renames,
  type StoredColumn,
  type StoredSchema,
  type StoredTable,
} from "../../schema/stored-schema.ts";
import { isConvertible } from "./convertible.ts";
import type { ColumnSource, Loss, SchemaChange, SchemaDifference } from "./schema-change.ts";

/**
 * What leads from one schema to another. A name that is in both is the same thing; one that is new takes the values of
 * the name that `renames` gives for it, as long as that one is in the old schema and no longer in the new one: so a
 * `was` that stays in the declaration does nothing the second time.
 */
export function schemaDifference(from: StoredSchema, to: StoredSchema, renames: Renames): SchemaDifference {
  if (isSameSchema(from, to)) return { changes: [], losses: [] };
  const origins = originsOf(from.tables, to.tables, renames.tables);
  const kept = new Set(origins.values());
  const dropped = parentsFirst(from.tables)
    .filter((table) => !kept.has(table))
    .toReversed();
  const tableChanges = parentsFirst(to.tables).flatMap((table): SchemaChange[] => {
    const origin = origins.get(table);
    if (origin === undefined) return [{ is: "create table", table }];
    if (isSameTable(origin, table)) return [];
    return [{ is: "change table", from: origin, to: table, columns: sources(origin, table, renames) }];
  });
  // A view may read any table, and what it reads cannot be taken from its text.
  const rereads = dropped.length > 0 || tableChanges.some((change) => change.is === "change table");
  const stays = (name: string, query: string, others: StoredSchema["views"]): boolean =>
    !rereads && others.some((other) => other.name === name && other.query === query);
  return {
    changes: [
      ...from.views
        .filter(({ name, query }) => !stays(name, query, to.views))
        .map((view) => ({ is: "drop view", view }) as const),
      ...dropped.map((table) => ({ is: "drop table", table }) as const),
      ...tableChanges,
      ...to.views
        .filter(({ name, query }) => !stays(name, query, from.views))
        .map((view) => ({ is: "create view", view }) as const),
    ],
    losses: [
      ...dropped.map(({ name }) => ({ name, what: `The table ${name} and all its rows.` })),
      ...tableChanges.flatMap(lostColumns),
    ],
  };
}

/** The columns of a changed table whose values are not carried over. */
export function droppedColumns({ from, columns }: Extract<SchemaChange, { is: "change table" }>): StoredColumn[] {
  const carried = new Set(columns.map((source) => source.from));
  return from.columns.filter((column) => !carried.has(column));
}

function lostColumns(change: SchemaChange): Loss[] {
  if (change.is !== "change table") return [];
  const { from } = change;
  return droppedColumns(change).map(({ name }) => ({
    name: `${from.name}.${name}`,
    what: `The values of the column ${name} of ${from.name}.`,
  }));
}

function sources(from: StoredTable, to: StoredTable, renames: Renames): ColumnSource[] {
  const origins = originsOf(from.columns, to.columns, renames.columns.get(to.name) ?? new Map());
  return to.columns.map((column) => {
    const origin = origins.get(column);
    const carries = origin !== undefined && isConvertible(origin.storage, column.storage);
    return { column, from: carries ? origin : undefined };
  });
}

function isSameTable(from: StoredTable, to: StoredTable): boolean {
  return isSameSchema({ tables: [from], views: [] }, { tables: [to], views: [] });
}

/**
 * What each of the new ones was before. SQLite compares names without ASCII case: a name that differs in case alone is
 * the same thing, for it could not stand beside the old one.
 */
function originsOf<Named extends { readonly name: string }>(
  from: readonly Named[],
  to: readonly Named[],
  renames: ReadonlyMap<string, string>,
): Map<Named, Named> {
  const before = new Map(from.map((named) => [folded(named.name), named]));
  const after = new Set(to.map((named) => folded(named.name)));
  const origins = new Map<Named, Named>();
  const taken = new Set<Named>();
  for (const named of to) {
    const former = folded(renames.get(named.name) ?? "");
    const origin = before.get(folded(named.name)) ?? (after.has(former) ? undefined : before.get(former));
    // Two new names may say that they were the same one.
    if (origin === undefined || taken.has(origin)) continue;
    taken.add(origin);
    origins.set(named, origin);
  }
  return origins;
}

function folded(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** What others refer to comes before them; where they refer to one another in a ring, the order stays as it was. */
function parentsFirst(tables: readonly StoredTable[]): StoredTable[] {
  const byName = new Map(tables.map((table) => [table.name, table]));
  const placed = new Set<StoredTable>();
  const place = (table: StoredTable, path: ReadonlySet<StoredTable>): void => {
    if (placed.has(table) || path.has(table)) return;
    for (const { references } of table.columns) {
      const parent = references === undefined ? undefined : byName.get(references.table);
      if (parent !== undefined) place(parent, new Set([...path, table]));
    }
    placed.add(table);
  };
  for (const table of tables) place(table, new Set());
  return [...placed];
}
