import type { DataRow, World } from "../api/world.ts";
import { type CallerName, callers } from "./callers.ts";
import { verdictsOf } from "./interpreter.ts";
import { shapes, shapeOf } from "./shape.ts";
import type { Action, Data, Row, Verdicts } from "./verdicts.ts";

/**
 * The world as one caller sees it: open tables, readable columns, visible rows with null where a column is not this
 * caller's. A query over this world, without any rule, must answer what the engine answers over the real one.
 */
export interface Seen {
  readonly caller: CallerName;
  readonly data: Data;
  readonly verdicts: Verdicts;
  readonly tables: World;
  /** Rows of a closed table are none. */
  rows(table: string): readonly DataRow[];
  columns(table: string): string[];
}

export function seenBy(caller: CallerName, data: Data): Seen {
  const verdicts = verdictsOf(data, callers[caller]);
  const open = Object.keys(shapes).filter((table) => verdicts.constant(table, "read") !== false);
  const tables = Object.fromEntries(
    open.map((table) => {
      const { columns, relations } = shapeOf(table);
      const readable = Object.entries(columns).filter(([name]) => verdicts.column(table, name, "read"));
      return [
        table,
        {
          columns: Object.fromEntries(readable.map(([name, { is }]) => [name, is])),
          relations: Object.fromEntries(Object.entries(relations).filter((entry) => open.includes(entry[1].table))),
          rows: (data[table] ?? [])
            .filter((row) => verdicts.may(table, "read", row))
            .map((row) => masked(verdicts, table, row)),
        },
      ];
    }),
  );
  return {
    caller,
    data,
    verdicts,
    tables,
    rows: (table) => tables[table]?.rows ?? [],
    columns: (table) => Object.keys(tables[table]?.columns ?? {}),
  };
}

/** A row as the caller may see it. */
export function masked(verdicts: Verdicts, table: string, row: Row): DataRow {
  const names = Object.keys(shapeOf(table).columns).filter((name) => verdicts.column(table, name, "read"));
  return Object.fromEntries(
    names.map((name) => [name, verdicts.cell(table, name, { row, use: "read" }) ? (row[name] ?? null) : null]),
  );
}

/** The status for a caller whom a rule leaves nothing at all; undefined where it leaves something. */
export function closedStatus({ caller, verdicts }: Seen, table: string, action: Action): 401 | 403 | undefined {
  if (verdicts.constant(table, action) !== false) return undefined;
  return caller === "anonymous" && !verdicts.nobody(table, action) ? 401 : 403;
}
