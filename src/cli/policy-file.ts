import type { Application } from "../application.ts";

type Matrix = ReturnType<Application["policyMatrix"]>;

/** Where the matrix is kept, beside the declaration. */
export const POLICY_FILE = "policies.txt";
/** Letters of a cell: as many as the longest verdict has, so that one change is one line of a diff. */
const CELL = 10;
/** Cells are divided by two spaces at least, since names hold one. */
const GAP = /\s{2,}/;

const HEAD = [
  "# Who may do what: written by servery policy print, compared by servery policy test.",
  "# allowed: every row; some rows: those that the rule says; denied: none.",
];

/** The matrix as a text that reads well in a diff: a block for each table and for each column with rules of its own. */
export function policyText(matrix: Matrix): string {
  const width = Math.max(...matrix.flatMap(({ rows }) => rows.map(({ who }) => who.length)), 0) + 2;
  const line = (first: string, cells: readonly string[]): string =>
    `  ${first.padEnd(width)}${cells.map((cell) => cell.padEnd(CELL + 1)).join("")}`.trimEnd();
  const blocks = matrix.map(({ name, actions, rows }) =>
    [name, line("", actions), ...rows.map(({ who, verdicts }) => line(who, verdicts))].join("\n"),
  );
  return `${[HEAD.join("\n"), ...blocks].join("\n\n")}\n`;
}

/** Every verdict by what it is about: `posts: update, signed in`. */
function cellsOf(matrix: Matrix): Map<string, string> {
  return new Map(
    matrix.flatMap(({ name, actions, rows }) =>
      rows.flatMap(({ who, verdicts }) =>
        actions.map((action, at) => [`${name}: ${action}, ${who}`, verdicts[at] ?? "denied"] as const),
      ),
    ),
  );
}

/** The verdicts of a file. Spaces are free, as long as two of them divide the cells; `#` begins a comment. */
export function readPolicyText(text: string): Map<string, string> {
  const cells = new Map<string, string>();
  let name = "";
  let actions: readonly string[] | undefined;
  for (const line of text.split(/\r?\n/)) {
    const words = line.trim();
    if (words === "" || words.startsWith("#")) continue;
    if (!/^\s/.test(line)) {
      name = words;
      actions = undefined;
    } else if (actions === undefined) actions = words.split(/\s+/);
    else {
      const [who = "", ...verdicts] = words.split(GAP);
      for (const [at, action] of actions.entries()) cells.set(`${name}: ${action}, ${who}`, verdicts[at] ?? "");
    }
  }
  return cells;
}

/** One verdict that is not as the file says; undefined where one of both says nothing. */
export interface PolicyDifference {
  readonly about: string;
  readonly file: string | undefined;
  readonly declaration: string | undefined;
}

/** What differs between a file and the declaration, in the order of the declaration. */
export function comparePolicies(file: ReadonlyMap<string, string>, matrix: Matrix): PolicyDifference[] {
  const declared = cellsOf(matrix);
  const all = [...declared.keys(), ...[...file.keys()].filter((about) => !declared.has(about))];
  return all.flatMap((about) => {
    const [says, is] = [file.get(about), declared.get(about)];
    return says === is ? [] : [{ about, file: says, declaration: is }];
  });
}
