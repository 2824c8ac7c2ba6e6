import type { DatabaseFailure, Stored } from "../database.ts";
import type { DriverName } from "./driver.ts";

/** What a reader process is started with: its one argument, as JSON. */
export interface ReaderData {
  readonly path: string;
  readonly driver: DriverName;
  /** Bytes of values that one answer may hold. */
  readonly maxBytes: number;
}

/** The read that a reader process is to run. It gets the next one only after it answered. */
export interface ToReader {
  readonly sql: string;
  readonly params: readonly Stored[];
  /** For a text that somebody else wrote: the answer names its columns, and has at most this many rows. */
  readonly maxRows?: number | undefined;
  /** Rows beyond those are left out, where an answer would else be a failure. */
  readonly cuts?: boolean | undefined;
}

/** The answer to a read, with the time that the read alone took: each gets exactly one, unless the process ends. */
export type FromReader =
  | {
      readonly is: "rows";
      readonly rows: readonly (readonly Stored[])[];
      readonly milliseconds: number;
      readonly columns?: readonly string[];
      /** There were more. */
      readonly isCut?: boolean;
    }
  | { readonly is: "failed"; readonly failure: DatabaseFailure };

/** The file descriptor of the pipe whose end tells a reader process that its parent is gone. */
export const LIFELINE_FD = 4;
