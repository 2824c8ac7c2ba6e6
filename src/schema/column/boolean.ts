import { Column } from "../column.ts";

/** true or false; "yes", "on" and 1 are neither. */
export function boolean(): Column<boolean> {
  return new Column({
    name: "boolean",
    storage: { as: "boolean" },
    input: { type: "boolean" },
    output: { type: "boolean" },
    typescript: "boolean",
    textual: false,
    ordered: true,
    expects: "true or false",
    store: (value) => (value === true ? 1 : 0),
    parse: (text) => (text === "true" ? 1 : text === "false" ? 0 : undefined),
  });
}
