import { Column } from "../column.ts";
import { checkLengths } from "../declared-bounds.ts";

const SLUG_MAX = 100;

/** A name for URLs: lower-case ASCII letters, digits and single hyphens between them. */
export function slug(max = SLUG_MAX): Column<string> {
  checkLengths(`slug(${max})`, max);
  return new Column({
    name: "slug",
    storage: { as: "text", min: 1, max },
    input: { type: "string", maxLength: max, format: "slug" },
    output: { type: "string", pattern: "^[a-z0-9]+(?:-[a-z0-9]+)*$" },
    typescript: "string",
    textual: true,
    ordered: true,
    expects: `lower-case letters, digits and hyphens, at most ${max}`,
    store: (value) => value as string,
    parse: (text) => text,
  });
}
