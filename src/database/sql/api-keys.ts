import type { SqlRead } from "../database.ts";
import { ACCOUNTS, NO_LIMIT, OWN } from "./accounts.ts";
import type { OwnTable } from "./own-table-statements.ts";

/**
 * SQL of API keys. Of a key's text only the hash is kept. An account is called by its number, which no other account ever
 * has: a row that is made later under the same key inherits no API key.
 */

export const API_KEYS = "_servery_api_keys";

export const apiKeyTables = [
  {
    name: API_KEYS,
    create: (own) => [
      `CREATE TABLE ${API_KEYS} (
        id ${own.text} PRIMARY KEY NOT NULL,
        hash ${own.text} NOT NULL,
        account ${own.integer} NOT NULL REFERENCES ${ACCOUNTS} (id) ON DELETE CASCADE,
        label ${own.text} NOT NULL,
        scopes ${own.text} NOT NULL,
        created_at ${own.text} NOT NULL,
        expires_at ${own.text} NOT NULL,
        last_used_at ${own.text},
        revoked_at ${own.text}
      )${own.end}`,
      `CREATE INDEX "${API_KEYS}.account" ON ${API_KEYS} (account, created_at)`,
    ],
  },
] satisfies readonly OwnTable[];

/** Bound: the key's id. */
export const findApiKey: SqlRead = {
  sql: `SELECT id, hash, account, label, scopes, created_at, expires_at, last_used_at, revoked_at FROM ${API_KEYS} WHERE id = ?`,
  scans: false,
};

/** Bound: the account. The newest comes first. */
export const apiKeysOfAccount: SqlRead = {
  sql: `SELECT id, hash, account, label, scopes, created_at, expires_at, last_used_at, revoked_at FROM ${API_KEYS} WHERE account = ? ORDER BY created_at DESC, id`,
  scans: false,
};

/** Bound: the seven values of the row, then the account, the time, and how many keys it may have that are still good. */
export const addApiKey = `INSERT INTO ${API_KEYS} (id, hash, account, label, scopes, created_at, expires_at) SELECT ?, ?, ?, ?, ?, ?, ? WHERE (SELECT count(*) FROM ${API_KEYS} WHERE account = ? AND revoked_at IS NULL AND expires_at > ?) < ?`;

/** Bound: the account, the time, how many that are good no more are still listed. */
export const dropEndedApiKeys = `DELETE FROM ${API_KEYS} WHERE id IN (SELECT id FROM ${API_KEYS} WHERE account = ? AND (revoked_at IS NOT NULL OR expires_at <= ?) ORDER BY coalesce(revoked_at, expires_at) DESC, id LIMIT ${NO_LIMIT} OFFSET ?)`;

/** Bound: the account's table and key. */
export const dropApiKeysOf = `DELETE FROM ${API_KEYS} WHERE account = (SELECT id FROM ${OWN})`;

/** Bound: the time, the key's id, the account. */
export const revokeApiKey = `UPDATE ${API_KEYS} SET revoked_at = ? WHERE id = ? AND account = ? AND revoked_at IS NULL`;

/** Bound: the time, the key's id, the time since which it must not have been noted. */
export const useApiKey = `UPDATE ${API_KEYS} SET last_used_at = ? WHERE id = ? AND (last_used_at IS NULL OR last_used_at <= ?)`;
