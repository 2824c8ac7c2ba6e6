import { isStepResult, type Stored, type StepResult } from "../database/database.ts";
import * as write from "../database/sql/compile-write.ts";
import { pointerTo } from "../schema/json-pointer.ts";
import { type ColumnModel, columnOf, type RelationModel, type SumModel, type TableModel } from "../schema/model.ts";
import type { InsertPlan, RowPlan, UpsertPlan } from "../service/write-plan.ts";
import { parentSumStep, referenceSteps } from "./effect-steps.ts";
import type { MadeRow, StepList, StepOrigin } from "./step-list.ts";
import { changesItself, exposedPlaces, namesOf, otherColumns, type WriteTexts } from "./write-texts.ts";

/** Where the answer of a row is found among what was kept, and those of the rows that came with it. */
export interface KeptRow {
  readonly table: TableModel;
  readonly kept: number;
  readonly children: readonly { readonly relation: RelationModel; readonly rows: readonly KeptRow[] }[];
  /** For an upsert: where the look is kept that found the row, or did not. */
  readonly look?: number;
}

/** A column with its value, ready for a statement. */
interface BoundColumn extends write.InsertColumn {
  readonly value: Stored | StepResult;
}

/** A trigger of an adopted file may leave out a row without an error (RAISE(IGNORE)). */
const MADE = { expect: [{ is: "some", otherwise: { code: "refused_by_database" } }] } as const;

/** The parents of one sum whose rows have changed. */
interface ChangedParents {
  readonly sum: SumModel;
  readonly child: TableModel;
  readonly origin: StepOrigin;
  /** When the first of those rows changed. */
  readonly now: string;
  /** By the value's text: each parent once. */
  readonly keys: Map<string, Stored | StepResult>;
}

/** Puts the steps together that make rows. */
export class RowSteps {
  readonly #texts: WriteTexts;
  readonly #list: StepList;
  readonly #origin: Omit<StepOrigin, "table" | "pointer">;
  /** What later operations of the batch refer to in this one. */
  readonly #exposed: readonly ColumnModel[];
  /** Whether rows come along that may change the rows they hang on. */
  readonly #nested: boolean;
  /** References that were looked for already in this operation. */
  readonly #looked = new Set<string>();
  /** Sums to be made anew when all rows are there. */
  readonly #sums = new Map<SumModel, ChangedParents>();

  constructor(
    texts: WriteTexts,
    list: StepList,
    of: {
      readonly plan: InsertPlan | UpsertPlan;
      readonly operation: number;
      readonly exposed: readonly ColumnModel[];
    },
  ) {
    this.#texts = texts;
    this.#list = list;
    this.#origin = { plan: of.plan, operation: of.operation };
    this.#exposed = of.exposed;
    this.#nested = of.plan.rows.some(({ children }) => children.length > 0);
  }

  /** The steps of an insert, or of an upsert; answers where its rows are kept. */
  steps(plan: InsertPlan | UpsertPlan): KeptRow[] {
    const rows = plan.rows.map((row) =>
      plan.write === "upsert" ? this.#upserted(plan, row) : this.#inserted(plan.table, row),
    );
    for (const { sum, child, origin, keys, now } of this.#sums.values()) {
      const of = { child, keys: [...keys.values()], now };
      this.#list.add(parentSumStep(this.#texts, sum, of), origin);
    }
    return rows.map((row) => row());
  }

