import { type ApiKey, isApiKey, newApiKey, parseApiKey } from "../../auth/api-key.ts";
import type { PrincipalSource } from "../../auth/authentication.ts";
import { ACCOUNT_KEYS } from "../../auth/limits.ts";
import { readScopes } from "../../auth/scopes.ts";
import { Problem } from "../../errors/problem.ts";
import type { Observer } from "../../observability/observation.ts";
import type { KnownKeys, ResolvedKey } from "./known-keys.ts";
import { type AccountDirectory, type AccountName, requireNumber } from "./ports.ts";

/** Milliseconds of a day. */
const DAY_MS = 86_400_000;
/** How exact `last_used_at` is, in milliseconds: a write for each request would cost more than the request. */
const USED_EVERY_MS = 60_000;

/** An API key as it is kept: everything but its text. Times are UTC as ISO 8601. */
export interface StoredApiKey extends ApiKey {
  /** The number of its account. */
  readonly account: number;
  readonly label: string;
  /** As they are written: `posts:read`. */
  readonly scopes: readonly string[];
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
}

/** Where keys are kept. */
export interface ApiKeyStore {
  /** False where the account has as many as it may. Of those that are good no more as many are left. */
  add(key: StoredApiKey, most: number): Promise<boolean>;
  find(id: string): Promise<StoredApiKey | undefined>;
  of(account: number): Promise<readonly StoredApiKey[]>;
  /** Whether this account had such a key that was not revoked yet. */
  revoke(account: number, id: string, now: string): Promise<boolean>;
  /** Notes the use, unless one since `before` was. */
  used(id: string, now: string, before: string): Promise<void>;
}

export interface ApiKeyParts {
  readonly store: ApiKeyStore;
  readonly accounts: AccountDirectory;
  readonly principals: Pick<PrincipalSource, "account">;
  readonly known: KnownKeys;
  readonly now: () => Date;
  readonly observe: Observer | undefined;
}

/** What the owner of a key sees of it, whenever they look. */
export interface ApiKeyView {
  readonly id: string;
  /** How the key begins: enough to know it by, and no part of its secret. */
  readonly starts_with: string;
  readonly label: string;
  readonly scopes: readonly string[];
  readonly created_at: string;
  readonly expires_at: string;
  /** To the minute. */
  readonly last_used_at: string | null;
  readonly revoked_at: string | null;
}

/** Keys for programs: made by somebody who has signed in, shown once, never more than their account. */
export class ApiKeys {
  readonly #parts: ApiKeyParts;
  readonly #noting = new Set<Promise<void>>();

  constructor(parts: ApiKeyParts) {
    this.#parts = parts;
  }

  /** Makes a key. Its text is in this answer and nowhere else. */
  async create(
    account: AccountName,
    wanted: {
      readonly label: string;
      readonly scopes: readonly string[];
      readonly days: number;
      /** The tables that the account may know of, so that no finding tells of others. */
      readonly tables: ReadonlySet<string>;
    },
  ): Promise<ApiKeyView & { readonly key: string }> {
    const { store, accounts, now } = this.#parts;
    const { label, scopes, days, tables } = wanted;
    readScopes(scopes, { pointer: "/scopes", tables });
    const number = requireNumber(await accounts.numberOf(account));
    const { id, text, hash } = newApiKey();
    const at = now();
    const times = { createdAt: at.toISOString(), expiresAt: new Date(at.getTime() + days * DAY_MS).toISOString() };
    const key = { id, hash, account: number, label, scopes, ...times, lastUsedAt: null, revokedAt: null };
    if (!(await store.add(key, ACCOUNT_KEYS)))
      throw new Problem("too_many", `An account has at most ${ACCOUNT_KEYS} API keys. Revoke one first.`);
    return { key: text, ...viewOf(key) };
  }

  /** The account's keys, those that are good no more included. */
  async list(account: AccountName): Promise<ApiKeyView[]> {
    const number = requireNumber(await this.#parts.accounts.numberOf(account));
    return (await this.#parts.store.of(number)).map(viewOf);
  }

  /** Ends a key. Somebody else's is as missing as one that never was, or was revoked before. */
  async revoke(account: AccountName, id: string): Promise<void> {
    const number = requireNumber(await this.#parts.accounts.numberOf(account));
    const revoked = await this.#parts.store.revoke(number, id, this.#parts.now().toISOString());
    if (!revoked) throw new Problem("not_found", "This account has no such key.");
    this.#parts.known.expire();
  }

  /** Whom the text of a key speaks for; undefined where it is good for nothing. At once for a key that is known. */
  resolve(text: string): ResolvedKey | undefined | Promise<ResolvedKey | undefined> {
    const key = parseApiKey(text);
    if (key === undefined) return undefined;
    const known = this.#parts.known.get(key.id, this.#parts.now().getTime());
    if (known === undefined) return this.#look(key);
    return isApiKey(key, known.hash) ? known : undefined;
  }

  /** Waits for what is still being noted of uses. */
  async ended(): Promise<void> {
    await Promise.all(this.#noting);
  }

  async #look(key: ApiKey): Promise<ResolvedKey | undefined> {
    const { store, accounts, principals, known } = this.#parts;
    const now = this.#parts.now();
    const { epoch } = known;
    const stored = await store.find(key.id);
    const good =
      stored !== undefined &&
      isApiKey(key, stored.hash) &&
      stored.revokedAt === null &&
      now.getTime() < Date.parse(stored.expiresAt);
    const account = good ? await accounts.byNumber(stored.account) : undefined;
    if (stored === undefined || account === undefined) return undefined;
    const scopes = readScopes(stored.scopes, { pointer: "" });
    const found = {
      principal: principals.account({ ...account, session: undefined, scopes }),
      account: stored.account,
      hash: stored.hash,
      expiresAt: Date.parse(stored.expiresAt),
      lookedAt: now.getTime(),
    };
    known.add(key.id, found, epoch);
    this.#note(stored, now);
    return found;
  }

  /** Notes the use. The request does not wait for it, and is as good without. */
  #note({ id, lastUsedAt }: StoredApiKey, now: Date): void {
    const before = now.getTime() - USED_EVERY_MS;
    if (lastUsedAt !== null && Date.parse(lastUsedAt) > before) return;
    const noting = this.#parts.store
      .used(id, now.toISOString(), new Date(before).toISOString())
      .catch((cause: unknown) => this.#parts.observe?.({ is: "fault", requestId: undefined, cause }))
      .finally(() => this.#noting.delete(noting));
    this.#noting.add(noting);
  }
}

function viewOf(key: StoredApiKey): ApiKeyView {
  return {
    id: key.id,
    starts_with: `svk_${key.id}`,
    label: key.label,
    scopes: key.scopes,
    created_at: key.createdAt,
    expires_at: key.expiresAt,
    last_used_at: key.lastUsedAt,
    revoked_at: key.revokedAt,
  };
}
