import type { Database, Stored, WriteStep } from "../database/database.ts";
import * as tokens from "../database/sql/account-tokens.ts";
import * as own from "../database/sql/accounts.ts";
import type { SqlDialect } from "../database/sql/dialect.ts";
import type { AccountsTable } from "../schema/model.ts";
import { type AccountName, reclaimSteps } from "./account-repository.ts";
import { dropMailStep, type PostedMail, postMailStep } from "./outbox-repository.ts";
import { ownChange, ownRows, ownWrite } from "./own-statements.ts";

/** What a token in a mail opens. */
export type TokenAbout = "verification" | "reset";

/** A token that is to be, and the mail that it goes out in. Times are ISO 8601. */
export interface NewToken {
  /** Undefined where there is no account: then the same work leaves nothing behind. */
  readonly account: AccountName | undefined;
  readonly about: TokenAbout;
  readonly hash: string;
  readonly address: string;
  readonly expiresAt: string;
  readonly mail: PostedMail | undefined;
  /** Whether the mail is to go out. */
  readonly sent: boolean;
}

/** Whose a token is, and the address that it was mailed to. */
export interface FoundToken {
  readonly table: string;
  readonly key: string;
  readonly address: string;
}

const GONE = "gone";
/** No table has this name, so an account of it is none. */
const NO_TABLE = "";

/** Secrets in mails, of which only the newest opens something. */
export class AccountTokenRepository {
  readonly #database: Pick<Database, "read" | "write">;
  readonly #dialect: SqlDialect;

  constructor(database: Pick<Database, "read" | "write">, dialect: SqlDialect) {
    this.#database = database;
    this.#dialect = dialect;
  }

  /** Stores a token and its mail in one write: the same statements whether there is an account or not. */
  async issue({ account, about, hash, address, expiresAt, mail, sent }: NewToken): Promise<void> {
    const name = account === undefined ? [NO_TABLE, ""] : [account.table.name, account.key];
    await ownWrite(this.#database, [
      ownChange(tokens.dropToken, [...name, about]),
      ownChange(tokens.issueToken, [hash, about, address, expiresAt, ...name]),
      ...(mail === undefined ? [] : [postMailStep(mail), dropMailStep(sent ? "" : mail.id)]),
    ]);
  }

  /** Makes the account of a row that has none yet, where the identifier names a row. */
  async ensure(table: AccountsTable, identifier: string, now: string): Promise<void> {
    const sql = own.ensureAccountOf(table, this.#dialect);
    await ownWrite(this.#database, [ownChange(sql, [table.name, now, identifier])]);
  }

  async find(hash: string, about: TokenAbout, now: string): Promise<FoundToken | undefined> {
    const [row] = await ownRows(this.#database, tokens.findToken, [hash, about, now]);
    return row === undefined ? undefined : { table: String(row[0]), key: String(row[1]), address: String(row[2]) };
  }

  /** Takes a token, and says that its address is verified. False where another request took it, or the row has another address now. */
  async verify(taken: TakenToken): Promise<boolean> {
    return this.#take(taken, "verification", []);
  }

  /**
   * The same, with a new password: all sessions end, and no other mail opens the account any more. Where nobody had proved
   * the address, whoever made the account may be somebody else: what they left in it ends too.
   */
  async reset(
    taken: TakenToken,
    { hash, mail, verified }: { hash: string; mail: PostedMail | undefined; verified: boolean },
  ): Promise<boolean> {
    const name = [taken.account.table.name, taken.account.key];
    const ended = verified
      ? [ownChange(own.dropSessions, [...name, ""]), ownChange(tokens.dropTokens, name)]
      : reclaimSteps(taken.account, taken.now);
    return this.#take(taken, "reset", [
      // It was looked at before: in between somebody may have verified it, or given it another address.
      ownChange(own.stillVerified, [...name, verified ? 1 : 0], GONE),
      ...ended,
      ownChange(own.setPassword, [hash, ...name]),
      ...(mail === undefined ? [] : [postMailStep(mail)]),
    ]);
  }

  async #take(
    { account, key, hash, address, now }: TakenToken,
    about: TokenAbout,
    then: readonly WriteStep[],
  ): Promise<boolean> {
    const { table } = account;
    if (table.accounts.address === undefined) return false;
    const name = [table.name, account.key];
    const refused = await ownWrite(this.#database, [
      ownChange(tokens.takeToken(table, table.accounts.address, this.#dialect), [hash, about, now, key, address], GONE),
      ...then,
      ownChange(own.setVerified, [now, ...name]),
      ownChange(own.revokeAccount, [now, ...name]),
    ]);
    return refused === undefined;
  }
}

/** A token that was found, as it is to be taken. */
export interface TakenToken {
  readonly account: AccountName;
  /** The row's stored key. */
  readonly key: Stored;
  readonly hash: string;
  readonly address: string;
  readonly now: string;
}
