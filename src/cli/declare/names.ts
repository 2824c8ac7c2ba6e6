import { DeclarationError } from "../../errors/declaration-error.ts";
import { checkColumnName, checkTableName } from "../../schema/declared-names.ts";
import type { DraftOptions } from "./draft.ts";

/** First segments below /api that are not tables, and those that a URL takes for something else. */
const NO_PATH = /^(?:auth|batch|\.{1,2}|_.*|)$|[/\\?#%]/s;

/** Names that were taken, upper and lower case alike, as SQLite compares them. */
export class TakenNames {
  readonly #folded = new Map<string, string>();

  /** The other name that this one cannot be told from, or undefined, and then it is taken. */
  take(name: string): string | undefined {
    const other = this.#folded.get(name.toLowerCase());
    if (other === undefined) this.#folded.set(name.toLowerCase(), name);
    return other;
  }
}

/** Why a table cannot have this name; undefined where it can. The names of an adopted file may be longer. */
export function tableNameProblem(name: string, adopted: boolean): string | undefined {
  return problemOf(`table ${JSON.stringify(name)}: `, () => checkTableName(name, { path: "any", adopted }));
}

/** Why a column cannot have this name; undefined where it can. */
export function columnNameProblem(table: string, name: string, adopted: boolean): string | undefined {
  return problemOf(`table ${table}, column ${JSON.stringify(name)}: `, () => checkColumnName(table, name, adopted));
}

function problemOf(where: string, check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (!(error instanceof DeclarationError)) throw error;
    return error.message.slice(where.length).replace(/\. [^.]*$/, "");
  }
}

/** The name in URLs of a table whose own name cannot be one, so that no two tables share it. */
export function pathOption(name: string, others: readonly string[]): Pick<DraftOptions, "path"> {
  if (!NO_PATH.test(name)) return {};
  const plain = name.replace(/[^\p{L}\p{N}_-]+/gu, "_").replace(/^_+|_+$/g, "");
  const word = plain === "" ? "table" : /^(?:auth|batch)$/.test(plain) ? `${plain}s` : plain;
  return { path: firstFree(word, (candidate) => others.includes(candidate)) };
}

/** The word, or the word with the first number behind it that is not taken. */
export function firstFree(word: string, isTaken: (candidate: string) => boolean): string {
  if (!isTaken(word)) return word;
  for (let number = 2; ; number++) if (!isTaken(`${word}_${number}`)) return `${word}_${number}`;
}