  /** Adds the steps of a row and those below it; the answer is decided when everything else is written. */
  #inserted(table: TableModel, row: RowPlan, below?: BoundColumn): () => KeptRow {
    const origin = { ...this.#origin, table, pointer: row.pointer };
    const columns = this.#columns(row, below);
    this.#references(row, origin);
    const insert = { kind: `insert\0${table.name}\0\0${namesOf(columns.map(({ column }) => column))}`, columns };
    const sql = (): string => write.insertSql(table, columns, this.#texts.dialect);
    const top = below === undefined;
    const made = this.#make({ table, row, top, ...insert }, sql, origin);
    const children = row.children.map((group) => {
      const value = this.#list.result(made.row, columnOf(table, group.relation.local));
      const rows = group.rows.map((child) => this.#inserted(group.table, child, { column: group.reference, value }));
      return { relation: group.relation, rows };
    });
    return () => ({
      table,
      kept: made.answer(),
      children: children.map(({ relation, rows }) => ({ relation, rows: rows.map((child) => child()) })),
    });
  }

  #upserted(plan: UpsertPlan, row: RowPlan): () => KeptRow {
    const { table, conflict } = plan;
    const { dialect } = this.#texts;
    const origin = { ...this.#origin, table, pointer: row.pointer };
    const columns = this.#columns(row);
    const look = this.#look(plan, columns, origin);
    this.#references(row, origin);
    const kind = `upsert\0${table.name}\0\0${namesOf(columns.map(({ column }) => column))}\0${namesOf(conflict.columns)}`;
    const sql = (): string => write.upsertSql(table, columns, { conflict, dialect });
    const made = this.#make({ table, row, top: true, kind, columns }, sql, origin);
    return () => ({ table, kept: made.answer(), children: [], look });
  }

  /** Looks for the row that is there already: whether it may be replaced, and the parents it may leave. */
  #look(plan: UpsertPlan, columns: readonly BoundColumn[], origin: StepOrigin): number {
    const { table, conflict } = plan;
    const { dialect } = this.#texts;
    const same = write.sameCondition(conflict, dialect);
    const values = conflict.columns.map((column) => valueOf(columns, column));
    const otherwise = { code: "forbidden" };
    const allowed =
      plan.mayCreate && plan.mayUpdate
        ? {}
        : { expect: [{ is: plan.mayCreate ? "none" : "some", otherwise }] as const };
    const references = [...new Set(table.sums.map((sum) => sum.reference))];
    const sql = this.#texts.kept(`look\0${table.name}\0${namesOf(conflict.columns)}`, () =>
      write.lookSql(table, { columns: references, rows: same }, dialect),
    );
    const look = this.#list.keep({ sql, params: values, returns: true, changes: false, ...allowed }, origin);
    for (const sum of table.sums)
      this.#changed(
        sum,
        { child: table, key: this.#list.refer(look.step, 1 + references.indexOf(sum.reference)), now: plan.now },
        origin,
      );
    if (!conflict.isKey && table.key.every(({ role }) => role === "key")) {
      // The row would keep its key without a word, and the caller believe in another.
      const other = { code: "read_only", pointer: pointerTo(table.key[0]?.name ?? "") };
      const key = table.key.map((column) => valueOf(columns, column));
      const step = { sql: write.otherKeySql(table, same, dialect), params: [...values, ...key] };
      this.#list.add({ ...step, returns: true, changes: false, expect: [{ is: "none", otherwise: other }] }, origin);
    }
    return look.kept;
  }

