import type { AccountsTable, ColumnModel } from "../../schema/model.ts";
import type { SqlRead } from "../database.ts";
import type { SqlDialect } from "./dialect.ts";
import type { OwnTable } from "./own-table-statements.ts";

/**
 * SQL of what Servery keeps of accounts beside the declared rows: credentials, sessions, keys, and which accounts or
 * sessions are to be looked at anew. An account is called by its table and the text of its row's key.
 */

export const ACCOUNTS = "_servery_accounts";
export const SESSIONS = "_servery_sessions";
export const REVOCATIONS = "_servery_revocations";

/** Without the number of an earlier account: what still names one must never name another. */
export const accountTables = [
  {
    name: ACCOUNTS,
    create: (own) => [
      `CREATE TABLE ${ACCOUNTS} (id ${own.counted}, "table" ${own.text} NOT NULL, key ${own.text} NOT NULL, password ${own.text}, roles ${own.text} NOT NULL DEFAULT '[]', verified_at ${own.text}, disabled_at ${own.text}, totp ${own.text}, totp_pending ${own.text}, totp_step ${own.integer} NOT NULL DEFAULT 0, epoch ${own.integer} NOT NULL DEFAULT 0, created_at ${own.text} NOT NULL, UNIQUE ("table", key))${own.end}`,
    ],
  },
  {
    name: SESSIONS,
    create: (own) => [
      `CREATE TABLE ${SESSIONS} (id ${own.text} PRIMARY KEY NOT NULL, account ${own.integer} NOT NULL REFERENCES ${ACCOUNTS} (id) ON DELETE CASCADE, nonce ${own.text} NOT NULL, generation ${own.integer} NOT NULL, rotated_at ${own.text} NOT NULL, created_at ${own.text} NOT NULL, last_used_at ${own.text} NOT NULL, expires_at ${own.text} NOT NULL, user_agent ${own.text}, address ${own.text})${own.end}`,
      `CREATE INDEX "${SESSIONS}.account" ON ${SESSIONS} (account, last_used_at)`,
    ],
  },
  {
    name: REVOCATIONS,
    create: (own) => [
      `CREATE TABLE ${REVOCATIONS} (seq ${own.counted}, account ${own.integer} NOT NULL, session ${own.text}, at ${own.text} NOT NULL)${own.end}`,
      `CREATE INDEX "${REVOCATIONS}.at" ON ${REVOCATIONS} (at)`,
    ],
  },
] satisfies readonly OwnTable[];

const ACCOUNT = "id, password, roles, verified_at, disabled_at, totp, epoch";
export const OWN = `${ACCOUNTS} WHERE "table" = ? AND key = ?`;

/** The key of a row as a text: as tokens and accounts name it. */
function keyText(column: ColumnModel, dialect: SqlDialect): string {
  return dialect.keyText(column, dialect.quote(column.name));
}

function keyOf(table: Pick<AccountsTable, "key">): ColumnModel {
  return table.key[0] as ColumnModel;
}

/** The account that an identifier names. Bound: the identifier, the table. Answers `[key, address, …account]`. */
export function findByIdentifier(table: AccountsTable, dialect: SqlDialect): SqlRead {
  const same = dialect.isSame(table.accounts.identifier, table.accounts.identifier === keyOf(table) ? "key" : "index");
  const { address } = table.accounts;
  const mailed = address === undefined ? "NULL" : dialect.exposedValue(address);
  const rows = `SELECT ${keyText(keyOf(table), dialect)} AS named, ${mailed} AS mailed FROM ${dialect.quote(table.name)} WHERE ${same}`;
  return {
    sql: `SELECT named, mailed, ${ACCOUNT} FROM (${rows}) AS found LEFT JOIN ${ACCOUNTS} ON "table" = ? AND key = named`,
    scans: false,
  };
}

/** Bound: the table, the key's text. Answers an account. */
export const findByKey: SqlRead = { sql: `SELECT ${ACCOUNT} FROM ${OWN}`, scans: false };

/** Bound: the account's number. Answers `[table, key, …account]`. */
export const findByNumber: SqlRead = {
  sql: `SELECT "table", key, ${ACCOUNT} FROM ${ACCOUNTS} WHERE id = ?`,
  scans: false,
};

/** Whether the row of an account is there. Bound: the stored key. */
export function rowExists(table: AccountsTable, dialect: SqlDialect): SqlRead {
  return {
    sql: `SELECT 1 FROM ${dialect.quote(table.name)} WHERE ${dialect.isSame(keyOf(table), "key")}`,
    scans: false,
  };
}

