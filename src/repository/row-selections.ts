import type { Database, Stored } from "../database/database.ts";
import { type CompiledRead, compileRead } from "../database/sql/compile-read.ts";
import type { SqlDialect } from "../database/sql/dialect.ts";
import { Problem } from "../errors/problem.ts";
import type { FilterNode } from "../schema/filter.ts";
import type { ReadPlan } from "../service/read-plan.ts";
import type { TargetPlan, WritePlan } from "../service/write-plan.ts";
import { bindRead } from "./bind-read.ts";
import { failureProblem, tooManySelected } from "./write-problem.ts";

/**
 * Milliseconds that a filter through relations may take where it visits large tables. Such a filter is asked again
 * for the selected rows inside the transaction, while all other writes wait, and that takes as long at most.
 */
const RELATED_FILTER_MS = 1_000;

/** The rows that a filter selects for a write. */
export type Selection = Extract<TargetPlan, { readonly selection: ReadPlan }>;

/**
 * The keys of rows that were selected beforehand, by the place of their operation. Where one is missing, its rows can be
 * selected in the transaction.
 */
export type SelectedKeys = ReadonlyMap<number, Stored>;

/** The selection of a plan, where it is about rows that a filter selects. */
function selectionOf(plan: WritePlan): Selection | undefined {
  return "target" in plan && "selection" in plan.target ? plan.target : undefined;
}

/**
 * Selects rows for a write beforehand where that visits many rows: it is done where slow reads are, with their
 * deadline, since nothing can stop a statement that runs among the writes. The write looks again at the rows that were
 * found, and leaves out those that do not match any more.
 */
export class RowSelections {
  readonly #database: Pick<Database, "read">;
  readonly #compiled: SelectionTexts;

  constructor(database: Pick<Database, "read">, compiled: SelectionTexts) {
    this.#database = database;
    this.#compiled = compiled;
  }

  async find(plans: readonly WritePlan[]): Promise<SelectedKeys> {
    const found = new Map<number, Stored>();
    for (const [at, plan] of plans.entries()) {
      const selection = selectionOf(plan);
      if (selection === undefined) continue;
      // One after the other: each may take as long as the slowest read.
      const keys = await this.#keys(plan, selection, at);
      if (keys !== undefined) found.set(at, keys);
    }
    return found;
  }

  async #keys(plan: WritePlan, selection: Selection, at: number): Promise<Stored | undefined> {
    const { read, binds } = this.#compiled.of(selection, "all");
    const started = performance.now();
    try {
      const answer = this.#database.read(read, bindRead(binds, selection.values, plan.writer.values));
      if (!(answer instanceof Promise)) return undefined;
      const [row] = await answer;
      if (at > 0) throw notBehindOthers(plan);
      if (row === undefined) throw tooManySelected(plan.table, selection.most);
      if (isRelated(selection.selection.where) && performance.now() - started > RELATED_FILTER_MS)
        throw new Problem("query_timeout", "The filter through relations visits too many rows for a write.", {
          headers: { "retry-after": "10" },
        });
      return row[0];
    } catch (error) {
      throw failureProblem(undefined, error);
    }
  }
}

/** The SQL of selections, which hangs on the plan it was compiled for and goes with it. */
export class SelectionTexts {
  readonly #dialect: SqlDialect;
  readonly #kept = new WeakMap<ReadPlan, Map<string, CompiledRead>>();

  constructor(dialect: SqlDialect) {
    this.#dialect = dialect;
  }

  /** The select of keys, among all rows or among those whose keys are given. */
  of({ selection, most }: Selection, rows: "all" | "given"): CompiledRead {
    const texts = this.#kept.get(selection) ?? new Map<string, CompiledRead>();
    this.#kept.set(selection, texts);
    const key = `${rows} ${most}`;
    const kept = texts.get(key);
    if (kept !== undefined) return kept;
    const { where } = selection;
    const query = { read: "keys", table: selection.shape.table, where, most, among: rows === "given" } as const;
    const compiled = compileRead(query, this.#dialect);
    texts.set(key, compiled);
    return compiled;
  }
}

/** What the operations in front of it write could not be seen by a selection outside the transaction. */
function notBehindOthers({ table }: WritePlan): Problem {
  const why = `This filter visits many rows of ${table.path}`;
  return new Problem("limit_exceeded", `${why}, so it must be a batch's first operation, or be sent alone.`);
}

function isRelated(node: FilterNode): boolean {
  switch (node.is) {
    case "related":
      return true;
    case "all":
    case "any":
      return node.of.some(isRelated);
    case "not":
      return isRelated(node.of);
    default:
      return false;
  }
}
