import type { Database } from "../database/database.ts";
import type { SqlDialect } from "../database/sql/dialect.ts";
import { listAccounts } from "../database/sql/account-list.ts";
import type { AccountsTable } from "../schema/model.ts";
import { rolesOf, textOrNull } from "./account-repository.ts";
import { ownRows } from "./own-statements.ts";

/** Which accounts are listed. */
export interface AccountQuestion {
  readonly table: AccountsTable;
  readonly keys: readonly string[];
  readonly role: string | undefined;
  readonly disabled: boolean | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** An account as those who look after accounts see it. Times are ISO 8601. */
export interface ListedAccount {
  readonly key: string;
  readonly roles: readonly string[];
  readonly verifiedAt: string | null;
  readonly disabledAt: string | null;
  readonly secondFactor: boolean;
  readonly createdAt: string;
  /** Sessions that are not over. */
  readonly sessions: number;
  /** Of the session that was used last. */
  readonly lastUsedAt: string | null;
}

/** Lists accounts for those who look after them. */
export class AccountList {
  readonly #database: Pick<Database, "read">;

  readonly #dialect: SqlDialect;

  constructor(database: Pick<Database, "read">, dialect: SqlDialect) {
    this.#database = database;
    this.#dialect = dialect;
  }

  /** The accounts of a table, the newest first. `now` tells which of their sessions still live. */
  async of(list: AccountQuestion, now: string): Promise<readonly ListedAccount[]> {
    const { table, keys, role, disabled, limit, offset } = list;
    const read = listAccounts({ keys: keys.length, role: role !== undefined, disabled }, this.#dialect);
    const named = role === undefined ? keys : [...keys, role];
    const rows = await ownRows(this.#database, read, [now, table.name, ...named, limit, offset]);
    return rows.map(([key, roles, verifiedAt, disabledAt, secondFactor, createdAt, sessions, lastUsedAt]) => ({
      key: String(key),
      roles: rolesOf(roles),
      verifiedAt: textOrNull(verifiedAt),
      disabledAt: textOrNull(disabledAt),
      secondFactor: Number(secondFactor) === 1,
      createdAt: String(createdAt),
      sessions: Number(sessions),
      lastUsedAt: textOrNull(lastUsedAt),
    }));
  }
}
