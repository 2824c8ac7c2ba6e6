import type { Principal } from "../auth/principal.ts";
import { Problem } from "../errors/problem.ts";
import type { ReadRepository, Transaction } from "../repository/read-repository.ts";
import type { ReadCommand } from "../validation/command.ts";
import type { ReadShape } from "../validation/read-shape.ts";
import { type ComputedRows, computeList, computeRow, type ReportFault } from "./computed-columns.ts";
import type { ListAnswer, RowAnswer } from "./record-answer.ts";
import { planRead, type ReadPlan } from "./read-plan.ts";

type Plans = Record<Principal["kind"], WeakMap<ReadShape, ReadPlan>>;

/** The rules of reading: a checked command and a caller become a plan, and the plan becomes an answer. */
export class RecordReads {
  readonly #repository: ReadRepository;
  readonly #report: ReportFault;
  /** Plans by shape, and by what distinguishes callers: until accounts exist that is their kind alone. */
  readonly #plans: Plans;

  constructor(
    repository: ReadRepository,
    report: ReportFault,
    plans: Plans = { anonymous: new WeakMap(), system: new WeakMap() },
  ) {
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
    if (command.parent === undefined) return this.#list(plan, command);
    return this.requireParent(command.parent, principal).then(() => this.#list(plan, command));
  }

  /** One row; 404 when it is not there or not this caller's to see, which is one answer. */
  read(command: ReadCommand, principal: Principal): RowAnswer | Promise<RowAnswer> {
    const plan = this.plan(command, principal);
    const found = this.#repository.row(plan, command);
    return found instanceof Promise
      ? found.then((row) => this.#present(row, command, plan.computed))
      : this.#present(found, command, plan.computed);
  }

  #list(plan: ReadPlan, command: ReadCommand): ListAnswer | Promise<ListAnswer> {
    const found = this.#repository.list(plan, command);
    const { computed } = plan;
    if (computed === undefined) return found;
    return found instanceof Promise
      ? found.then((list) => computeList(list, computed, this.#report))
      : computeList(found, computed, this.#report);
  }

  #present(row: RowAnswer | undefined, command: ReadCommand, computed: ComputedRows | undefined): RowAnswer {
    if (row === undefined) throw notFound(command);
    return computed === undefined ? row : computeRow(row, computed, this.#report);
  }

  /** A row that was written, with the computed columns of its answer. */
  compute(row: RowAnswer, rows: ComputedRows): RowAnswer {
    return computeRow(row, rows, this.#report);
  }

  /** Ends the request with a 404 unless the row of a nested route is there and this caller's to see. */
  async requireParent(parent: ReadCommand, principal: Principal): Promise<void> {
    const exists = await this.#repository.exists(this.plan(parent, principal), parent);
    if (!exists) throw notFound(parent);
  }

  /** The command's read with every policy in it. */
  plan(command: ReadCommand, principal: Principal): ReadPlan {
    const kept = this.#plans[principal.kind].get(command.shape);
    if (kept !== undefined) return kept;
    const plan = planRead(command.shape, principal);
    this.#plans[principal.kind].set(command.shape, plan);
    return plan;
  }
}

function notFound(command: ReadCommand): Problem {
  return new Problem("not_found", `There is no such row in ${command.shape.table.path}.`);
}
