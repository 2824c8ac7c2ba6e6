import { allow, decide } from "../auth/policy/decide.ts";
import type { Principal } from "../auth/principal.ts";
import { missingReference } from "../errors/missing-reference.ts";
import { Problem } from "../errors/problem.ts";
import type { FinalStep, RecordRepository } from "../repository/record-repository.ts";
import { pointerTo } from "../schema/json-pointer.ts";
import { type SchemaModel, tableOf } from "../schema/model.ts";
import type { CreateCommand, DeleteCommand, ReadCommand, UpdateCommand } from "../validation/command.ts";
import type { ReadShape } from "../validation/read-shape.ts";
import { planDelete, planInsert, planUpdate, type Sources } from "./plan-write.ts";
import type { ListAnswer, RowAnswer } from "./record-answer.ts";
import { planRead, type ReadPlan } from "./read-plan.ts";
import type { InsertPlan } from "./write-plan.ts";

/** The rules: a checked command and a caller become a plan, and the plan becomes an answer. */
export class RecordService {
  readonly #repository: RecordRepository;
  readonly #schema: SchemaModel;
  readonly #sources: Sources;
  /** Plans by shape, and by what distinguishes callers: until accounts exist that is their kind alone. */
  readonly #plans: Record<Principal["kind"], WeakMap<ReadShape, ReadPlan>> = {
    anonymous: new WeakMap(),
    system: new WeakMap(),
  };

  constructor(repository: RecordRepository, schema: SchemaModel, sources: Sources) {
    this.#repository = repository;
    this.#schema = schema;
    this.#sources = sources;
  }

  /** Rows of a table; 404 when they hang on a row that is not there. */
  list(command: ReadCommand, principal: Principal): ListAnswer | Promise<ListAnswer> {
    const plan = this.#plan(command, principal);
    if (command.parent === undefined) return this.#repository.list(plan, command);
    return this.#withParent(command.parent, principal, () => this.#repository.list(plan, command));
  }

  /** One row; 404 when it is not there or not this caller's to see, which is one answer. */
  read(command: ReadCommand, principal: Principal): RowAnswer | Promise<RowAnswer> {
    const found = this.#repository.row(this.#plan(command, principal), command);
    return found instanceof Promise ? found.then((row) => present(row, command)) : present(found, command);
  }

  async create(command: CreateCommand, principal: Principal): Promise<RowAnswer> {
    allow(principal, command.table, "create");
    this.#refuseHiddenReferences(command, principal);
    if (command.parent !== undefined) await this.#withParent(command.parent, principal, () => undefined);
    return this.#repository.insert(planInsert(command, this.#sources));
  }

  async update(command: UpdateCommand, principal: Principal): Promise<RowAnswer> {
    allow(principal, command.table, "update");
    this.#refuseHiddenReferences(command, principal);
    return this.#repository.update(planUpdate(command, this.#sources));
  }

  async delete(command: DeleteCommand, principal: Principal): Promise<void> {
    allow(principal, command.table, "delete");
    await this.#repository.delete(planDelete(command));
  }

  /** The first rows of a new database: all of them and `done`, or none. */
  async seed(
    commands: Iterable<CreateCommand>,
    by: { readonly principal: Principal; readonly done: FinalStep },
  ): Promise<void> {
    const plans: InsertPlan[] = [];
    for (const command of commands) {
      allow(by.principal, command.table, "create");
      plans.push(planInsert(command, this.#sources));
    }
    await this.#repository.insertAll(plans, by.done);
  }

  /** A row may only refer to rows that its writer may read; a hidden one is answered like a missing one. */
  #refuseHiddenReferences(command: CreateCommand | UpdateCommand, principal: Principal): void {
    for (const { column, value } of command.assignments) {
      if (column.references === undefined || value === null) continue;
      const target = tableOf(this.#schema, column.references.table);
      if (!decide(principal, target, "read").allowed)
        throw missingReference(command.table.path, pointerTo(column.name));
    }
  }

  async #withParent<Answer>(
    parent: ReadCommand,
    principal: Principal,
    then: () => Answer | Promise<Answer>,
  ): Promise<Answer> {
    const exists = await this.#repository.exists(this.#plan(parent, principal), parent);
    if (!exists) throw notFound(parent);
    return then();
  }

  #plan(command: ReadCommand, principal: Principal): ReadPlan {
    const kept = this.#plans[principal.kind].get(command.shape);
    if (kept !== undefined) return kept;
    const plan = planRead(command.shape, principal);
    this.#plans[principal.kind].set(command.shape, plan);
    return plan;
  }
}

function present(row: RowAnswer | undefined, command: ReadCommand): RowAnswer {
  if (row === undefined) throw notFound(command);
  return row;
}

function notFound(command: ReadCommand): Problem {
  return new Problem("not_found", `There is no such row in ${command.shape.table.path}.`);
}
