import { Column } from "../column.ts";
import { checkLengths } from "../declared-bounds.ts";

/** Longer addresses fail in common browsers and proxies. */
const URL_MAX = 2_048;

/** An absolute http or https address, kept as sent. */
export function url(max = URL_MAX): Column<string> {
  checkLengths(`url(${max})`, max);
  return new Column({
    name: "url",
    storage: { as: "text", min: 1, max },
    input: { type: "string", maxLength: max, format: "uri" },
    output: { type: "string", format: "uri" },
    typescript: "string",
    textual: true,
    ordered: true,
    expects: `an http or https address of at most ${max} characters`,
    store: (value) => value as string,
    parse: (text) => text,
  });
}
