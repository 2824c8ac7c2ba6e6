import { notAvailableYet } from "../../errors/declaration-error.ts";
import { Column } from "../column.ts";
import type { Json, JsonSchema } from "../stored.ts";

/** Any JSON value, or one that a JSON Schema (2020-12) accepts. It can be filtered by `null` alone. */
export function json<Value = Json>(schema: JsonSchema = {}): Column<Value> {
  if ("~standard" in schema) throw notAvailableYet("json(schema)", "A Standard Schema validator in a json column");
  return new Column({
    name: "json",
    storage: { as: "json" },
    input: { allOf: [schema], cleanText: true },
    output: schema,
    typescript: "unknown",
    textual: false,
    ordered: false,
    expects: "a JSON value",
    store: (value) => JSON.stringify(value),
    parse: () => undefined,
  });
}
