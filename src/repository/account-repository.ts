import type { Database, Stored, WriteStep } from "../database/database.ts";
import * as own from "../database/sql/accounts.ts";
import { dropTokens } from "../database/sql/account-tokens.ts";
import { dropApiKeysOf } from "../database/sql/api-keys.ts";
import { deleteIdentitiesOf } from "../database/sql/identities.ts";
import { dropChallengesOf, dropPasskeysOf } from "../database/sql/passkeys.ts";
import { dropCodes } from "../database/sql/second-factor.ts";
import { administratorExists } from "../database/sql/first-administrator.ts";
import type { SqlDialect } from "../database/sql/dialect.ts";
import { conflictChoices } from "../schema/conflict-choices.ts";
import type { Assignment } from "../schema/assignment.ts";
import { type AccountsTable, type ColumnModel, isAccountsTable, type SchemaModel } from "../schema/model.ts";
import { ownChange, ownRows, ownWrite } from "./own-statements.ts";

/** The row of an account, by its table and the text of its key. */
export interface AccountName {
  readonly table: AccountsTable;
  readonly key: string;
}

/** What is kept of an account beside its row. */
export interface StoredAccount extends AccountName {
  /** A number that no other account ever has. */
  readonly id: number;
  readonly password: string | null;
  readonly roles: readonly string[];
  readonly verifiedAt: string | null;
  readonly disabledAt: string | null;
  /** The sealed secret of the second factor. */
  readonly totp: string | null;
  /** Counts what ends sign-ins that have begun: a new password, being disabled. */
  readonly epoch: number;
}

/** Whom an identifier names. */
export interface FoundAccount {
  readonly key: string;
  /** Where the row's mails go, where the table has an address. */
  readonly address: string | undefined;
  readonly account: StoredAccount | undefined;
}

/** What may be changed of an account. */
export type AccountChange =
  | { readonly set: "password"; readonly hash: string }
  | { readonly set: "roles"; readonly roles: readonly string[] }
  | { readonly set: "disabled"; readonly at: string | null }
  | { readonly set: "verified"; readonly at: string };

const GONE = "gone";

/** Whatever opens an account beside its password and its sessions, or is about to. */
const ENDED_BY_A_RECLAIM = [
  dropCodes,
  dropTokens,
  dropApiKeysOf,
  dropPasskeysOf,
  dropChallengesOf,
  deleteIdentitiesOf,
] as const;

/** Accounts beside their rows. */
export class AccountRepository {
  readonly #database: Pick<Database, "read" | "write">;
  readonly #dialect: SqlDialect;

  constructor(database: Pick<Database, "read" | "write">, dialect: SqlDialect) {
    this.#database = database;
    this.#dialect = dialect;
  }

