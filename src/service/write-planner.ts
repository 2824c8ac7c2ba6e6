import { tableAccess } from "../auth/policy/access.ts";
import { allow, mayEver } from "../auth/policy/decide.ts";
import type { Principal } from "../auth/principal.ts";
import { inOperation } from "../errors/in-operation.ts";
import { Problem } from "../errors/problem.ts";
import { allOf, certainly, NOTHING } from "../schema/filter.ts";
import { pointerTo } from "../schema/json-pointer.ts";
import type { TableModel } from "../schema/model.ts";
import type { TableAction } from "../schema/rule.ts";
import type { CreateCommand, NewRow, UpsertCommand, WriteCommand, WriteTarget } from "../validation/command.ts";
import { anyMeets } from "./hooked-commands.ts";
import {
  planDelete,
  planRow,
  planUpdate,
  replacedColumns,
  sharedParts,
  type Sources,
  type Writing,
} from "./plan-write.ts";
import type { RecordReads } from "./record-reads.ts";
import type { WriteHooks } from "./write-hooks.ts";
import type { InsertPlan, RowPlan, TargetPlan, UpsertPlan, WritePlan } from "./write-plan.ts";

/** What commands are planned with. */
export interface PlanningRules {
  readonly reads: RecordReads;
  readonly sources: Sources;
  readonly hooks: WriteHooks;
}

/** Who writes, and whether the commands are operations of a batch: then a problem says which one it is about. */
interface Planning {
  readonly principal: Principal;
  readonly requestId?: string | undefined;
  readonly batch?: boolean | undefined;
}

/** Turns commands and a caller into plans, which hold every policy: nothing behind them decides anything any more. */
export class WritePlanner {
  readonly #rules: PlanningRules;

  constructor(rules: PlanningRules) {
    this.#rules = rules;
  }

  /** Ends the request unless the caller may do all of this to some rows, and below the parents that are named. */
  async admit(commands: readonly WriteCommand[], { principal, batch }: Planning): Promise<void> {
    for (const [at, command] of commands.entries()) {
      try {
        admitOne(command, principal);
        // Awaited only where there is a parent: a promise for each operation of a batch would cost as much as its check.
        if (command.action === "create" && command.parent !== undefined)
          await this.#rules.reads.requireParent(command.parent, principal);
      } catch (error) {
        throw batch === true ? placed(error, at) : error;
      }
    }
  }

  plans(commands: readonly WriteCommand[], { principal, batch, requestId }: Planning): WritePlan[] {
    const { hooks } = this.#rules;
    const tells = anyMeets(hooks, commands, "before") || anyMeets(hooks, commands, "after");
    return commands.map((command, at) => {
      try {
        return this.plan(command, { principal, tells, requestId });
      } catch (error) {
        throw batch === true ? placed(error, at) : error;
      }
    });
  }

  plan(command: WriteCommand, writing: Writing): WritePlan {
    const { now } = this.#rules.sources;
    switch (command.action) {
      case "create":
        return this.planRows(command, writing);
      case "upsert":
        return this.#planUpsert(command, writing);
      case "delete":
        return planDelete(command, this.#target(command.target, writing, "delete"), { now: now(), writing });
      default:
        return planUpdate(command, this.#target(command.target, writing, "update"), { now: now(), writing });
    }
  }

  planRows(command: CreateCommand, writing: Writing): InsertPlan {
    const { table, preconditions, answer, list, account } = command;
    const rows = this.#rowPlans(command, writing);
    const beside = account === undefined ? {} : { account };
    return { write: "insert", table, preconditions, answer, list, ...beside, ...sharedParts(writing), ...rows };
  }

  #planUpsert(command: UpsertCommand, writing: Writing): UpsertPlan {
    const { table, preconditions, answer, conflict, list } = command;
    const { principal } = writing;
    const access = tableAccess(principal.access, table);
    // Like a filter, it finds rows by their values: that is for those who may read them.
    const updatable = mayEver(principal, table, "read") ? access.actions.update : NOTHING;
    const may = {
      mayCreate: mayEver(principal, table, "create"),
      mayUpdate: certainly(updatable) !== false,
      updatable,
      replaces: command.rows.map(({ assignments }) =>
        replacedColumns(access, new Set(assignments.map(({ column }) => column))),
      ),
    };
    const rows = this.#rowPlans(command, writing);
    return { write: "upsert", table, preconditions, answer, conflict, list, ...may, ...sharedParts(writing), ...rows };
  }

  #rowPlans(
    command: CreateCommand | UpsertCommand,
    { principal }: Writing,
  ): { readonly rows: RowPlan[]; readonly now: string } {
    const now = this.#rules.sources.now();
    const sources = { now, uuid: this.#rules.sources.uuid, principal };
    const place = { table: command.table, signsUp: isSignUp(command) };
    return { rows: command.rows.map((row) => planRow(place, row, sources)), now };
  }

  /** The rows that a filter selects are those that the caller may change; others are passed over. */
  #target(target: WriteTarget, { principal }: Writing, action: TableAction): TargetPlan {
    if ("key" in target) return target;
    const { selection, most } = target;
    const read = this.#rules.reads.plan(selection, principal);
    const allowed = tableAccess(principal.access, read.shape.table).actions[action];
    if (allowed.is === "constant") return { selection: read, values: selection, most };
    return { selection: this.#rules.reads.narrowed(read, action, allOf(read.where, allowed)), values: selection, most };
  }
}

function admitOne(command: WriteCommand, principal: Principal): void {
  const { table } = command;
  switch (command.action) {
    case "create":
      // Who may sign up is asked at its own door.
      if (!isSignUp(command)) allow(principal, table, "create");
      admitRows(table, command.rows, principal);
      break;
    case "upsert":
      // Which of both it is, only the transaction knows: the plan says what it may be.
      for (const row of command.rows) requireOwnRow(table, row, principal);
      break;
    case "delete":
      allow(principal, table, "delete");
      break;
    default:
      allow(principal, table, "update");
  }
}

function isSignUp(command: CreateCommand | UpsertCommand): boolean {
  return command.action === "create" && command.account !== undefined;
}

function admitRows(table: TableModel, rows: readonly NewRow[], principal: Principal): void {
  for (const row of rows) {
    requireOwnRow(table, row, principal);
    for (const group of row.children) {
      allow(principal, group.table, "create");
      admitRows(group.table, group.rows, principal);
    }
  }
}

/** The owner of a new row is its maker; only who may choose another may name one. */
function requireOwnRow(table: TableModel, { assignments, pointer }: NewRow, principal: Principal): void {
  const { owner } = table;
  const sent = owner === undefined ? undefined : assignments.find(({ column }) => column === owner);
  if (owner === undefined || sent === undefined || tableAccess(principal.access, table).choosesOwner) return;
  const isTheirs = principal.kind === "account" && principal.account.table === owner.references?.table;
  if (isTheirs && sent.value === principal.account.key) return;
  const message = `${owner.name} is the caller, and cannot be somebody else.`;
  const errors = [{ pointer: `${pointer}${pointerTo(owner.name)}`, code: "read_only" as const, message }];
  throw new Problem("invalid_data", `The body does not fit ${table.path}.`, { errors, error: message });
}

function placed(error: unknown, at: number): unknown {
  return error instanceof Problem ? inOperation(error, { at }) : error;
}
