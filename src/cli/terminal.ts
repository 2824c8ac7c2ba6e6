import pc from "picocolors";
import { readEnvironment } from "../config/environment.ts";

const NARROWEST = 40;
const WIDEST = 100;
const WIDTH_OF_A_FILE = 80;

/**
 * Colours where somebody looks: on a terminal, unless NO_COLOR (https://no-color.org) or TERM=dumb says otherwise.
 * FORCE_COLOR overrules the terminal, not NO_COLOR. A log of a build is no terminal.
 */
export const paint = pc.createColors(isColourful());

function isColourful(): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = readEnvironment();
  if (NO_COLOR !== undefined && NO_COLOR !== "") return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== "" && FORCE_COLOR !== "0") return true;
  // Not a terminal: isTTY is undefined, which createColors would read as "decide yourself", and it colours in CI.
  return Boolean(process.stdout.isTTY) && TERM !== "dumb";
}

/** Columns that a text may fill. */
export function textWidth(): number {
  const { columns } = process.stdout;
  // Some terminals say 0.
  if (columns === undefined || columns === 0) return WIDTH_OF_A_FILE;
  return Math.min(WIDEST, Math.max(NARROWEST, columns));
}

/** Lines of at most so many columns, broken between words; a longer word keeps its own line. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
