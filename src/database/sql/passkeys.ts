import type { SqlRead } from "../database.ts";
import { ACCOUNTS, OWN } from "./accounts.ts";
import type { OwnTable } from "./own-table-statements.ts";

/**
 * SQL of passkeys (WebAuthn credentials) and of the challenges that authenticators sign. An account is called by its
 * number, which no other account ever has: a row that is made later under the same key inherits no passkey.
 */

const PASSKEYS = "_servery_passkeys";
const CHALLENGES = "_servery_challenges";

/** Keys and handles are base64url texts, times are UTC as ISO 8601: both compare the same way everywhere. */
export const passkeyTables = [
  {
    name: PASSKEYS,
    create: (own) => [
      `CREATE TABLE ${PASSKEYS} (
        credential_id ${own.text} PRIMARY KEY NOT NULL,
        account ${own.integer} NOT NULL REFERENCES ${ACCOUNTS} (id) ON DELETE CASCADE,
        handle ${own.text} NOT NULL,
        public_key ${own.text} NOT NULL,
        counter ${own.integer} NOT NULL,
        transports ${own.text} NOT NULL,
        label ${own.text} NOT NULL,
        created_at ${own.text} NOT NULL,
        last_used_at ${own.text}
      )${own.end}`,
      `CREATE INDEX "${PASSKEYS}.account" ON ${PASSKEYS} (account)`,
    ],
  },
  {
    name: CHALLENGES,
    create: (own) => [
      `CREATE TABLE ${CHALLENGES} (
        challenge ${own.text} PRIMARY KEY NOT NULL,
        purpose ${own.text} NOT NULL,
        account ${own.integer} REFERENCES ${ACCOUNTS} (id) ON DELETE CASCADE,
        handle ${own.text},
        expires_at ${own.text} NOT NULL
      )${own.end}`,
      `CREATE INDEX "${CHALLENGES}.expires_at" ON ${CHALLENGES} (expires_at)`,
    ],
  },
] satisfies readonly OwnTable[];

/** Bound: the credential's id. */
export const findPasskey: SqlRead = {
  sql: `SELECT credential_id, account, handle, public_key, counter, transports, label, created_at, last_used_at FROM ${PASSKEYS} WHERE credential_id = ?`,
  scans: false,
};

/** Bound: the account. The oldest comes first. */
export const passkeysOfAccount: SqlRead = {
  sql: `SELECT credential_id, account, handle, public_key, counter, transports, label, created_at, last_used_at FROM ${PASSKEYS} WHERE account = ? ORDER BY created_at, credential_id`,
  scans: false,
};

/** Bound: the nine values of the row, then the account, and how many passkeys it may have. */
export const addPasskey = `INSERT INTO ${PASSKEYS} (credential_id, account, handle, public_key, counter, transports, label, created_at, last_used_at) SELECT ?, ?, ?, ?, ?, ?, ?, ?, ? WHERE (SELECT count(*) FROM ${PASSKEYS} WHERE account = ?) < ?`;

/**
 * Bound: the new counter, the time, the credential's id, the new counter twice. One statement decides and writes, so that
 * of two uses with one counter only one passes. An authenticator that counts nothing answers 0 for ever.
 */
export const usePasskey = `UPDATE ${PASSKEYS} SET counter = ?, last_used_at = ? WHERE credential_id = ? AND (counter < ? OR (counter = 0 AND ? = 0))`;

/** Bound: the credential's id, the account. */
export const removePasskey = `DELETE FROM ${PASSKEYS} WHERE credential_id = ? AND account = ?`;

/** Bound: the challenge, the purpose, the account or null, the handle or null, when it expires. */
export const keepChallenge = `INSERT INTO ${CHALLENGES} (challenge, purpose, account, handle, expires_at) VALUES (?, ?, ?, ?, ?)`;

/** Bound: the purpose, the account. */
export const dropChallengesOfAccount = `DELETE FROM ${CHALLENGES} WHERE purpose = ? AND account = ?`;

/** Bound: the time. More than one goes with each that comes, so that the table stays bounded. */
export const dropExpiredChallenges = `DELETE FROM ${CHALLENGES} WHERE challenge IN (SELECT challenge FROM ${CHALLENGES} WHERE expires_at <= ? ORDER BY expires_at LIMIT 5)`;

/** Bound: the challenge, the purpose, the account or null, the time. Answers the handle. */
export const takeChallenge = `DELETE FROM ${CHALLENGES} WHERE challenge = ? AND purpose = ? AND account IS NOT DISTINCT FROM ? AND expires_at > ? RETURNING handle`;

/** Bound: the account's table and key. */
export const dropPasskeysOf = `DELETE FROM ${PASSKEYS} WHERE account = (SELECT id FROM ${OWN})`;
/** Bound: the account's table and key. */
export const dropChallengesOf = `DELETE FROM ${CHALLENGES} WHERE account = (SELECT id FROM ${OWN})`;
