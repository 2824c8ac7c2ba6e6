import type { Account } from "../../auth/account.ts";
import type { Principal } from "../../auth/principal.ts";
import { Problem } from "../../errors/problem.ts";
import type { AccountRepository } from "../../repository/account-repository.ts";
import type { AccountsTable } from "../../schema/model.ts";
import type { CreateCommand, UpdateCommand } from "../../validation/command.ts";
import type { RecordWrites } from "../record-writes.ts";
import type { Client } from "./sessions.ts";
import type { SignedIn, SignIn } from "./sign-in.ts";

export interface AnonymousParts {
  readonly table: AccountsTable;
  readonly accounts: Pick<AccountRepository, "get" | "identifierOf">;
  readonly writes: RecordWrites;
  readonly signIn: SignIn;
  hash(password: string): Promise<string>;
  /** The system: no caller makes a row by nobody's name, or gives one to itself. */
  readonly principal: Principal;
  readonly commands: AnonymousCommands;
  /** Told when sessions have ended. */
  readonly changed: () => void;
}

/** The checked writes of one accounts table. */
export interface AnonymousCommands {
  /** A row without a value of anybody's. */
  create(): CreateCommand;
  /** The row of an account with what it signs in with from now on. */
  identify(account: Account, identifier: string): UpdateCommand;
}

/** Who writes, for hooks and logs. */
interface Asked {
  readonly requestId: string;
}

/** Accounts that begin without a name, and may get one. */
export class AnonymousAccounts {
  readonly #parts: AnonymousParts;

  constructor(parts: AnonymousParts) {
    this.#parts = parts;
  }

  /** A new account that nobody can sign in to again: its session is all there is of it. */
  async begin(client: Client, { requestId }: Asked): Promise<SignedIn> {
    const { table, accounts, writes, signIn, principal, commands } = this.#parts;
    const account = { password: null, roles: [], verifiedAt: null };
    const { operations } = await writes.write([{ ...commands.create(), account }], { principal, requestId });
    const key = decodeURIComponent(operations[0]?.rows[0]?.key ?? "");
    return signIn.proved(await accounts.get({ table, key }), client);
  }

  /**
   * Gives the caller's anonymous account a name and a password: the row keeps its key, and what refers to it. Whoever
   * else held the account's session must not hold the person's, so every other session ends with it. Throws a 409 for a
   * name that is taken.
   */
  async promote(
    account: Account,
    wanted: { readonly identifier: string; readonly password: string },
    { requestId }: Asked,
  ): Promise<void> {
    const { table, accounts, writes, principal, commands, changed } = this.#parts;
    const stored = await accounts.get({ table, key: String(account.key) });
    if (stored === undefined || stored.password !== null) throw notAnonymous();
    if ((await accounts.identifierOf(stored)) !== "") throw notAnonymous();
    const identity = { password: await this.#parts.hash(wanted.password), keep: account.session ?? "" };
    const command = { ...commands.identify(account, wanted.identifier), account: identity };
    await writes.write([command], { principal, requestId });
    changed();
  }
}

export function notAnonymous(): Problem {
  return new Problem("refused", "This account is no anonymous one.");
}
