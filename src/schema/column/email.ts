import { Column } from "../column.ts";
import { checkLengths } from "../declared-bounds.ts";

/** RFC 5321 §4.5.3.1.3: a path of 256 octets with its angle brackets leaves 254 for the address. */
const EMAIL_MAX = 254;

/** An e-mail address of at most `max` characters. Uniqueness folds ASCII case; the text is kept as sent. */
export function email(max = EMAIL_MAX): Column<string> {
  checkLengths(`email(${max})`, max);
  return new Column({
    name: "email",
    storage: { as: "text", min: 3, max, foldCase: true },
    input: { type: "string", maxLength: max, format: "email" },
    output: { type: "string", format: "email" },
    typescript: "string",
    textual: true,
    ordered: true,
    expects: `an e-mail address of at most ${max} characters`,
    store: (value) => value as string,
    parse: (text) => text,
  });
}
