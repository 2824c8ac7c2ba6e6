import { LRUCache } from "lru-cache";

/** A value that was bound to a statement, short enough to be looked at. */
export type ShownValue = string | number | null;

/** What a statement is given: a value, or what an earlier statement of the same write answered. */
type Bound = string | number | bigint | Uint8Array | null | { readonly step: number | "kept" };

/** Letters of a text that are shown: a row may hold a megabyte. */
const MOST_LETTERS = 120;
/** Values of one statement that are shown: `in` takes 500. */
const MOST_VALUES = 50;
/** Statements of which it is known whether their values are shown. */
const KNOWN_STATEMENTS = 1_000;

/** Stands for what an earlier statement of the same write answered. */
const FROM_BEFORE = "(from a statement before)";

/** Servery's own tables hold digests of passwords, keys, sessions and mails. */
const OWN_TABLES = "_servery_";
const QUOTED_NAME = /"((?:[^"]|"")+)"/g;

/**
 * Decides which values of statements are shown. Those of a statement that names a closed column are not, whichever of
 * them belongs to it; nor those of Servery's own tables. Column names are quoted in every statement that is compiled.
 */
export class ShownValues {
  /** Names of columns that not everybody reads, of any table. */
  readonly #closed: ReadonlySet<string>;
  readonly #known = new LRUCache<string, boolean>({ max: KNOWN_STATEMENTS });

  constructor(closed: ReadonlySet<string>) {
    this.#closed = closed;
  }

  /** The values, or undefined where they are nobody's business. */
  of(sql: string, params: readonly Bound[]): readonly ShownValue[] | undefined {
    let isOpen = this.#known.get(sql);
    if (isOpen === undefined) {
      isOpen = this.#isOpen(sql);
      this.#known.set(sql, isOpen);
    }
    return isOpen ? params.slice(0, MOST_VALUES).map(shown) : undefined;
  }

  #isOpen(sql: string): boolean {
    if (sql.toLowerCase().includes(OWN_TABLES)) return false;
    for (const [, name = ""] of sql.matchAll(QUOTED_NAME))
      if (this.#closed.has(name.replaceAll('""', '"').toLowerCase())) return false;
    return true;
  }
}

function shown(value: Bound): ShownValue {
  if (typeof value === "string") return value.length > MOST_LETTERS ? `${value.slice(0, MOST_LETTERS)}…` : value;
  if (typeof value === "bigint") return String(value);
  if (value instanceof Uint8Array) return `(${value.length} bytes)`;
  return typeof value === "object" && value !== null ? FROM_BEFORE : value;
}
