import type { Storage } from "../../schema/kind.ts";
import type { ColumnModel } from "../../schema/model.ts";
import { formOf } from "../../schema/stored-form.ts";
import { markOf } from "../broken-values.ts";
import { readForm } from "./stored-form.ts";
import { literal, sqliteStorage } from "./storage.ts";

/** A column of an adopted table as a JSON value: a mark stands for what is not of the column's kind. */
export function adoptedJson(column: ColumnModel, expression: string): string {
  const mark = literal(markOf(column.adopted ?? "", column.name));
  return `CASE WHEN ${expression} IS NOT NULL THEN coalesce(${ofItsKind(column.kind.storage, expression)}, json(${mark})) END`;
}

/** The JSON value, or null for what is not of the kind. Lengths and ranges hold for what is written; what is there is answered. */
function ofItsKind(storage: Storage, held: string): string {
  const { json, check } = sqliteStorage(storage);
  const when = (condition: string): string => `CASE WHEN ${condition} THEN ${json(held)} END`;
  if (formOf(storage) !== undefined)
    return storage.as === "decimal"
      ? `(SELECT ${json("v")} FROM (SELECT ${readForm(storage, held)} AS v))`
      : readForm(storage, held);
  switch (storage.as) {
    case "boolean":
      return json(held);
    case "integer":
    case "bigint":
      return when(`typeof(${held}) = 'integer'`);
    case "decimal":
      return when(`typeof(${held}) = 'integer' AND ${held} > ${-(2n ** 63n)}`);
    case "real":
      return when(`typeof(${held}) IN ('real', 'integer') AND abs(${held}) <= ${Number.MAX_VALUE}`);
    case "text":
      return when(
        `typeof(${held}) = 'text'${storage.values === undefined ? "" : ` AND ${held} IN (${storage.values.map(literal).join(", ")})`}`,
      );
    case "json":
      // A column whose type is called JSON turns a text of digits into a number.
      return when(`typeof(${held}) <> 'blob' AND json_valid(${held})`);
    default:
      return when(`typeof(${held}) = 'text' AND ${check(held) ?? "1"}`);
  }
}

/** A sort key for a cursor: a BLOB has no JSON of its own, and any column of an adopted table may hold one. */
export function adoptedKeyJson(column: ColumnModel): string {
  const { as } = column.kind.storage;
  const number = as === "bigint" || as === "decimal" ? "CAST(v AS TEXT)" : "v";
  return `CASE typeof(v) WHEN 'blob' THEN json_object('blob', hex(v)) WHEN 'integer' THEN ${number} ELSE v END`;
}
