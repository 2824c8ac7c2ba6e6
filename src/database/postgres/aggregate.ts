import type { DatePart } from "../../schema/aggregate.ts";
import type { SqlDialect } from "../sql/dialect.ts";
import { type Fragment, sql } from "../sql/fragment.ts";

/** A number over the rows of a group, exact where its column is: a sum of integers beyond 64 bits fails. */
export const aggregate: SqlDialect["aggregate"] = ({ name, column, expression }) => {
  if (column === undefined) return "count(*)";
  const { storage } = column.kind;
  switch (name) {
    case "count":
      return `count(${expression})`;
    case "count_distinct":
      return `count(DISTINCT ${expression})`;
    case "sum":
      if (storage.as === "real") return `sum(${expression})`;
      return storage.as === "decimal" ? exactSum(expression, storage.scale) : `CAST(sum(${expression}) AS bigint)`;
    case "avg": {
      if (storage.as === "real") return `avg(${expression})`;
      // One division of the exact sum, of whole numbers, as everywhere.
      const unit = storage.as === "decimal" ? 10n ** BigInt(storage.scale) : 1n;
      return `CAST(CAST(sum(${expression}) * ${unit} AS bigint) AS double precision) / (count(${expression}) * ${unit})`;
    }
    default:
      return storage.as === "boolean" || storage.as === "uuid"
        ? `CAST(${name}(CAST(${expression} AS ${storage.as === "uuid" ? "text" : "int"})) AS ${storage.as})`
        : `${name}(${expression})`;
  }
};

/** Without a precision, but no larger than 64 bits hold in its smallest unit. */
function exactSum(expression: string, scale: number): string {
  const unit = 10n ** BigInt(scale);
  return `CAST(CAST(sum(${expression}) * ${unit} AS bigint) AS numeric) * ${scale === 0 ? "1" : `0.${"1".padStart(scale, "0")}`}`;
}

/** A date or a time cut to a part of it. */
export function datePart(part: DatePart, expression: Fragment): Fragment {
  switch (part) {
    case "year":
      return sql`to_char(${expression}, 'YYYY') COLLATE "C"`;
    case "month":
      return sql`to_char(${expression}, 'YYYY-MM') COLLATE "C"`;
    case "day":
      return sql`CAST(${expression} AS date)`;
    case "hour":
      return sql`date_trunc('hour', ${expression})`;
  }
}
