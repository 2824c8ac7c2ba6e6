import { didYouMean } from "../errors/nearest-name.ts";
import { type FieldError, Problem } from "../errors/problem.ts";
import { isCleanText } from "../schema/formats.ts";
import { pointerTo } from "../schema/json-pointer.ts";
import type { Json } from "../schema/stored.ts";
import { REPORTED_ERRORS } from "./limits.ts";

/** What a member must be: texts are counted in code points. */
export interface TextForm {
  readonly most: number;
  readonly fallback?: string;
  /** What the whole text must match, and how that is said. */
  readonly form?: { readonly pattern: RegExp; readonly expects: string };
}

/**
 * Reads the members of a body that is no row, noting everything that is wrong, so that a caller learns it at once. What
 * is read counts for nothing before `end` has passed.
 */
export class BodyMembers {
  readonly #members: { readonly [name: string]: Json };
  readonly #errors: FieldError[] = [];
  readonly #known: readonly string[];

  /** Members beside the known ones are refused: a misspelt one would be left out without a word. */
  constructor(body: Json | undefined, known: readonly string[]) {
    if (body === undefined) throw new Problem("body_required", `Send ${known.join(" and ")} as one JSON object.`);
    const error = { pointer: "", code: "type", message: "The body must be one JSON object." } as const;
    if (typeof body !== "object" || body === null || Array.isArray(body))
      throw new Problem("invalid_data", error.message, { errors: [error] });
    this.#members = body as { readonly [name: string]: Json };
    this.#known = known;
    for (const name of Object.keys(body)
      .filter((candidate) => !known.includes(candidate))
      .slice(0, REPORTED_ERRORS))
      this.#note(
        name.slice(0, 100),
        "unknown_field",
        `There is no member ${JSON.stringify(name.slice(0, 64))}.${didYouMean(name, this.#known)}`,
      );
  }

  text(name: string, { most, fallback, form }: TextForm): string {
    const value = this.value(name);
    if (value === undefined && fallback !== undefined) return fallback;
    if (value === undefined || value === "")
      return this.#refuse(name, { code: "required", message: `${label(name)} required` }, "");
    if (typeof value !== "string")
      return this.#refuse(name, { code: "type", message: `${label(name)} takes a text.` }, "");
    if (!isCleanText(value))
      return this.#refuse(
        name,
        { code: "characters", message: `${label(name)} holds a NUL or half of a surrogate pair.` },
        "",
      );
    // Counted in code points, and no further than it has to be.
    const begin = value.slice(0, most * 2 + 1);
    if ([...begin].length > most)
      return this.#refuse(name, { code: "too_long", message: `${label(name)} has at most ${most} characters.` }, "");
    if (form !== undefined && !form.pattern.test(value))
      return this.#refuse(name, { code: "format", message: `${label(name)} takes ${form.expects}.` }, "");
    return value;
  }

  wholeNumber(
    name: string,
    { least, most, fallback }: { readonly least: number; readonly most: number; readonly fallback: number },
  ): number {
    const value = this.value(name);
    if (value === undefined) return fallback;
    if (typeof value !== "number")
      return this.#refuse(name, { code: "type", message: `${label(name)} takes a number.` }, fallback);
    if (!Number.isInteger(value) || value < least || value > most)
      return this.#refuse(
        name,
        { code: "out_of_range", message: `${label(name)} takes a whole number from ${least} to ${most}.` },
        fallback,
      );
    return value;
  }

  /** The value of a member as it was sent. */
  value(name: string): Json | undefined {
    return Object.hasOwn(this.#members, name) ? this.#members[name] : undefined;
  }

  /** Notes a finding of the caller's own, and goes on with a value that stands in for what was sent. */
  refuse<Value>(name: string, message: string, instead: Value): Value {
    return this.#refuse(
      name,
      { code: this.value(name) === undefined ? "required" : "invalid", message: message },
      instead,
    );
  }

  /** Throws the 400 with everything that is wrong. */
  end(): void {
    const [first] = this.#errors;
    if (first !== undefined)
      throw new Problem("invalid_data", "The body is not what this route takes; errors says where.", {
        errors: this.#errors,
        error: first.message,
      });
  }

  #refuse<Value>(name: string, { code, message }: Omit<FieldError, "pointer">, instead: Value): Value {
    this.#note(name, code, message);
    return instead;
  }

  #note(name: string, code: FieldError["code"], message: string): void {
    this.#errors.push({ pointer: pointerTo(name), code, message });
  }
}

/** Whether a session is answered as tokens, or kept by the browser as cookies. */
export type SessionForm = "token" | "cookie";

export function sessionForm(members: BodyMembers): SessionForm {
  const form = members.value("session") ?? "token";
  return form === "token" || form === "cookie"
    ? form
    : members.refuse("session", 'Session is "token" or "cookie".', "token");
}

/** `expires_in_days` → "Expires in days": how a message begins. */
function label(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
