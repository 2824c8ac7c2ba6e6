import type { Stored } from "../schema/stored.ts";

/** What credentials open at most, where that is less than the account may do: an API key for some tables. */
export interface Scope {
  /** The table's name; "*" for every table. */
  readonly table: string;
  /** Whether rows may be written, or only read. */
  readonly access: "read" | "write";
}

/** An account that has shown who it is. */
export interface Account {
  /** The accounts table: equal keys of two tables are two accounts. */
  readonly table: string;
  /** The key of its row, as it is stored. */
  readonly key: Stored;
  readonly roles: readonly string[];
  /** The session of the token or cookie; undefined for an API key. */
  readonly session: string | undefined;
  /** Undefined where the credentials open all that the account may do. */
  readonly scopes?: readonly Scope[] | undefined;
  /** The administrator who asks as this account. */
  readonly by?: Pick<Account, "table" | "key"> | undefined;
}

export { ADMINISTRATOR } from "../schema/administrator.ts";

/** Letters of a role: it stands in rules and on command lines. */
const ROLE = /^[a-z][a-z0-9_-]{0,63}$/;

/** Whether a text can be the name of a role. */
export function isRoleName(text: string): boolean {
  return ROLE.test(text);
}
