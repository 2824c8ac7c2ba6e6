import { allow, allowEither, decide } from "../auth/policy/decide.ts";
import type { Principal } from "../auth/principal.ts";
import { inOperation } from "../errors/in-operation.ts";
import { missingReference } from "../errors/missing-reference.ts";
import { Problem } from "../errors/problem.ts";
import type { SelectedKeys } from "../repository/row-selections.ts";
import type { FinalStep, WriteRepository } from "../repository/write-repository.ts";
import type { Assignment } from "../schema/assignment.ts";
import { pointerTo } from "../schema/json-pointer.ts";
import { type SchemaModel, type TableModel, tableOf } from "../schema/model.ts";
import type { CreateCommand, NewRow, UpsertCommand, WriteCommand, WriteTarget } from "../validation/command.ts";
import { writtenRows } from "./computed-columns.ts";
import { anyMeets, prepareCommands } from "./hooked-commands.ts";
import { type KeptAnswer, timed } from "./kept-answer.ts";
import { planDelete, planRow, planUpdate, type Sources } from "./plan-write.ts";
import type { OperationAnswer, WriteAnswer } from "./record-answer.ts";
import type { RecordReads } from "./record-reads.ts";
import type { HookCaller, Records, RowEvent, WriteHooks } from "./write-hooks.ts";
import { writeHooked } from "./write-hooked.ts";
import type { DeletePlan, InsertPlan, RowPlan, TargetPlan, UpdatePlan, WritePlan } from "./write-plan.ts";

/** What writing needs beside its repository. */
export interface WriteRules {
  readonly schema: SchemaModel;
  readonly reads: RecordReads;
  readonly sources: Sources;
  /** How long a transaction may stay open while code waits: meanwhile nobody else writes. */
  readonly transactionDeadlineMs: number;
  /** The application's own code that takes part in writes. */
  readonly hooks: WriteHooks;
}

/** Who writes, and the key under which the answer is to be kept. */
export interface Writer extends HookCaller {
  readonly keep?: KeptAnswer | undefined;
  /** Whether the commands are operations of a batch: then a problem says which one it is about. */
  readonly batch?: boolean | undefined;
}

/** Commands, and the rows that were selected for them before their transaction. */
interface Selected {
  readonly commands: readonly WriteCommand[];
  readonly selected: SelectedKeys | undefined;
}

/** What the parts of one engine's writing share, in a transaction and outside. */
interface Shared {
  /** Keys of writes that have begun and not ended: a second one must not run beside the first. */
  readonly running: Set<string>;
  /** What is known of the transaction that these writes are a part of. */
  readonly open: OpenWork | undefined;
}

/** What has happened in an open transaction. */
interface OpenWork {
  /** What `after` hooks are told once it is durable. */
  readonly later: { readonly events: readonly RowEvent[]; readonly caller: HookCaller }[];
  /** How many writes were applied. */
  applied: number;
  /** Writes that failed and left behind what their hooks had written. */
  readonly halves: unknown[];
}

/** The rules of writing: checked commands and a caller become plans, and the plans one transaction and its answer. */
export class RecordWrites {
  readonly #repository: WriteRepository;
  readonly #rules: WriteRules;
  readonly #shared: Shared;

  constructor(
    repository: WriteRepository,
    rules: WriteRules,
    shared: Shared = { running: new Set(), open: undefined },
  ) {
    this.#repository = repository;
    this.#rules = rules;
    this.#shared = shared;
  }

  /** Applies commands, all of them or none. With a key that was used before it answers what was answered then. */
  async write(commands: readonly WriteCommand[], writer: Writer): Promise<WriteAnswer> {
    await this.#admitAll(commands, writer);
    const { keep } = writer;
    const { running } = this.#shared;
    if (keep === undefined) return this.#shown(commands, await this.#apply(commands, writer));
    if (running.has(keep.id)) {
      throw new Problem("idempotency_in_progress", "A request with this Idempotency-Key has not ended yet.", {
        headers: { "retry-after": "1" },
      });
    }
    running.add(keep.id);
    try {
      return this.#shown(commands, await this.#apply(commands, writer));
    } finally {
      running.delete(keep.id);
    }
  }

  /** The plan of new rows that this caller may write. */
  async planAdmitted(command: CreateCommand, principal: Principal): Promise<InsertPlan> {
    await this.#admitAll([command], { principal });
    return this.#planRows(command);
  }

