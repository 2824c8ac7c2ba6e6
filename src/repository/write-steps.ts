import { LRUCache } from "lru-cache";
import type { Stored, Write, WriteStep } from "../database/database.ts";
import { type CascadeStatement, cascadeStatements } from "../database/sql/compile-cascade.ts";
import * as write from "../database/sql/compile-write.ts";
import type { SqlDialect } from "../database/sql/dialect.ts";
import type { ColumnModel, SchemaModel, TableModel } from "../schema/model.ts";
import type { DeletePlan, InsertPlan, UpdatePlan, WritePlan } from "../service/write-plan.ts";
import type { Assignment } from "../schema/assignment.ts";
import { pointerTo } from "../schema/json-pointer.ts";

/** Texts of writes that are kept: tables × sets of columns. */
const KEPT_TEXTS = 1_000;

/** Turns plans into writes: statements as data, each with what must be true of its result. */
export class WriteSteps {
  readonly #dialect: SqlDialect;
  readonly #schema: SchemaModel;
  readonly #texts = new LRUCache<string, string>({ max: KEPT_TEXTS });
  readonly #cascades = new Map<string, readonly CascadeStatement[]>();

  constructor(dialect: SqlDialect, schema: SchemaModel) {
    this.#dialect = dialect;
    this.#schema = schema;
  }

