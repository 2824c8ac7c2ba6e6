import type { Database, WriteStep } from "../database/database.ts";
import * as own from "../database/sql/accounts.ts";
import * as factor from "../database/sql/second-factor.ts";
import type { AccountName } from "./account-repository.ts";
import { ownChange, ownRows, ownWrite } from "./own-statements.ts";

const CHANGED = "changed";

/** An account, with the session that stays. */
export interface KeptSession extends AccountName {
  readonly session: string;
  /** ISO 8601. */
  readonly now: string;
}

/** Second factors of accounts. Every change is decided in the database, so that of two at once one takes place. */
export class SecondFactorRepository {
  readonly #database: Pick<Database, "read" | "write">;

  constructor(database: Pick<Database, "read" | "write">) {
    this.#database = database;
  }

  /** The sealed secret that waits to be confirmed. */
  async pending({ table, key }: AccountName): Promise<string | undefined> {
    const [row] = await ownRows(this.#database, factor.findPending, [table.name, key]);
    return typeof row?.[0] === "string" ? row[0] : undefined;
  }

  /** False where the account has a second factor already. */
  async propose({ table, key }: AccountName, sealed: string): Promise<boolean> {
    return this.#write([ownChange(factor.setPending, [sealed, table.name, key], CHANGED)]);
  }

  /** Switches a proposed one on, with its recovery codes; all sessions but one end. False where another one was proposed since. */
  async switchOn(
    kept: KeptSession,
    to: { readonly sealed: string; readonly step: number; readonly codes: readonly string[] },
  ): Promise<boolean> {
    const name = [kept.table.name, kept.key];
    return this.#write([
      ownChange(factor.switchOn, [to.step, ...name, to.sealed], CHANGED),
      ownChange(factor.dropCodes, name),
      ...to.codes.map((hash) => ownChange(factor.addCode, [hash, ...name])),
      ...others(kept),
    ]);
  }

  /** False where it was switched off, or replaced, since. */
  async switchOff(kept: KeptSession, sealed: string): Promise<boolean> {
    const name = [kept.table.name, kept.key];
    return this.#write([
      ownChange(factor.switchOff, [...name, sealed], CHANGED),
      ownChange(factor.dropCodes, name),
      ...others(kept),
    ]);
  }

  /** Takes the step of a code; false where it, or a later one, was taken. */
  async takeStep({ table, key }: AccountName, sealed: string, step: number): Promise<boolean> {
    return this.#write([ownChange(factor.takeStep, [step, table.name, key, sealed, step], CHANGED)]);
  }

  /** Takes a recovery code; false where the account has none like it. A wrong one is not written, and so costs no more than a wrong code. */
  async takeCode({ table, key }: AccountName, hash: string): Promise<boolean> {
    const params = [hash, table.name, key];
    if ((await ownRows(this.#database, factor.findCode, params)).length === 0) return false;
    return this.#write([ownChange(factor.takeCode, params, CHANGED)]);
  }

  async #write(steps: readonly WriteStep[]): Promise<boolean> {
    return (await ownWrite(this.#database, steps)) === undefined;
  }
}

function others({ table, key, session, now }: KeptSession): WriteStep[] {
  return [
    ownChange(own.dropSessions, [table.name, key, session]),
    ownChange(own.revokeAccount, [now, table.name, key]),
  ];
}
