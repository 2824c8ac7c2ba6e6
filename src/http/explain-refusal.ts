import type { Explanation, SoughtRow } from "../errors/explanation.ts";
import type { Problem } from "../errors/problem.ts";

/** The header in which an explanation goes to those who may know it. */
export const EXPLAIN_HEADER = "x-servery-explain";
/** Characters of that header: proxies refuse headers that are much longer. */
const EXPLAIN_CHARACTERS = 1_000;
const CUT = "...";

/** Whether a row that an answer does not tell apart from a missing one is hidden from the caller, or missing. */
export type Truth = "hidden" | "missing";

/** A refusal as others than its caller see it. */
export interface Refused {
  readonly requestId: string;
  readonly problem: Problem;
  readonly explanation: Explanation;
  readonly truth: Truth | undefined;
}

/** Whether a row is there, whoever may read it. */
export type LookUp = (sought: SoughtRow) => Promise<boolean>;

/** Which of both it is; undefined where the question does not arise, or nobody can answer it now. */
export async function truthOf({ sought }: Explanation, isThere: LookUp): Promise<Truth | undefined> {
  if (sought === undefined) return undefined;
  // An answer must not fail because its explanation did.
  return isThere(sought).then(
    (there) => (there ? "hidden" : "missing"),
    () => undefined,
  );
}

/** An explanation as one line of ASCII that may stand in a header. What is not ASCII is written as `\u{1F600}`. */
export function explanationLine({ rules }: Explanation, truth: Truth | undefined): string {
  const parts = rules.map(({ rule, filter }) => `${rule} -> ${filter}`);
  const found = { hidden: ["the row is there, and hidden"], missing: ["there is no such row"] };
  const line = [...(truth === undefined ? [] : found[truth]), ...parts].join("; ").replace(/[^\x20-\x7e]/gu, escaped);
  return line.length > EXPLAIN_CHARACTERS ? `${line.slice(0, EXPLAIN_CHARACTERS - CUT.length)}${CUT}` : line;
}

function escaped(letter: string): string {
  return `\\u{${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase()}}`;
}
