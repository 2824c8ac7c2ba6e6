import type { Principal } from "../auth/principal.ts";
import { Problem } from "../errors/problem.ts";
import type { SelectedKeys } from "../repository/row-selections.ts";
import type { FinalStep, WriteRepository } from "../repository/write-repository.ts";
import { isAccountsTable } from "../schema/model.ts";
import type { CreateCommand, WriteCommand } from "../validation/command.ts";
import { type DocumentChecks, mergesChecked } from "./checked-documents.ts";
import { writtenRows } from "./computed-columns.ts";
import { anyMeets, prepareCommands } from "./hooked-commands.ts";
import { type KeptAnswer, timed } from "./kept-answer.ts";
import type { OperationAnswer, WriteAnswer } from "./record-answer.ts";
import { type ReadRow, stillReadable } from "./read-again.ts";
import type { RecordReads } from "./record-reads.ts";
import type { HookCaller, Records, RowEvent, WriteHooks } from "./write-hooks.ts";
import { writeHooked } from "./write-hooked.ts";
import { type PlanningRules, WritePlanner } from "./write-planner.ts";
import type { DeletePlan, InsertPlan, UpdatePlan, WritePlan } from "./write-plan.ts";

/** What writing needs beside its repository. */
export interface WriteRules extends PlanningRules {
  readonly reads: RecordReads;
  /** How long a transaction may stay open while code waits: meanwhile nobody else writes. */
  readonly transactionDeadlineMs: number;
  /** The application's own code that takes part in writes. */
  readonly hooks: WriteHooks;
  /** Holds documents to the schemas of their collections. */
  readonly documents: DocumentChecks;
  /** Told when accounts or sessions may have gone with what was written. */
  readonly ended?: (() => void) | undefined;
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
  /** Whether accounts or sessions may have gone. */
  ended: boolean;
  /** Writes that failed and left behind what their hooks had written. */
  readonly halves: unknown[];
}

/** The rules of writing: checked commands and a caller become plans, and the plans one transaction and its answer. */
export class RecordWrites {
  readonly #repository: WriteRepository;
  readonly #rules: WriteRules;
  readonly #shared: Shared;
  readonly #planner: WritePlanner;

  constructor(
    repository: WriteRepository,
    rules: WriteRules,
    shared: Shared = { running: new Set(), open: undefined },
  ) {
    this.#repository = repository;
    this.#rules = rules;
    this.#shared = shared;
    this.#planner = new WritePlanner(rules);
  }

  /** Applies commands, all of them or none. With a key that was used before it answers what was answered then. */
  async write(commands: readonly WriteCommand[], writer: Writer): Promise<WriteAnswer> {
    await this.#planner.admit(commands, writer);
    const { keep } = writer;
    const { running } = this.#shared;
    if (keep === undefined) return this.#shown(commands, await this.#apply(commands, writer));
    const { principal } = writer;
    if (running.has(keep.id)) {
      throw new Problem("idempotency_in_progress", "A request with this Idempotency-Key has not ended yet.", {
        headers: { "retry-after": "1" },
      });
    }
    running.add(keep.id);
    try {
      const answer = await this.#apply(commands, writer);
      if (!answer.replayed) return this.#shown(commands, answer);
      const read: ReadRow = (table, key, caller) => this.#rules.reads.current(table, key, caller);
      return this.#shown(commands, await stillReadable(commands, answer, { principal, read }));
    } finally {
      running.delete(keep.id);
    }
  }

  /** The plan of new rows that this caller may write. */
  async planAdmitted(
    command: CreateCommand,
    { principal, requestId }: { readonly principal: Principal; readonly requestId: string | undefined },
  ): Promise<InsertPlan> {
    await this.#planner.admit([command], { principal });
    return this.#planner.planRows(command, { principal, requestId, tells: false });
  }

  /** Runs work alone in one transaction: all of it happens or nothing. Inside one already, it is a part of that. */
  async transaction<Result>(work: (records: Records) => Promise<Result>): Promise<Result> {
    const begun: OpenWork = { later: [], applied: 0, ended: false, halves: [] };
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
    if (begun.ended) this.#rules.ended?.();
    for (const { events, caller } of begun.later) await this.#rules.hooks.after(events, caller);
    return result;
  }