/** What the row of an account signs in with. Bound: the stored key. */
export function identifierOfRow(table: AccountsTable, dialect: SqlDialect): SqlRead {
  const value = dialect.exposedValue(table.accounts.identifier);
  return {
    sql: `SELECT ${value} FROM ${dialect.quote(table.name)} WHERE ${dialect.isSame(keyOf(table), "key")}`,
    scans: false,
  };
}

/** Whether some row has these values in columns of which no two rows have the same. Bound: the values. */
export function clashExists(
  table: AccountsTable,
  { columns, isKey }: { readonly columns: readonly ColumnModel[]; readonly isKey: boolean },
  dialect: SqlDialect,
): SqlRead {
  const same = columns.map((column) => dialect.isSame(column, isKey ? "key" : "index")).join(" AND ");
  return { sql: `SELECT 1 FROM ${dialect.quote(table.name)} WHERE ${same}`, scans: false };
}

/** What a token has to be held to. Bound: the session, the table, the key's text. Answers `[id, roles, disabled_at, expires_at]`. */
export const sessionState: SqlRead = {
  sql: `SELECT a.id, a.roles, a.disabled_at, s.expires_at FROM ${SESSIONS} AS s JOIN ${ACCOUNTS} AS a ON a.id = s.account WHERE s.id = ? AND a."table" = ? AND a.key = ?`,
  scans: false,
};

/** What an earlier row of this key has left: its number must not be the new one's. Bound: the table, the key. */
export const dropAccount = `DELETE FROM ${ACCOUNTS} WHERE "table" = ? AND key = CAST(? AS TEXT)`;
/** Bound: the table, the key, the password's hash, the roles, when it was verified, now. */
export const insertAccount = `INSERT INTO ${ACCOUNTS} ("table", key, password, roles, verified_at, created_at) VALUES (?, CAST(? AS TEXT), ?, ?, ?, ?)`;

/** Bound: the table, the key, now. For a row that was made without a sign-up. */
export const ensureAccount = `INSERT INTO ${ACCOUNTS} ("table", key, created_at) VALUES (?, ?, ?) ON CONFLICT ("table", key) DO NOTHING`;

/** The same for the row that an identifier names, where there is one. Bound: the table, now, the identifier. */
export function ensureAccountOf(table: AccountsTable, dialect: SqlDialect): string {
  const { identifier } = table.accounts;
  const same = dialect.isSame(identifier, identifier === keyOf(table) ? "key" : "index");
  return `INSERT INTO ${ACCOUNTS} ("table", key, created_at) SELECT ?, ${keyText(keyOf(table), dialect)}, ? FROM ${dialect.quote(table.name)} WHERE ${same} ON CONFLICT ("table", key) DO NOTHING`;
}

/** Changes nothing, and costs what making an account costs. Bound: the table, the address (or the identifier). */
export function touchAccount(table: AccountsTable, dialect: SqlDialect): string {
  const identifier = table.accounts.address ?? table.accounts.identifier;
  const rows = `SELECT ${keyText(keyOf(table), dialect)} FROM ${dialect.quote(table.name)} WHERE ${dialect.isSame(identifier, identifier === keyOf(table) ? "key" : "index")}`;
  return `UPDATE ${ACCOUNTS} SET created_at = created_at WHERE "table" = ? AND key IN (${rows})`;
}

