import { Problem } from "../errors/problem.ts";
import { parseQueryString } from "./query-string.ts";

/** Parameters of a list that is no table's: each name with its values, in the order in which they came. */
export type PlainParameters = ReadonlyMap<string, readonly string[]>;

/** A whole number, and what it is where nobody says. */
export interface WholeNumber {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly usual: number;
}

/** Reads the parameters that a list takes; those of `many` may come again and again. A 400 names every other. */
export function plainParameters(
  query: string,
  names: readonly string[],
  many: readonly string[] = [],
): PlainParameters {
  const given = new Map<string, string[]>();
  for (const { name, value } of parseQueryString(query)) {
    if (!names.includes(name) && !many.includes(name))
      throw new Problem("unknown_parameter", `This list takes ${listed([...names, ...many])}, and no ${name}.`);
    const before = given.get(name);
    if (before !== undefined && !many.includes(name)) throw new Problem("repeated_parameter", `${name} comes twice.`);
    given.set(name, [...(before ?? []), value]);
  }
  return given;
}

/** A parameter that is true or false; undefined where it did not come. */
export function truth(given: PlainParameters, name: string): boolean | undefined {
  const text = given.get(name)?.[0];
  if (text === undefined) return undefined;
  if (text !== "true" && text !== "false") throw invalidParameter(`${name} is true or false.`);
  return text === "true";
}

export function wholeNumber(given: PlainParameters, { name, least, most, usual }: WholeNumber): number {
  const text = given.get(name)?.[0];
  if (text === undefined) return usual;
  const number = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  const range = most === Number.MAX_SAFE_INTEGER ? "" : ` from ${least} to ${most}`;
  throw invalidParameter(`${name} is a whole number${range}.`);
}

export function invalidParameter(message: string): Problem {
  return new Problem("invalid_parameter", message);
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
