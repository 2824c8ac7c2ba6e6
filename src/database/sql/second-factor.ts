import type { SqlRead } from "../database.ts";
import { ACCOUNTS, OWN } from "./accounts.ts";
import type { OwnTable } from "./own-table-statements.ts";

/** SQL of second factors: the sealed secret and the last step lie in the account, recovery codes beside it. */

const CODES = "_servery_recovery_codes";

/** Recovery codes that were not used yet, as hashes. */
export const recoveryCodesTable: OwnTable = {
  name: CODES,
  create: (own) => [
    `CREATE TABLE ${CODES} (account ${own.integer} NOT NULL REFERENCES ${ACCOUNTS} (id) ON DELETE CASCADE, hash ${own.text} NOT NULL, PRIMARY KEY (account, hash))${own.end}`,
  ],
};

/** Bound: the table, the key. Answers `[what is sealed and not confirmed yet]`. */
export const findPending: SqlRead = { sql: `SELECT totp_pending FROM ${OWN}`, scans: false };
/** Bound: what is sealed, the table, the key. Not in the place of one that is on. */
export const setPending = `UPDATE ${ACCOUNTS} SET totp_pending = ? WHERE "table" = ? AND key = ? AND totp IS NULL`;
/** Bound: the step of the code that confirmed it, the table, the key, what was confirmed. */
export const switchOn = `UPDATE ${ACCOUNTS} SET totp = totp_pending, totp_pending = NULL, totp_step = ?, epoch = epoch + 1 WHERE "table" = ? AND key = ? AND totp_pending = ?`;
/** Bound: the table, the key, what is sealed. */
export const switchOff = `UPDATE ${ACCOUNTS} SET totp = NULL, totp_pending = NULL, epoch = epoch + 1 WHERE "table" = ? AND key = ? AND totp = ?`;
/** Bound: the step, the table, the key, what is sealed, the step again: only a later one than the last is taken. */
export const takeStep = `UPDATE ${ACCOUNTS} SET totp_step = ? WHERE "table" = ? AND key = ? AND totp = ? AND totp_step < ?`;

const OF_ACCOUNT = `account = (SELECT id FROM ${OWN})`;
/** Bound: the hash, the table, the key. */
export const addCode = `INSERT INTO ${CODES} (account, hash) SELECT id, ? FROM ${OWN}`;
/** Bound: the hash, the table, the key. */
export const findCode: SqlRead = { sql: `SELECT 1 FROM ${CODES} WHERE hash = ? AND ${OF_ACCOUNT}`, scans: false };
/** Bound: the hash, the table, the key. */
export const takeCode = `DELETE FROM ${CODES} WHERE hash = ? AND ${OF_ACCOUNT}`;
/** Bound: the table, the key. */
export const dropCodes = `DELETE FROM ${CODES} WHERE ${OF_ACCOUNT}`;
