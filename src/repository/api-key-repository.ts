import type { Database, Stored } from "../database/database.ts";
import {
  addApiKey,
  apiKeysOfAccount,
  dropEndedApiKeys,
  findApiKey,
  revokeApiKey,
  useApiKey,
} from "../database/sql/api-keys.ts";
import type { ApiKeyStore, StoredApiKey } from "../service/accounts/api-keys.ts";
import { ownChange, ownRows, ownWrite } from "./own-statements.ts";

/** API keys in Servery's own table. */
export class ApiKeyRepository implements ApiKeyStore {
  readonly #database: Pick<Database, "read" | "write">;

  constructor(database: Pick<Database, "read" | "write">) {
    this.#database = database;
  }

  async add(key: StoredApiKey, most: number): Promise<boolean> {
    const { id, hash, account, label, scopes, createdAt, expiresAt } = key;
    const row = [id, hash, account, label, JSON.stringify(scopes), createdAt, expiresAt];
    const refused = await ownWrite(this.#database, [
      ownChange(dropEndedApiKeys, [account, createdAt, most]),
      ownChange(addApiKey, [...row, account, createdAt, most], "too_many"),
    ]);
    return refused === undefined;
  }

  async find(id: string): Promise<StoredApiKey | undefined> {
    const [row] = await ownRows(this.#database, findApiKey, [id]);
    return row === undefined ? undefined : storedKey(row);
  }

  async of(account: number): Promise<StoredApiKey[]> {
    return (await ownRows(this.#database, apiKeysOfAccount, [account])).map(storedKey);
  }

  async revoke(account: number, id: string, now: string): Promise<boolean> {
    return (await ownWrite(this.#database, [ownChange(revokeApiKey, [now, id, account], "none")])) === undefined;
  }

  async used(id: string, now: string, before: string): Promise<void> {
    await ownWrite(this.#database, [ownChange(useApiKey, [now, id, before])]);
  }
}

function storedKey(row: readonly Stored[]): StoredApiKey {
  const [id, hash, account, label, scopes, createdAt, expiresAt, lastUsedAt, revokedAt] = row;
  return {
    id: String(id),
    hash: String(hash),
    account: Number(account),
    label: String(label),
    scopes: JSON.parse(String(scopes)) as string[],
    createdAt: String(createdAt),
    expiresAt: String(expiresAt),
    lastUsedAt: typeof lastUsedAt === "string" ? lastUsedAt : null,
    revokedAt: typeof revokedAt === "string" ? revokedAt : null,
  };
}
