import type { Database } from "../database/database.ts";
import { addKey, loadKeys, retireKey } from "../database/sql/accounts.ts";
import { ownChange, ownFill, ownRows } from "./own-statements.ts";

/** A signing key as it is kept: `sealed` is encrypted with the application's secret. */
interface StoredKey {
  readonly kid: string;
  readonly algorithm: "EdDSA" | "ES256" | "HS256";
  readonly sealed: string;
  readonly createdAt: string;
  readonly retiredAt: string | null;
}

/** The keys that tokens are signed with, in the database. */
export class KeyRepository {
  readonly #database: Pick<Database, "read" | "fill">;

  constructor(database: Pick<Database, "read" | "fill">) {
    this.#database = database;
  }

  async load(): Promise<readonly StoredKey[]> {
    const rows = await ownRows(this.#database, loadKeys, []);
    return rows.map(([kid, algorithm, sealed, createdAt, retiredAt]) => ({
      kid: String(kid),
      algorithm: algorithm as StoredKey["algorithm"],
      sealed: String(sealed),
      createdAt: String(createdAt),
      retiredAt: retiredAt === null ? null : String(retiredAt),
    }));
  }

  async add({ kid, algorithm, sealed, createdAt, retiredAt }: StoredKey): Promise<void> {
    // A thread for the first key alone would stay behind in every engine that is only read.
    await ownFill(this.#database, [ownChange(addKey, [kid, algorithm, sealed, createdAt, retiredAt])]);
  }

  async retire(kid: string, at: string): Promise<void> {
    await ownFill(this.#database, [ownChange(retireKey, [at, kid])]);
  }
}
