import { ADMINISTRATOR } from "../../schema/administrator.ts";
import type { SqlRead } from "../database.ts";
import { ACCOUNTS } from "./accounts.ts";
import type { SqlDialect } from "./dialect.ts";

function somebody(dialect: SqlDialect): string {
  return `SELECT 1 FROM ${ACCOUNTS} WHERE ${dialect.json.holds("roles", `'${ADMINISTRATOR}'`)}`;
}

/** Whether some account is an administrator's. */
export function administratorExists(dialect: SqlDialect): SqlRead {
  return { sql: `${somebody(dialect)} LIMIT 1`, scans: true };
}

/** An account as `insertAccount` makes it, and none where there is an administrator: of several at once the first is made. */
export function insertFirstAccount(dialect: SqlDialect): string {
  return `INSERT INTO ${ACCOUNTS} ("table", key, password, roles, verified_at, created_at) SELECT ?, CAST(? AS TEXT), ?, ?, ?, ? WHERE NOT EXISTS (${somebody(dialect)})`;
}
