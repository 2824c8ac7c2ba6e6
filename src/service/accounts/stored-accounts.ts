import type { Account } from "../../auth/account.ts";
import type { AccountRepository, StoredAccount } from "../../repository/account-repository.ts";
import { isAccountsTable, type SchemaModel } from "../../schema/model.ts";
import type { Stored } from "../../schema/stored.ts";
import type { AccountDirectory, AccountName } from "./ports.ts";

interface StoredAccountsParts {
  readonly schema: SchemaModel;
  readonly accounts: Pick<AccountRepository, "get" | "numbered" | "exists" | "identifierOf">;
}

/** The accounts as passkeys, API keys and providers ask for them: by name, by number, and as they may act now. */
export class StoredAccounts implements AccountDirectory {
  readonly #parts: StoredAccountsParts;

  constructor(parts: StoredAccountsParts) {
    this.#parts = parts;
  }

  /** What is kept of an account; undefined where there is none. */
  async named({ table: name, key }: AccountName): Promise<StoredAccount | undefined> {
    const table = this.#parts.schema.tables.get(name);
    if (table === undefined || !isAccountsTable(table)) return undefined;
    return this.#parts.accounts.get({ table, key: String(key) });
  }

  /** Whether the row is there that an account belongs to: in an adopted file somebody else may have deleted it. */
  async hasRow(account: StoredAccount): Promise<boolean> {
    const key = keyOf(account);
    return key !== undefined && this.#parts.accounts.exists(account.table, key);
  }

  async numberOf(name: AccountName): Promise<number | undefined> {
    return (await this.named(name))?.id;
  }

  async byNumber(number: number): Promise<Account | undefined> {
    const { schema, accounts } = this.#parts;
    const account = await accounts.numbered(number, schema);
    const key = account === undefined ? undefined : keyOf(account);
    if (account === undefined || key === undefined || account.disabledAt !== null) return undefined;
    if (!(await this.hasRow(account))) return undefined;
    return { table: account.table.name, key, roles: account.roles, session: undefined };
  }

  async identifierOf({ table: name, key }: AccountName): Promise<string | undefined> {
    const table = this.#parts.schema.tables.get(name);
    if (table === undefined || !isAccountsTable(table)) return undefined;
    return (await this.#parts.accounts.identifierOf({ table, key: String(key) })) || undefined;
  }
}

/** The key of an account's row as it is stored. */
function keyOf({ table, key }: StoredAccount): Stored | undefined {
  return table.key[0]?.kind.parse(key);
}
