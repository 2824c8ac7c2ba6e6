import { Problem } from "../errors/problem.ts";
import { type Assignment, isEarlierValue } from "../schema/assignment.ts";
import type { Hooks, HookValues } from "../schema/hooks.ts";
import { isWritable, type TableModel } from "../schema/model.ts";
import { writtenAs } from "../schema/plain-value.ts";
import type { Json } from "../schema/stored.ts";
import type { HookCaller, HookMoment, Records, RowEvent, WriteHooks } from "../service/write-hooks.ts";
import { AFTER_RUNNING, HOOK_DEPTH } from "../validation/limits.ts";
import { assign } from "../validation/parse-create.ts";
import { inTime } from "./in-time.ts";
import { openContext, openTransactionContext } from "./open-context.ts";
import { plainJson } from "./plain-json.ts";
import type { ContextParts, Lease } from "./ports.ts";

/** How long hooks may take, in milliseconds. A `before` has the deadline of its transaction. */
export interface HookDeadlines {
  readonly prepareMs: number;
  readonly afterMs: number;
}

/** Runs the hooks that tables declare, each with a context and a deadline of its own. */
export class TableHooks implements WriteHooks {
  readonly #parts: () => ContextParts;
  readonly #deadlines: HookDeadlines;
  /** `after` hooks that have begun and not ended. */
  readonly #running = new Set<Promise<void>>();

  /** `parts` is asked at the first hook: the services that it holds are made with these hooks. */
  constructor(parts: () => ContextParts, deadlines: HookDeadlines) {
    this.#parts = parts;
    this.#deadlines = deadlines;
  }

  meets(table: TableModel, moment: HookMoment): boolean {
    return table.hooks.length > 0 && table.hooks.some((hooks) => hooks[moment] !== undefined);
  }

