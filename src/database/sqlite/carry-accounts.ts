import { sqliteDialect } from "./dialect.ts";
import type { SchemaDifference } from "../migration/schema-change.ts";
import { ACCOUNTS } from "../sql/accounts.ts";
import {
  dropAccountsOf,
  dropIdentitiesOf,
  dropReferring,
  referringToAccounts,
  renameAccounts,
  renameIdentities,
  renameScopes,
  revokeAccountsOf,
} from "../sql/accounts-of-tables.ts";
import { missingOwnTables } from "../sql/own-tables.ts";
import type { Connection } from "./connection.ts";

/**
 * Lets the accounts follow their tables, in the transaction that changes these: they keep their passwords, roles and
 * sessions under a new name, and go with a table that goes. A table that comes has none, whatever an earlier one of its
 * name has left: its first row would be somebody else's account.
 */
export function carryAccounts(connection: Connection, { changes }: Pick<SchemaDifference, "changes">): void {
  const renamed = changes.flatMap((change) =>
    change.is === "change table" && change.from.name !== change.to.name
      ? [{ from: change.from.name, to: change.to.name }]
      : [],
  );
  const others = changes.flatMap((change) =>
    change.is === "create table" || change.is === "drop table" ? [change.table.name] : [],
  );
  if (renamed.length + others.length === 0 || !hasAccounts(connection)) return;
  // A file of an earlier version may lack some of them.
  for (const sql of missingOwnTables(tablesOf(connection), sqliteDialect.own)) connection.exec(sql);
  for (const name of [...others, ...renamed.map(({ to }) => to)]) forget(connection, name);
  for (const { from, to } of renamed) rename(connection, from, to);
}

/**
 * The same for an adopted file, whose tables somebody else has renamed: it says nothing of what was before, so a name is
 * taken for the old one's as long as that one has accounts and the new one has none.
 */
export function carryAdoptedAccounts(connection: Connection, renames: ReadonlyMap<string, string>): void {
  // Links of providers name the table as well, and follow behind.
  connection.exec("PRAGMA defer_foreign_keys = ON");
  for (const [to, from] of renames)
    if (isUsed(connection, from) && !isUsed(connection, to)) rename(connection, from, to);
}

function isUsed(connection: Connection, table: string): boolean {
  return connection.query(`SELECT 1 FROM ${ACCOUNTS} WHERE "table" = ? LIMIT 1`, [table]).length > 0;
}

function hasAccounts(connection: Connection): boolean {
  if (!tablesOf(connection).includes(ACCOUNTS)) return false;
  return connection.query(`SELECT 1 FROM ${ACCOUNTS} LIMIT 1`).length > 0;
}

function tablesOf(connection: Connection): string[] {
  return connection.query("SELECT name FROM sqlite_schema WHERE type = 'table'").map(([name]) => String(name));
}

function rename(connection: Connection, from: string, to: string): void {
  connection.prepare(renameAccounts).run([to, from]);
  connection.prepare(renameIdentities).run([to, from]);
  connection.prepare(renameScopes).run([from, from, to, from, from, from]);
}

function forget(connection: Connection, table: string): void {
  connection.prepare(revokeAccountsOf).run([new Date().toISOString(), table]);
  for (const [name, column] of connection.query(referringToAccounts))
    connection.prepare(dropReferring(String(name), String(column))).run([table]);
  connection.prepare(dropIdentitiesOf).run([table]);
  connection.prepare(dropAccountsOf).run([table]);
}
