import type { Principal } from "../auth/principal.ts";
import type { Assignment } from "../schema/assignment.ts";
import type { TableModel } from "../schema/model.ts";
import type { RecordReads } from "./record-reads.ts";
import type { RecordWrites } from "./record-writes.ts";

/**
 * The moments of a write that an application's own code may take part in:
 * - `prepare`: before the write opens anything, so it may wait on a network; it may change what is written;
 * - `before`: inside the transaction, in front of the write; it sees the row as it is, and what it writes itself comes
 *   or goes with the write;
 * - `after`: when everything is durable.
 */
export type HookMoment = "prepare" | "before" | "after";

/** The services of one database, or of one transaction on it. */
export interface Records {
  readonly reads: RecordReads;
  readonly writes: RecordWrites;
  /** Whether they are those of a transaction that stands open. */
  readonly inTransaction: boolean;
}

/** Who writes, as far as hooks may know. */
export interface HookCaller {
  readonly principal: Principal;
  readonly requestId: string;
  /** How many hooks stand between the request and this write. */
  readonly depth?: number;
}

/** One row that is about to be written, or was. */
export interface RowEvent {
  readonly action: "create" | "update" | "delete";
  readonly table: TableModel;
  /** What is written; nothing for a delete. */
  readonly assignments: readonly Assignment[];
  /** The JSON text of the row: as it is before a change or a delete, as it was written afterwards. */
  readonly row: string | undefined;
}

/** Runs an application's hooks. The service knows when, `custom/` knows how. */
export interface WriteHooks {
  meets(table: TableModel, moment: HookMoment): boolean;
  /** What is to be written instead. In an open transaction the code works inside it: beside it, it would wait for itself. */
  prepare(event: RowEvent, caller: HookCaller, records: Records): Promise<readonly Assignment[]>;
  before(event: RowEvent, caller: HookCaller, records: Records): Promise<void>;
  /** Starts the hooks of rows that are durable; waits only where too many run already. */
  after(events: readonly RowEvent[], caller: HookCaller): Promise<void>;
}
