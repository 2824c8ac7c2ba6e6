import { type ColumnModel, type SchemaModel, tableOf } from "../../schema/model.ts";
import type { JsonSchema } from "../../schema/stored.ts";
import { answerSchema } from "../../validation/row-schema.ts";
import { isOpen } from "./names.ts";

const SLUG = "^[a-z0-9]+(?:-[a-z0-9]+)*$";
const INT64 = "^(?:0|-?[1-9]\\d{0,18})$";

/** What an answer holds for a column, in JSON Schema that every validator knows. */
export function outputSchema(model: SchemaModel, column: ColumnModel): JsonSchema {
  const schema = portable(column, answerSchema(column));
  return {
    // In rows in which the caller may not read it, it is null.
    ...(column.visible === undefined ? schema : orNull(schema)),
    ...(isFilled(column) ? { readOnly: true } : {}),
    ...describe(model, column),
  };
}

/** What a body may hold for a column: `schema` is the one that validation uses, `fixed` says that the row has its value already. */
export function inputSchema(
  model: SchemaModel,
  column: ColumnModel,
  given: { readonly schema: JsonSchema; readonly fixed: boolean },
): JsonSchema {
  const { schema, fixed } = given;
  if (column.role === "owner")
    return { ...portable(column, schema), description: "The caller: it is filled in, and may be sent if it is equal." };
  if (fixed || isFilled(column))
    return {
      ...portable(column, schema),
      readOnly: true,
      description: "May be sent as it is stored; cannot be changed.",
    };
  const preset = column.default === undefined ? {} : { default: column.default };
  const described =
    column.kind.storage.as === "timestamp"
      ? { description: "Read as UTC when no offset is given; a date alone is its midnight." }
      : describe(model, column);
  return { ...portable(column, schema), ...preset, ...described };
}

/** A column as it is written in a URL. */
export function textSchema(column: ColumnModel): JsonSchema {
  const { maxLength: _, ...schema } = portable(column, column.kind.output);
  return schema;
}

function orNull(schema: JsonSchema): JsonSchema {
  const { type, enum: values, ...rest } = schema as JsonSchema & { readonly enum?: readonly unknown[] };
  if (type === undefined) return "anyOf" in schema ? { anyOf: [{ type: "null" }, schema] } : schema;
  const types = [...new Set([...(Array.isArray(type) ? (type as unknown[]) : [type]), "null"])];
  return { ...rest, type: types, ...(values === undefined ? {} : { enum: [...new Set([...values, null])] }) };
}

function isFilled(column: ColumnModel): boolean {
  return column.role !== "plain" && column.role !== "key";
}

function describe(model: SchemaModel, column: ColumnModel): JsonSchema {
  const { references } = column;
  const { storage, expects } = column.kind;
  // A table that nobody may read is not named.
  const target =
    references === undefined || !isOpen(tableOf(model, references.table).rules.read)
      ? undefined
      : `${tableOf(model, references.table).path}.${references.column}`;
  const parts = [
    ...(storage.as === "decimal" || storage.as === "bigint" ? [`${expects}.`] : []),
    ...(target === undefined ? [] : [`Refers to ${target}.`]),
    ...(column.unique ? ["Unique."] : []),
    ...(column.visible === undefined ? [] : ["Null in rows in which the caller may not read it."]),
    ...(column.computed === undefined ? [] : [`Computed${madeOf(column.computed.needs)}.`]),
  ];
  return parts.length === 0
    ? {}
    : { description: parts.map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join(" ") };
}

function madeOf(needs: readonly ColumnModel[]): string {
  return needs.length === 0 ? "" : ` from ${needs.map((column) => column.name).join(", ")}`;
}

/** Translates the words that only our own validator knows; other tools would ignore them or refuse the document. */
function portable(column: ColumnModel, schema: JsonSchema): JsonSchema {
  const { storage, output } = column.kind;
  // A json column has the declaration's own schema, which is left as it is.
  if (storage.as === "json") return column.optional ? { anyOf: [{ type: "null" }, output] } : output;
  const { format, decimal, cleanText: _, ...rest } = schema;
  if (storage.as === "decimal") return { ...rest, pattern: decimalPattern(storage), ...numberRange(decimal) };
  if (format === "text" || format === "composed") return rest;
  if (format === "slug") return { ...rest, pattern: SLUG };
  if (format === "int64") return { ...rest, format, pattern: INT64 };
  return format === undefined ? rest : { ...rest, format };
}

/** Zeros at the end change nothing, so a body may have more of them than the scale has digits. */
function decimalPattern({ precision, scale }: { readonly precision: number; readonly scale: number }): string {
  const whole = precision === scale ? "0" : `(?:0|[1-9]\\d{0,${precision - scale - 1}})`;
  return `^-?${whole}(?:\\.${scale === 0 ? "0+" : `\\d{1,${scale}}0*`})?$`;
}

/** The bounds hold for numbers here; for texts the server checks them. */
function numberRange(decimal: unknown): JsonSchema {
  const { min, max } = (decimal ?? {}) as { readonly min?: string; readonly max?: string };
  return {
    ...(min === undefined ? {} : { minimum: Number(min) }),
    ...(max === undefined ? {} : { maximum: Number(max) }),
  };
}
