import { selectView } from "../../database/sqlite/existing/select-view.ts";
import {
  columnsOf,
  type Draft,
  type DraftColumn,
  type DraftReference,
  type DraftTable,
  isLeftOut,
  type LeftOut,
} from "./draft.ts";

/** Signs that end a line comment, or that an editor would not show. */
const NOT_IN_COMMENT = /[\u0000-\u001f\u007f\u0085\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;
/** Columns of a line, as the formatter has them. */
const LINE_WIDTH = 120;

/** What stands above the declaration: where it came from and what to do with it, one line each. */
export type Introduction = readonly string[];

/** A draft as the TypeScript of `servery.ts`. */
export function writeSource(draft: Draft, introduction: Introduction): string {
  const parts = [
    `import { ${importsOf(draft).join(", ")} } from "servery";`,
    "",
    ...introduction.map(comment),
    ...constants(draft),
    "",
    "export default servery({",
    `  title: ${quoted(draft.title)},`,
    ...(draft.adopted ? ["  adopted: true,"] : []),
    "  tables: {",
    ...draft.tables.flatMap((table, at) => [...(at === 0 ? [] : [""]), ...tableLines(table)]).map(indented(4)),
    ...draft.leftOut.map((entry, at) => `${at === 0 ? "\n" : ""}    ${leftOutComment(entry)}`),
    "  },",
    "});",
  ];
  return `${wrapImport(parts).join("\n")}\n`;
}

function wrapImport([first = "", ...rest]: readonly string[]): string[] {
  if (first.length <= LINE_WIDTH) return [first, ...rest];
  const names = /\{ (.*) \}/.exec(first)?.[1]?.split(", ") ?? [];
  return ["import {", ...names.map((name) => `  ${name},`), '} from "servery";', ...rest];
}

function importsOf({ tables }: Draft): string[] {
  const columns = tables.flatMap(columnsOf);
  const kinds = columns.map((column) => (column.reference === undefined ? column.kind.uses : "ref"));
  const all = ["everyone", "servery", ...tables.map((table) => table.is), ...kinds];
  return [...new Set(all)].toSorted((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
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

function tableLines(table: DraftTable): string[] {
  const columns = table.columns.flatMap((entry) => (isLeftOut(entry) ? [leftOutComment(entry)] : columnLines(entry)));
  const second = table.is === "view" ? viewSql(table) : tableOptions(table);
  const calls = methodCalls(table);
  const chain =
    calls.length === 1
      ? [`)${calls[0] ?? ""},`]
      : [")", ...calls.map((call, at) => `  ${call}${at === calls.length - 1 ? "," : ""}`)];
  return [
    ...table.notes.map(comment),
    ...(table.cannotCreate === undefined ? [] : [comment(table.cannotCreate)]),
    `${propertyName(table.name)}: ${table.is}(`,
    ...(columns.length === 0 ? ["  {},"] : ["  {", ...columns.map(indented(4)), "  },"]),
    ...second.map(indented(2)),
    ...chain,
  ];
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

function columnLines(column: DraftColumn): string[] {
  const kind = column.reference === undefined ? column.kind.call : refCall(column.reference);
  const options = [
    // Behind a default, .optional() still says that the value may be null.
    ...(column.default === undefined
      ? []
      : [`.default(${typeof column.default === "string" ? quoted(column.default) : JSON.stringify(column.default)})`]),
    ...(column.filled ? [".filledByDatabase()"] : []),
    ...(column.optional ? [".optional()"] : []),
    ...(column.unique ? [".unique()"] : []),
  ];
  return [...column.notes.map(comment), `${propertyName(column.name)}: ${kind}${options.join("")},`];
}

function refCall({ table, as, reverse, onDelete }: DraftReference): string {
  const options = Object.entries({ as, reverse, onDelete }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${quoted(value)}`],
  );
  return `ref(${quoted(table)}${options.length === 0 ? "" : `, { ${options.join(", ")} }`})`;
}

function leftOutComment({ leftOut, reason }: LeftOut): string {
  return comment(`Left out: ${leftOut} (${reason})`);
}

/** Text from a file that somebody else wrote, as one line comment that it cannot leave. */
function comment(text: string): string {
  const line = text.replace(NOT_IN_COMMENT, " ");
  return `// ${line.slice(0, 1).toUpperCase()}${line.slice(1)}${/[.!?:]$/.test(line) ? "" : "."}`;
}

function propertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name);
}

/** A text as TypeScript, in the quotes that need fewer backslashes: JSON escapes all else that a literal cannot hold. */
function quoted(text: string): string {
  const double = JSON.stringify(text);
  const [doubles, singles] = [text.split('"').length, text.split("'").length];
  if (doubles <= singles) return double;
  return `'${double.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

function indented(columns: number): (line: string) => string {
  return (line) => (line === "" ? line : " ".repeat(columns) + line);
}
