import { Column, type Plain } from "../column.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A UUID (RFC 9562), kept in lower case. `.generated()` lets the server make it. */
export function uuid(): Column<string, string, Plain, "ordered"> {
  return new Column({
    name: "uuid",
    storage: { as: "uuid" },
    input: { type: "string", format: "uuid" },
    output: { type: "string", format: "uuid" },
    typescript: "string",
    textual: false,
    ordered: true,
    expects: "a UUID like 0191f2f0-7c1e-7d3a-9b1c-2f6a1f0e9d11",
    store: (value) => (value as string).toLowerCase(),
    parse: (text) => (UUID.test(text) ? text : undefined),
  });
}
