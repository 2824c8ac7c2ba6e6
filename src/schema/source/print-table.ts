import type { CheckSpec, DocumentSpec, TableOptions, TableSpec } from "../table.ts";
import { isStandardSchema, jsonSchemaOf } from "../standard-schema.ts";
import type { Json } from "../stored.ts";
import type { ViewSql } from "../view.ts";
import { printColumn, printKind } from "./print-column.ts";
import { printRules } from "./print-rule.ts";
import { type SourceNames, unprinted } from "./source-names.ts";
import { comment, literal, objectText, quoted, quotedLines } from "./source-text.ts";
import { tableLines } from "./table-text.ts";

/** A table or view as the lines that declare it. */
export function printTable(name: string, spec: TableSpec, names: SourceNames): string[] {
  const is = spec.document !== undefined ? "documents" : spec.view === undefined ? "table" : "view";
  const steps = [...new Set(spec.hooks.flatMap((hooks) => Object.keys(hooks)))];
  return tableLines({
    name,
    is: names.uses(is) as typeof is,
    notes: steps.length === 0 ? [] : [comment(`Its hooks are code and are not printed: ${steps.join(", ")}`)],
    columns: Object.entries(spec.columns).flatMap(([column, declared]) => printColumn(column, declared, names)),
    arguments: tableArguments(spec),
    calls: tableCalls(spec, names),
  });
}

function tableArguments({ options, key, view, document }: TableSpec): string[] {
  if (document !== undefined) return documentOptions(document, options);
  const own = Object.entries(options as TableOptions).filter(
    ([name, value]) =>
      value !== undefined && (view === undefined ? name !== "id" || key === undefined : name === "path"),
  );
  const said = own.length === 0 ? [] : [`${literal(Object.fromEntries(own))},`];
  return view === undefined ? said : [`${viewSql(view)},`, ...said];
}

/** What a collection says of its documents, an option a line. Of a validator its JSON Schema is printed, where it tells one. */
function documentOptions({ indexes, schema }: DocumentSpec, options: TableOptions): string[] {
  const told = isStandardSchema(schema) ? jsonSchemaOf(schema, "output") : schema;
  const said: [string, Json | undefined][] = [
    ["index", indexes.length === 0 ? undefined : indexes],
    ["schema", told as Json | undefined],
    ...(Object.entries(options) as [string, Json | undefined][]),
  ];
  return said.flatMap(([name, value]) => (value === undefined ? [] : `${name}: ${literal(value)},`.split("\n")));
}

function viewSql(view: ViewSql): string {
  if (typeof view === "string") return quotedLines(view);
  return objectText(Object.entries(view).map(([dialect, sql]) => [dialect, quotedLines(sql)]));
}

function tableCalls(spec: TableSpec, names: SourceNames): string[] {
  const { was, key, accounts, rules } = spec;
  const list = (columns: readonly string[]): string => columns.map(quoted).join(", ");
  return [
    ...(key === undefined ? [] : [`.primaryKey(${list(key)})`]),
    ...spec.uniques.map((columns) => `.unique(${list(columns)})`),
    ...spec.indexes.map((columns) => `.index(${list(columns)})`),
    ...spec.checks.map(checkCall),
    ...spec.transfers.map(
      ({ sign, amount, reference, column }) =>
        `.${sign === 1 ? "adds" : "subtracts"}(${list([amount, reference, column])})`,
    ),
    ...spec.computed.map(({ name, column, needs }) => {
      const kind = `${printKind(column.spec, names)}${column.spec.optional ? ".optional()" : ""}`;
      return `.computed(${quoted(name)}, ${kind}, [${list(needs)}], ${unprinted()})`;
    }),
    ...(accounts === undefined
      ? []
      : [`.accounts(${Object.keys(accounts).length === 0 ? "" : literal({ ...accounts })})`]),
    ...(spec.audited === true ? [".audited()"] : []),
    ...(was === undefined ? [] : [`.was(${quoted(was)})`]),
    ...(rules === undefined ? [] : [`.allow(${printRules(rules, names)})`]),
  ];
}

function checkCall({ name, condition }: CheckSpec): string {
  return `.check(${quoted(name)}, ${literal(condition as Json)})`;
}
