import { everyone, nobody } from "../schema/rule.ts";
import { Problem } from "../errors/problem.ts";
import type { AggregateFunction, DatePart } from "../schema/aggregate.ts";
import { bigint } from "../schema/column/bigint.ts";
import { date } from "../schema/column/date.ts";
import { decimal } from "../schema/column/decimal.ts";
import { identityKind } from "../schema/column/integer.ts";
import { real } from "../schema/column/real.ts";
import { textKind } from "../schema/column/text.ts";
import { timestampKind } from "../schema/column/timestamp.ts";
import type { Kind } from "../schema/kind.ts";
import type { ColumnModel } from "../schema/model.ts";
import { withoutForm } from "../schema/stored-form.ts";

/** Digits of a sum of decimals: as many as a 64-bit integer always holds. */
const SUM_DIGITS = 18;

const wholeNumber: Kind = { ...identityKind, name: "integer" };

export function isSummable({ storage }: Kind): boolean {
  return storage.as === "integer" || storage.as === "bigint" || storage.as === "decimal" || storage.as === "real";
}

/** What a number over a group is: how it is compared with a value, and how its JSON looks. */
export function aggregateKind(name: AggregateFunction, of?: Kind): Kind {
  if (of === undefined || name === "count" || name === "count_distinct") return wholeNumber;
  if (name === "min" || name === "max") return of;
  if (name === "avg") return kindOf(real());
  switch (of.storage.as) {
    case "decimal":
      return kindOf(decimal(SUM_DIGITS, of.storage.scale));
    case "bigint":
      return kindOf(bigint());
    case "real":
      return kindOf(real());
    default:
      return wholeNumber;
  }
}

/** What a part of a date or a time is; a column as a whole is what it was. */
export function partKind({ name, kind }: ColumnModel, part: DatePart | undefined): Kind {
  if (part === undefined) return kind;
  const { as } = kind.storage;
  if (as !== "timestamp" && (as !== "date" || part === "hour"))
    throw new Problem(
      "invalid_parameter",
      `${name} is a ${kind.name} column; ${part} takes ${part === "hour" ? "timestamp" : "date and timestamp"} columns.`,
    );
  if (part === "day") return kindOf(date());
  return part === "hour" ? timestampKind : textKind("text", "2024-10".length, 0);
}

/** A column of the answer under a name of our own, which no table's column can be confused with. */
export function outputColumn(name: string, kind: Kind): ColumnModel {
  return {
    name,
    kind: withoutForm(kind),
    role: "plain",
    optional: true,
    default: undefined,
    unique: false,
    index: false,
    search: false,
    filled: undefined,
    references: undefined,
    readable: everyone,
    writable: nobody,
  };
}

function kindOf(column: { readonly spec: { readonly kind: Kind | undefined } }): Kind {
  if (column.spec.kind === undefined) throw new Error("a column of an answer has a kind");
  return column.spec.kind;
}
