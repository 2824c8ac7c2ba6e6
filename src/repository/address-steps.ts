import type { Stored, StepResult, WriteStep } from "../database/database.ts";
import { readdressAccounts } from "../database/sql/accounts.ts";
import type { RowsCondition } from "../database/sql/compile-write.ts";
import type { Assignment } from "../schema/assignment.ts";
import { isAccountsTable, type TableModel } from "../schema/model.ts";
import type { WriteTexts } from "./write-texts.ts";

/** The rows of a write, and the values that it brings them. */
interface Addressed {
  readonly table: TableModel;
  readonly rows: RowsCondition;
  readonly values: readonly (Stored | StepResult)[];
  readonly assignments: readonly Assignment[];
  /** The session that stays. */
  readonly keep: string | undefined;
  /** The time of the write. */
  readonly now: string;
}

/**
 * In front of a write that changes addresses of accounts: they are not verified any more, and all sessions but the
 * writer's own end. Whoever has taken an account over is not left in it when its owner moves it to another address, and
 * who got the address of another account gets none of its sessions.
 */
export function addressSteps(
  texts: WriteTexts,
  { table, rows, values, assignments, keep, now }: Addressed,
  bind: (value: Assignment["value"]) => Stored | StepResult,
): WriteStep[] {
  if (!isAccountsTable(table)) return [];
  const address = table.accounts.address ?? table.accounts.identifier;
  const changed = assignments.find(({ column }) => column.name === address.name);
  if (changed === undefined) return [];
  const sql = (part: "revoke" | "drop" | "unverify"): string =>
    texts.kept(
      `address\0${part}\0${table.name}\0${rows.text}`,
      () => readdressAccounts(table, rows.text, texts.dialect)[part],
    );
  const asked = [...values, bind(changed.value)];
  const step = { returns: false, changes: true, counts: false } as const;
  return [
    { ...step, sql: sql("revoke"), params: [now, ...asked] },
    { ...step, sql: sql("drop"), params: [...asked, keep ?? ""] },
    { ...step, sql: sql("unverify"), params: asked },
  ];
}
