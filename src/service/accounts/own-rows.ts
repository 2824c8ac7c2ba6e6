import type { Principal } from "../../auth/principal.ts";
import { Problem } from "../../errors/problem.ts";
import type { AccountsTable } from "../../schema/model.ts";
import type { Stored } from "../../schema/stored.ts";
import type { ReadCommand } from "../../validation/command.ts";
import type { RecordReads } from "../record-reads.ts";

/** What the rules may say about a row that its own account may not read. */
const UNREADABLE: readonly string[] = ["not_found", "forbidden", "sign_in_required"];

type ReadOwnRow = (table: AccountsTable, key: Stored, principal: Principal) => ReadCommand;

/** The row of an account as the account itself may read it. */
export class OwnRows {
  readonly #reads: RecordReads;
  readonly #command: ReadOwnRow;

  /** `command` makes the read of one row. */
  constructor(reads: RecordReads, command: ReadOwnRow) {
    this.#reads = reads;
    this.#command = command;
  }

  /** The row as JSON text; an empty object where its account may not read it. */
  async read(table: AccountsTable, key: Stored, principal: Principal): Promise<string> {
    try {
      return (await this.#reads.read(this.#command(table, key, principal), principal)).json;
    } catch (error) {
      if (error instanceof Problem && UNREADABLE.includes(error.code)) return "{}";
      throw error;
    }
  }
}
