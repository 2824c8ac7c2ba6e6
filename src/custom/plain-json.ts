import type { Json } from "../schema/stored.ts";

/** A value of custom code as the JSON that a caller would send: dates and bigints as texts, absent members absent. */
export function plainJson(value: unknown): Json | undefined {
  const text: string | undefined = JSON.stringify(value, (_key, member: unknown) => plainMember(member));
  return text === undefined ? undefined : (JSON.parse(text) as Json);
}

/**
 * The text of a filter. A member that is undefined is refused: left out, as JSON does, `{ user_id: undefined }` would
 * select the rows of all users.
 */
export function filterText(filter: object): string {
  return JSON.stringify(filter, (key, member: unknown) => {
    if (member === undefined) throw new TypeError(`The filter's ${JSON.stringify(key)} is undefined.`);
    return plainMember(member);
  });
}

function plainMember(member: unknown): unknown {
  if (typeof member === "bigint") return String(member);
  // JSON writes NaN and infinity as null, which is another value.
  if (typeof member === "number" && !Number.isFinite(member)) throw new TypeError(`${member} is no JSON number.`);
  return member;
}
