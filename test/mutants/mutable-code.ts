import ts from "typescript";

/** One change of a piece of built code. */
export interface Mutation {
  /** The built file, below `dist/`. */
  readonly file: string;
  readonly line: number;
  /** The code as it is, on one line. */
  readonly code: string;
  /** What it becomes. */
  readonly becomes: string;
}

/** What a piece of code may become; `rendered` is the piece itself with the changes inside of it. */
export type MutationsOf = (node: ts.Node, source: ts.SourceFile) => readonly ((rendered: string) => string)[];

/** Code in which every mutation can be switched on by its number. */
export interface MutableCode {
  readonly text: string;
  readonly mutations: readonly Mutation[];
}

/** The name of the global that holds the number of the mutation that is on: 0 is the code as it is. */
const SWITCH = "globalThis.mutation";
const SHOWN_CHARACTERS = 110;

/** The file with every mutation in it, switched off; numbers count from `first`. */
export function mutable(
  given: { readonly file: string; readonly text: string },
  first: number,
  of: MutationsOf,
): MutableCode {
  const { file, text } = given;
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true, ts.ScriptKind.JS);
  const mutations: Mutation[] = [];
  const render = (node: ts.Node): string => {
    let rendered = "";
    let at = node.getStart(source);
    node.forEachChild((child) => {
      const start = child.getStart(source);
      rendered += text.slice(at, start) + render(child);
      at = child.getEnd();
    });
    rendered += text.slice(at, node.getEnd());
    for (const become of of(node, source)) {
      const number = first + mutations.length;
      const plain = text.slice(node.getStart(source), node.getEnd());
      const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
      mutations.push({ file, line, code: shown(plain), becomes: shown(become(plain)) });
      rendered = ts.isStatement(node)
        ? `if (${SWITCH} === ${number}) {${become(plain)}} else ${rendered}`
        : `(${SWITCH} === ${number} ? (${become(rendered)}) : (${rendered}))`;
    }
    return rendered;
  };
  const body = render(source);
  return { text: text.slice(0, source.getStart(source)) + body, mutations };
}

function shown(code: string): string {
  return code.replaceAll(/\s+/g, " ").slice(0, SHOWN_CHARACTERS);
}
