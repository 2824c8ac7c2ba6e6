import { DeclarationError } from "../errors/declaration-error.ts";
import type { Kind } from "./kind.ts";
import type { Json } from "./stored.ts";
import { type DeclaredRule, everyone, nobody, type Rule, ruleOf } from "./rule.ts";
import { inForm, type StoredForm } from "./stored-form.ts";

export type OnDelete = "restrict" | "cascade" | "set null";

/** What a reference column declares; names are resolved when the whole application is known. */
export interface ReferenceSpec {
  readonly table: string;
  readonly onDelete: OnDelete;
  readonly as?: string;
  readonly reverse?: string;
}

/** Who fills a column that callers may not write. */
export type FilledBy =
  | { readonly by: "uuid" }
  /** The sum of a product of columns over the rows of a child table. */
  | { readonly by: "sum"; readonly table: string; readonly factors: readonly string[] }
  /** The value of a column of the row that a reference names, taken once at insert. */
  | { readonly by: "copy"; readonly reference: string; readonly column: string }
  /** The database itself: a generated column, a default that is an expression, a trigger. */
  | { readonly by: "database" }
  /** The key of the caller's account: the row's owner. */
  | { readonly by: "caller" };

/** Everything a column declaration says, as data. */
export interface ColumnSpec {
  /** Undefined for a reference: it takes the kind of the key it points at. */
  readonly kind: Kind | undefined;
  readonly optional: boolean;
  readonly unique: boolean;
  readonly index: boolean;
  readonly search: boolean;
  readonly default?: Json;
  readonly reference?: ReferenceSpec;
  readonly was?: string;
  readonly filled?: FilledBy;
  /** Who may read the column of a row that it may read; everyone unless it says otherwise. */
  readonly readable: Rule;
  /** Who may write it, of those who may write the row; undefined where the declaration says nothing. */
  readonly writable?: Rule;
}

/**
 * What the types remember of a column: may it be null, may an insert leave it out, may a caller write it, and who finds
 * it in an answer: everyone, some, or nobody.
 */
export interface ColumnFlags {
  readonly optional: boolean;
  readonly filled: boolean;
  readonly readOnly: boolean;
  readonly seen: "by all" | "by some" | "by nobody";
}

/**
 * What a filter may ask of a column: `text` takes every operator, `ordered` all but those that look into a
 * text, `opaque` only whether there is a value.
 */
export type ColumnFamily = "text" | "ordered" | "opaque";

export type Plain = { optional: false; filled: false; readOnly: false; seen: "by all" };
/** The same flags, but for those that are named. */
type With<Flags extends ColumnFlags, Changed extends Partial<ColumnFlags>> = {
  [Flag in keyof ColumnFlags]: Flag extends keyof Changed ? Changed[Flag] : Flags[Flag];
};
type Optional<Flags extends ColumnFlags> = With<Flags, { optional: true; filled: true; readOnly: false }>;
type Defaulted<Flags extends ColumnFlags> = With<Flags, { optional: false; filled: true; readOnly: false }>;
type FilledElsewhere<Flags extends ColumnFlags> = With<Flags, { filled: true; readOnly: true }>;
type ReadOnly<Flags extends ColumnFlags> = With<Flags, { optional: false; filled: true; readOnly: true }>;

/**
 * A column declaration. Each method answers a new one, so a column may be kept in a constant and
 * used twice. `Out` is its type in an answer, `In` in a body.
 */
export class Column<
  out Out,
  out In = Out,
  out Flags extends ColumnFlags = Plain,
  out Family extends ColumnFamily = [Out] extends [string] ? "text" : "ordered",
