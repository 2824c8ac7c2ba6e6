import { indented, propertyName } from "./source-text.ts";

/** What stands in the declaration of a table, each part as TypeScript already. */
export interface TableText {
  readonly name: string;
  readonly is: "table" | "view" | "documents";
  /** Comments above it. */
  readonly notes: readonly string[];
  /** The lines between the braces of the columns. */
  readonly columns: readonly string[];
  /** The lines of what follows the columns: options, or the query of a view. */
  readonly arguments: readonly string[];
  /** `.allow(…)` and what stands before it. */
  readonly calls: readonly string[];
}

/** A table as a member of `tables`, line by line. What holds line breaks itself is a text whose lines stay where they are. */
export function tableLines(table: TableText): string[] {
  const calls = table.calls.map((call) => call.split("\n"));
  const [only, ...more] = calls;
  const end =
    only === undefined
      ? ["),"]
      : more.length === 0
        ? [`)${only[0] ?? ""}`, ...only.slice(1)]
        : [")", ...calls.flat().map(indented(2))];
  if (only !== undefined) end.push(`${end.pop() ?? ""},`);
  return [...table.notes, ...beginning(table, end[0] ?? ""), ...end.slice(1)];
}

function beginning(table: TableText, closing: string): string[] {
  const { name, is, columns } = table;
  const open = `${propertyName(name)}: ${is}(`;
  // A collection has its columns among its options.
  if (is === "documents") {
    const beside = columns.length === 0 ? [] : ["columns: {", ...columns.map(indented(2)), "},"];
    const options = [...beside, ...table.arguments];
    return options.length === 0 ? [`${open}${closing}`] : [`${open}{`, ...options.map(indented(2)), `}${closing}`];
  }
  if (table.arguments.length === 0)
    return columns.length === 0 ? [`${open}{}${closing}`] : [`${open}{`, ...columns.map(indented(2)), `}${closing}`];
  return [
    open,
    ...(columns.length === 0 ? ["  {},"] : ["  {", ...columns.map(indented(4)), "  },"]),
    ...table.arguments.map(indented(2)),
    closing,
  ];
}
