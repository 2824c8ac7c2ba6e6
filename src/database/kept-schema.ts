import { DeclarationError } from "../errors/declaration-error.ts";
import { isSameSchema, readStoredSchema, type StoredSchema } from "../schema/stored-schema.ts";
import type { Rows, WriteStep } from "./database.ts";
import { MAINTENANCE_KEY, type Maintenance, maintenanceOf, OWN_TABLE } from "./own-table.ts";

/** What a database says of itself when an engine opens it. */
export interface PreparedSchema {
  /** Whether this start made the tables. */
  readonly created: boolean;
  readonly seeded: boolean;
  /** Goes into the write that brings the first rows, so that they come whole or not at all. */
  readonly seededStep: WriteStep;
  readonly secret: string;
  /** What an earlier command has left switched on. */
  readonly maintenance: Maintenance | undefined;
}

/** Everything that a database keeps under names. */
export const readOwnValues = `SELECT key, value FROM ${OWN_TABLE}`;

/** What those values say. Throws `DeclarationError` where the tables are of another declaration. */
export function preparedSchema(
  rows: Rows,
  { created, wanted }: { readonly created: boolean; readonly wanted: StoredSchema },
): PreparedSchema {
  const own = new Map(rows.map(([key, value]) => [String(key), String(value)]));
  const stored = keptSchema(own.get("schema"));
  if (stored === undefined || !isSameSchema(stored, wanted)) {
    throw new DeclarationError(
      "database",
      "its tables were made from another declaration",
      "See what differs with servery migrate plan, and bring it there with servery migrate up",
    );
  }
  const maintenance = own.get(MAINTENANCE_KEY);
  return {
    created,
    seeded: own.get("seeded") === "true",
    seededStep: {
      sql: `UPDATE ${OWN_TABLE} SET value = 'true' WHERE key = 'seeded'`,
      params: [],
      returns: false,
      changes: true,
    },
    secret: own.get("secret") ?? "",
    maintenance: maintenance === undefined ? undefined : maintenanceOf(maintenance),
  };
}

export function foreignTables(names: readonly string[]): DeclarationError {
  return new DeclarationError(
    "database",
    `it holds tables that Servery did not make (${names.slice(0, 3).join(", ")})`,
    "Name an empty or a new database",
  );
}

/** The schema that the tables have; undefined where somebody else wrote there. */
export function keptSchema(value: unknown): StoredSchema | undefined {
  try {
    const read: unknown = typeof value === "string" ? readStoredSchema(value) : undefined;
    const isSchema = typeof read === "object" && read !== null && "tables" in read && "views" in read;
    return isSchema ? (read as StoredSchema) : undefined;
  } catch {
    return undefined;
  }
}