/** Bound: the hash, the table, the key, the epoch that it was decided in. */
export const changePassword = `UPDATE ${ACCOUNTS} SET password = ?, epoch = epoch + 1 WHERE "table" = ? AND key = ? AND epoch = ?`;
/** Bound: the hash, the table, the key. */
export const setPassword = `UPDATE ${ACCOUNTS} SET password = ?, epoch = epoch + 1 WHERE "table" = ? AND key = ?`;
/** The password of an account that has none. Bound: the hash, the table, the key. */
export const promoteAccount = `UPDATE ${ACCOUNTS} SET password = ?, epoch = epoch + 1 WHERE "table" = ? AND key = ? AND password IS NULL`;
/** For whoever has shown that the address is theirs: nothing that opened the account before opens it now. Bound: when, the table, the key. */
export const reclaimAccount = `UPDATE ${ACCOUNTS} SET password = NULL, totp = NULL, totp_pending = NULL, totp_step = 0, verified_at = ?, epoch = epoch + 1 WHERE "table" = ? AND key = ?`;
/** Changes nothing, and finds the account only where it is (1) or is not (0) verified yet. Bound: the table, the key, which. */
export const stillVerified = `UPDATE ${ACCOUNTS} SET verified_at = verified_at WHERE "table" = ? AND key = ? AND (verified_at IS NOT NULL) = ?`;
/** Bound: the roles, the table, the key. */
export const setRoles = `UPDATE ${ACCOUNTS} SET roles = ? WHERE "table" = ? AND key = ?`;
/** Bound: when, or null; the table, the key. */
export const setDisabled = `UPDATE ${ACCOUNTS} SET disabled_at = ?, epoch = epoch + 1 WHERE "table" = ? AND key = ?`;
/** Bound: the hash, the table, the key, the hash before. It is the same password, so that nothing ends. */
export const rehashPassword = `UPDATE ${ACCOUNTS} SET password = ? WHERE "table" = ? AND key = ? AND password = ?`;
/** Bound: when; the table, the key. */
export const setVerified = `UPDATE ${ACCOUNTS} SET verified_at = coalesce(verified_at, ?) WHERE "table" = ? AND key = ?`;

/** Bound: the session's id, its nonce, five times now (rotated, created, last used), the end, the user agent, the address, the account, its epoch. */
export const insertSession = `INSERT INTO ${SESSIONS} (id, account, nonce, generation, rotated_at, created_at, last_used_at, expires_at, user_agent, address) SELECT ?, id, ?, 0, ?, ?, ?, ?, ?, ? FROM ${ACCOUNTS} WHERE id = ? AND epoch = ? AND disabled_at IS NULL`;

/** OFFSET stands behind a LIMIT on some databases. */
export const NO_LIMIT = 9_007_199_254_740_991;

const EXCESS = `SELECT id FROM ${SESSIONS} WHERE account = ? ORDER BY last_used_at DESC, created_at DESC, id LIMIT ${NO_LIMIT} OFFSET ?`;
/** Bound: now, the account, how many may stay. */
export const revokeExcess = `INSERT INTO ${REVOCATIONS} (account, session, at) SELECT account, id, ? FROM ${SESSIONS} WHERE id IN (${EXCESS})`;
/** Bound: the account, how many may stay. */
export const dropExcess = `DELETE FROM ${SESSIONS} WHERE id IN (${EXCESS})`;
/** Bound: now. A few with each new session, so that the table stays bounded. */
export const dropExpired = `DELETE FROM ${SESSIONS} WHERE id IN (SELECT id FROM ${SESSIONS} WHERE expires_at < ? LIMIT 5)`;

/** Bound: the session. Answers `[account, nonce, generation, rotated_at, created_at, expires_at, table, key, roles, disabled_at]`. */
export const findSession: SqlRead = {
  sql: `SELECT s.account, s.nonce, s.generation, s.rotated_at, s.created_at, s.expires_at, a."table", a.key, a.roles, a.disabled_at FROM ${SESSIONS} AS s JOIN ${ACCOUNTS} AS a ON a.id = s.account WHERE s.id = ?`,
  scans: false,
};

/** Bound: now twice, the end, the session, the generation that it is in. */
export const rotateSession = `UPDATE ${SESSIONS} SET generation = generation + 1, rotated_at = ?, last_used_at = ?, expires_at = ? WHERE id = ? AND generation = ?`;

/** Bound: the table, the key's text. Answers sessions, the one used last first. */
export const listSessions: SqlRead = {
  sql: `SELECT s.id, s.created_at, s.last_used_at, s.expires_at, s.user_agent, s.address FROM ${SESSIONS} AS s JOIN ${ACCOUNTS} AS a ON a.id = s.account WHERE a."table" = ? AND a.key = ? AND s.expires_at > ? ORDER BY s.last_used_at DESC, s.id`,
  scans: false,
};

const OF_ACCOUNT = `account = (SELECT id FROM ${OWN})`;
/** Bound: now, the session, the table, the key. */
export const revokeSession = `INSERT INTO ${REVOCATIONS} (account, session, at) SELECT account, id, ? FROM ${SESSIONS} WHERE id = ? AND ${OF_ACCOUNT}`;
/** Bound: the session, the table, the key. */
export const dropSession = `DELETE FROM ${SESSIONS} WHERE id = ? AND ${OF_ACCOUNT}`;
/** Bound: the table, the key, the session that stays (or ""). */
export const dropSessions = `DELETE FROM ${SESSIONS} WHERE ${OF_ACCOUNT} AND id <> ?`;
/** Everything that is known of an account is to be looked at anew. Bound: now, the table, the key. */
export const revokeAccount = `INSERT INTO ${REVOCATIONS} (account, session, at) SELECT id, NULL, ? FROM ${OWN}`;

