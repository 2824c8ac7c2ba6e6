import type { Principal } from "../auth/principal.ts";
import { Problem } from "../errors/problem.ts";
import type { ImportRepository } from "../repository/import-repository.ts";
import type { ImportCommand } from "../validation/command.ts";
import type { TableModel } from "../schema/model.ts";
import type { RecordReads } from "./record-reads.ts";
import type { RecordWrites } from "./record-writes.ts";
import { RowSpool } from "./row-spool.ts";
import type { WriteHooks } from "./write-hooks.ts";
import type { InsertPlan } from "./write-plan.ts";

/** Imports at once: each may fill a temporary file, and slow senders keep theirs for minutes. */
const IMPORTS_AT_ONCE = 8;

/** Who imports, and in which request. */
export interface ImportedBy {
  readonly principal: Principal;
  readonly requestId: string | undefined;
}

/** Rows that come as a stream: gathered beside the database, and written in one go when the last one was right. */
export class RowImports {
  readonly #repository: ImportRepository;
  readonly #reads: RecordReads;
  readonly #writes: RecordWrites;
  readonly #hooks: WriteHooks;
  #running = 0;

  constructor(
    repository: ImportRepository,
    rules: { readonly reads: RecordReads; readonly writes: RecordWrites; readonly hooks: WriteHooks },
  ) {
    this.#repository = repository;
    this.#reads = rules.reads;
    this.#writes = rules.writes;
    this.#hooks = rules.hooks;
  }

  /** Writes all rows or none; answers how many. */
  async run(command: ImportCommand, by: ImportedBy): Promise<number> {
    const { principal } = by;
    // The server's own rows pass hooks by, as the first rows of a database do.
    if (principal.kind !== "system") this.#refuseHooked(command.table);
    if (command.parent !== undefined) await this.#reads.requireParent(command.parent, principal);
    if (this.#running === IMPORTS_AT_ONCE) {
      throw new Problem("database_busy", `${IMPORTS_AT_ONCE} imports are running already.`, {
        headers: { "retry-after": "10" },
      });
    }
    this.#running += 1;
    try {
      return await this.#gather(command, by);
    } finally {
      this.#running -= 1;
    }
  }

  /** Code that refuses or completes each row would be passed by, so such a table takes rows as JSON alone. */
  #refuseHooked(table: TableModel): void {
    if (!(["prepare", "before", "after"] as const).some((moment) => this.#hooks.meets(table, moment))) return;
    throw new Problem("unsupported_media_type", `${table.path} has hooks, which run for rows in JSON only.`, {
      headers: { accept: "application/json" },
    });
  }

  async #gather(command: ImportCommand, by: ImportedBy): Promise<number> {
    const spool = await RowSpool.open();
    try {
      for await (const lines of command.rows) await spool.add(lines);
      if (spool.count > 0) await this.#repository.insert(this.#plans(command, spool, by));
      return spool.count;
    } finally {
      await spool.remove();
    }
  }

  async *#plans(command: ImportCommand, spool: RowSpool, by: ImportedBy): AsyncGenerator<InsertPlan> {
    for await (const { first, lines } of spool.blocks())
      yield this.#writes.planAdmitted(command.create(lines, first), by);
  }
}
