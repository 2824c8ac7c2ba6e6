import type { DatePart } from "../../schema/aggregate.ts";
import type { SqlDialect } from "../sql/dialect.ts";
import { type Fragment, sql } from "../sql/fragment.ts";

/** A number over the rows of a group, exact where its column is: a sum of integers beyond 64 bits fails in SQLite. */
export const aggregate: SqlDialect["aggregate"] = ({ name, column, expression }) => {
  if (column === undefined) return "count(*)";
  const { storage } = column.kind;
  switch (name) {
    case "count":
      return `count(${expression})`;
    case "count_distinct":
      return `count(DISTINCT ${expression})`;
    case "sum":
      return storage.as === "real" ? finite(`sum(${expression})`) : `sum(${expression})`;
    case "avg": {
      if (storage.as === "real") return finite(`avg(${expression})`);
      // One division of the exact sum: avg() would round before the scale is taken off, and once more behind it.
      const unit = storage.as === "decimal" ? 10n ** BigInt(storage.scale) : 1n;
      return `CAST(sum(${expression}) AS REAL) / (count(${expression}) * ${unit}.0)`;
    }
    default:
      return `${name}(${expression})`;
  }
};

/**
 * JSON has no infinity. abs() of the smallest integer is the one error a SELECT can raise, and it says the right thing:
 * "integer overflow". It hangs on the value, because SQLite works constants out before it looks at a CASE.
 */
function finite(value: string): string {
  const fail = `abs(-9223372036854775807 - (${value} IS NOT NULL))`;
  return `CASE WHEN abs(${value}) < 9e999 THEN ${value} WHEN ${value} IS NOT NULL THEN ${fail} END`;
}

/** Times are kept as `2024-10-28T10:30:00.000Z`: the beginning of the text is the part. */
const LENGTHS: Readonly<Record<DatePart, number>> = { year: 4, month: 7, day: 10, hour: 13 };

export function datePart(part: DatePart, expression: Fragment): Fragment {
  const beginning = sql`substr(${expression}, 1, ${LENGTHS[part]})`;
  return part === "hour" ? sql`${beginning} || ':00:00.000Z'` : beginning;
}
