import type { Stored } from "../database/database.ts";
import type { Bind } from "../database/query.ts";

/** The values of one read. */
export interface ReadValues {
  readonly values: readonly (Stored | readonly Stored[])[];
  readonly offset: number;
  readonly after: readonly Stored[];
  /** Keys that were selected before, as the select of keys answered them. */
  readonly keys?: Stored;
}

/** The caller's own values in its policies. */
export type CallerValues = readonly (Stored | readonly Stored[])[];

/** What is bound at each placeholder of a compiled read. */
export function bindRead(binds: readonly Bind[], given: ReadValues, caller: CallerValues): Stored[] {
  return binds.map((bind) => {
    switch (bind.from) {
      case "slot": {
        const value = given.values[bind.slot] ?? null;
        return bind.as === undefined ? (value as Stored) : bind.as(value);
      }
      case "caller": {
        const value = caller[bind.at] ?? null;
        return bind.as === undefined ? (value as Stored) : bind.as(value);
      }
      case "offset":
        return given.offset + bind.plus;
      case "after":
        return given.after[bind.key] ?? null;
      case "keys":
        return given.keys ?? null;
    }
  });
}

/** What is bound in a condition that only the caller's own values stand in. */
export function bindCaller(binds: readonly Bind[], caller: CallerValues): Stored[] {
  return bindRead(binds, NO_VALUES, caller);
}

const NO_VALUES: ReadValues = { values: [], offset: 0, after: [] };
