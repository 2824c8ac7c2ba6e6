import type { Json } from "../../schema/stored.ts";
import { type DraftColumn, type DraftTable, isLeftOut } from "../declare/draft.ts";
import type { Collection, JsonRow } from "./read-collections.ts";

/** Declares `userId` as a reference where there is a table of users that holds every value; else says why not. */
export function declareJsonReferences(tables: readonly DraftTable[], collections: readonly Collection[]): DraftTable[] {
  const rows = new Map(collections.map((collection) => [collection.name, collection.rows]));
  /** Which table must be filled before which. */
  const needs: [child: string, parent: string][] = [];
  return tables.map((table) => {
    const columns = table.columns.map((entry) => {
      if (isLeftOut(entry) || entry.name === "id") return entry;
      const parent = parentOf(entry.name, tables);
      return parent === undefined ? entry : withReference(entry, { child: table, parent, rows, needs });
    });
    return { ...table, columns };
  });
}

interface Pair {
  readonly child: DraftTable;
  readonly parent: DraftTable;
  readonly rows: ReadonlyMap<string, readonly JsonRow[]>;
  readonly needs: [child: string, parent: string][];
}

function withReference(column: DraftColumn, { child, parent, rows, needs }: Pair): DraftColumn {
  const ids = new Set((rows.get(parent.name) ?? []).map((row) => row["id"]));
  const values = (rows.get(child.name) ?? []).map((row) => (Object.hasOwn(row, column.name) ? row[column.name] : null));
  const missing = values.find((value) => value !== null && !ids.has(value as Json));
  const plainly = (reason: string): DraftColumn => ({
    ...column,
    notes: [...column.notes, `no reference to ${parent.name}: ${reason}`],
  });
  if (missing !== undefined) return plainly(`it has no row ${JSON.stringify(missing).slice(0, 60)}`);
  if (values.every((value) => value === null)) return plainly("no row has a value");
  if (parent.name !== child.name && leadsTo(parent.name, child.name, needs))
    return plainly(`rows of ${parent.name} refer to ${child.name}, so neither could come first`);
  if (parent.name === child.name && inOrder(rows.get(child.name) ?? [], column.name) === undefined)
    return plainly("rows refer to each other in a ring");
  if (parent.name === child.name && needs.some(([from, to]) => from === child.name && to === child.name))
    return plainly("another column refers to the same table already");
  needs.push([child.name, parent.name]);
  return { ...column, reference: { table: parent.name }, notes: [] };
}

/** The table of users for `userId`, `user_id`; undefined where the name is no such one. */
function parentOf(column: string, tables: readonly DraftTable[]): DraftTable | undefined {
  const base = /^(.+?)(?:_id|Id)$/.exec(column)?.[1]?.toLowerCase();
  if (base === undefined) return undefined;
  const names = [base, `${base}s`, `${base}es`, base.replace(/y$/, "ies"), base.replace(/f(?:e)?$/, "ves")];
  if (base === "person") names.push("people");
  return tables.find((table) => names.includes(table.name.toLowerCase()));
}

function leadsTo(from: string, to: string, needs: readonly [string, string][]): boolean {
  return (
    from === to || needs.some(([child, parent]) => child === from && parent !== from && leadsTo(parent, to, needs))
  );
}

/** The rows with every row behind the one that it refers to; undefined where they refer to each other in a ring. */
export function inOrder(rows: readonly JsonRow[], column: string): readonly JsonRow[] | undefined {
  const byId = new Map(rows.map((row) => [row["id"], row]));
  const placed = new Set<JsonRow>();
  for (const row of rows) {
    const path = new Set<JsonRow>();
    for (let at: JsonRow | undefined = row; at !== undefined && !placed.has(at); ) {
      if (path.has(at)) return undefined;
      path.add(at);
      const parent: Json | undefined = at[column];
      at = parent === undefined || parent === null ? undefined : byId.get(parent);
    }
    for (const next of [...path].toReversed()) placed.add(next);
  }
  return [...placed];
}
