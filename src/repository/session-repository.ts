import type { Database, Rows, Stored } from "../database/database.ts";
import * as own from "../database/sql/accounts.ts";
import { type AccountName, rolesOf, type StoredAccount } from "./account-repository.ts";
import { ownChange, ownRows, ownWrite } from "./own-statements.ts";

/** A session that is to be. Times are ISO 8601. */
export interface NewSession {
  readonly id: string;
  readonly nonce: string;
  readonly now: string;
  readonly expiresAt: string;
  readonly userAgent: string | null;
  readonly address: string | null;
}

/** A session as it is kept, and whose it is. */
export interface StoredSession {
  readonly nonce: string;
  readonly generation: number;
  readonly rotatedAt: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly table: string;
  readonly key: string;
  readonly disabled: boolean;
}

/** What a token is held to. */
export interface SessionState {
  readonly account: number;
  readonly roles: readonly string[];
  readonly disabled: boolean;
  readonly expiresAt: string;
}

/** A session as its owner sees it. */
export interface ListedSession {
  readonly id: string;
  readonly createdAt: string;
  readonly lastUsedAt: string;
  readonly expiresAt: string;
  readonly userAgent: string | null;
  readonly address: string | null;
}

/** An account or one of its sessions is to be looked at anew. */
export interface Revocation {
  readonly seq: number;
  readonly account: number;
  readonly session: string | null;
}

const CHANGED = "changed";

/** Sessions, and the word that some of them are over. */
export class SessionRepository {
  readonly #database: Pick<Database, "read" | "write">;

  constructor(database: Pick<Database, "read" | "write">) {
    this.#database = database;
  }

  /** Begins a session of an account as it was read, and ends the oldest beyond `most`. False where the account has changed since. */
  async begin(account: Pick<StoredAccount, "id" | "epoch">, session: NewSession, most: number): Promise<boolean> {
    const { id, nonce, now, expiresAt, userAgent, address } = session;
    const refused = await ownWrite(this.#database, [
      ownChange(
        own.insertSession,
        [id, nonce, now, now, now, expiresAt, userAgent, address, account.id, account.epoch],
        CHANGED,
      ),
      ownChange(own.revokeExcess, [now, account.id, most]),
      ownChange(own.dropExcess, [account.id, most]),
      ownChange(own.dropExpired, [now]),
    ]);
    return refused === undefined;
  }

  async get(id: string): Promise<StoredSession | undefined> {
    const [row] = await ownRows(this.#database, own.findSession, [id]);
    if (row === undefined) return undefined;
    const [, nonce, generation, rotatedAt, createdAt, expiresAt, table, key, , disabledAt] = row;
    return {
      nonce: String(nonce),
      generation: Number(generation),
      rotatedAt: String(rotatedAt),
      createdAt: String(createdAt),
      expiresAt: String(expiresAt),
      table: String(table),
      key: String(key),
      disabled: disabledAt !== null,
    };
  }

  /** Goes on to the next generation; false where another request did so first. */
  async rotate(
    id: string,
    from: { readonly generation: number; readonly now: string; readonly expiresAt: string },
  ): Promise<boolean> {
    const params = [from.now, from.now, from.expiresAt, id, from.generation];
    return (await ownWrite(this.#database, [ownChange(own.rotateSession, params, CHANGED)])) === undefined;
  }

  /** Ends one session of an account; false where it has none of that id. */
  async end(
    { table, key }: { readonly table: string; readonly key: string },
    id: string,
    now: string,
  ): Promise<boolean> {
    const refused = await ownWrite(this.#database, [
      ownChange(own.revokeSession, [now, id, table, key], CHANGED),
      ownChange(own.dropSession, [id, table, key]),
    ]);
    return refused === undefined;
  }

  /** Ends all sessions of an account. */
  async endAll({ table, key }: { readonly table: string; readonly key: string }, now: string): Promise<void> {
    await ownWrite(this.#database, [
      ownChange(own.dropSessions, [table, key, ""]),
      ownChange(own.revokeAccount, [now, table, key]),
    ]);
  }

  async list({ table, key }: AccountName, now: string): Promise<readonly ListedSession[]> {
    const rows = await ownRows(this.#database, own.listSessions, [table.name, key, now]);
    return rows.map(([id, createdAt, lastUsedAt, expiresAt, userAgent, address]) => ({
      id: String(id),
      createdAt: String(createdAt),
      lastUsedAt: String(lastUsedAt),
      expiresAt: String(expiresAt),
      userAgent: userAgent === null ? null : String(userAgent),
      address: address === null ? null : String(address),
    }));
  }

  /** What a token of this session is held to; undefined where the session is over. */
  async state(session: string, { table, key }: AccountName): Promise<SessionState | undefined> {
    const [row] = await ownRows(this.#database, own.sessionState, [session, table.name, key]);
    if (row === undefined) return undefined;
    const [account, roles, disabledAt, expiresAt] = row;
    return {
      account: Number(account),
      roles: rolesOf(roles),
      disabled: disabledAt !== null,
      expiresAt: String(expiresAt),
    };
  }

  /** The revocations behind a number, at once where the database can. */
  revocations(behind: number): readonly Revocation[] | Promise<readonly Revocation[]> {
    const found = this.#database.read(own.newRevocations, [behind]);
    return found instanceof Promise ? found.then(revocationsOf) : revocationsOf(found);
  }

  /** The number of the last revocation. */
  async lastRevocation(): Promise<number> {
    const [row] = await ownRows(this.#database, own.lastRevocation, []);
    return Number(row?.[0] ?? 0);
  }

  /** Drops revocations that are older than a time, when every process has heard of them. */
  async tidy(before: string): Promise<void> {
    await ownWrite(this.#database, [ownChange(own.dropRevocations, [before])]);
  }
}

function revocationsOf(rows: Rows): readonly Revocation[] {
  return rows.map(([seq, account, session]: readonly Stored[]) => ({
    seq: Number(seq),
    account: Number(account),
    session: typeof session === "string" ? session : null,
  }));
}
