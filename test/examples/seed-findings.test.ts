import { expect, test } from "vitest";
import { decimal, enumeration, everyone, integer, ref, servery, table, text } from "servery";
import { seedFindings } from "./seed-findings.ts";

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };

/** One table with every rule that the examples use, and one row that is right. */
function seeded(...rows: { [column: string]: string | number | null }[]): string[] {
  const good = {
    id: 1,
    name: "ada",
    level: "low",
    amount: "1.50",
    parent_id: null,
    created_at: "2024-01-15T00:00:00.000Z",
  };
  return seedFindings(
    servery({
      tables: {
        things: table({
          name: text(5).unique(),
          level: enumeration("low", "high"),
          amount: decimal(5, 2, { min: "0.01" }),
          size: integer({ min: 1 }).default(1),
          parent_id: ref("things").optional(),
        })
          .check("no_parent_of_itself", { parent_id: { ne: { column: "id" } } })
          .allow(OPEN),
      },
      seed: () => [{ table: "things", rows: [good, ...rows.map((row) => ({ ...good, id: 2, name: "bob", ...row }))] }],
    }),
  );
}

test("finds nothing in rows that are right", () => {
  expect(seeded({}, { id: 3, name: "carla", level: "high", parent_id: 2, size: 4 })).toEqual([]);
});

test.each([
  ["a text that is too long", { name: "sixsix" }],
  ["an empty text", { name: "" }],
  ["a value that is none of the enumeration", { level: "middle" }],
  ["a decimal with too many digits", { amount: "1.505" }],
  ["a decimal below its minimum", { amount: "0.00" }],
  ["a decimal as a number", { amount: 1.5 }],
  ["a number below its minimum", { size: 0 }],
  ["half a number", { size: 1.5 }],
  ["a null where a value must be", { name: null }],
  ["a column that does not exist", { colour: "red" }],
  ["a parent that comes later or never", { parent_id: 3 }],
  ["a key that is there already", { id: 1 }],
  ["a unique value that is there already", { name: "ada" }],
  ["a day that does not exist", { created_at: "2024-02-30" }],
  ["a row that breaks a check", { parent_id: 2 }],
])("finds %s", (_fault, row) => {
  expect(seeded(row)).not.toEqual([]);
});
