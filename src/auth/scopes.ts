import { didYouMean } from "../errors/nearest-name.ts";
import { type FieldError, Problem } from "../errors/problem.ts";
import type { Scope } from "./account.ts";
import { API_KEY_SCOPES } from "./limits.ts";

/** Stands for every table. */
const EVERY_TABLE = "*";

export interface ScopesPlace {
  /** Where the list stands in the body (RFC 6901). */
  readonly pointer: string;
  /** The tables that may be named: those that whoever asks may know of. Without them any name passes, as in what is stored. */
  readonly tables?: ReadonlySet<string>;
}

/**
 * Reads what a key opens: a list like `["posts:read", "comments:write", "*:read"]`, where to write includes to read.
 * Equal ones are kept once. Everything that is wrong is told at once, in a Problem `invalid_data` with a finding each;
 * an empty list is wrong too, since a missing one and an empty one are easily taken for "everything". More than
 * `API_KEY_SCOPES` are a `limit_exceeded`.
 */
export function readScopes(value: unknown, { pointer, tables }: ScopesPlace): Scope[] {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) {
    throw refuse({ pointer, code: "required", message: 'Scopes required: a list like ["posts:read"].' });
  }
  if (!Array.isArray(value)) {
    throw refuse({ pointer, code: "type", message: 'Scopes must be a list like ["posts:read"].' });
  }
  if (value.length > API_KEY_SCOPES) {
    throw new Problem("limit_exceeded", `A key has at most ${API_KEY_SCOPES} scopes.`);
  }
  const findings: FieldError[] = [];
  const scopes = new Map<string, Scope>();
  for (const [at, text] of value.entries()) {
    const read = readScope(text, tables);
    if ("message" in read) findings.push({ pointer: `${pointer}/${at}`, ...read });
    else scopes.set(scopeText(read), read);
  }
  const [first, ...more] = findings;
  if (first !== undefined) throw refuse(first, more);
  return [...scopes.values()];
}

/** A scope as it is written: `posts:read`. */
export function scopeText({ table, access }: Scope): string {
  return `${table}:${access}`;
}

function readScope(text: unknown, tables?: ReadonlySet<string>): Scope | Pick<FieldError, "code" | "message"> {
  if (typeof text !== "string") return { code: "type", message: 'A scope is a text like "posts:read".' };
  const colon = text.lastIndexOf(":");
  const table = text.slice(0, Math.max(0, colon));
  const access = text.slice(colon + 1);
  if (table === "" || (access !== "read" && access !== "write")) {
    return {
      code: "format",
      message: 'A scope is a table, or *, with what may be done: "posts:read" or "posts:write".',
    };
  }
  if (table !== EVERY_TABLE && tables?.has(table) === false) {
    return { code: "not_in_list", message: `There is no table of this name.${didYouMean(table, tables)}` };
  }
  return { table, access };
}

function refuse(first: FieldError, more: readonly FieldError[] = []): Problem {
  const errors = [first, ...more];
  return new Problem("invalid_data", "The scopes cannot be used.", { errors, error: first.message });
}
