import type { AnyColumn, ColumnSpec, FilledBy } from "../column.ts";
import type { Kind } from "../kind.ts";
import { formOf } from "../stored-form.ts";
import type { Json } from "../stored.ts";
import { columnLines, refText } from "./column-text.ts";
import { printRule } from "./print-rule.ts";
import type { SourceNames } from "./source-names.ts";
import { literal, quoted } from "./source-text.ts";
import { email } from "../column/email.ts";
import { integer } from "../column/integer.ts";
import { longText } from "../column/text.ts";
import { slug } from "../column/slug.ts";
import { url } from "../column/url.ts";

/** A column as the lines that declare it. */
export function printColumn(name: string, { spec }: AnyColumn, names: SourceNames): string[] {
  const vendor = spec.kind?.standard?.["~standard"].vendor;
  return columnLines({
    name,
    notes: vendor === undefined ? [] : [`A validator of ${vendor}: only the JSON Schema that it tells is printed`],
    kind: printKind(spec, names),
    // What the server fills has none of its own.
    default: spec.filled === undefined ? spec.default : undefined,
    calls: columnCalls(spec, names),
  });
}

/** What a column begins with: its kind, or what it refers to. */
export function printKind({ kind, reference }: ColumnSpec, names: SourceNames): string {
  if (reference !== undefined) {
    names.uses("ref");
    return refText(reference);
  }
  if (kind === undefined) throw new Error("A column has a kind or refers to a table.");
  const form = formOf(kind.storage);
  const given = kindArguments(kind).join(", ");
  return `${names.uses(kind.name)}(${given})${form === undefined ? "" : `.stored(${quoted(form)})`}`;
}

/** What the function of a kind was called with; what it takes by itself is left out. */
function kindArguments({ name, storage, input, output, standard }: Kind): string[] {
  switch (storage.as) {
    case "text":
      if (storage.values !== undefined) return storage.values.map(quoted);
      return name === "text" || name === "longText"
        ? textArguments(name, storage)
        : unlessUsual(name, String(storage.max));
    case "integer":
      return rangeArguments(storage);
    case "decimal": {
      const { min, max } = input["decimal"] as { readonly min?: string; readonly max?: string };
      return [String(storage.precision), String(storage.scale), ...options({ min, max })];
    }
    case "json": {
      const [told] = standard === undefined ? (input["allOf"] as readonly Json[]) : [output as Json];
      return told === undefined || Object.keys(told as object).length === 0 ? [] : [literal(told)];
    }
    default:
      return [];
  }
}

function textArguments(name: "text" | "longText", { min, max }: { readonly min: number; readonly max: number }) {
  // Below 0 the declaration named none.
  const least = min < 0 ? undefined : min;
  if (name === "text") return [String(max), ...options({ min: least })];
  return options({ min: least, max: isUsual(longText(), max) ? undefined : max });
}

function rangeArguments({ min, max }: { readonly min: number; readonly max: number }): string[] {
  const { spec } = integer();
  const usual = spec.kind?.storage;
  if (usual?.as !== "integer") return options({ min, max });
  return options({ min: min === usual.min ? undefined : min, max: max === usual.max ? undefined : max });
}

function unlessUsual(name: string, text: string): string[] {
  const usual = { email, slug, url }[name];
  return usual !== undefined && isUsual(usual(), Number(text)) ? [] : [text];
}

function isUsual({ spec }: AnyColumn, max: number): boolean {
  const storage = spec.kind?.storage;
  return storage?.as === "text" && storage.max === max;
}

function options(given: Readonly<Record<string, Json | undefined>>): string[] {
  const said = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  return said.length === 0 ? [] : [literal(Object.fromEntries(said))];
}

function columnCalls(spec: ColumnSpec, names: SourceNames): string[] {
  const { filled, readable, writable } = spec;
  const isPrivate = readable.rule === "nobody" && writable !== undefined;
  const said: readonly (readonly [holds: boolean, call: string])[] = [
    [filled !== undefined, filled === undefined ? "" : filledCall(filled)],
    [spec.optional, ".optional()"],
    [spec.unique, ".unique()"],
    [spec.index, ".index()"],
    [spec.search, ".search()"],
    [isPrivate, ".private()"],
    [!isPrivate && readable.rule !== "everyone", `.readable(${printRule(readable, names)})`],
    [spec.was !== undefined, `.was(${quoted(spec.was ?? "")})`],
  ];
  const calls = said.flatMap(([holds, call]) => (holds ? [call] : []));
  if (writable === undefined || (isPrivate && writable.rule === "nobody")) return calls;
  return [...calls, `.writable(${printRule(writable, names)})`];
}

function filledCall(filled: FilledBy): string {
  switch (filled.by) {
    case "uuid":
      return ".generated()";
    case "sum":
      return `.sumOf(${[filled.table, ...filled.factors].map(quoted).join(", ")})`;
    case "copy":
      return `.copyOf(${quoted(filled.reference)}, ${quoted(filled.column)})`;
    case "database":
      return ".filledByDatabase()";
    case "caller":
      return ".owner()";
  }
}