  /** Runs work alone in one transaction: all of it happens or nothing. Inside one already, it is a part of that. */
  async transaction<Result>(work: (records: Records) => Promise<Result>): Promise<Result> {
    const begun: OpenWork = { later: [], applied: 0, halves: [] };
    const result = await this.#repository.transaction(async (open) => {
      if (open === undefined) return work(this.#records);
      const reads = this.#rules.reads.over(open);
      const shared = { running: this.#shared.running, open: begun };
      const inside = new RecordWrites(this.#repository.over(open), { ...this.#rules, reads }, shared);
      const worked = await work(inside.#records);
      // Code may catch a refusal and go on. What hooks wrote in front of it cannot be undone alone, so all of it is.
      if (begun.halves.length > 0) throw begun.halves[0];
      return worked;
    }, this.#rules.transactionDeadlineMs);
    // Only what is durable is told.
    for (const { events, caller } of begun.later) await this.#rules.hooks.after(events, caller);
    return result;
  }

  get #records(): Records {
    return { reads: this.#rules.reads, writes: this, inTransaction: this.#shared.open !== undefined };
  }

  async #apply(commands: readonly WriteCommand[], writer: Writer): Promise<WriteAnswer> {
    const { hooks } = this.#rules;
    if (anyMeets(hooks, commands, "prepare") || anyMeets(hooks, commands, "before") || commands.some(selectsRows)) {
      // What hooks did for the first request must not be done again, nor a slow selection.
      const kept = await this.#kept(commands, writer);
      if (kept !== undefined) return kept;
    }
    const prepared = anyMeets(hooks, commands, "prepare") ? await this.#prepare(commands, writer) : commands;
    const selected = prepared.some(selectsRows)
      ? await this.#repository.select(this.#plans(prepared, writer))
      : undefined;
    const write = { commands: prepared, selected };
    const answer = anyMeets(hooks, prepared, "before")
      ? await this.transaction((records) => records.writes.#withHooks(write, writer, records))
      : await this.#send(write, writer);
    if (!answer.replayed && anyMeets(hooks, prepared, "after")) await this.#tell(answer, writer);
    return answer;
  }

  /** What hooks chose is asked again: they may refer to rows that the caller may not read. */
  async #prepare(commands: readonly WriteCommand[], writer: Writer): Promise<WriteCommand[]> {
    const at = { hooks: this.#rules.hooks, caller: writer, records: this.#records, batch: writer.batch };
    const prepared = await prepareCommands(commands, at);
    await this.#admitAll(prepared, writer);
    return prepared;
  }

  /** In a transaction: each row behind the hooks that may refuse it. */
  async #withHooks({ commands, selected }: Selected, writer: Writer, records: Records): Promise<WriteAnswer> {
    // Another process on the same file may have answered it meanwhile.
    const kept = await this.#kept(commands, writer);
    if (kept !== undefined) return kept;
    const { principal, keep } = writer;
    const { open } = this.#shared;
    const applied = open?.applied;
    try {
      const operations = await writeHooked(commands, {
        hooks: this.#rules.hooks,
        caller: writer,
        records,
        batch: writer.batch,
        rowsOf: (command, place) =>
          this.#repository.rowsOf(this.#plan(command, principal) as UpdatePlan | DeletePlan, selected?.get(place)),
        write: async (command, place) => {
          const keys = selected?.get(place);
          const one = { commands: [command], selected: keys === undefined ? undefined : new Map([[0, keys]]) };
          return (await this.#send(one, { principal })).operations[0] as OperationAnswer;
        },
      });
      if (keep !== undefined) await this.#repository.keep(operations, timed(keep, this.#rules.sources.now()));
      return { operations, replayed: false };
    } catch (error) {
      if (open !== undefined && open.applied !== applied) open.halves.push(error);
      throw error;
    }
  }

  async #send(
    { commands, selected }: Selected,
    { principal, keep, batch }: Pick<Writer, "principal" | "keep" | "batch">,
  ): Promise<WriteAnswer> {
    const timedKeep = keep === undefined ? undefined : timed(keep, this.#rules.sources.now());
    const answer = await this.#repository.write(this.#plans(commands, { principal, batch }), {
      keep: timedKeep,
      batch,
      selected,
    });
    if (this.#shared.open !== undefined) this.#shared.open.applied += 1;
    return answer;
  }

  async #kept(commands: readonly WriteCommand[], writer: Writer): Promise<WriteAnswer | undefined> {
    const { keep } = writer;
    if (keep === undefined) return undefined;
    return this.#repository.kept(this.#plans(commands, writer), timed(keep, this.#rules.sources.now()));
  }

  async #tell(answer: WriteAnswer, caller: HookCaller): Promise<void> {
    const { hooks } = this.#rules;
    const events = answer.operations.flatMap(({ written }) =>
      written
        .filter(({ table }) => hooks.meets(table, "after"))
        .map(({ action, table, json }): RowEvent => ({ action, table, assignments: [], row: json })),
    );
    if (this.#shared.open === undefined) await hooks.after(events, caller);
    else this.#shared.open.later.push({ events, caller });
  }

  #plans(
    commands: readonly WriteCommand[],
    { principal, batch }: { readonly principal: Principal; readonly batch?: boolean | undefined },
  ): WritePlan[] {
    return commands.map((command, at) => {
      try {
        return this.#plan(command, principal);
      } catch (error) {
        throw batch === true ? placed(error, at) : error;
      }
    });
  }

