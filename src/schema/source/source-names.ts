import { nameOfFunction, type RuleFunction } from "../rule.ts";
import { isName } from "./source-text.ts";

/** The function that stands for code that is not printed. */
export const NOT_PRINTED = "notPrinted";
/** What may stand for a function whose author gave it no name. */
const NAMELESS = `() => ${NOT_PRINTED}()`;

/** What a printed declaration may import, and the words of the language: no function can be called that. */
const TAKEN =
  "and bigint boolean date decimal documents email enumeration everyone integer json longText nobody or owner real ref role sameAs self servery signedIn slug table text timestamp url uuid view arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof var void while with yield";

/** The names that a printed declaration uses: what it imports, and the functions that it can only name. */
export class SourceNames {
  readonly #imported = new Set<string>();
  readonly #functions = new Map<RuleFunction, string>();
  readonly #taken = new Set([...TAKEN.split(" "), NOT_PRINTED]);

  /** Notes that a name of the package is used, and answers it. */
  uses(name: string): string {
    this.#imported.add(name);
    return name;
  }

  /** What stands for a function: its own name, or an arrow that says that there is code. */
  ofFunction(code: RuleFunction): string {
    const known = this.#functions.get(code);
    if (known !== undefined) return known;
    const own = nameOfFunction(code);
    if (own === undefined || !isName(own)) return NAMELESS;
    let name = own;
    for (let at = 2; this.#taken.has(name); at++) name = `${own}_${at}`;
    this.#taken.add(name);
    this.#functions.set(code, name);
    return name;
  }

  get imported(): ReadonlySet<string> {
    return this.#imported;
  }

  /** The names of functions, in the order in which they were met. */
  get functions(): Iterable<string> {
    return this.#functions.values();
  }
}

/** What stands for any other function. */
export function unprinted(): string {
  return NAMELESS;
}
