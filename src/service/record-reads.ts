import { type Access, tableAccess } from "../auth/policy/access.ts";
import { allow } from "../auth/policy/decide.ts";
import { explainHidden } from "../auth/policy/explain.ts";
import type { Principal } from "../auth/principal.ts";
import type { SoughtRow } from "../errors/explanation.ts";
import { Problem } from "../errors/problem.ts";
import type { ReadRepository, Transaction } from "../repository/read-repository.ts";
import { allOf, type FilterNode } from "../schema/filter.ts";
import { columnOf, type TableModel } from "../schema/model.ts";
import type { Stored } from "../schema/stored.ts";
import type { TableAction } from "../schema/rule.ts";
import type { ReadCommand } from "../validation/command.ts";
import type { ReadShape } from "../validation/read-shape.ts";
import { type ComputedRows, computeList, computeRow, type ReportFault } from "./computed-columns.ts";
import type { ListAnswer, RowAnswer } from "./record-answer.ts";
import { planRead, type ReadPlan } from "./read-plan.ts";

/** A shape belongs to one kind of callers, and so does its plan. */
type Plans = WeakMap<ReadShape, ReadPlan>;

/** The rules of reading: a checked command and a caller become a plan, and the plan becomes an answer. */
export class RecordReads {
  readonly #repository: ReadRepository;
  readonly #report: ReportFault;
  readonly #plans: Plans;
  /** Shapes of rows that are read by their key without a caller's asking. */
  readonly #rows = new WeakMap<TableModel, ReadShape>();
  readonly #narrowed = new WeakMap<ReadPlan, Map<TableAction, ReadPlan>>();

  constructor(repository: ReadRepository, report: ReportFault, plans: Plans = new WeakMap()) {
    this.#repository = repository;
    this.#report = report;
    this.#plans = plans;
  }

  /** The same rules, reading what a transaction sees. */
  over(open: Transaction): RecordReads {
    return new RecordReads(this.#repository.over(open), this.#report, this.#plans);
  }

  /** Rows of a table; 404 when they hang on a row that is not there. */
  list(command: ReadCommand, principal: Principal): ListAnswer | Promise<ListAnswer> {
    const plan = this.plan(command, principal);
    if (command.parent === undefined) return this.#list(plan, command, principal);
    return this.requireParent(command.parent, principal).then(() => this.#list(plan, command, principal));
  }

  /** One row; 404 when it is not there or not this caller's to see, which is one answer. */
  read(command: ReadCommand, principal: Principal): RowAnswer | Promise<RowAnswer> {
    const plan = this.plan(command, principal);
    const found = this.#repository.row(plan, command, principal.values);
    const asked = { command, principal, computed: plan.computed };
    return found instanceof Promise ? found.then((row) => this.#present(row, asked)) : this.#present(found, asked);
  }

  #list(plan: ReadPlan, command: ReadCommand, { values }: Principal): ListAnswer | Promise<ListAnswer> {
    const found = this.#repository.list(plan, command, values);
    const { computed } = plan;
    if (computed === undefined) return found;
    return found instanceof Promise
      ? found.then((list) => computeList(list, computed, this.#report))
      : computeList(found, computed, this.#report);
  }

  #present(
    row: RowAnswer | undefined,
    { command, principal, computed }: Asked & { readonly computed: ComputedRows | undefined },
  ): RowAnswer {
    if (row === undefined) throw notFound(command, principal);
    return computed === undefined ? row : computeRow(row, computed, this.#report);
  }

  /** A row that was written, with the computed columns of its answer. */
  compute(row: RowAnswer, rows: ComputedRows): RowAnswer {
    return computeRow(row, rows, this.#report);
  }

  /** Ends the request with a 404 unless the row of a nested route is there and this caller's to see. */
  async requireParent(parent: ReadCommand, principal: Principal): Promise<void> {
    const exists = await this.#repository.exists(this.plan(parent, principal), parent, principal.values);
    if (!exists) throw notFound(parent, principal);
  }

  /** Whether a row is there, whoever may read it. For explanations alone: callers must not learn it. */
  async isThere({ table, sought }: { readonly table: TableModel; readonly sought: SoughtRow }): Promise<boolean> {
    const equals = sought.columns.map(
      (column, slot): FilterNode => ({
        is: "compare",
        column: columnOf(table, column),
        operator: "eq",
        value: { slot },
      }),
    );
    return this.#repository.isThere({ table, where: allOf(...equals) }, sought.values);
  }

  /** The JSON text of the row of a key as a caller sees it now; undefined where it sees none. */
  async current(table: TableModel, key: readonly Stored[], principal: Principal): Promise<string | undefined> {
    const { seen } = tableAccess(principal.access, table);
    const shape = this.#rows.get(seen) ?? wholeRowShape(seen);
    this.#rows.set(seen, shape);
    const values = { values: key, offset: 0, after: [] };
    // A table that is closed has no rows that its own policy leaves: that is the answer, and no refusal.
    const row = await this.#repository.row(this.#planOf(shape, principal.access), values, principal.values);
    return row?.json;
  }

  /** The same read of fewer rows: those on which an action is allowed. */
  narrowed(plan: ReadPlan, action: TableAction, where: FilterNode): ReadPlan {
    const kept = this.#narrowed.get(plan) ?? new Map<TableAction, ReadPlan>();
    this.#narrowed.set(plan, kept);
    const narrowed = kept.get(action) ?? { ...plan, where };
    kept.set(action, narrowed);
    return narrowed;
  }

  /** The command's read with every policy in it. */
  plan(command: ReadCommand, principal: Principal): ReadPlan {
    const { shape } = command;
    const kept = this.#plans.get(shape);
    if (kept !== undefined) return kept;
    allow(principal, shape.table, "read");
    return this.#planOf(shape, principal.access);
  }

  #planOf(shape: ReadShape, access: Access): ReadPlan {
    const plan = this.#plans.get(shape) ?? planRead(shape, access);
    this.#plans.set(shape, plan);
    return plan;
  }
}

function wholeRowShape(table: TableModel): ReadShape {
  const where = table.key.map(
    (column, slot): FilterNode => ({
      is: "compare",
      column,
      operator: "eq",
      value: { slot },
    }),
  );
  return {
    table,
    where: allOf(...where),
    sort: [],
    columns: table.columns,
    shown: undefined,
    plain: true,
    includes: [],
    slots: [],
    limit: 1,
    offset: false,
    after: undefined,
    count: undefined,
    search: undefined,
    aggregate: undefined,
  };
}

/** A read and who asks for it. */
interface Asked {
  readonly command: ReadCommand;
  readonly principal: Principal;
}

/** One answer for a row that is missing and one that is hidden. */
function notFound({ shape, values }: ReadCommand, principal: Principal): Problem {
  const { table } = shape;
  const explanation = explainHidden(principal, {
    table: table.name,
    columns: table.key.map(({ name }) => name),
    values: values.slice(0, table.key.length) as Stored[],
  });
  return new Problem("not_found", `There is no such row in ${table.path}.`, { explanation });
}
