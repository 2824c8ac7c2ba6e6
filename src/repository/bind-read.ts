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

/** What is bound at each placeholder of a compiled read. */
export function bindRead(binds: readonly Bind[], given: ReadValues): Stored[] {
  return binds.map((bind) => {
    switch (bind.from) {
      case "slot": {
        const value = given.values[bind.slot] ?? null;
        return bind.as === undefined ? (value as Stored) : bind.as(value);
      }
      case "constant":
        return bind.value;
      case "offset":
        return given.offset + bind.plus;
      case "after":
        return given.after[bind.key] ?? null;
      case "keys":
        return given.keys ?? null;
    }
  });
}
