import type { AccountsTable, ColumnModel } from "../../schema/model.ts";
import type { SqlRead } from "../database.ts";
import { ACCOUNTS, OWN } from "./accounts.ts";
import type { SqlDialect } from "./dialect.ts";
import type { OwnTable } from "./own-table-statements.ts";

/** SQL of the secrets in mails: each opens one thing of one account once, and only their hashes are stored. */

const TOKENS = "_servery_account_tokens";

/** A new token takes the place of the one before: two mails never both open something. */
export const accountTokensTable: OwnTable = {
  name: TOKENS,
  create: (own) => [
    `CREATE TABLE ${TOKENS} (hash ${own.text} PRIMARY KEY NOT NULL, account ${own.integer} NOT NULL REFERENCES ${ACCOUNTS} (id) ON DELETE CASCADE, about ${own.text} NOT NULL, address ${own.text} NOT NULL, expires_at ${own.text} NOT NULL, UNIQUE (account, about))${own.end}`,
  ],
};

/** The one before. Bound: the table, the key, what it is about. */
export const dropToken = `DELETE FROM ${TOKENS} WHERE account = (SELECT id FROM ${OWN}) AND about = ?`;

/** Bound: the hash, what it is about, the address that it is mailed to, the end, the table, the key. Changes nothing where there is no such account. */
export const issueToken = `INSERT INTO ${TOKENS} (hash, account, about, address, expires_at) SELECT ?, id, ?, ?, ? FROM ${OWN} AND disabled_at IS NULL`;

/** Bound: the hash, what it is about, now. Answers `[table, key, address]` of a token that is still good. */
export const findToken: SqlRead = {
  sql: `SELECT a."table", a.key, t.address FROM ${TOKENS} AS t JOIN ${ACCOUNTS} AS a ON a.id = t.account WHERE t.hash = ? AND t.about = ? AND t.expires_at > ? AND a.disabled_at IS NULL`,
  scans: false,
};

/** Takes a token whose row still has the address. Bound: the hash, what it is about, now, the stored key, the address. */
export function takeToken(table: AccountsTable, address: ColumnModel, dialect: SqlDialect): string {
  const key = table.key[0] as ColumnModel;
  const row = `SELECT 1 FROM ${dialect.quote(table.name)} WHERE ${dialect.isSame(key, "key")} AND ${dialect.exposedValue(address)} = ?`;
  return `DELETE FROM ${TOKENS} WHERE hash = ? AND about = ? AND expires_at > ? AND EXISTS (${row})`;
}

/** Bound: the table, the key. */
export const dropTokens = `DELETE FROM ${TOKENS} WHERE account = (SELECT id FROM ${OWN})`;
