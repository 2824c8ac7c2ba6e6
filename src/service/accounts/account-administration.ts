import { isRoleName } from "../../auth/account.ts";
import type { Passwords } from "../../auth/passwords.ts";
import type { Principal } from "../../auth/principal.ts";
import { DeclarationError } from "../../errors/declaration-error.ts";
import { Problem } from "../../errors/problem.ts";
import type { AccountChange, AccountName, AccountRepository } from "../../repository/account-repository.ts";
import { type AccountsTable, accountsTables, type SchemaModel } from "../../schema/model.ts";
import type { Json } from "../../schema/stored.ts";
import type { CreateCommand } from "../../validation/command.ts";
import type { RecordWrites } from "../record-writes.ts";

/** An account by what it signs in with. */
export interface AccountChoice {
  /** The name of the accounts table; without it the first one. */
  readonly table?: string | undefined;
  /** The value of the column that people sign in with. */
  readonly identifier: string;
}

/** An account by its row, and what it may do. */
export interface AccountRoles {
  readonly table: string;
  readonly key: string;
  readonly roles: readonly string[];
}

/** Whom a name means. */
export interface NamedAccount extends AccountRoles {
  /** Whether somebody has shown that its address is theirs. Else it may be anybody's. */
  readonly verified: boolean;
}

/** An account that is to be made by whoever runs the application. */
export interface NewAccountRow {
  readonly table?: string | undefined;
  /** The members of a POST. */
  readonly row: { readonly [column: string]: Json };
  readonly password?: string | undefined;
  readonly roles?: readonly string[] | undefined;
  /** Whether the address counts as verified. Default: false. */
  readonly verified?: boolean | undefined;
}

interface AdministrationParts {
  /** The system, for rows that no caller makes. */
  readonly principal: Principal;
  readonly schema: SchemaModel;
  readonly accounts: AccountRepository;
  readonly writes: RecordWrites;
  readonly passwords: Passwords;
  /** Checks the members of a POST. */
  readonly create: (table: AccountsTable, row: Json) => CreateCommand;
  /** The form of a new password; a Problem where it cannot be one. */
  readonly checkPassword: (password: string, identifier: string) => string;
  /** Told when something about accounts has changed. */
  readonly changed: () => void;
  readonly rotateKeys: () => Promise<void>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What whoever runs the application may do about accounts: it asks no policy. */
export class AccountAdministration {
  readonly #parts: AdministrationParts;

  constructor(parts: AdministrationParts) {
    this.#parts = parts;
  }