  /** The first rows of a new database: all of them and `done`, or none. */
  async seed(
    commands: Iterable<CreateCommand>,
    by: { readonly principal: Principal; readonly done: FinalStep },
  ): Promise<void> {
    const plans: WritePlan[] = [];
    for (const command of commands) {
      allow(by.principal, command.table, "create");
      plans.push(this.#planRows(command));
    }
    await this.#repository.fill(plans, by.done);
  }

  async #admitAll(
    commands: readonly WriteCommand[],
    { principal, batch }: Pick<Writer, "principal" | "batch">,
  ): Promise<void> {
    for (const [at, command] of commands.entries()) {
      try {
        this.#admit(command, principal);
        // Awaited only where there is a parent: a promise for each operation of a batch would cost as much as its check.
        if (command.action === "create" && command.parent !== undefined)
          await this.#rules.reads.requireParent(command.parent, principal);
      } catch (error) {
        throw batch === true ? placed(error, at) : error;
      }
    }
  }

  /** Whether this caller may write this at all, and refer to what the rows refer to. */
  #admit(command: WriteCommand, principal: Principal): void {
    const { table } = command;
    switch (command.action) {
      case "create":
        this.#admitRows(table, command.rows, principal);
        break;
      case "upsert":
        // Which of both it is, only the transaction knows; that one is allowed must be so beforehand.
        allowEither(principal, table, ["create", "update"]);
        for (const row of command.rows)
          this.#refuseHiddenReferences(table, row.assignments, { principal, at: row.pointer });
        break;
      case "delete":
        allow(principal, table, "delete");
        break;
      default:
        allow(principal, table, "update");
        this.#refuseHiddenReferences(table, command.assignments, { principal, at: "" });
    }
  }

  #admitRows(table: TableModel, rows: readonly NewRow[], principal: Principal): void {
    allow(principal, table, "create");
    for (const row of rows) {
      this.#refuseHiddenReferences(table, row.assignments, { principal, at: row.pointer });
      for (const group of row.children) this.#admitRows(group.table, group.rows, principal);
    }
  }

  /** The written rows as the caller sees them. */
  #shown(commands: readonly WriteCommand[], answer: WriteAnswer): WriteAnswer {
    const shapes = commands.map(writtenRows);
    if (shapes.every((shape) => shape === undefined)) return answer;
    const operations = answer.operations.map((operation, at) => {
      const shape = shapes[at];
      if (shape === undefined) return operation;
      return { ...operation, rows: operation.rows.map((row) => this.#rules.reads.compute(row, shape)) };
    });
    return { ...answer, operations };
  }

  /** A row may only refer to rows that its writer may read; a hidden one is answered like a missing one. */
  #refuseHiddenReferences(
    table: TableModel,
    assignments: readonly Assignment[],
    { principal, at }: { readonly principal: Principal; readonly at: string },
  ): void {
    for (const { column, value } of assignments) {
      if (column.references === undefined || value === null) continue;
      const target = tableOf(this.#rules.schema, column.references.table);
      if (!decide(principal, target, "read").allowed)
        throw missingReference(table.path, `${at}${pointerTo(column.name)}`);
    }
  }

  #plan(command: WriteCommand, principal: Principal): WritePlan {
    switch (command.action) {
      case "create":
        return this.#planRows(command);
      case "upsert": {
        const { table, preconditions, answer, conflict, list } = command;
        const mayCreate = decide(principal, table, "create").allowed;
        // Like a filter, it finds rows by their values: that is for those who may read them.
        const mayUpdate = decide(principal, table, "update").allowed && decide(principal, table, "read").allowed;
        const rows = this.#rowPlans(command);
        return { write: "upsert", table, preconditions, answer, ...rows, conflict, list, mayCreate, mayUpdate };
      }
      case "delete":
        return planDelete(command, this.#target(command.target, principal), {
          now: this.#rules.sources.now(),
          tells: this.#rules.hooks.meets(command.table, "after"),
        });
      default:
        return planUpdate(command, this.#target(command.target, principal), this.#rules.sources.now());
    }
  }

  #planRows(command: CreateCommand): InsertPlan {
    const { table, preconditions, answer, list } = command;
    return { write: "insert", table, preconditions, answer, list, ...this.#rowPlans(command) };
  }

  #rowPlans(command: CreateCommand | UpsertCommand): { readonly rows: RowPlan[]; readonly now: string } {
    const now = this.#rules.sources.now();
    const sources = { now, uuid: this.#rules.sources.uuid };
    return { rows: command.rows.map((row) => planRow({ table: command.table }, row, sources)), now };
  }

  #target(target: WriteTarget, principal: Principal): TargetPlan {
    if ("key" in target) return target;
    const { selection, most } = target;
    return { selection: this.#rules.reads.plan(selection, principal), values: selection, most };
  }
}

function placed(error: unknown, at: number): unknown {
  return error instanceof Problem ? inOperation(error, { at }) : error;
}

/** Whether the command is about the rows that a filter selects. */
function selectsRows(command: WriteCommand): boolean {
  return "target" in command && !("key" in command.target);
}
