import { isStepResult, type Stored, type StepResult } from "../database/database.ts";
import { accountStatement } from "./account-statement.ts";
import { dropAccount } from "../database/sql/accounts.ts";
import * as write from "../database/sql/compile-write.ts";
import { pointerTo } from "../schema/json-pointer.ts";
import {
  type ColumnModel,
  columnOf,
  type SumModel,
  type TableModel,
  tableOf,
  type TransferModel,
} from "../schema/model.ts";
import type { InsertPlan, RowConditions, RowPlan, UpsertPlan, WritePlan } from "../service/write-plan.ts";
import type { AuditSteps } from "./audit-steps.ts";
import { bindCaller } from "./bind-read.ts";
import { type BoundColumn, timeOf, valueOf } from "./bound-columns.ts";
import { parentSumStep, referenceSteps } from "./effect-steps.ts";
import { addressSteps } from "./address-steps.ts";
import type { KeptPlace, KeptRow } from "./kept-row.ts";
import { type AskedRows, columnsMust, NOT_ALLOWED, rowMust, rowsMust, upsertMust } from "./policy-steps.ts";
import type { MadeRow, StepList, StepOrigin } from "./step-list.ts";
import {
  answeredBy,
  changesItself,
  exposedPlaces,
  fullPlace,
  namesOf,
  otherColumns,
  type WriteTexts,
} from "./write-texts.ts";

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
  readonly #audit: AuditSteps | undefined;
  readonly #origin: Omit<StepOrigin, "table" | "pointer">;
  /** What later operations of the batch refer to in this one. */
  readonly #exposed: readonly ColumnModel[];
  /** Whether rows come along that may change the rows they hang on. */
  readonly #nested: boolean;
  /** References that were looked for already in this operation. */
  #looked: Set<string> | undefined;
  /** Tables whose rows brought keys that the database counts. */
  readonly #keyed = new Map<TableModel, StepOrigin>();
  /** Sums to be made anew when all rows are there. */
  readonly #sums = new Map<SumModel, ChangedParents>();

  constructor(
    texts: WriteTexts,
    list: StepList,
    of: {
      readonly plan: InsertPlan | UpsertPlan;
      readonly operation: number;
      readonly exposed: readonly ColumnModel[];
      readonly audit: AuditSteps | undefined;
    },
  ) {
    this.#audit = of.audit;
    this.#texts = texts;
    this.#list = list;
    this.#origin = { plan: of.plan, operation: of.operation };
    // What is kept beside the row names it by its key.
    const beside = of.plan.write === "insert" && of.plan.account !== undefined ? of.plan.table.key : [];
    this.#exposed = [...of.exposed, ...beside.filter((column) => !of.exposed.includes(column))];
    this.#nested = of.plan.rows.some(({ children }) => children.length > 0);
  }

  /** The steps of an insert, or of an upsert; answers where its rows are kept. */
  steps(plan: InsertPlan | UpsertPlan): KeptRow[] {
    const rows = plan.rows.map((row, at) =>
      plan.write === "upsert" ? this.#upserted(plan, row, plan.replaces[at] ?? []) : this.#inserted(plan.table, row),
    );
    for (const { sum, child, origin, keys, now } of this.#sums.values()) {
      const of = { child, keys: [...keys.values()], now };
      const add = (): void => void this.#list.add(parentSumStep(this.#texts, sum, of), origin);
      if (this.#audit === undefined) add();
      else this.#audit.sums(sum, { parents: of.keys.map(() => "?").join(", "), values: of.keys, origin }, add);
    }
    // The next key that the database counts is behind those that were brought along.
    for (const [table, origin] of this.#keyed) {
      const sql = this.#texts.dialect.countOn(table);
      if (sql !== undefined) this.#list.add({ sql, params: [], returns: true, changes: false }, origin);
    }
    return rows.map((row) => row());
  }

  /** Adds the steps of a row and those below it; the answer is decided when everything else is written. */
  #inserted(table: TableModel, row: RowPlan, below?: BoundColumn): () => KeptRow {
    const origin = { ...this.#origin, table, pointer: row.pointer };
    const columns = this.#columns(row, below);
    this.#references(row, origin);
    const insert = { kind: `insert\0${table.name}\0\0${namesOf(columns.map(({ column }) => column))}`, columns };
    if (columns.some(({ column }) => column.role === "generated_key")) this.#keyed.set(table, origin);
    const sql = (): string => write.insertSql(table, columns, this.#texts.dialect);
    const top = below === undefined;
    const made = this.#make({ table, row, top, ...insert }, sql, origin);
    if (top) this.#account(made.row, origin);
    const children = row.children.map((group) => {
      const value = this.#list.result(made.row, columnOf(table, group.relation.local));
      const rows = group.rows.map((child) => this.#inserted(group.table, child, { column: group.reference, value }));
      return { relation: group.relation, rows };
    });
    return () => ({
      table,
      ...made.answer(row.must),
      children: children.map(({ relation, rows }) => ({ relation, rows: rows.map((child) => child()) })),
    });
  }

  /** The account that the row is made with, in the same transaction. */
  #account(made: MadeRow, origin: StepOrigin): void {
    const { plan } = this.#origin;
    const [key] = plan.table.key;
    if (plan.write !== "insert" || plan.account === undefined || key === undefined) return;
    const { password, roles, verifiedAt } = plan.account;
    const which = [plan.table.name, this.#list.result(made, key)];
    const params = [...which, password, JSON.stringify(roles), verifiedAt, plan.now];
    this.#list.add({ sql: dropAccount, params: which, returns: false, changes: true, counts: false }, origin);
    const statement = accountStatement(plan.account, this.#texts.dialect);
    this.#list.add({ ...statement, params, returns: false, changes: true }, origin);
  }

  #upserted(plan: UpsertPlan, row: RowPlan, replaces: readonly ColumnModel[]): () => KeptRow {
    const { table, conflict } = plan;
    const { dialect } = this.#texts;
    const origin = { ...this.#origin, table, pointer: row.pointer };
    const columns = this.#columns(row);
    const look = this.#look({ plan, row }, columns, origin);
    this.#references(row, origin);
    const kind = `upsert\0${table.name}\0\0${namesOf(columns.map(({ column }) => column))}\0${namesOf(conflict.columns)}\0\0${namesOf(replaces)}`;
    const sql = (): string => write.upsertSql(table, columns, { conflict, replaces, dialect });
    const there = write.sameCondition(conflict, dialect).text;
    const values = conflict.columns.map((column) => valueOf(columns, column));
    const make = (): Made => this.#make({ table, row, top: true, kind, columns }, sql, origin);
    const made = this.#audit === undefined ? make() : this.#audit.changes({ table, rows: there, values, origin }, make);
    return () => ({ table, ...made.answer(row.must, { plan, look }), children: [], look: look.kept });
  }

  /** Looks for the row that is there already: whether it may be replaced, and the parents it may leave. */
  #look(
    { plan, row }: { readonly plan: UpsertPlan; readonly row: RowPlan },
    columns: readonly BoundColumn[],
    origin: StepOrigin,
  ): { readonly step: number; readonly kept: number } {
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
    this.#mayReplace({ plan, row }, { rows: same, values }, origin);
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
    const { now } = plan;
    const moved = { table, rows: same, values, assignments: row.assignments, keep: plan.writer.session, now };
    for (const step of addressSteps(this.#texts, moved, (value) => this.#list.bind(value)))
      this.#list.add(step, origin);
    return look;
  }

  /** A row that is there must be one that the writer may replace; one that it may not see is one that it clashes with. */
  #mayReplace(
    { plan, row }: { readonly plan: UpsertPlan; readonly row: RowPlan },
    there: Pick<AskedRows, "rows" | "values">,
    origin: StepOrigin,
  ): void {
    if (!plan.mayUpdate) return;
    const { table, writer, conflict, updatable } = plan;
    const asked = { table, writer, ...there };
    const clash = { code: "hidden_clash", pointer: pointerTo(conflict.columns[0]?.name ?? "") };
    const steps = [
      ...rowsMust(this.#texts, asked, { policy: writer.of(table).readable, otherwise: clash }),
      ...rowsMust(this.#texts, asked, { policy: updatable, otherwise: NOT_ALLOWED }),
      ...columnsMust(this.#texts, asked, row.must.columns),
    ];
    for (const step of steps) this.#list.add(step, origin);
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
  ): Made {
    const { table, row, top, columns } = of;
    // What comes after may change the row: then it is read when everything is written.
    const later = row.children.length > 0 || (top && this.#nested) || changesItself(table);
    const { plan } = this.#origin;
    const mine = answeredBy(plan.writer, table, plan.tells);
    const other = top && !later ? otherColumns(mine.columns, plan.answer) : undefined;
    const local = row.children.map(({ relation }) => columnOf(table, relation.local));
    const isAsked = !write.isEverything(row.must.policy) || row.must.columns.length > 0 || mayFailUpdated(plan);
    const inside = later || isAsked || table.audited ? [...new Set([...table.key, ...local])] : [];
    const exposed = top && !later ? [...new Set([...this.#exposed, ...inside])] : inside;
    const answered = { ...mine, other, exposed, full: mine.full && !later };
    const { text: sql, binds } = this.#texts.returning(of.kind, answered, text);
    const params = [...columns.map(({ value }) => value), ...bindCaller(binds, plan.writer.values)];
    const step = { sql, params, returns: true, changes: true };
    const places = exposedPlaces(table, answered);
    if (!later) {
      const { step: at, kept } = this.#list.keep(step, origin);
      const made = { step: at, columns: places };
      if (top) this.#list.made(this.#origin.operation, made);
      this.#entered(made, origin);
      this.#effects(table, columns, origin);
      const place = { kept, full: fullPlace(table, answered) };
      return {
        row: made,
        answer: (must, upsert) => {
          this.#must({ made, upsert }, must, origin);
          return place;
        },
      };
    }
    const made = { step: this.#list.add({ ...step, ...(table.adopted ? MADE : {}) }, origin), columns: places };
    this.#entered(made, origin);
    this.#effects(table, columns, origin);
    return {
      row: made,
      answer: (must, upsert) => {
        this.#must({ made, upsert }, must, origin);
        return this.#readAgain(table, { made, top }, origin);
      },
    };
  }

  /** Keeps that a row was made, as it is now; what changes it afterwards is kept with it. */
  #entered(made: MadeRow, origin: StepOrigin): void {
    const { table } = origin;
    if (this.#audit === undefined || !table.audited) return;
    const values = table.key.map((column) => this.#list.result(made, column));
    this.#audit.made({ table, rows: write.keyCondition(table, this.#texts.dialect).text, values, origin });
  }

  /** Holds a new row to its policies, when everything that comes with it is there. */
  #must(
    { made, upsert }: { readonly made: MadeRow; readonly upsert: Upserted | undefined },
    { policy, columns }: RowConditions,
    origin: StepOrigin,
  ): void {
    const { table } = origin;
    const { plan } = this.#origin;
    if (write.isEverything(policy) && columns.length === 0 && !mayFailUpdated(plan)) return;
    const rows = write.keyCondition(table, this.#texts.dialect);
    const values = table.key.map((column) => this.#list.result(made, column));
    const asked = { table, rows, values, writer: plan.writer };
    const steps =
      upsert === undefined
        ? rowMust(this.#texts, asked, { policy, otherwise: NOT_ALLOWED })
        : upsertMust(this.#texts, asked, {
            creatable: policy,
            updatable: upsert.plan.updatable,
            wasThere: this.#list.refer(upsert.look.step, 0),
          });
    for (const step of [...steps, ...columnsMust(this.#texts, asked, columns)]) this.#list.add(step, origin);
  }

  #columns(row: RowPlan, below?: BoundColumn): BoundColumn[] {
    const columns: BoundColumn[] = [];
    for (const { column, value } of row.assignments) columns.push({ column, value: this.#list.bind(value) });
    if (below !== undefined) columns.push(below);
    for (const { column, value, from, through } of row.copies) {
      const key = through === below?.column ? below.value : this.#list.bind(value);
      columns.push({ column, value: key, copy: { table: from.table, key: from.key, by: through, from: from.column } });
    }
    return columns;
  }

  /** The rows that the new values refer to must be there; each is looked for once. */
  #references(row: RowPlan, origin: StepOrigin): void {
    const unknown = row.assignments.filter(({ column, value }) => {
      if (column.references === undefined || value === null) return false;
      if (typeof value === "object") return true;
      const name = `${column.references.table}\0${typeof value}\0${String(value)}`;
      this.#looked ??= new Set();
      return !this.#looked.has(name) && this.#looked.add(name);
    });
    const { writer } = this.#origin.plan;
    for (const step of referenceSteps(this.#texts, { assignments: unknown, writer }, (value) => this.#list.bind(value)))
      this.#list.add(step, origin);
  }

  /** What the row changes elsewhere: transfers at once, sums when all rows are there. */
  #effects(table: TableModel, columns: readonly BoundColumn[], origin: StepOrigin): void {
    if (table.transfers.length === 0 && table.sums.length === 0) return;
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
      const add = (): void => void this.#list.add({ sql, params, returns: false, changes: true }, origin);
      if (this.#audit === undefined) add();
      else this.#transferred(transfer, { key: values.slice(1), origin }, add);
    }
    for (const sum of table.sums)
      this.#changed(sum, { child: table, key: valueOf(columns, sum.reference), now }, origin);
  }

  #transferred(
    { table, reference }: TransferModel,
    { key, origin }: { readonly key: readonly (Stored | StepResult)[]; readonly origin: StepOrigin },
    add: () => void,
  ): void {
    const model = tableOf(this.#texts.schema, table);
    const { dialect } = this.#texts;
    const rows = `${dialect.quote(reference.references?.column ?? "")} = ${dialect.given(reference, "?")}`;
    this.#audit?.changes({ table: model, rows, values: key, origin }, add);
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

  #readAgain(table: TableModel, { made, top }: { made: MadeRow; top: boolean }, origin: StepOrigin): KeptPlace {
    const { plan } = this.#origin;
    const mine = answeredBy(plan.writer, table, plan.tells);
    const other = top ? otherColumns(mine.columns, plan.answer) : undefined;
    const exposed = top ? this.#exposed : [];
    const answered = { ...mine, other, exposed };
    const { text: sql, binds } = this.#texts.part(`row\0${table.name}\0\0${this.#texts.answerKey(answered)}`, () =>
      write.rowSql(table, write.writtenColumns(table, answered, this.#texts.dialect), this.#texts.dialect),
    );
    const own = bindCaller(binds, plan.writer.values);
    const params = [...own, ...table.key.map((column) => this.#list.result(made, column))];
    const { step, kept } = this.#list.keep({ sql, params, returns: true, changes: false }, origin);
    if (top) this.#list.made(this.#origin.operation, { step, columns: exposedPlaces(table, answered) });
    return { kept, full: fullPlace(table, answered) };
  }
}

/** A row that a statement makes, and what answers it once its conditions are asked. */
interface Made {
  readonly row: MadeRow;
  readonly answer: (must: RowConditions, upsert?: Upserted) => KeptPlace;
}

/** What an upsert has looked for, and the plan that says what either outcome needs. */
interface Upserted {
  readonly plan: UpsertPlan;
  readonly look: { readonly step: number };
}

/** Whether a row that an upsert replaces may turn out to be one that its writer may not make of it. */
function mayFailUpdated(plan: WritePlan): boolean {
  return plan.write === "upsert" && !write.isEverything(plan.updatable);
}
