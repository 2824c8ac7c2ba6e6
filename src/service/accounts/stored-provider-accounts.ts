import { randomBytes } from "node:crypto";
import type { Principal } from "../../auth/principal.ts";
import type { Identity } from "../../auth/providers/identity-provider.ts";
import type { AccountKey, AddressHolder } from "../../auth/providers/link-identity.ts";
import { Problem } from "../../errors/problem.ts";
import type { AccountRepository } from "../../repository/account-repository.ts";
import type { SessionRepository } from "../../repository/session-repository.ts";
import { type AccountsTable, isRequired } from "../../schema/model.ts";
import type { Json } from "../../schema/stored.ts";
import type { CreateCommand } from "../../validation/command.ts";
import type { RecordWrites } from "../record-writes.ts";
import type { ProviderAccounts, SignedInCaller } from "./provider-ports.ts";
import type { IssuedTokens } from "./sessions.ts";
import type { SignIn } from "./sign-in.ts";
import type { StoredAccounts } from "./stored-accounts.ts";

/** Bytes behind a name that no two rows may have alike. */
const SUFFIX_BYTES = 4;
/** Characters of somebody's own name in such a name. */
const NAME_CHARACTERS = 12;

interface StoredProviderAccountsParts {
  readonly table: AccountsTable;
  readonly accounts: AccountRepository;
  readonly stored: StoredAccounts;
  readonly sessions: Pick<SessionRepository, "state">;
  readonly writes: RecordWrites;
  readonly signIn: SignIn;
  /** The system: no caller makes a row of a provider's word. */
  readonly principal: Principal;
  /** The checked row of a new account. */
  readonly create: (row: { readonly [column: string]: Json }) => CreateCommand;
  /** Values of Set-Cookie that hold a session. */
  readonly cookies: (tokens: IssuedTokens) => readonly string[];
  /** Told when sessions have ended. */
  readonly changed: () => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The accounts of one table, as signing in with a provider asks for them. Keys are texts. */
export class StoredProviderAccounts implements ProviderAccounts {
  readonly #parts: StoredProviderAccountsParts;

  constructor(parts: StoredProviderAccountsParts) {
    this.#parts = parts;
  }

  get table(): string {
    return this.#parts.table.name;
  }

  async exists(name: AccountKey): Promise<boolean> {
    const account = await this.#parts.stored.named(name);
    return account !== undefined && (await this.#parts.stored.hasRow(account));
  }

  async holderOf(email: string): Promise<AddressHolder | undefined> {
    const { accounts, table } = this.#parts;
    const found = await accounts.find(table, email);
    if (found === undefined) return undefined;
    // A row that was made without a sign-up has an account from now on.
    if (found.account === undefined) await accounts.ensure({ table, key: found.key }, this.#time());
    const verified = typeof found.account?.verifiedAt === "string";
    return { account: { table: table.name, key: found.key }, verified };
  }

  async create(identity: Identity & { readonly email: string }): Promise<AccountKey> {
    const { table, writes, principal, create } = this.#parts;
    const account = { password: null, roles: [], verifiedAt: this.#time() };
    const command = { ...create(rowOf(table, identity)), account };
    const { operations } = await writes.write([command], { principal, requestId: "" });
    return { table: table.name, key: decodeURIComponent(operations[0]?.rows[0]?.key ?? "") };
  }

  async reclaim({ key }: AccountKey): Promise<void> {
    const { accounts, table, changed } = this.#parts;
    await accounts.reclaim({ table, key: String(key) }, this.#time());
    changed();
  }

  async stillSignedIn({ key, session }: SignedInCaller): Promise<boolean> {
    const { sessions, table, now } = this.#parts;
    const state = await sessions.state(session, { table, key: String(key) });
    return state !== undefined && !state.disabled && now() < Date.parse(state.expiresAt);
  }

  async signIn(name: AccountKey): Promise<readonly string[]> {
    const { stored, signIn, cookies } = this.#parts;
    const account = await stored.named(name);
    // A way in that asks for less would be the way that everybody takes.
    if (account !== undefined && account.totp !== null)
      throw new Problem("forbidden", "This account asks for a second factor: sign in with its password and code.");
    const { tokens } = await signIn.proved(account, { userAgent: undefined, address: undefined });
    return cookies(tokens);
  }

  #time(): string {
    return new Date(this.#parts.now()).toISOString();
  }
}

/** The row of somebody of whom the address is known, and perhaps a name: what else is required has to be a text. */
function rowOf(table: AccountsTable, { email, name }: Identity & { readonly email: string }): Record<string, Json> {
  const { identifier } = table.accounts;
  const own = name ?? email.split("@")[0] ?? email;
  const values = table.columns
    .filter((column) => column !== identifier && isRequired(column))
    .map((column): [string, Json] => [column.name, column.unique ? distinct(own) : own]);
  return { ...Object.fromEntries(values), [identifier.name]: email };
}

/** `Ada Lovelace` → `ada_lovelace_1f0c22ab`. */
function distinct(name: string): string {
  const plain = name.toLowerCase().replace(/[^a-z0-9]+/g, "_");
  return `${plain.slice(0, NAME_CHARACTERS)}_${randomBytes(SUFFIX_BYTES).toString("hex")}`;
}
