import type { Account } from "../../auth/account.ts";
import type { Passwords } from "../../auth/passwords.ts";
import type { Principal } from "../../auth/principal.ts";
import { Problem } from "../../errors/problem.ts";
import type { AccountName, AccountRepository } from "../../repository/account-repository.ts";
import type { ListedSession, SessionRepository } from "../../repository/session-repository.ts";
import { isAccountsTable, type SchemaModel } from "../../schema/model.ts";
import type { ChangePasswordCommand } from "../../validation/command.ts";
import type { OwnPassword } from "./own-password.ts";
import type { OwnRows } from "./own-rows.ts";
import type { Client, Sessions } from "./sessions.ts";

interface OwnAccountParts {
  readonly schema: SchemaModel;
  readonly accounts: AccountRepository;
  readonly sessions: Sessions;
  readonly kept: SessionRepository;
  readonly passwords: Passwords;
  readonly password: OwnPassword;
  readonly rows: OwnRows;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Who one is, as the account sees itself. */
export interface Me {
  /** The row as JSON text. */
  readonly user: string;
  readonly roles: readonly string[];
}

/** What an account may do about itself. */
export class OwnAccount {
  readonly #parts: OwnAccountParts;

  constructor(parts: OwnAccountParts) {
    this.#parts = parts;
  }

  async me(principal: Principal): Promise<Me> {
    const account = accountOf(principal);
    const { table } = this.#nameOf(account);
    return { user: await this.#parts.rows.read(table, account.key, principal), roles: account.roles };
  }

  async sessions(principal: Principal): Promise<readonly (ListedSession & { readonly current: boolean })[]> {
    const account = accountOf(principal);
    const now = new Date(this.#parts.now()).toISOString();
    const sessions = await this.#parts.kept.list(this.#nameOf(account), now);
    return sessions.map((session) => ({ ...session, current: session.id === account.session }));
  }

  /** Ends one of the account's own sessions; 404 for every other. */
  async endSession(principal: Principal, id: string): Promise<void> {
    const { table, key } = this.#nameOf(accountOf(principal));
    if (await this.#parts.sessions.end({ table: table.name, key }, id)) return;
    throw new Problem("not_found", "You have no such session.");
  }

  /**
   * Ends the session of whoever asks, or all of the account. A refresh token says it as well: the access token may have
   * expired. A session that is over already is no mistake.
   */
  async signOut(
    principal: Principal,
    how: { readonly everywhere: boolean; readonly refreshToken: string | undefined },
  ): Promise<void> {
    const { sessions } = this.#parts;
    const signedIn = principal.kind === "account" ? this.#nameOf(principal.account) : undefined;
    const own = signedIn && { table: signedIn.table.name, key: signedIn.key, id: accountOf(principal).session };
    const owner = own ?? (how.refreshToken === undefined ? undefined : await sessions.ownerOf(how.refreshToken));
    if (owner === undefined) throw signInFirst();
    if (how.everywhere) await sessions.endAll(owner);
    else if (owner.id !== undefined) await sessions.end(owner, owner.id);
  }

  /** A new password for the old one: all other sessions end. */
  async changePassword(principal: Principal, command: ChangePasswordCommand, client: Client): Promise<void> {
    const { accounts, passwords, now } = this.#parts;
    const own = accountOf(principal);
    const name = this.#nameOf(own);
    const account = await accounts.get(name);
    if (account === undefined) throw signInFirst();
    await this.#parts.password.require(account, { password: command.currentPassword, client });
    const hash = await passwords.hash(command.newPassword);
    const at = new Date(now()).toISOString();
    if (!(await accounts.changePassword(account, { hash, keep: own.session ?? "", now: at })))
      throw new Problem("refused", "The account was changed meanwhile. Try again.");
    this.#parts.sessions.changed();
  }

  #nameOf({ table: name, key }: Account): AccountName {
    const table = this.#parts.schema.tables.get(name);
    if (table === undefined || !isAccountsTable(table)) throw new Error(`${name} is no table of accounts`);
    return { table, key: String(key) };
  }
}

/** The account of a caller; 401 for everybody else. */
function accountOf(principal: Principal): Account {
  if (principal.kind === "account") return principal.account;
  throw signInFirst();
}

function signInFirst(): Problem {
  return new Problem("sign_in_required", "Sign in first.", { headers: { "www-authenticate": "Bearer" } });
}