  /** Whether some account is an administrator's. */
  async hasAdministrator(): Promise<boolean> {
    return (await ownRows(this.#database, administratorExists(this.#dialect), [])).length > 0;
  }

  /** Whom an identifier names: a row, and its account where it has one already. */
  async find(table: AccountsTable, identifier: string): Promise<FoundAccount | undefined> {
    const [row] = await ownRows(this.#database, own.findByIdentifier(table, this.#dialect), [identifier, table.name]);
    if (row === undefined) return undefined;
    const key = String(row[0]);
    const address = textOrNull(row[1]) ?? undefined;
    return { key, address, account: row[2] === null ? undefined : accountOf({ table, key }, row.slice(2)) };
  }

  async get({ table, key }: AccountName): Promise<StoredAccount | undefined> {
    const [row] = await ownRows(this.#database, own.findByKey, [table.name, key]);
    return row === undefined ? undefined : accountOf({ table, key }, row);
  }

  /** The account of a number; undefined where it is gone, or its table has no accounts any more. */
  async numbered(number: number, schema: SchemaModel): Promise<StoredAccount | undefined> {
    const [row] = await ownRows(this.#database, own.findByNumber, [number]);
    const table = row === undefined ? undefined : schema.tables.get(String(row[0]));
    if (row === undefined || table === undefined || !isAccountsTable(table)) return undefined;
    return accountOf({ table, key: String(row[1]) }, row.slice(2));
  }

  /** What an account signs in with; empty where its row is gone. */
  async identifierOf({ table, key }: AccountName): Promise<string> {
    const stored = table.key[0]?.kind.parse(key);
    if (stored === undefined) return "";
    const [row] = await ownRows(this.#database, own.identifierOfRow(table, this.#dialect), [stored]);
    return String(row?.[0] ?? "");
  }

  /** Whether the row is there that an account belongs to. */
  async exists(table: AccountsTable, key: Stored): Promise<boolean> {
    return (await ownRows(this.#database, own.rowExists(table, this.#dialect), [key])).length > 0;
  }

  /** The columns, but the address, in which another row has a new one's values and no two may have the same. */
  async clash(table: AccountsTable, assignments: readonly Assignment[]): Promise<readonly ColumnModel[] | undefined> {
    const values = new Map(assignments.map(({ column, value }) => [column, value]));
    const hidden = table.accounts.address ?? table.accounts.identifier;
    let found: readonly ColumnModel[] | undefined;
    for (const choice of conflictChoices(table)) {
      const params = choice.columns.map((column) => values.get(column) ?? null) as Stored[];
      if (choice.columns.includes(hidden) || params.includes(null)) continue;
      const rows = await ownRows(this.#database, own.clashExists(table, choice, this.#dialect), params);
      if (rows.length > 0) found ??= choice.columns;
    }
    return found;
  }

  /** Makes the account of a row that has none yet. */
  async ensure({ table, key }: AccountName, now: string): Promise<void> {
    await ownWrite(this.#database, [ownChange(own.ensureAccount, [table.name, key, now])]);
  }

  /** Costs what making an account costs, and changes nothing. */
  async touch(table: AccountsTable, address: string): Promise<void> {
    await ownWrite(this.#database, [ownChange(own.touchAccount(table, this.#dialect), [table.name, address])]);
  }

  /** A hash of today's cost of the same password. Where the password was changed meanwhile nothing happens. */
  async rehash({ table, key, password }: StoredAccount, hash: string): Promise<void> {
    await ownWrite(this.#database, [ownChange(own.rehashPassword, [hash, table.name, key, password])]);
  }

  /** Changes an account, and has every process look at it anew; answers false where there is none. */
  async change({ table, key }: AccountName, change: AccountChange, now: string): Promise<boolean> {
    const name = [table.name, key];
    const steps: WriteStep[] = [
      ownChange(...changeOf(change, name), GONE),
      ...(endsSessions(change) ? [ownChange(own.dropSessions, [...name, ""])] : []),
      ownChange(own.revokeAccount, [now, ...name]),
    ];
    return (await ownWrite(this.#database, steps)) === undefined;
  }

  /**
   * Whoever has shown that the address is theirs gets the account: its password, second factor, sessions, API keys,
   * passkeys and links end in this one write, and sign-ins that have begun fail. It has no password then, or a new one.
   */
  async reclaim(account: AccountName, now: string, hash?: string): Promise<void> {
    const name = [account.table.name, account.key];
    await ownWrite(this.#database, [
      ...reclaimSteps(account, now),
      ...(hash === undefined ? [] : [ownChange(own.setPassword, [hash, ...name])]),
      ownChange(own.revokeAccount, [now, ...name]),
    ]);
  }

  /** A password that its owner changes: all sessions but this one end. False where another change came first. */
  async changePassword(
    account: StoredAccount,
    to: { readonly hash: string; readonly keep: string; readonly now: string },
  ): Promise<boolean> {
    const name = [account.table.name, account.key];
    const refused = await ownWrite(this.#database, [
      ownChange(own.changePassword, [to.hash, ...name, account.epoch], GONE),
      ownChange(own.dropSessions, [...name, to.keep]),
      ownChange(own.revokeAccount, [to.now, ...name]),
    ]);
    return refused === undefined;
  }
}

/** Ends whatever opened an account before its address was proved, and says that it is proved now. */
export function reclaimSteps({ table, key }: AccountName, now: string): WriteStep[] {
  const name = [table.name, key];
  return [
    ownChange(own.reclaimAccount, [now, ...name]),
    ownChange(own.dropSessions, [...name, ""]),
    ...ENDED_BY_A_RECLAIM.map((sql) => ownChange(sql, name)),
  ];
}

function changeOf(change: AccountChange, name: readonly string[]): [string, readonly Stored[]] {
  switch (change.set) {
    case "password":
      return [own.setPassword, [change.hash, ...name]];
    case "roles":
      return [own.setRoles, [JSON.stringify(change.roles), ...name]];
    case "disabled":
      return [own.setDisabled, [change.at, ...name]];
    case "verified":
      return [own.setVerified, [change.at, ...name]];
  }
}

/** Whoever has the old password, or may not be here any more, is signed out. */
function endsSessions(change: AccountChange): boolean {
  return change.set === "password" || (change.set === "disabled" && change.at !== null);
}

function accountOf(name: AccountName, row: readonly Stored[]): StoredAccount {
  const [id, password, roles, verifiedAt, disabledAt, totp, epoch] = row;
  return {
    ...name,
    id: Number(id),
    password: textOrNull(password),
    roles: rolesOf(roles),
    verifiedAt: textOrNull(verifiedAt),
    disabledAt: textOrNull(disabledAt),
    totp: textOrNull(totp),
    epoch: Number(epoch),
  };
}

export function textOrNull(value: Stored | undefined): string | null {
  return typeof value === "string" ? value : null;
}

/** A stored list of roles. What is none gives no rights. */
export function rolesOf(value: Stored | undefined): readonly string[] {
  try {
    const roles: unknown = JSON.parse(String(value));
    return Array.isArray(roles) ? roles.filter((role): role is string => typeof role === "string") : [];
  } catch {
    return [];
  }
}
