import { DeclarationError } from "../../errors/declaration-error.ts";
import { Column } from "../column.ts";

/** One of the given texts, letter for letter. Ordered as text, like every text column. */
export function enumeration<const Value extends string>(...values: readonly [Value, ...Value[]]): Column<Value> {
  if (new Set(values).size !== values.length || values.length === 0) {
    throw new DeclarationError(
      "enumeration()",
      "it takes at least one text, each once",
      'Write enumeration("draft", "published")',
    );
  }
  return new Column({
    name: "enumeration",
    storage: { as: "text", min: 0, max: Math.max(...values.map((value) => [...value].length)), values },
    input: { type: "string", enum: values },
    output: { type: "string", enum: values },
    typescript: values.map((value) => JSON.stringify(value)).join(" | "),
    textual: true,
    ordered: true,
    expects: `one of ${values.join(", ")}`,
    store: (value) => value as string,
    parse: (text) => text,
  });
}
