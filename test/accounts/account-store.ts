import type { Database, Stored } from "#servery/database/database.js";
import type { AccountKey } from "#servery/auth/providers/link-identity.js";
import { accountTables as ownTables } from "#servery/database/sql/accounts.js";
import { sqliteDialect } from "#servery/database/sqlite/dialect.js";
import { Problem } from "#servery/errors/problem.js";
import type { ProviderAccounts, SignedInCaller } from "#servery/service/accounts/provider-ports.js";

export const accountTables = [
  ...ownTables.flatMap(({ create }) => create(sqliteDialect.own)),
  "CREATE TABLE people (id INTEGER PRIMARY KEY AUTOINCREMENT, email TEXT UNIQUE COLLATE NOCASE, verified INTEGER NOT NULL, name TEXT, password TEXT) STRICT",
  // A link belongs to an account, which each person has.
  "CREATE TRIGGER with_account AFTER INSERT ON people BEGIN INSERT INTO _servery_accounts (\"table\", key, created_at) VALUES ('people', new.id, ''); END",
  "CREATE TABLE sessions (id TEXT PRIMARY KEY NOT NULL, person INTEGER NOT NULL) STRICT",
];

/** Accounts and sessions in the test's own database, with no more than signing in with a provider asks of them. */
export class AccountStore implements ProviderAccounts {
  readonly table = "people";
  readonly #database: Database;
  #sessions = 0;
  /** What others do at the same time: each runs in front of one call of a step, in order. */
  meanwhile: Partial<Record<"reclaim" | "signIn" | "stillSignedIn", (() => Promise<void>)[]>> = {};

  constructor(database: Database) {
    this.#database = database;
  }

  async exists({ key }: AccountKey): Promise<boolean> {
    return (await this.rows("SELECT id FROM people WHERE id = ?", [key])).length === 1;
  }

  async holderOf(email: string): ReturnType<ProviderAccounts["holderOf"]> {
    const [row] = await this.rows("SELECT id, verified FROM people WHERE email = ?", [email]);
    return row === undefined
      ? undefined
      : { account: { table: this.table, key: row[0] ?? null }, verified: row[1] === 1 };
  }

  async create({ email, name }: Parameters<ProviderAccounts["create"]>[0]): Promise<AccountKey> {
    return this.add(email, { verified: true, name: name ?? null, password: null });
  }

  async reclaim({ key }: AccountKey): Promise<void> {
    await this.#meet("reclaim");
    await this.write("DELETE FROM sessions WHERE person = ?", [key]);
    await this.write("UPDATE people SET password = NULL, verified = 1 WHERE id = ?", [key]);
  }

  async stillSignedIn({ key, session }: SignedInCaller): Promise<boolean> {
    await this.#meet("stillSignedIn");
    return (await this.rows("SELECT id FROM sessions WHERE id = ? AND person = ?", [session, key])).length === 1;
  }

  async signIn({ key }: AccountKey): Promise<readonly string[]> {
    await this.#meet("signIn");
    return [`session=${(await this.openSession(key)).session}; HttpOnly`];
  }

  /** Somebody who signed up with a password. */
  async add(
    email: string,
    row: { verified: boolean; name?: string | null; password?: string | null },
  ): Promise<AccountKey> {
    const { verified, name = null, password = "a password" } = row;
    const outcome = await this.#database.write({
      steps: [
        {
          sql: "INSERT INTO people (email, verified, name, password) VALUES (?, ?, ?, ?) RETURNING id",
          params: [email, verified ? 1 : 0, name, password],
          returns: true,
          keep: true,
          changes: true,
        },
      ],
    });
    if (!outcome.ok) throw new Problem("unique", "The address is taken.");
    return { table: this.table, key: outcome.kept[0]?.[0]?.[0] ?? null };
  }

  async openSession(key: Stored): Promise<SignedInCaller> {
    const session = `s${++this.#sessions}`;
    await this.write("INSERT INTO sessions (id, person) VALUES (?, ?)", [session, key]);
    return { table: this.table, key, session };
  }

  async rows(sql: string, params: readonly Stored[] = []): Promise<readonly (readonly Stored[])[]> {
    return this.#database.read({ sql, scans: false }, params);
  }

  async write(sql: string, params: readonly Stored[] = []): Promise<void> {
    const outcome = await this.#database.write({ steps: [{ sql, params, returns: false, changes: true }] });
    if (!outcome.ok) throw new Error(JSON.stringify(outcome));
  }

  async #meet(step: keyof AccountStore["meanwhile"]): Promise<void> {
    await this.meanwhile[step]?.shift()?.();
  }
}
