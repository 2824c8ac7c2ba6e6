import { LRUCache } from "lru-cache";
import { type Cascade, type CascadeStatement, cascadeStatements } from "../database/sql/compile-cascade.ts";
import * as write from "../database/sql/compile-write.ts";
import type { SqlDialect } from "../database/sql/dialect.ts";
import type { ColumnModel, SchemaModel, TableModel } from "../schema/model.ts";

/** Texts of writes that are kept: tables × sets of columns. */
const KEPT_TEXTS = 1_000;

/** The SQL of writes, made once for each table and set of columns. */
export class WriteTexts {
  readonly dialect: SqlDialect;
  readonly schema: SchemaModel;
  readonly #texts = new LRUCache<string, string>({ max: KEPT_TEXTS });
  readonly #cascades = new Map<string, readonly CascadeStatement[]>();

  constructor(dialect: SqlDialect, schema: SchemaModel) {
    this.dialect = dialect;
    this.schema = schema;
  }

  /** The text kept under a key, or a new one. */
  kept(key: string, make: () => string): string {
    const kept = this.#texts.get(key);
    if (kept !== undefined) return kept;
    const text = make();
    this.#texts.set(key, text);
    return text;
  }

  /** A text that ends in RETURNING: one for each answer as well. */
  returning(key: string, answered: { table: TableModel } & write.WrittenColumns, make: () => string): string {
    const { table, other, exposed } = answered;
    return this.kept(`${key}\0\0${namesOf(other)}\0\0${namesOf(exposed)}`, () => {
      return `${make()} RETURNING ${write.writtenColumns(table, answered, this.dialect)}`;
    });
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

/** The columns of an answer where they are others than the table's. */
export function otherColumns(table: TableModel, answer: readonly ColumnModel[]): readonly ColumnModel[] | undefined {
  return answer === table.columns ? undefined : answer;
}

/** The places of exposed columns behind the plain row, the key and the answer. */
export function exposedPlaces(
  table: TableModel,
  { other, exposed = [] }: write.WrittenColumns,
): ReadonlyMap<ColumnModel, number> {
  const first = 1 + table.key.length + (other === undefined ? 0 : 1);
  return new Map(exposed.map((column, at) => [column, first + at]));
}
