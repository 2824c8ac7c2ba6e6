import type { AskedStatement, ChangeOutcome, Consent } from "../asked-statement.ts";
import type { DatabaseFailure } from "../database.ts";
import type { DriverName } from "./driver.ts";

/** The file that a change is made in. */
export interface ChangedFile {
  readonly path: string;
  readonly driver: DriverName;
  /** The file beside an adopted one that holds what Servery keeps for itself. */
  readonly ownPath: string | undefined;
}

/** All that a process needs to know for one change. */
export interface ToChanger {
  readonly file: ChangedFile;
  readonly statement: AskedStatement;
  readonly consent: Consent;
  readonly lockWaitMs: number;
}

export type FromChanger = ChangeOutcome | { readonly is: "failed"; readonly failure: DatabaseFailure };
