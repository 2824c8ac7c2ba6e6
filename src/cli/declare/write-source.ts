import { selectView } from "../../database/sqlite/existing/select-view.ts";
import { columnLines, refText } from "../../schema/source/column-text.ts";
import { comment, importLines, indented, quoted } from "../../schema/source/source-text.ts";
import { tableLines } from "../../schema/source/table-text.ts";
import type { Json } from "../../schema/stored.ts";
import { columnsOf, type Draft, type DraftColumn, type DraftTable, isLeftOut, type LeftOut } from "./draft.ts";

/** What stands above the declaration: where it came from and what to do with it, one line each. */
export type Introduction = readonly string[];

/** A draft as the TypeScript of `servery.ts`. */
export function writeSource(draft: Draft, introduction: Introduction): string {
  const parts = [
    ...importLines(importsOf(draft)),
    "",
    ...introduction.map(comment),
    ...constants(draft),
    "",
    "export default servery({",
    `  title: ${quoted(draft.title)},`,
    ...(draft.adopted ? ["  adopted: true,"] : []),
    "  tables: {",
    ...draft.tables.flatMap((table, at) => [...(at === 0 ? [] : [""]), ...linesOf(table)]).map(indented(4)),
    ...draft.leftOut.map((entry, at) => `${at === 0 ? "\n" : ""}    ${leftOutComment(entry)}`),
    "  },",
    "});",
  ];
  return `${parts.join("\n")}\n`;
}

function importsOf({ tables }: Draft): string[] {
  const columns = tables.flatMap(columnsOf);
  const kinds = columns.map((column) => (column.reference === undefined ? column.kind.uses : "ref"));
  return ["everyone", "servery", ...tables.map((table) => table.is), ...kinds];
}

function constants({ adopted, tables }: Draft): string[] {
  const written = tables.some((table) => table.is === "table" && table.cannotCreate === undefined);
  const bare = tables.some((table) => table.is === "table");
  const off = adopted ? "id: false, created_at: false, updated_at: false" : "created_at: false, updated_at: false";
  return [
    ...(written ? ["const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };"] : []),
    ...(bare ? ["/** The tables have the columns that their source has, and no times besides. */"] : []),
    ...(bare ? [`const PLAIN = { ${off} } as const;`] : []),
  ];
}

function linesOf(table: DraftTable): string[] {
  const { name, is, notes, cannotCreate } = table;
  return tableLines({
    name,
    is,
    notes: [...notes, ...(cannotCreate === undefined ? [] : [cannotCreate])].map(comment),
    columns: table.columns.flatMap((entry) => (isLeftOut(entry) ? [leftOutComment(entry)] : linesOfColumn(entry))),
    arguments: is === "view" ? viewSql(table) : tableOptions(table),
    calls: methodCalls(table),
  });
}

function tableOptions({ options }: DraftTable): string[] {
  const own = [
    ...(options.path === undefined ? [] : [`path: ${quoted(options.path)}`]),
    ...(options.rowid === true ? ["rowid: true"] : []),
  ];
  return own.length === 0 ? ["PLAIN,"] : [`{ ...PLAIN, ${own.join(", ")} },`];
}

/** The view is there already, so its rows are asked for by its name. */
function viewSql(table: DraftTable): string[] {
  const { path } = table.options;
  const names = columnsOf(table).map((column) => column.name);
  return [`${quoted(selectView(table.name, names))},`, ...(path === undefined ? [] : [`{ path: ${quoted(path)} },`])];
}

function methodCalls(table: DraftTable): string[] {
  const list = (names: readonly string[]): string => names.map((name) => quoted(name)).join(", ");
  const rules =
    table.is === "view"
      ? "{ read: everyone }"
      : table.cannotCreate === undefined
        ? "OPEN"
        : "{ read: everyone, update: everyone, delete: everyone }";
  return [
    ...(table.key.length === 0 ? [] : [`.primaryKey(${list(table.key)})`]),
    ...table.uniques.map((names) => `.unique(${list(names)})`),
    `.allow(${rules})`,
  ];
}

function linesOfColumn({ name, notes, kind, reference, default: value, ...column }: DraftColumn): string[] {
  return columnLines({
    name,
    notes,
    kind: reference === undefined ? kind.call : refText(reference),
    default: value as Json | undefined,
    calls: [
      ...(column.filled ? [".filledByDatabase()"] : []),
      ...(column.optional ? [".optional()"] : []),
      ...(column.unique ? [".unique()"] : []),
    ],
  });
}

function leftOutComment({ leftOut, reason }: LeftOut): string {
  return comment(`Left out: ${leftOut} (${reason})`);
}
