import { ADMINISTRATOR } from "../../schema/administrator.ts";
import type { SqlRead } from "../database.ts";
import { ACCOUNTS } from "./accounts.ts";

/** What is no list of roles gives no rights, and must not end the statement either. */
const SOMEBODY = `SELECT 1 FROM ${ACCOUNTS}, json_each(CASE WHEN json_valid(roles) THEN roles ELSE '[]' END) AS held WHERE held.value = '${ADMINISTRATOR}'`;

/** Whether some account is an administrator's. */
export const administratorExists: SqlRead = { sql: `${SOMEBODY} LIMIT 1`, scans: true };

/** An account as `insertAccount` makes it, and none where there is an administrator: of several at once the first is made. */
export const insertFirstAccount = `INSERT OR REPLACE INTO ${ACCOUNTS} ("table", key, password, roles, verified_at, created_at) SELECT ?, CAST(? AS TEXT), ?, ?, ?, ? WHERE NOT EXISTS (${SOMEBODY})`;
