import type { KeyStore, StoredKey } from "#servery/auth/tokens/key-ring.js";

/** Keys kept in memory, as a database keeps them: every process that opens a ring over it sees the same. */
export class MemoryKeyStore implements KeyStore {
  readonly rows = new Map<string, StoredKey>();
  loads = 0;

  load(): Promise<readonly StoredKey[]> {
    this.loads += 1;
    return Promise.resolve([...this.rows.values()].map((row) => ({ ...row })));
  }

  add(key: StoredKey): Promise<void> {
    this.rows.set(key.kid, { ...key });
    return Promise.resolve();
  }

  retire(kid: string, at: string): Promise<void> {
    const row = this.rows.get(kid);
    if (row !== undefined) this.rows.set(kid, { ...row, retiredAt: row.retiredAt ?? at });
    return Promise.resolve();
  }
}
