import { textOf } from "../text/text-of.ts";
import type { Schema } from "../api/open-api.ts";

/** The kind of input that a column takes. */
export type FieldKind = "line" | "lines" | "choice" | "json";

export function typesOf(schema: Schema): readonly string[] {
  return schema.type === undefined ? [] : Array.isArray(schema.type) ? schema.type : [schema.type as string];
}

/** Text that is longer than this deserves more than one line. */
const ONE_LINE = 255;

export function fieldKind(schema: Schema): FieldKind {
  const types = typesOf(schema);
  if (schema.enum !== undefined || types.includes("boolean")) return "choice";
  if (types.includes("object") || types.includes("array") || types.length === 0) return "json";
  return types.includes("string") && (schema.maxLength ?? 0) > ONE_LINE ? "lines" : "line";
}

export function choicesOf(schema: Schema): string[] {
  const nothing = typesOf(schema).includes("null") ? ["null"] : [];
  if (schema.enum !== undefined)
    return [...schema.enum.map(String), ...nothing.filter(() => !schema.enum?.includes(null))];
  return ["true", "false", ...nothing];
}

/** What a value is, in the words of the form: "text, at most 200". */
export function typeWords(schema: Schema, required: boolean): string {
  const words = [kindWord(schema), rangeWords(schema)];
  if (isFromToken(schema)) return "from your token";
  if (schema.default !== undefined) words.push(`${textOf(schema.default)} unless told`);
  else if (!required) words.push("optional");
  return words.filter((word) => word !== "").join(", ");
}

/** Whether the server fills it in with whoever asks. */
export function isFromToken({ description }: Schema): boolean {
  return description?.startsWith("The caller:") === true;
}

function kindWord(schema: Schema): string {
  if (schema.enum !== undefined) return "one of a list";
  const types = typesOf(schema).filter((type) => type !== "null");
  if (types.length > 1 && types.includes("number")) return "decimal";
  const [type = "any JSON"] = types;
  if (type === "string") return stringWord(schema);
  return (
    { integer: "whole number", number: "number", boolean: "yes or no", array: "list", object: "JSON" }[type] ?? type
  );
}

function stringWord({ format, maxLength = 0 }: Schema): string {
  const formats: Readonly<Record<string, string>> = {
    email: "e-mail address",
    "date-time": "time (UTC)",
    date: "date",
    uri: "web address",
    uuid: "UUID",
    int64: "big number",
  };
  return formats[format ?? ""] ?? (maxLength > ONE_LINE ? "long text" : "text");
}

/** Bounds that every number of JavaScript has say nothing. */
function rangeWords({ maxLength, minimum, maximum, items }: Schema): string {
  if (items !== undefined) return items.type === undefined || items.type === "object" ? "of rows that come along" : "";
  if (maxLength !== undefined && maxLength <= ONE_LINE) return `at most ${maxLength}`;
  const isBound = (bound: number | undefined): bound is number => bound !== undefined && Math.abs(bound) < 2 ** 31 - 1;
  if (isBound(minimum) && isBound(maximum)) return `${minimum} to ${maximum}`;
  if (isBound(minimum)) return `at least ${minimum}`;
  return isBound(maximum) ? `at most ${maximum}` : "";
}

/** The JSON text of a form: what is empty is left out, and what is no number where one is due stays text, for the server to say so. */
export function formJson(schema: Schema, fields: Readonly<Record<string, string>>): string {
  const known = Object.entries(schema.properties ?? {});
  const values = known.flatMap(([name, part]) => {
    const text = fields[name] ?? "";
    return text === "" ? [] : [[name, fieldValue(part, text)]];
  });
  const others = Object.entries(fields).filter(
    ([name, text]) => text !== "" && schema.properties?.[name] === undefined,
  );
  return JSON.stringify(
    Object.fromEntries([...values, ...others.map(([name, text]) => [name, parsed(text)])]),
    undefined,
    2,
  );
}

function fieldValue(schema: Schema, text: string): unknown {
  const types = typesOf(schema);
  const kind = fieldKind(schema);
  if (kind === "choice")
    return schema.enum?.every((one) => typeof one === "string") && text !== "null" ? text : parsed(text);
  if (kind === "json") return parsed(text);
  // A decimal may be sent as text, and only so it is exact.
  if (types.includes("string")) return text;
  return /^-?\d+(?:\.\d+)?$/.test(text.trim()) ? Number(text) : parsed(text);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The fields that a JSON text fills; undefined where it is no object. */
export function fieldsOfJson(text: string): Record<string, string> | undefined {
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [name, typeof one === "string" ? one : JSON.stringify(one)]),
    );
  } catch {
    return undefined;
  }
}
