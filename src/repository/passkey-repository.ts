import type { Database, Stored } from "../database/database.ts";
import {
  addPasskey,
  dropChallengesOfAccount,
  dropExpiredChallenges,
  findPasskey,
  keepChallenge,
  passkeysOfAccount,
  removePasskey,
  takeChallenge,
  usePasskey,
} from "../database/sql/passkeys.ts";
import type { Challenge, PasskeyStore, StoredPasskey } from "../service/accounts/passkeys.ts";
import { ownAnswer, ownChange, ownRows, ownWrite } from "./own-statements.ts";

/** Passkeys and challenges in Servery's own tables. */
export class PasskeyRepository implements PasskeyStore {
  readonly #database: Pick<Database, "read" | "write">;

  constructor(database: Pick<Database, "read" | "write">) {
    this.#database = database;
  }

  async add(passkey: StoredPasskey, most: number): Promise<"added" | "taken" | "too_many"> {
    const row = [
      passkey.id,
      passkey.account,
      passkey.handle,
      passkey.publicKey,
      passkey.counter,
      JSON.stringify(passkey.transports),
      passkey.label,
      passkey.createdAt,
      passkey.lastUsedAt,
    ];
    const none = [{ is: "none", otherwise: { code: "taken" } }] as const;
    const refused = await ownWrite(this.#database, [
      { sql: findPasskey.sql, params: [passkey.id], returns: true, changes: false, expect: none },
      ownChange(addPasskey, [...row, passkey.account, most], "too_many"),
    ]);
    if (refused === undefined) return "added";
    return refused === "taken" ? "taken" : "too_many";
  }

  async find(id: string): Promise<StoredPasskey | undefined> {
    const [row] = await ownRows(this.#database, findPasskey, [id]);
    return row === undefined ? undefined : storedPasskey(row);
  }

  async of(account: number): Promise<StoredPasskey[]> {
    return (await ownRows(this.#database, passkeysOfAccount, [account])).map(storedPasskey);
  }

  async use(id: string, counter: number, now: string): Promise<boolean> {
    const used = await ownWrite(this.#database, [
      ownChange(usePasskey, [counter, now, id, counter, counter], "not_above"),
    ]);
    return used === undefined;
  }

  async remove(account: number, id: string): Promise<boolean> {
    return (await ownWrite(this.#database, [ownChange(removePasskey, [id, account], "none")])) === undefined;
  }

  async keepChallenge(
    { challenge, purpose, account, handle }: Challenge,
    { now, expiresAt }: { readonly now: string; readonly expiresAt: string },
  ): Promise<void> {
    await ownWrite(this.#database, [
      ownChange(dropExpiredChallenges, [now]),
      ...(account === undefined ? [] : [ownChange(dropChallengesOfAccount, [purpose, account])]),
      ownChange(keepChallenge, [challenge, purpose, account ?? null, handle ?? null, expiresAt]),
    ]);
  }

  async takeChallenge(
    { challenge, purpose, account }: Omit<Challenge, "handle">,
    now: string,
  ): Promise<{ readonly handle: string | undefined } | undefined> {
    const expect = [{ is: "some", otherwise: { code: "gone" } }] as const;
    const params = [challenge, purpose, account ?? null, now];
    const step = { sql: takeChallenge, params, returns: true, keep: true, changes: true, expect };
    const { refused, kept } = await ownAnswer(this.#database, [step]);
    if (refused !== undefined) return undefined;
    const handle = kept[0]?.[0]?.[0];
    return { handle: typeof handle === "string" ? handle : undefined };
  }
}

function storedPasskey(row: readonly Stored[]): StoredPasskey {
  const [id, account, handle, publicKey, counter, transports, label, createdAt, lastUsedAt] = row;
  return {
    id: String(id),
    account: Number(account),
    handle: String(handle),
    publicKey: String(publicKey),
    counter: Number(counter),
    transports: JSON.parse(String(transports)) as string[],
    label: String(label),
    createdAt: String(createdAt),
    lastUsedAt: typeof lastUsedAt === "string" ? lastUsedAt : null,
  };
}