  /** The statement that makes a row, what follows from it, and where its answer will be. */
  #make(
    of: {
      readonly table: TableModel;
      readonly row: RowPlan;
      readonly top: boolean;
      readonly kind: string;
      readonly columns: readonly BoundColumn[];
    },
    text: () => string,
    origin: StepOrigin,
  ): { readonly row: MadeRow; readonly answer: () => number } {
    const { table, row, top, columns } = of;
    // What comes after may change the row: then it is read when everything is written.
    const later = row.children.length > 0 || (top && this.#nested) || changesItself(table);
    const other = top && !later ? otherColumns(table, this.#origin.plan.answer) : undefined;
    const local = row.children.map(({ relation }) => columnOf(table, relation.local));
    const inside = later ? [...new Set([...table.key, ...local])] : [];
    const exposed = top && !later ? this.#exposed : inside;
    const sql = this.#texts.returning(of.kind, { table, other, exposed }, text);
    const params = columns.map(({ value }) => value);
    const step = { sql, params, returns: true, changes: true };
    const places = exposedPlaces(table, { other, exposed });
    if (!later) {
      const { step: at, kept } = this.#list.keep(step, origin);
      const made = { step: at, columns: places };
      if (top) this.#list.made(this.#origin.operation, made);
      this.#effects(table, columns, origin);
      return { row: made, answer: () => kept };
    }
    const made = { step: this.#list.add({ ...step, ...(table.adopted ? MADE : {}) }, origin), columns: places };
    this.#effects(table, columns, origin);
    return { row: made, answer: () => this.#readAgain(table, { made, top }, origin) };
  }

  #columns(row: RowPlan, below?: BoundColumn): BoundColumn[] {
    const columns: BoundColumn[] = [];
    for (const { column, value } of row.assignments) columns.push({ column, value: this.#list.bind(value) });
    if (below !== undefined) columns.push(below);
    for (const { column, value, from, through } of row.copies) {
      const key = through === below?.column ? below.value : this.#list.bind(value);
      columns.push({ column, value: key, copy: { table: from.table, key: from.key, from: from.column } });
    }
    return columns;
  }

  /** The rows that the new values refer to must be there; each is looked for once. */
  #references(row: RowPlan, origin: StepOrigin): void {
    const unknown = row.assignments.filter(({ column, value }) => {
      if (column.references === undefined || value === null || typeof value === "object") return true;
      const name = `${column.references.table}\0${typeof value}\0${String(value)}`;
      return !this.#looked.has(name) && this.#looked.add(name);
    });
    for (const step of referenceSteps(this.#texts, unknown, (value) => this.#list.bind(value)))
      this.#list.add(step, origin);
  }

  /** What the row changes elsewhere: transfers at once, sums when all rows are there. */
  #effects(table: TableModel, columns: readonly BoundColumn[], origin: StepOrigin): void {
    const { dialect } = this.#texts;
    // The first rows of a database bring their time along; for every other row it is now.
    const now = timeOf(table, columns) ?? this.#origin.plan.now;
    for (const transfer of table.transfers) {
      const sql = this.#texts.kept(
        `transfer\0${transfer.sign}\0${table.name}\0${transfer.reference.name}\0${transfer.column}`,
        () => write.transferSql(transfer, dialect),
      );
      const values = [valueOf(columns, transfer.amount), valueOf(columns, transfer.reference)];
      const params = transfer.touches === undefined ? values : [now, ...values];
      this.#list.add({ sql, params, returns: false, changes: true }, origin);
    }
    for (const sum of table.sums)
      this.#changed(sum, { child: table, key: valueOf(columns, sum.reference), now }, origin);
  }

  /** Notes a parent whose rows have changed. */
  #changed(
    sum: SumModel,
    { child, key, now }: { readonly child: TableModel; readonly key: Stored | StepResult; readonly now: string },
    origin: StepOrigin,
  ): void {
    if (key === null) return;
    const parents = this.#sums.get(sum) ?? { sum, child, origin, now, keys: new Map<string, Stored | StepResult>() };
    this.#sums.set(sum, parents);
    parents.keys.set(isStepResult(key) ? JSON.stringify(key) : `${typeof key}\0${String(key)}`, key);
  }

  #readAgain(table: TableModel, { made, top }: { made: MadeRow; top: boolean }, origin: StepOrigin): number {
    const other = top ? otherColumns(table, this.#origin.plan.answer) : undefined;
    const exposed = top ? this.#exposed : [];
    const answered = { other, exposed };
    const sql = this.#texts.kept(`row\0${table.name}\0\0${namesOf(other)}\0\0${namesOf(exposed)}`, () =>
      write.rowSql(table, write.writtenColumns(table, answered, this.#texts.dialect), this.#texts.dialect),
    );
    const params = table.key.map((column) => this.#list.result(made, column));
    const { step, kept } = this.#list.keep({ sql, params, returns: true, changes: false }, origin);
    if (top) this.#list.made(this.#origin.operation, { step, columns: exposedPlaces(table, answered) });
    return kept;
  }
}

/** When a row says that it changed. */
function timeOf(table: TableModel, columns: readonly BoundColumn[]): string | undefined {
  const time = ["updated_at", "created_at"].flatMap(
    (role) => table.columns.find((column) => column.role === role) ?? [],
  );
  const [value] = time.map((column) => valueOf(columns, column));
  return typeof value === "string" ? value : undefined;
}

function valueOf(columns: readonly BoundColumn[], column: ColumnModel): Stored | StepResult {
  return columns.find((candidate) => candidate.column === column)?.value ?? null;
}
