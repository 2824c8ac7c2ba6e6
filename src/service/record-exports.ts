import { setImmediate as otherRequests } from "node:timers/promises";
import type { Principal } from "../auth/principal.ts";
import { Problem } from "../errors/problem.ts";
import type { ReadRepository } from "../repository/read-repository.ts";
import { readSortKeys } from "../schema/sort-keys.ts";
import type { Stored } from "../schema/stored.ts";
import type { ReadCommand } from "../validation/command.ts";
import { computeLines, type ReportFault } from "./computed-columns.ts";
import type { ReadPlan } from "./read-plan.ts";
import type { LinesAnswer, StreamAnswer } from "./record-answer.ts";
import type { RecordReads } from "./record-reads.ts";

/** Rows of a page: the larger, the fewer times an index is entered. A few sizes only, since each is a statement of its own. */
const PAGE_ROWS: readonly number[] = [1_000, 500, 200, 100, 50, 20, 10, 5, 2, 1];
/** Rows of the first page, which shows how wide rows are. */
const FIRST_PAGE_ROWS = 100;
/** Characters that a page should not go beyond: with eight times as many, memory grew twice as much before it was collected. */
const PAGE_LENGTH = 32_768;

/** The next page: how many rows, and where it begins. */
interface PageStart {
  readonly rows: number;
  /** The sort keys of its first row; undefined where the list begins, and where rows are skipped by number. */
  readonly after: readonly Stored[] | undefined;
  /** Rows in front of it. */
  readonly offset: number;
}

/** What exports stand on. */
export interface ExportRules {
  readonly reads: RecordReads;
  readonly repository: ReadRepository;
  readonly report: ReportFault;
}

/** Whole lists, read page by page as their reader takes them, so that neither memory nor other requests feel their length. */
export class RecordExports {
  readonly #rules: ExportRules;

  constructor(rules: ExportRules) {
    this.#rules = rules;
  }

  /** The whole list. Its first page is read here, so that whatever is wrong with the request is wrong before the answer begins. */
  async open(command: ReadCommand, principal: Principal): Promise<StreamAnswer> {
    const { total, plan } = await this.#prepare(command, principal);
    const pages = this.#pages(plan, command, principal);
    return { total, pages: resumed(await pages.next(), pages) };
  }

  /** What `open` says of the list beside its rows. */
  async describe(command: ReadCommand, principal: Principal): Promise<Pick<StreamAnswer, "total">> {
    const { total } = await this.#prepare(command, principal);
    return { total };
  }

  async #prepare(
    command: ReadCommand,
    principal: Principal,
  ): Promise<{ readonly plan: ReadPlan; readonly total: number | undefined }> {
    const { reads, repository } = this.#rules;
    const plan = reads.plan(command, principal);
    if (command.parent !== undefined) await reads.requireParent(command.parent, principal);
    const total =
      command.shape.count === undefined ? undefined : await repository.total(plan, command, principal.values);
    return { plan, total };
  }

  async *#pages(
    plan: ReadPlan,
    { values, offset }: ReadCommand,
    principal: Principal,
  ): AsyncGenerator<string, void, undefined> {
    const plans = new Map<string, ReadPlan>();
    const { computed } = plan;
    const compute = computed === undefined ? undefined : computeLines(computed, this.#rules.report);
    let start: PageStart = { rows: FIRST_PAGE_ROWS, after: undefined, offset };
    for (let left = plan.shape.limit; left > 0; ) {
      const wanted: PageStart = { ...start, rows: Math.min(start.rows, left) };
      const page = await this.#page(pagePlan(plan, wanted, plans), { values, caller: principal.values }, wanted);
      if (page === undefined) {
        start = { ...start, rows: smallerThan(wanted.rows) };
        continue;
      }
      const { lines, next } = page;
      if (lines !== "") yield compute === undefined ? lines : compute(lines);
      if (next === undefined) return;
      left -= wanted.rows;
      start = nextStart(plan, wanted, { length: lines.length, next });
      await otherRequests();
    }
  }

  /** The page, or undefined where its rows are too wide for so many at once. */
  async #page(
    plan: ReadPlan,
    { values, caller }: { readonly values: ReadCommand["values"]; readonly caller: Principal["values"] },
    { offset, after = [], rows }: PageStart,
  ): Promise<LinesAnswer | undefined> {
    try {
      return await this.#rules.repository.lines(plan, { values, offset, after }, caller);
    } catch (error) {
      if (rows > 1 && error instanceof Problem && error.code === "limit_exceeded") return undefined;
      throw error;
    }
  }
}

/** As many rows as fit, and where the last page ended. How well a row fits a search is no place that one could go on from. */
function nextStart(
  plan: ReadPlan,
  last: PageStart,
  page: { readonly length: number; readonly next: string },
): PageStart {
  const lineLength = page.length / last.rows;
  const rows = PAGE_ROWS.find((size) => size * lineLength <= PAGE_LENGTH) ?? 1;
  return plan.search?.ranked === true
    ? { rows, after: undefined, offset: last.offset + last.rows }
    : { rows, after: readSortKeys(page.next, plan.shape.sort), offset: 0 };
}

/** The same read of one page; pages that differ in values alone share one. */
function pagePlan(plan: ReadPlan, { rows, after, offset }: PageStart, made: Map<string, ReadPlan>): ReadPlan {
  const nulls = after?.map((value) => value === null);
  const key = `${rows} ${offset > 0} ${nulls?.map(Number).join("") ?? ""}`;
  const kept = made.get(key);
  if (kept !== undefined) return kept;
  const shape = { ...plan.shape, limit: rows, offset: offset > 0, after: nulls };
  const page = { ...plan, shape };
  made.set(key, page);
  return page;
}

function smallerThan(rows: number): number {
  return PAGE_ROWS.find((size) => size < rows) ?? 1;
}

/** A sequence of which the first step was taken already. */
async function* resumed(first: IteratorResult<string, void>, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  if (first.done === true) return;
  yield first.value;
  yield* rest;
}