  get #records(): Records {
    return { reads: this.#rules.reads, writes: this, inTransaction: this.#shared.open !== undefined };
  }

  async #apply(commands: readonly WriteCommand[], writer: Writer): Promise<WriteAnswer> {
    const { hooks } = this.#rules;
    if (anyMeets(hooks, commands, "prepare") || anyMeets(hooks, commands, "before") || commands.some(takesTime)) {
      // What hooks did for the first request must not be done again, nor a slow selection.
      const kept = await this.#kept(commands, writer);
      if (kept !== undefined) return kept;
    }
    const prepared = anyMeets(hooks, commands, "prepare") ? await this.#prepare(commands, writer) : commands;
    const selected = prepared.some(selectsRows)
      ? await this.#repository.select(this.#planner.plans(prepared, writer))
      : undefined;
    const write = { commands: prepared, selected };
    const answer =
      anyMeets(hooks, prepared, "before") || prepared.some(mergesChecked)
        ? await this.transaction((records) => records.writes.#withHooks(write, writer, records))
        : await this.#send(write, writer);
    if (commands.some(mayEndSessions)) this.#ended();
    if (!answer.replayed && anyMeets(hooks, prepared, "after")) await this.#tell(answer, writer);
    return answer;
  }

  #ended(): void {
    const { open } = this.#shared;
    if (open === undefined) this.#rules.ended?.();
    else open.ended = true;
  }

  /** Hooks choose neither owners nor tables, and to which rows they may refer the plan says, as of what was sent. */
  #prepare(commands: readonly WriteCommand[], writer: Writer): Promise<WriteCommand[]> {
    return prepareCommands(commands, {
      hooks: this.#rules.hooks,
      caller: writer,
      records: this.#records,
      batch: writer.batch,
    });
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
        documents: this.#rules.documents,
        caller: writer,
        records,
        batch: writer.batch,
        rowsOf: (command, place) =>
          this.#repository.rowsOf(
            this.#planner.plan(command, { principal, requestId: writer.requestId, tells: true }) as
              | UpdatePlan
              | DeletePlan,
            selected?.get(place),
          ),
        write: async (command, place) => {
          const keys = selected?.get(place);
          const one = { commands: [command], selected: keys === undefined ? undefined : new Map([[0, keys]]) };
          return (await this.#send(one, { principal, requestId: writer.requestId })).operations[0] as OperationAnswer;
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
    { principal, keep, batch, requestId }: Pick<Writer, "principal" | "requestId" | "keep" | "batch">,
  ): Promise<WriteAnswer> {
    const timedKeep = keep === undefined ? undefined : timed(keep, this.#rules.sources.now());
    const answer = await this.#repository.write(this.#planner.plans(commands, { principal, batch, requestId }), {
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
    return this.#repository.kept(this.#planner.plans(commands, writer), timed(keep, this.#rules.sources.now()));
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

  /** The first rows of a new database: all of them and `done`, or none. */
  async seed(
    commands: Iterable<CreateCommand>,
    by: { readonly principal: Principal; readonly done: FinalStep },
  ): Promise<void> {
    const plans: WritePlan[] = [];
    for (const command of commands) {
      plans.push(await this.planAdmitted(command, { principal: by.principal, requestId: undefined }));
    }
    await this.#repository.fill(plans, by.done);
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
}

/** Whether more than one statement's work would be done again for nothing. */
function takesTime(command: WriteCommand): boolean {
  return selectsRows(command) || mergesChecked(command);
}

/** Whether the command is about the rows that a filter selects. */
function selectsRows(command: WriteCommand): boolean {
  return "target" in command && !("key" in command.target);
}

/** An account goes with its row, and sessions with the address of a row that stays. */
function mayEndSessions({ action, table }: WriteCommand): boolean {
  return action === "delete" || (action !== "create" && isAccountsTable(table));
}