> {
  declare readonly "~out": Out;
  declare readonly "~in": In;
  declare readonly "~flags": Flags;
  declare readonly "~family": Family;
  readonly spec: ColumnSpec;

  constructor(kind: Kind | undefined, spec: Partial<ColumnSpec> = {}) {
    this.spec = { kind, optional: false, unique: false, index: false, search: false, readable: everyone, ...spec };
  }

  /** May be null, and may be left out of a body. */
  optional(): Column<Out, In, Optional<Flags>, Family> {
    return this.#with({ optional: true });
  }

  /** The value of a row that was created without one. */
  default(value: In): Column<Out, In, Defaulted<Flags>, Family> {
    return this.#with({ default: value as Json });
  }

  /** No two rows have the same value; rows without a value do not clash. */
  unique(): Column<Out, In, Flags, Family> {
    return this.#with({ unique: true });
  }

  /** An index that also serves the default order: filtered by this column, newest first. */
  index(): Column<Out, In, Flags, Family> {
    return this.#with({ index: true });
  }

  /** The server makes the value (a UUID of version 7, which sorts by time). */
  generated(): Column<Out, In, ReadOnly<Flags>, Family> {
    if (this.spec.kind?.name !== "uuid") {
      throw new DeclarationError(
        `${this.spec.kind?.name ?? "ref"}()`,
        "only a uuid can be generated",
        "Write uuid().generated()",
      );
    }
    return this.#with({ filled: { by: "uuid" } });
  }

  /** The service keeps the sum over the child table's rows: `decimal(10, 2).sumOf("order_items", "quantity", "unit_price")`. */
  sumOf(table: string, ...factors: readonly [string, ...string[]]): Column<Out, In, ReadOnly<Flags>, Family> {
    return this.#with({ filled: { by: "sum", table, factors }, default: "0" });
  }

  /** The service takes the value from the referred row when a row is created: `decimal(10, 2).copyOf("product_id", "price")`. */
  copyOf(reference: string, column: string): Column<Out, In, ReadOnly<Flags>, Family> {
    return this.#with({ filled: { by: "copy", reference, column } });
  }

  /**
   * The form in which the file of an adopted application holds the values, where Servery would choose another:
   * `decimal(10, 2).stored("real")`, `timestamp().stored("text")` (`2009-01-01 00:00:00`), `"unix"`, `"unix_ms"`,
   * `date().stored("timestamp")`.
   */
  stored(form: StoredForm): this {
    return this.#with<this>({ kind: inForm(this.spec.kind, form) });
  }

  /** The database fills the column of an adopted application: callers read it, and nobody writes it. */
  filledByDatabase(): Column<Out, In, FilledElsewhere<Flags>, Family> {
    return this.#with({ filled: { by: "database" } });
  }

  /** `?q=` searches this column: every word of it counts. */
  search(): this {
    return this.#with<this>({ search: true });
  }

  /**
   * The reference holds the row's owner: the account that creates the row. It may be sent equal to the caller, and
   * changed by administrators.
   */
  owner(): Column<Out, In, With<Flags, { filled: true }>, Family> {
    if (this.spec.reference === undefined)
      throw new DeclarationError(
        `${this.spec.kind?.name ?? "column"}()`,
        "only a reference can be the owner",
        'Write ref("users").owner()',
      );
    return this.#with({ filled: { by: "caller" } });
  }

  /** Nobody reads the column through the API, administrators neither, and nobody writes it unless `.writable()` says who. */
  private(): Column<Out, In, With<Flags, { seen: "by nobody" }>, Family> {
    return this.#with({ readable: nobody, writable: this.spec.writable ?? nobody });
  }

  /** Who may read the column; for others it does not exist. Where the rule depends on the row, it is null in other rows. */
  readable(rule: DeclaredRule): Column<Out, In, With<Flags, { seen: "by some" }>, Family> {
    return this.#with({ readable: ruleOf(rule, ".readable()") });
  }

  /** Who may write the column, of those who may write the row. */
  writable(rule: DeclaredRule): this {
    return this.#with<this>({ writable: ruleOf(rule, ".writable()") });
  }

  /** The column's former name: a migration keeps its values. May stay once every database has been migrated, and may go. */
  was(name: string): this {
    return this.#with<this>({ was: name });
  }

  #with<Next extends AnyColumn>(change: Partial<ColumnSpec>): Next {
    return new Column(change.kind ?? this.spec.kind, { ...this.spec, ...change }) as unknown as Next;
  }
}

export type AnyColumn = Column<unknown, unknown, ColumnFlags, ColumnFamily>;
