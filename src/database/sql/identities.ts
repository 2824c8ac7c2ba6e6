import type { OwnTable } from "./own-table-statements.ts";
import type { SqlRead } from "../database.ts";
import { ACCOUNTS } from "./accounts.ts";

/** SQL of the ways in that providers open: which identity belongs to which account, and which sign-ins have ended. */

export const IDENTITIES = "_servery_identities";
export const USED_STATES = "_servery_used_states";

export const createIdentities: OwnTable["create"] = (own) => [
  `CREATE TABLE ${IDENTITIES} (provider ${own.text} NOT NULL, subject ${own.text} NOT NULL, account_table ${own.text} NOT NULL, account_key ${own.text} NOT NULL, created_at ${own.text} NOT NULL, PRIMARY KEY (provider, subject, account_table), FOREIGN KEY (account_table, account_key) REFERENCES ${ACCOUNTS} ("table", key) ON DELETE CASCADE)${own.end}`,
  `CREATE INDEX "${IDENTITIES}.account" ON ${IDENTITIES} (account_table, account_key)`,
];

export const createUsedStates: OwnTable["create"] = (own) => [
  `CREATE TABLE ${USED_STATES} (state ${own.text} PRIMARY KEY NOT NULL, expires_at ${own.text} NOT NULL)${own.end}`,
  `CREATE INDEX "${USED_STATES}.expires_at" ON ${USED_STATES} (expires_at)`,
];

/** Bound: provider, subject, the account's table. Answers `[account_key]`. */
export const findIdentity: SqlRead = {
  sql: `SELECT account_key FROM ${IDENTITIES} WHERE provider = ? AND subject = ? AND account_table = ?`,
  scans: false,
};

/** Bound: table and key of the account. Answers `[provider, created_at]`. */
export const findIdentitiesOf: SqlRead = {
  sql: `SELECT provider, created_at FROM ${IDENTITIES} WHERE account_table = ? AND account_key = ? ORDER BY created_at, provider`,
  scans: false,
};

/** Bound: provider, subject, table and key of the account, the time. Changes nothing where the identity is linked. */
export const insertIdentity = `INSERT INTO ${IDENTITIES} (provider, subject, account_table, account_key, created_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`;

/** Bound: provider, subject, table and key of the account. */
export const deleteIdentity = `DELETE FROM ${IDENTITIES} WHERE provider = ? AND subject = ? AND account_table = ? AND account_key = ?`;

/** Bound: table and key of the account. */
export const deleteIdentitiesOf = `DELETE FROM ${IDENTITIES} WHERE account_table = ? AND account_key = ?`;

/** Bound: the state, when it expires. Changes nothing where it was used: of two that come at once, one is the first. */
export const insertUsedState = `INSERT INTO ${USED_STATES} (state, expires_at) VALUES (?, ?) ON CONFLICT DO NOTHING`;

/** Bound: the time. More than one goes with each that comes, so that the table stays bounded. */
export const dropExpiredStates = `DELETE FROM ${USED_STATES} WHERE state IN (SELECT state FROM ${USED_STATES} WHERE expires_at < ? ORDER BY expires_at LIMIT 5)`;
