import { columnInputs, type HostileRequest, type Input } from "./case.ts";

/** A new row of `samples`, which has one optional column of every kind. */
export const sample: HostileRequest = { method: "POST", path: "/api/samples" };
/** The one column that it must have. */
export const LABEL = { label: "t" };

/** Inputs that are stored: the value sent, what the answer says, what the database holds. */
export function kept(
  column: string,
  values: readonly (readonly [sent: unknown, answered: unknown, stored: unknown])[],
): Input[] {
  return values.map(([sent, answered, stored]) => ({
    ...(columnInputs(column, [sent], LABEL)[0] as Input),
    want: { body: { [column]: answered }, diff: { samples: { added: [{ [column]: stored }] } } },
  }));
}

/** Inputs that are refused, each with the pointer of its column. */
export function refused(column: string, values: readonly unknown[]): Input[] {
  return columnInputs(column, values, LABEL).map((input) => ({ ...input, want: { pointer: `/${column}` } }));
}
