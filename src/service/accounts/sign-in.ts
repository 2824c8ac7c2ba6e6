import type { PrincipalSource } from "../../auth/authentication.ts";
import type { Passwords } from "../../auth/passwords.ts";
import type { SignInThrottle } from "../../auth/sign-in-throttle.ts";
import type { ErrorCode } from "../../errors/catalog.ts";
import { Problem } from "../../errors/problem.ts";
import type { AccountRepository, StoredAccount } from "../../repository/account-repository.ts";
import type { AccountsTable } from "../../schema/model.ts";
import type { SignInCommand } from "../../validation/command.ts";
import type { OwnRows } from "./own-rows.ts";
import { storableIdentifier } from "./storable-identifier.ts";
import type { Client, IssuedTokens, Sessions } from "./sessions.ts";

/** What a sign-in answers: the tokens, and the row of whoever signed in as JSON text. */
export interface SignedIn {
  readonly tokens: IssuedTokens;
  readonly user: string;
}

/** Port: the second factor of accounts that have one. Throws a Problem unless the code is right, and takes it once. */
export interface SecondFactor {
  require(account: StoredAccount, code: string | undefined): Promise<void>;
}

/** Answers that tell something of a password: each costs an attempt. */
const GUESSES: readonly ErrorCode[] = ["invalid_credentials", "second_factor_required"];

interface SignInParts {
  readonly accounts: AccountRepository;
  readonly sessions: Sessions;
  readonly passwords: Passwords;
  readonly throttle: SignInThrottle;
  readonly rows: OwnRows;
  readonly principals: PrincipalSource;
  /** Without one, an account that has a second factor cannot sign in. */
  readonly secondFactor?: SecondFactor | undefined;
}

/** The ways in. Each proves who it is in its own manner, and all end in `complete`. */
export class SignIn {
  readonly #parts: SignInParts;

  constructor(parts: SignInParts) {
    this.#parts = parts;
  }

  /** By a password. Whether the account is there, is disabled or has another password is one answer and the same work. */
  async withPassword(command: SignInCommand, client: Client): Promise<SignedIn> {
    const { throttle } = this.#parts;
    const { table, identifier } = command;
    const attempt = { account: `${table.name} ${identifier.trim()}`, address: client.address };
    throttle.before(attempt);
    let account: StoredAccount | undefined;
    try {
      account = await this.#proved(command);
    } catch (error) {
      if (error instanceof Problem && GUESSES.includes(error.code)) throttle.failed(attempt);
      else throttle.undecided(attempt);
      throw error;
    }
    if (account === undefined) {
      throttle.failed(attempt);
      throw invalidCredentials();
    }
    throttle.succeeded(attempt);
    await this.#rehash(account, command.password);
    return this.complete(account, client);
  }

  /** Begins a session for an account that another way in has proved; undefined where it is gone by now. */
  async proved(account: StoredAccount | undefined, client: Client): Promise<SignedIn> {
    if (account === undefined) throw invalidCredentials();
    return this.complete(account, client);
  }

  /** Begins a session for an account that was proved, as it was read when it was: the end of every way in. */
  async complete(account: StoredAccount, client: Client): Promise<SignedIn> {
    const { sessions, rows, principals } = this.#parts;
    if (account.disabledAt !== null) throw invalidCredentials();
    requireVerified(account);
    const tokens = await sessions.begin(account, client);
    // It was disabled or got another password in between.
    if (tokens === undefined) throw invalidCredentials();
    const { table, key, roles } = account;
    const stored = table.key[0]?.kind.parse(key);
    if (stored === undefined) throw new Error(`the key of an account of ${table.name} is none`);
    const principal = principals.account({ table: table.name, key: stored, roles, session: tokens.session });
    return { tokens, user: await rows.read(table, stored, principal) };
  }

  /** A hash of an earlier cost becomes one of today's while the password is at hand. */
  async #rehash(account: StoredAccount, password: string): Promise<void> {
    const { passwords, accounts } = this.#parts;
    if (account.password === null || !passwords.needsRehash(account.password)) return;
    try {
      await accounts.rehash(account, await passwords.hash(password));
    } catch (error) {
      // Where others wait for their turn it can wait for the next sign-in.
      if (!(error instanceof Problem && error.code === "sign_in_busy")) throw error;
    }
  }

  async #proved({ table, identifier, password, code }: SignInCommand): Promise<StoredAccount | undefined> {
    const { accounts, passwords, secondFactor } = this.#parts;
    const found = await accounts.find(table, storableIdentifier(identifier));
    const right = await passwords.verify(found?.account?.password ?? undefined, password);
    const account = found?.account;
    if (!right || account === undefined || account.disabledAt !== null) return undefined;
    requireVerified(account);
    if (account.totp !== null) {
      if (secondFactor === undefined) return undefined;
      await secondFactor.require(account, code);
    }
    return account;
  }
}

function requireVerified({
  table,
  verifiedAt,
}: {
  readonly table: AccountsTable;
  readonly verifiedAt: string | null;
}): void {
  if (table.accounts.verify && verifiedAt === null)
    throw new Problem("verification_required", "Verify the address first: we have sent a mail with a link.");
}

/** The same bytes for every sign-in that fails. */
export function invalidCredentials(): Problem {
  return new Problem("invalid_credentials", "The name or the password is wrong.", {
    headers: { "www-authenticate": "Bearer" },
  });
}
