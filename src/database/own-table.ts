import type { Rows, SqlRead } from "./database.ts";

/** What Servery keeps for itself beside the declared tables, as keys and values. */
export const OWN_TABLE = "_servery";

/** Its row is there while the application is in maintenance. */
export const MAINTENANCE_KEY = "maintenance";

/** Seconds after which a caller may try again, when the switch does not say. */
export const RETRY_AFTER_SECONDS = 120;

/** Requests are turned away until somebody ends it. */
export interface Maintenance {
  readonly retryAfterSeconds: number;
  /** What callers are told; without it a sentence of the server's own. */
  readonly message?: string | undefined;
  /** When it was switched on. */
  readonly since?: string | undefined;
}

/** Whether there is maintenance, as a running engine asks again and again. */
export const maintenanceRead: SqlRead = {
  sql: `SELECT value FROM ${OWN_TABLE} WHERE key = '${MAINTENANCE_KEY}'`,
  scans: false,
};

export function maintenanceIn(rows: Rows): Maintenance | undefined {
  const [value] = rows[0] ?? [];
  return value === undefined ? undefined : maintenanceOf(String(value));
}

/** The stored value. The row alone decides that it is on: a value that cannot be read must not open the door. */
export function maintenanceOf(value: string): Maintenance {
  const { retryAfterSeconds, message, since } = membersOf(value);
  return {
    retryAfterSeconds: Number.isSafeInteger(retryAfterSeconds) ? (retryAfterSeconds as number) : RETRY_AFTER_SECONDS,
    message: typeof message === "string" ? message : undefined,
    since: typeof since === "string" ? since : undefined,
  };
}

function membersOf(value: string): { readonly [name: string]: unknown } {
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === "object" && parsed !== null ? { ...parsed } : {};
  } catch {
    return {};
  }
}