  async prepare(event: RowEvent, caller: HookCaller, records: Records): Promise<readonly Assignment[]> {
    const { table, action } = event;
    const inner = deeper(caller, table);
    let { assignments } = event;
    for (const { prepare } of table.hooks) {
      if (prepare === undefined) continue;
      const lease: Lease = { ended: false };
      const context = openContext(this.#parts(), { caller: inner, lease, records });
      const values = valuesOf(assignments);
      const work = async (): Promise<unknown> => prepare({ ...context, action, table: table.name, values });
      const chosen = await inTime(work, { milliseconds: this.#deadlines.prepareMs, lease, late: () => tooLate(table) });
      if (chosen !== undefined && chosen !== null) assignments = this.#merged(event, assignments, chosen);
    }
    return assignments;
  }

  async before(event: RowEvent, caller: HookCaller, records: Records): Promise<void> {
    const { table, action, assignments, row } = event;
    const inner = deeper(caller, table);
    for (const { before } of table.hooks) {
      if (before === undefined) continue;
      // The transaction has the deadline: when it ends, so does everything that was done in it.
      const context = openTransactionContext(this.#parts(), records, { caller: inner, lease: { ended: false } });
      const old = row === undefined ? undefined : (JSON.parse(row) as HookValues);
      await before({ ...context, action, table: table.name, values: valuesOf(assignments), row: old });
    }
  }

  async after(events: readonly RowEvent[], caller: HookCaller): Promise<void> {
    for (const { table, action, row } of events) {
      for (const { after } of table.hooks) {
        if (after === undefined || row === undefined) continue;
        const running = this.#runAfter(after, { table, action, row }, caller);
        this.#running.add(running);
        void running.finally(() => this.#running.delete(running));
        // Whoever writes faster than the code that follows is slowed down by it.
        if (this.#running.size > AFTER_RUNNING) await running;
      }
    }
  }

  /** Fulfilled when no `after` hook runs any more. */
  async ended(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async #runAfter(
    after: NonNullable<Hooks["after"]>,
    { table, action, row }: Pick<RowEvent, "table" | "action"> & { readonly row: string },
    caller: HookCaller,
  ): Promise<void> {
    const lease: Lease = { ended: false };
    try {
      const context = openContext(this.#parts(), { caller: deeper(caller, table), lease });
      const event = { ...context, action, table: table.name, row: JSON.parse(row) as HookValues };
      await inTime(async () => after(event), {
        milliseconds: this.#deadlines.afterMs,
        lease,
        late: () => tooLate(table),
      });
    } catch (cause) {
      // The write is durable and answered: there is nobody left to tell but the log.
      this.#parts().observe?.({ is: "fault", requestId: caller.requestId, cause });
    }
  }

  /** Of a document a hook answers members: they take the place of those that were sent, and the others stay. */
  #document({ table }: RowEvent, sent: readonly Assignment[], chosen: Assignment): Assignment {
    const before = sent.find(({ column }) => column === chosen.column);
    if (chosen.column.role !== "document") return chosen;
    const members = { ...membersOf(before), ...membersOf(chosen) };
    // A patch is held to the schema once it is merged; without one before, the hook's members are one.
    if (before === undefined || before.merge === true)
      return { ...chosen, value: JSON.stringify(members), merge: true };
    return { ...chosen, value: JSON.stringify(this.#parts().bodies.checkWhole(table, members)) };
  }

  /** The values that are written, with those that a hook chose. They are checked as a body is; a wrong one is a fault. */
  #merged(event: RowEvent, assignments: readonly Assignment[], chosen: unknown): readonly Assignment[] {
    const { table, action } = event;
    const where = `the prepare hook of ${table.name}`;
    if (action === "delete") throw new Error(`${where} answered values for a delete`);
    const columns = table.columns.filter(
      (column) => isWritable(column) && (action === "create" || column.role !== "key"),
    );
    try {
      const checked = this.#parts().bodies.check(table, plainJson(chosen), { use: "update" });
      const made = assign(checked, columns).map((one) => this.#document(event, assignments, one));
      const replaced = new Set(made.map(({ column }) => column));
      const names = [...replaced].map(({ name }) => name);
      const refused = Object.keys(checked).filter((name) => !names.includes(name));
      if (refused.length > 0) throw new Error(`${where} answered what it may not set: ${refused.join(", ")}`);
      return [...assignments.filter(({ column }) => !replaced.has(column)), ...made];
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const findings = error.errors.map(({ pointer, message }) => `${pointer}: ${message}`);
      throw new Error(`${where} answered what does not fit: ${findings.join(" ")}`, { cause: error });
    }
  }
}

/** What is known of the values: one that an earlier operation makes is not, and one that is added is no value yet. */
function valuesOf(assignments: readonly Assignment[]): HookValues {
  const known = assignments.flatMap(({ column, value, increment }): [string, Json][] => {
    if (isEarlierValue(value)) return [];
    if (column.role === "document") return Object.entries(membersOf({ value }));
    const json = writtenAs(column.kind, value);
    return [[column.name, increment === true ? { increment: json } : json]];
  });
  return Object.fromEntries(known);
}

/** The members of the document that an assignment holds as text. */
function membersOf(assignment: Pick<Assignment, "value"> | undefined): Record<string, Json> {
  return typeof assignment?.value === "string" ? (JSON.parse(assignment.value) as Record<string, Json>) : {};
}

/** Hooks may write to tables with hooks; a ring of them must end. */
function deeper(caller: HookCaller, table: TableModel): HookCaller {
  const depth = (caller.depth ?? 0) + 1;
  if (depth > HOOK_DEPTH) throw new Error(`the hooks of ${table.name} call themselves through what they write`);
  return { principal: caller.principal, requestId: caller.requestId, depth };
}

function tooLate(table: TableModel): Problem {
  return new Problem("hook_timeout", `Code that takes part in writes of ${table.path} did not end in time.`, {
    headers: { "retry-after": "10" },
  });
}