/** Bound: the last number that was seen. Answers `[seq, account, session]`. */
export const newRevocations: SqlRead = {
  sql: `SELECT seq, account, session FROM ${REVOCATIONS} WHERE seq > ? ORDER BY seq`,
  scans: false,
};
/** Answers the last number that was given. */
export const lastRevocation: SqlRead = { sql: `SELECT coalesce(max(seq), 0) FROM ${REVOCATIONS}`, scans: false };
/** Bound: those that are older are known everywhere. The last one stays: a start counts from there. */
export const dropRevocations = `DELETE FROM ${REVOCATIONS} WHERE at < ? AND seq < (SELECT max(seq) FROM ${REVOCATIONS})`;

/**
 * The accounts whose address is about to be another one: what was verified was the old one, and the new one may be
 * somebody else's; sign-ins that have begun and sessions were of whom the old one belongs to. Each binds the condition's
 * values and the new address; `revoke` now in front of them, `drop` the session that stays (or "") behind them.
 */
export function readdressAccounts(
  table: AccountsTable,
  condition: string,
  dialect: SqlDialect,
): { readonly revoke: string; readonly drop: string; readonly unverify: string } {
  const name = `'${table.name.replaceAll("'", "''")}'`;
  const address = dialect.quote((table.accounts.address ?? table.accounts.identifier).name);
  const rows = `SELECT ${keyText(keyOf(table), dialect)} FROM ${dialect.quote(table.name)} WHERE (${condition}) AND ${address} IS DISTINCT FROM ?`;
  const which = `"table" = ${name} AND key IN (${rows})`;
  return {
    revoke: `INSERT INTO ${REVOCATIONS} (account, session, at) SELECT id, NULL, at FROM (SELECT ? AS at) AS now CROSS JOIN ${ACCOUNTS} WHERE ${which}`,
    drop: `DELETE FROM ${SESSIONS} WHERE account IN (SELECT id FROM ${ACCOUNTS} WHERE ${which}) AND id <> ?`,
    unverify: `UPDATE ${ACCOUNTS} SET verified_at = NULL, epoch = epoch + 1 WHERE ${which}`,
  };
}

/** The accounts of rows that go, in front of their delete. `revoke` binds now before the values of the condition. */
export function forgetAccounts(
  table: AccountsTable,
  condition: string,
  dialect: SqlDialect,
): { readonly revoke: string; readonly forget: string } {
  const name = `'${table.name.replaceAll("'", "''")}'`;
  const rows = `SELECT ${keyText(keyOf(table), dialect)} FROM ${dialect.quote(table.name)} WHERE ${condition}`;
  const which = `${ACCOUNTS} WHERE "table" = ${name} AND key IN (${rows})`;
  return {
    revoke: `INSERT INTO ${REVOCATIONS} (account, session, at) SELECT id, NULL, at FROM (SELECT ? AS at) AS now CROSS JOIN ${which}`,
    forget: `DELETE FROM ${which}`,
  };
}

const KEYS = "_servery_keys";
/** The keys that tokens are signed with, sealed. */
export const keysTable: OwnTable = {
  name: KEYS,
  create: (own) => [
    `CREATE TABLE ${KEYS} (kid ${own.text} PRIMARY KEY NOT NULL, algorithm ${own.text} NOT NULL, sealed ${own.text} NOT NULL, created_at ${own.text} NOT NULL, retired_at ${own.text})${own.end}`,
  ],
};
export const loadKeys: SqlRead = {
  sql: `SELECT kid, algorithm, sealed, created_at, retired_at FROM ${KEYS}`,
  scans: false,
};
/** Bound: the id, the algorithm, what is sealed, when it was made, when it was retired. */
export const addKey = `INSERT INTO ${KEYS} (kid, algorithm, sealed, created_at, retired_at) VALUES (?, ?, ?, ?, ?)`;
/** Bound: when, the id. */
export const retireKey = `UPDATE ${KEYS} SET retired_at = coalesce(retired_at, ?) WHERE kid = ?`;
