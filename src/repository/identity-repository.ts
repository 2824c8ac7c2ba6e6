import type { Database, Stored, WriteStep } from "../database/database.ts";
import {
  deleteIdentitiesOf,
  deleteIdentity,
  dropExpiredStates,
  findIdentitiesOf,
  findIdentity,
  insertIdentity,
  insertUsedState,
} from "../database/sql/identities.ts";
import { ownChange, ownRows, ownWrite } from "./own-statements.ts";

/** An account as its table and the key of its row, of which the text counts. */
interface AccountKey {
  readonly table: string;
  readonly key: Stored;
}

/** An identity as it is stored: the provider's name and its name for somebody. */
interface IdentityKey {
  readonly provider: string;
  readonly subject: string;
}

/** Refused when an identity is linked, or a state used, already. */
const THERE_ALREADY = "there_already";

/** The identities that providers vouch for, and the accounts they open. */
export class IdentityRepository {
  readonly #database: Pick<Database, "read" | "write">;

  constructor(database: Pick<Database, "read" | "write">) {
    this.#database = database;
  }

  /** The account of a table that an identity opens. */
  async find({ provider, subject }: IdentityKey, table: string): Promise<AccountKey | undefined> {
    const [row] = await ownRows(this.#database, findIdentity, [provider, subject, table]);
    return row === undefined ? undefined : { table, key: String(row[0]) };
  }

  /** The providers that open an account, and since when. */
  async ofAccount({ table, key }: AccountKey): Promise<{ readonly provider: string; readonly since: string }[]> {
    const rows = await ownRows(this.#database, findIdentitiesOf, [table, String(key)]);
    return rows.map(([provider, since]) => ({ provider: String(provider), since: String(since) }));
  }

  /** Makes an identity a way into an account. False where it opens one already: compare-and-swap in the database. */
  async link(identity: IdentityKey, account: AccountKey, now: string): Promise<boolean> {
    return this.#first([linkStep(identity, account, now)]);
  }

  /** The same, in one write with the end of every other way in that a provider opens. */
  async linkAlone(identity: IdentityKey, account: AccountKey, now: string): Promise<boolean> {
    return this.#first([unlinkAllStep(account), linkStep(identity, account, now)]);
  }

  async unlink({ provider, subject }: IdentityKey, { table, key }: AccountKey): Promise<void> {
    await this.#first([ownChange(deleteIdentity, [provider, subject, table, String(key)])]);
  }

  /** Ends every way into an account that a provider opens: with the account itself, or when somebody else takes it over. */
  async unlinkAll(account: AccountKey): Promise<void> {
    await this.#first([unlinkAllStep(account)]);
  }

  /** Uses a state up, kept until it expires by itself. False where it was used: of two at once one gets true. */
  async useState(state: string, times: { readonly expires: string; readonly now: string }): Promise<boolean> {
    const use = ownChange(insertUsedState, [state, times.expires], THERE_ALREADY);
    return this.#first([use, ownChange(dropExpiredStates, [times.now])]);
  }

  /** Whether the write was the first of its kind. */
  async #first(steps: readonly WriteStep[]): Promise<boolean> {
    return (await ownWrite(this.#database, steps)) === undefined;
  }
}

function linkStep({ provider, subject }: IdentityKey, { table, key }: AccountKey, now: string): WriteStep {
  return ownChange(insertIdentity, [provider, subject, table, String(key), now], THERE_ALREADY);
}

function unlinkAllStep({ table, key }: AccountKey): WriteStep {
  return ownChange(deleteIdentitiesOf, [table, String(key)]);
}
