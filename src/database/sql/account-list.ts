import type { SqlRead } from "../database.ts";
import { ACCOUNTS, SESSIONS } from "./accounts.ts";
import type { SqlDialect } from "./dialect.ts";

/** Which accounts of a table are listed. */
export interface ListedAccounts {
  /** How many keys are named; 0 for every account. */
  readonly keys: number;
  readonly role: boolean;
  readonly disabled: boolean | undefined;
}

/**
 * The accounts of a table, the newest first, each with its live sessions. Bound: now, the table, the keys, the role, how
 * many, how many are passed over. Answers `[key, roles, verified_at, disabled_at, has a second factor, created_at,
 * sessions, last_used_at]`.
 */
export function listAccounts({ keys, role, disabled }: ListedAccounts, dialect: SqlDialect): SqlRead {
  const wanted = [
    '"table" = ?',
    ...(keys === 0 ? [] : [`key IN (${Array.from({ length: keys }, () => "?").join(", ")})`]),
    ...(role ? [dialect.json.holds("roles", "?")] : []),
    ...(disabled === undefined ? [] : [`disabled_at IS ${disabled ? "NOT " : ""}NULL`]),
  ];
  const live = `FROM ${SESSIONS} WHERE account = a.id AND expires_at > n.at`;
  return {
    sql: `SELECT a.key, a.roles, a.verified_at, a.disabled_at, a.totp IS NOT NULL, a.created_at, (SELECT count(*) ${live}), (SELECT max(last_used_at) ${live}) FROM (SELECT ? AS at) AS n CROSS JOIN ${ACCOUNTS} AS a WHERE ${wanted.join(" AND ")} ORDER BY a.id DESC LIMIT ? OFFSET ?`,
    // Named rows are found by their index; the rest walks through the table.
    scans: keys === 0,
  };
}