  insert(plan: InsertPlan): Write {
    const { table } = plan;
    const columns = [
      ...plan.assignments.map(({ column }) => ({ column })),
      ...plan.copies.map(({ column, from }) => ({
        column,
        copy: { table: from.table, key: from.key, from: from.column },
      })),
    ];
    const text = this.#text(
      plan,
      columns.map(({ column }) => column),
      () => write.insertSql(table, columns, this.#dialect),
    );
    const params = [...plan.assignments, ...plan.copies].map(({ value }) => value);
    const steps: WriteStep[] = [
      ...this.#references(plan.assignments),
      { sql: text, params, returns: true, keep: true, changes: true },
    ];
    for (const transfer of table.transfers) {
      const amount = valueOf(plan.assignments, transfer.amount);
      const key = valueOf(plan.assignments, transfer.reference);
      const sql = write.transferSql({ ...transfer, key: transfer.reference.references?.column ?? "" }, this.#dialect);
      steps.push({ sql, params: [amount, key], returns: false, changes: true });
    }
    for (const sum of table.sums) {
      const rows = `${this.#dialect.quote(sum.reference.name)} = ?`;
      const sql = write.sumSql(sum, { table, rows, leaveOut: false }, this.#dialect);
      steps.push({ sql, params: [valueOf(plan.assignments, sum.reference)], returns: false, changes: true });
    }
    return { steps };
  }

  update(plan: UpdatePlan): Write {
    const { table, key, assignments, unchanged } = plan;
    const steps = [...this.#preconditions(plan, key)];
    for (const { column, value } of unchanged) {
      const expect = [{ is: "some", otherwise: { code: "read_only", pointer: pointerTo(column.name) } }] as const;
      steps.push({
        sql: write.unchangedSql(table, column, this.#dialect),
        params: [...key, value],
        returns: true,
        changes: false,
        expect,
      });
    }
    const found = [{ is: "some", otherwise: { code: "not_found" } }] as const;
    if (assignments.length === 0) {
      const sql = write.rowSql(table, this.#returning(table, plan.answer), this.#dialect);
      return { steps: [...steps, { sql, params: key, returns: true, keep: true, changes: false, expect: found }] };
    }
    steps.push(...this.#references(assignments));
    const sums = table.sums.filter((sum) =>
      assignments.some(({ column }) => column === sum.reference || sum.factors.includes(column)),
    );
    const rows = write.keyCondition(table, this.#dialect);
    // The row may move from one parent to another, so the one it leaves is summed without it first.
    for (const sum of sums)
      steps.push({
        sql: write.sumSql(sum, { table, rows, leaveOut: true }, this.#dialect),
        params: [...key, ...key],
        returns: false,
        changes: true,
      });
    const columns = assignments.map(({ column }) => column);
    const text = this.#text(plan, columns, () => write.updateSql(table, columns, this.#dialect));
    steps.push({
      sql: text,
      params: [...assignments.map(({ value }) => value), ...key],
      returns: true,
      keep: true,
      changes: true,
      expect: found,
    });
    for (const sum of sums)
      steps.push({
        sql: write.sumSql(sum, { table, rows, leaveOut: false }, this.#dialect),
        params: key,
        returns: false,
        changes: true,
      });
    return { steps };
  }

  delete(plan: DeletePlan): Write {
    const { table, key } = plan;
    const steps = [...this.#preconditions(plan, key)];
    const atMost = { is: "atMost", limit: plan.cascadeLimit, otherwise: { code: "limit_exceeded" } } as const;
    for (const { sql, keys } of this.#cascade(table)) {
      const params = Array.from({ length: keys / key.length }, () => key).flat();
      steps.push({ sql, params, returns: false, changes: true, expect: [atMost] });
    }
    const sql = write.deleteSql(table, this.#dialect);
    steps.push({
      sql,
      params: key,
      returns: false,
      changes: true,
      expect: [{ is: "some", otherwise: { code: "not_found" } }],
    });
    return { steps };
  }

  /** If-Match and If-None-Match, decided inside the write's transaction, where nobody can come between. */
  #preconditions(plan: WritePlan, key: readonly Stored[]): WriteStep[] {
    const { match, noneMatch } = plan.preconditions;
    const steps: WriteStep[] = [];
    const failed = { code: "precondition_failed" };
    const sql = write.rowSql(plan.table, write.returningJson(plan.table.columns, this.#dialect), this.#dialect);
    if (match !== undefined) {
      const expect =
        match === "*"
          ? { is: "some" as const, otherwise: failed }
          : { is: "tag" as const, tags: match, otherwise: failed };
      steps.push({
        sql,
        params: key,
        returns: true,
        changes: false,
        expect: [{ is: "some", otherwise: failed }, expect],
      });
    } else if (plan.write === "update" && plan.unchanged.length > 0) {
      steps.push({
        sql,
        params: key,
        returns: true,
        changes: false,
        expect: [{ is: "some", otherwise: { code: "not_found" } }],
      });
    }
    if (noneMatch !== undefined) {
      const expect =
        noneMatch === "*"
          ? { is: "none" as const, otherwise: failed }
          : { is: "otherTag" as const, tags: noneMatch, otherwise: failed };
      steps.push({ sql, params: key, returns: true, changes: false, expect: [expect] });
    }
    return steps;
  }

  /** The rows that the new values refer to must be there. */
  #references(assignments: readonly Assignment[]): WriteStep[] {
    return assignments.flatMap(({ column, value }) => {
      if (column.references === undefined || value === null) return [];
      const sql = this.#kept(`reference\0${column.references.table}`, () =>
        write.referenceSql(column.references as NonNullable<typeof column.references>, this.#dialect),
      );
      const otherwise = { code: "reference_missing", pointer: pointerTo(column.name) };
      return [{ sql, params: [value], returns: true, changes: false, expect: [{ is: "some" as const, otherwise }] }];
    });
  }

  /** The text of an insert or update: one for each table, set of columns written and set of columns answered. */
  #text(plan: WritePlan, columns: readonly ColumnModel[], make: () => string): string {
    const written = columns.map((column) => column.name).join("\0");
    const answer = plan.answer === plan.table.columns ? "" : plan.answer.map((column) => column.name).join("\0");
    return this.#kept(
      `${plan.write}\0${plan.table.name}\0\0${written}\0\0${answer}`,
      () => `${make()} RETURNING ${this.#returning(plan.table, plan.answer)}`,
    );
  }

  #returning(table: TableModel, answer: readonly ColumnModel[]): string {
    return write.writtenColumns(table, answer === table.columns ? undefined : answer, this.#dialect);
  }

  #cascade(table: TableModel): readonly CascadeStatement[] {
    const kept = this.#cascades.get(table.name);
    if (kept !== undefined) return kept;
    const statements = cascadeStatements(table, this.#schema.tables, this.#dialect);
    this.#cascades.set(table.name, statements);
    return statements;
  }

  #kept(key: string, make: () => string): string {
    const kept = this.#texts.get(key);
    if (kept !== undefined) return kept;
    const text = make();
    this.#texts.set(key, text);
    return text;
  }
}

function valueOf(assignments: readonly Assignment[], column: ColumnModel): Stored {
  return assignments.find((assignment) => assignment.column === column)?.value ?? null;
}