  /** Makes a row with its account; answers the row's key as a text. Throws a `Problem` that names what is wrong. */
  async create(asked: NewAccountRow): Promise<{ readonly table: string; readonly key: string }> {
    const { writes, passwords } = this.#parts;
    const table = this.#tableOf(asked.table);
    const create = this.#parts.create(table, asked.row);
    const account = {
      password:
        asked.password === undefined ? null : await passwords.hash(this.#password(asked.password, table, asked.row)),
      roles: checkedRoles(asked.roles ?? []),
      verifiedAt: asked.verified === true ? this.#now() : null,
    };
    const writer = { principal: this.#parts.principal, requestId: "" };
    const { operations } = await writes.write([{ ...create, account }], writer);
    return { table: table.name, key: decodeURIComponent(operations[0]?.rows[0]?.key ?? "") };
  }

  /** A new password; every session of the account ends. */
  async setPassword(account: AccountChoice, password: string): Promise<void> {
    const table = this.#tableOf(account.table);
    const hash = await this.#parts.passwords.hash(this.#parts.checkPassword(password, account.identifier));
    await this.#change({ ...account, table: table.name }, { set: "password", hash });
  }

  /** The roles instead of those before; sessions stay, and have them at once. */
  async setRoles(account: AccountChoice, roles: readonly string[]): Promise<void> {
    await this.#change(account, { set: "roles", roles: checkedRoles(roles) });
  }

  /** Whom a name means; undefined where there is no such row. */
  async find(account: AccountChoice): Promise<NamedAccount | undefined> {
    const table = this.#tableOf(account.table);
    const found = await this.#parts.accounts.find(table, account.identifier);
    if (found === undefined) return undefined;
    const roles = found.account?.roles ?? [];
    return { table: table.name, key: found.key, roles, verified: typeof found.account?.verifiedAt === "string" };
  }

  /** Hands an account to whoever it is meant for: its address is verified, and nothing but this password opens it any more. */
  async handOver(account: AccountChoice, password: string): Promise<void> {
    const hash = await this.#parts.passwords.hash(this.#parts.checkPassword(password, account.identifier));
    await this.#parts.accounts.reclaim(await this.#found(account), this.#now(), hash);
    this.#parts.changed();
  }

  /** A role besides those that the account has. */
  async grant(account: AccountChoice, role: string): Promise<AccountRoles> {
    return this.#changeRoles(account, (roles) => [...roles, role]);
  }

  /** The roles without this one. */
  async revoke(account: AccountChoice, role: string): Promise<AccountRoles> {
    return this.#changeRoles(account, (roles) => roles.filter((each) => each !== role));
  }

  async #changeRoles(
    account: AccountChoice,
    change: (roles: readonly string[]) => readonly string[],
  ): Promise<AccountRoles> {
    const { table, key, roles: before } = (await this.find(account)) ?? { table: "", key: "", roles: [] };
    const roles = [...new Set(change(before))];
    await this.setRoles(account, roles);
    return { table, key, roles };
  }

  /** Nobody is signed in as this account any more, and nobody can be. */
  async disable(account: AccountChoice): Promise<void> {
    await this.#change(account, { set: "disabled", at: this.#now() });
  }

  async enable(account: AccountChoice): Promise<void> {
    await this.#change(account, { set: "disabled", at: null });
  }

  /** The address counts as verified from now on. */
  async verify(account: AccountChoice): Promise<void> {
    await this.#change(account, { set: "verified", at: this.#now() });
  }

  /** A new key signs from now on; nobody is signed out by it. */
  async rotateKeys(): Promise<void> {
    await this.#parts.rotateKeys();
  }

  async #change(account: AccountChoice, change: AccountChange): Promise<void> {
    const name = await this.#found(account);
    await this.#parts.accounts.change(name, change, this.#now());
    this.#parts.changed();
  }

  async #found(account: AccountChoice): Promise<AccountName> {
    const { accounts } = this.#parts;
    const table = this.#tableOf(account.table);
    const found = await accounts.find(table, account.identifier);
    if (found === undefined) throw new Problem("not_found", `There is no such account in ${table.path}.`);
    const name = { table, key: found.key };
    if (found.account === undefined) await accounts.ensure(name, this.#now());
    return name;
  }

  #tableOf(name: string | undefined): AccountsTable {
    const tables = accountsTables(this.#parts.schema);
    const table = name === undefined ? tables[0] : tables.find((candidate) => candidate.name === name);
    if (table !== undefined) return table;
    const names = tables.map((candidate) => candidate.name);
    throw new DeclarationError(
      "accounts",
      name === undefined ? "no table has accounts" : `${name} is no table with accounts`,
      names.length === 0 ? "Mark one in the declaration: .accounts()" : `Name one of ${names.join(", ")}`,
    );
  }

  #password(password: string, table: AccountsTable, row: NewAccountRow["row"]): string {
    return this.#parts.checkPassword(password, identifierIn(table, row));
  }

  #now(): string {
    return new Date(this.#parts.now()).toISOString();
  }
}

function identifierIn(table: AccountsTable, row: NewAccountRow["row"]): string {
  const value = row[table.accounts.identifier.name];
  return typeof value === "string" ? value : "";
}

function checkedRoles(roles: readonly string[]): readonly string[] {
  const wrong = roles.find((role) => !isRoleName(role));
  if (wrong === undefined) return [...new Set(roles)];
  throw new DeclarationError(
    `role ${JSON.stringify(wrong.slice(0, 100))}`,
    "it is no name of a role",
    "Write small letters, digits, - and _, for example admin",
  );
}
