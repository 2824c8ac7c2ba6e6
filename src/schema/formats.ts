import { isDate } from "./column/date.ts";
import { parseBigint } from "./column/bigint.ts";
import { canonicalTimestamp } from "./column/timestamp.ts";

/** One "@", something on each side, a dot in the domain, no spaces and no controls: what a mail server can be asked about. */
const EMAIL = /^[^\s@"(),:;<>[\\\]]+@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/i;
const SLUG = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Letters that look like nothing: they make two addresses that a person cannot tell apart. */
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;

/** One letter in two spellings would make two addresses of one, so only the composed spelling is an address. */
function isEmail(text: string): boolean {
  return text.length <= 320 && EMAIL.test(text) && !INVISIBLE.test(text) && isComposed(text);
}

/** Code points of a name that people sign in with. Composing takes a time that grows with the square of a text's marks. */
export const LONGEST_NAME = 1_000;
const UNITS_OF_A_CODE_POINT = 2;

function isComposed(text: string): boolean {
  return text.length <= LONGEST_NAME * UNITS_OF_A_CODE_POINT && isCleanText(text) && text === text.normalize("NFC");
}

/** The formats that kinds name in their schemas, as the functions Ajv calls. */
export const formats: Readonly<Record<string, (text: string) => boolean>> = {
  text: isCleanText,
  composed: isComposed,
  email: isEmail,
  uri: isHttpUrl,
  slug: (text) => SLUG.test(text),
  uuid: (text) => UUID.test(text),
  date: isDate,
  "date-time": (text) => canonicalTimestamp(text) !== undefined,
  int64: (text) => parseBigint(text) !== undefined,
};

/** NUL and half surrogate pairs are changed or refused by one database or another, so by all. */
export function isCleanText(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}

function isHttpUrl(text: string): boolean {
  if (!isCleanText(text) || /\s/.test(text)) return false;
  try {
    const { protocol, hostname } = new URL(text);
    return (protocol === "http:" || protocol === "https:") && hostname !== "";
  } catch {
    return false;
  }
}
