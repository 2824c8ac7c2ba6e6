import type { AnyDeclaration } from "../application.ts";
import { printTable } from "./print-table.ts";
import { NOT_PRINTED, SourceNames } from "./source-names.ts";
import { comment, importLines, indented, quoted } from "./source-text.ts";

/** A declaration as TypeScript that declares the same, as far as it is data. */
export interface PrintedDeclaration {
  /** The whole of `servery.ts`. */
  readonly whole: string;
  /** Each table as it stands there, by its name. */
  readonly tables: ReadonlyMap<string, string>;
}

/**
 * Prints what a declaration says. Functions are code, of which nobody knows the text any more: those of rules are shown by
 * the names that their author gave them, all others by a function that throws, and so denies.
 */
export function printDeclaration(declaration: AnyDeclaration): PrintedDeclaration {
  const names = new SourceNames();
  names.uses("servery");
  const tables = Object.entries(declaration.tables).map(
    ([name, { spec }]) => [name, printTable(name, spec, names)] as const,
  );
  const { title, adopted } = declaration;
  const lines = [
    "export default servery({",
    ...(title === undefined ? [] : [`  title: ${quoted(title)},`]),
    ...(adopted === true ? ["  adopted: true,"] : []),
    "  tables: {",
    ...tables.flatMap(([, table], at) => [...(at === 0 ? [] : [""]), ...table]).map(indented(4)),
    "  },",
    ...unprintedParts(declaration).map((part) => `  ${comment(part)}`),
    "});",
  ];
  const text = lines.join("\n");
  return {
    whole: `${[...importLines(names.imported), "", ...placeholders(names, text), text].join("\n")}\n`,
    tables: new Map(tables.map(([name, table]) => [name, table.join("\n")])),
  };
}

function unprintedParts({ routes = [], seed }: AnyDeclaration): string[] {
  return [
    ...(routes.length === 0 ? [] : [`Code that is not printed: ${routes.length} of its own routes`]),
    ...(seed === undefined ? [] : ["Code that is not printed: the first rows of a new database"]),
  ];
}

/** What stands for functions, so that the text compiles and lets nobody through whom the code would have refused. */
function placeholders(names: SourceNames, text: string): string[] {
  if (!text.includes(NOT_PRINTED) && [...names.functions].length === 0) return [];
  return [
    comment(
      "functions are code, which is not printed: here they are known by their names alone, and each of them denies",
    ),
    `const ${NOT_PRINTED} = (): never => {`,
    '  throw new Error("The code of this function is not printed.");',
    "};",
    ...[...names.functions].map((name) => `const ${name} = () => ${NOT_PRINTED}();`),
    "",
  ];
}
