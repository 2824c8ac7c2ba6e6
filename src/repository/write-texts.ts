import { LRUCache } from "lru-cache";
import { type Cascade, type CascadeStatement, cascadeStatements } from "../database/sql/compile-cascade.ts";
import { finishSql } from "../database/sql/audit.ts";
import * as write from "../database/sql/compile-write.ts";
import type { SqlDialect } from "../database/sql/dialect.ts";
import { type Fragment, raw } from "../database/sql/fragment.ts";
import { AUDIT_TABLE } from "../schema/audit-table.ts";
import type { ColumnModel, SchemaModel, TableModel } from "../schema/model.ts";
import type { PlanWriter } from "../service/write-plan.ts";

/** Texts of writes that are kept: tables × sets of columns. */
const KEPT_TEXTS = 1_000;

/** The SQL of writes, made once for each table and set of columns. */
export class WriteTexts {
  readonly dialect: SqlDialect;
  readonly schema: SchemaModel;
  readonly #texts = new LRUCache<string, Fragment>({ max: KEPT_TEXTS });
  /** Policies and what callers see of tables are objects that stay: a number each, to stand in a key. */
  readonly #numbers = new WeakMap<object, number>();
  #count = 0;
  readonly #cascades = new Map<string, readonly CascadeStatement[]>();
  readonly #finishes = new Map<TableModel, readonly string[]>();
  /** Whether changes of some table are kept. */
  readonly audits: boolean;

  constructor(dialect: SqlDialect, schema: SchemaModel) {
    this.dialect = dialect;
    this.schema = schema;
    this.audits = schema.tables.has(AUDIT_TABLE);
  }

  /** The text kept under a key, or a new one. */
  kept(key: string, make: () => string): string {
    return this.part(key, () => raw(make())).text;
  }

  /** What tells an object apart from every other, in a key. */
  number(of: object): number {
    const known = this.#numbers.get(of);
    if (known !== undefined) return known;
    this.#numbers.set(of, ++this.#count);
    return this.#count;
  }

  /** The same with the caller's values that are bound in it. */
  part(key: string, make: () => Fragment): Fragment {
    const kept = this.#texts.get(key);
    if (kept !== undefined) return kept;
    const text = make();
    this.#texts.set(key, text);
    return text;
  }

  /** A text that ends in RETURNING: one for each answer as well. Bound behind its own: the caller's values. */
  returning(key: string, answered: Answered, make: () => string): Fragment {
    return this.part(`${key}\0\0${this.answerKey(answered)}`, () => {
      const columns = write.writtenColumns(answered.table, answered, this.dialect);
      return { text: `${make()} RETURNING ${columns.text}`, binds: columns.binds };
    });
  }

  /** What tells answers apart, in a key. */
  answerKey({ columns, readable, other, full, exposed }: Answered): string {
    const parts = [this.number(columns), write.isEverything(readable) ? 0 : this.number(readable), full === true];
    return `${parts.join(" ")}\0\0${namesOf(other)}\0\0${namesOf(exposed)}`;
  }

  /** The statements that end what is kept of changes of an audited table. */
  finish(table: TableModel): readonly string[] {
    const kept = this.#finishes.get(table) ?? finishSql(table, this.dialect);
    this.#finishes.set(table, kept);
    return kept;
  }

  /** The statements of a delete, for one row or for selected ones. */
  cascade(cascade: Cascade): readonly CascadeStatement[] {
    const key = `${cascade.table.name}\0${cascade.limit}\0${cascade.rows.text}`;
    const kept = this.#cascades.get(key);
    if (kept !== undefined) return kept;
    const statements = cascadeStatements(cascade, this.schema.tables, this.dialect);
    this.#cascades.set(key, statements);
    return statements;
  }
}

/** What a write answers of the rows of a table. */
export type Answered = { readonly table: TableModel } & write.WrittenColumns;

/** The writer's side of a table, as an answer shows it; the stored row beside it where code waits for that. */
export function answeredBy(
  writer: PlanWriter,
  table: TableModel,
  tells: boolean,
): Answered & { readonly full: boolean } {
  const { seen, readable } = writer.of(table);
  const isWhole = seen.columns === table.columns && write.isEverything(readable);
  return { table, columns: seen.columns, readable, full: tells && !isWhole };
}

export function namesOf(columns: readonly ColumnModel[] | undefined): string {
  return columns === undefined ? "" : columns.map((column) => column.name).join("\0");
}

/**
 * Whether a row may change once it is written: by what it does to other rows of its table, or by a trigger that comes
 * after it, which RETURNING does not see (https://sqlite.org/lang_returning.html). The answer is then read at the end.
 */
export function changesItself({ name, adopted, sums, transfers }: TableModel): boolean {
  if (adopted) return true;
  return sums.some((sum) => sum.table === name) || transfers.some((transfer) => transfer.table === name);
}

/** The columns of an answer where they are others than those that the writer sees. */
export function otherColumns(
  columns: readonly ColumnModel[],
  answer: readonly ColumnModel[],
): readonly ColumnModel[] | undefined {
  return answer === columns ? undefined : answer;
}

/** Where the stored row stands in what is answered of a written one; undefined where the plain row is it. */
export function fullPlace({ key }: TableModel, { other, full }: Pick<Answered, "other" | "full">): number | undefined {
  return full === true ? 1 + key.length + (other === undefined ? 0 : 1) : undefined;
}

const NO_PLACES: ReadonlyMap<ColumnModel, number> = new Map();

/** The places of exposed columns behind the plain row, the key and the answer. */
export function exposedPlaces(
  table: TableModel,
  { other, full, exposed = [] }: Pick<Answered, "other" | "full" | "exposed">,
): ReadonlyMap<ColumnModel, number> {
  if (exposed.length === 0) return NO_PLACES;
  const first = 1 + table.key.length + (other === undefined ? 0 : 1) + (full === true ? 1 : 0);
  return new Map(exposed.map((column, at) => [column, first + at]));
}
