import type { SqlRead } from "../database.ts";
import { ACCOUNTS, OWN } from "./accounts.ts";

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
    create: [
      `CREATE TABLE ${PASSKEYS} (
        credential_id TEXT PRIMARY KEY NOT NULL,
        account INTEGER NOT NULL REFERENCES ${ACCOUNTS} (id) ON DELETE CASCADE,
        handle TEXT NOT NULL,
        public_key TEXT NOT NULL,
        counter INTEGER NOT NULL,
        transports TEXT NOT NULL,
        label TEXT NOT NULL,
        created_at TEXT NOT NULL,
        last_used_at TEXT
      ) STRICT`,
      `CREATE INDEX "${PASSKEYS}.account" ON ${PASSKEYS} (account)`,
    ],
  },
  {
    name: CHALLENGES,
    create: [
      `CREATE TABLE ${CHALLENGES} (
        challenge TEXT PRIMARY KEY NOT NULL,
        purpose TEXT NOT NULL,
        account INTEGER REFERENCES ${ACCOUNTS} (id) ON DELETE CASCADE,
        handle TEXT,
        expires_at TEXT NOT NULL
      ) STRICT`,
      `CREATE INDEX "${CHALLENGES}.expires_at" ON ${CHALLENGES} (expires_at)`,
    ],
  },
] as const;

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
export const takeChallenge = `DELETE FROM ${CHALLENGES} WHERE challenge = ? AND purpose = ? AND account IS ? AND expires_at > ? RETURNING handle`;

/** Bound: the account's table and key. */
export const dropPasskeysOf = `DELETE FROM ${PASSKEYS} WHERE account = (SELECT id FROM ${OWN})`;
/** Bound: the account's table and key. */
export const dropChallengesOf = `DELETE FROM ${CHALLENGES} WHERE account = (SELECT id FROM ${OWN})`;
