import { ACCOUNTS, REVOCATIONS } from "./accounts.ts";
import { API_KEYS } from "./api-keys.ts";
import { IDENTITIES } from "./identities.ts";

/** SQL of what Servery keeps under the names of declared tables, for when these names change. */

/** Answers `[table, column]` of what refers to accounts by their numbers. */
export const referringToAccounts = `SELECT m.name, f."from" FROM sqlite_schema AS m JOIN pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND f."table" = '${ACCOUNTS}' AND f."to" = 'id'`;

/** Bound: the new name, the old one. */
export const renameAccounts = `UPDATE ${ACCOUNTS} SET "table" = ? WHERE "table" = ?`;

/** Bound: the new name, the old one. */
export const renameIdentities = `UPDATE ${IDENTITIES} SET account_table = ? WHERE account_table = ?`;

const OPENS = `value IN (? || ':read', ? || ':write')`;
/** Bound: the old name twice, the new one, the old one three times. */
export const renameScopes = `UPDATE ${API_KEYS} SET scopes = (SELECT json_group_array(CASE WHEN ${OPENS} THEN ? || substr(value, length(?) + 1) ELSE value END) FROM json_each(scopes)) WHERE EXISTS (SELECT 1 FROM json_each(scopes) WHERE ${OPENS})`;

const OF_TABLE = `SELECT id FROM ${ACCOUNTS} WHERE "table" = ?`;
/** Bound: now, the table. Other processes may know tokens of accounts that go. */
export const revokeAccountsOf = `INSERT INTO ${REVOCATIONS} (account, session, at) SELECT id, NULL, ? FROM ${ACCOUNTS} WHERE "table" = ?`;

/** Foreign keys are off while tables change, so nothing goes along by itself. Bound: the table. */
export function dropReferring(table: string, column: string): string {
  return `DELETE FROM ${table} WHERE "${column}" IN (${OF_TABLE})`;
}

/** Bound: the table. */
export const dropIdentitiesOf = `DELETE FROM ${IDENTITIES} WHERE account_table = ?`;
/** Bound: the table. */
export const dropAccountsOf = `DELETE FROM ${ACCOUNTS} WHERE "table" = ?`;
