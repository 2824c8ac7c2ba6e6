import {
  bigint,
  boolean,
  date,
  decimal,
  email,
  enumeration,
  everyone,
  integer,
  json,
  longText,
  real,
  servery,
  slug,
  table,
  text,
  timestamp,
  url,
  uuid,
} from "servery";
import type { Comparing, DataRow, Value } from "./world.ts";

/** One column of every kind, each of which may be null. */
export const kinds = servery({
  tables: {
    things: table({
      text: text(50).optional(),
      long: longText().optional(),
      email: email().optional(),
      url: url().optional(),
      slug: slug().optional(),
      enumeration: enumeration("Beta", "alpha", "beta", "ä").optional(),
      integer: integer().optional(),
      bigint: bigint().optional(),
      decimal: decimal(12, 3).optional(),
      whole: decimal(18, 0).optional(),
      real: real().optional(),
      boolean: boolean().optional(),
      date: date().optional(),
      timestamp: timestamp().optional(),
      uuid: uuid().optional(),
      json: json().optional(),
    }).allow({ read: everyone, create: everyone, update: everyone, delete: everyone }),
  },
});

const TEXTS = [
  "",
  "a",
  "A",
  "ab",
  "aB",
  "Ab%",
  "a_b",
  "a\\b",
  "[a]",
  "a*b",
  "a?b",
  "ä",
  "Ä",
  "ß",
  "\u212a",
  "k",
  "\uff5e",
  "😀",
  "😀a",
  "a\nb",
  "日本",
  " a",
  "a ",
  "'--",
  '"',
  "null",
  "0",
];

/** Values of each kind as an answer spells them, the odd ones among them. */
export const valuesOf: { readonly [column: string]: readonly Value[] } = {
  text: TEXTS,
  long: TEXTS,
  email: ["a@b.co", "A@b.co", "a@B.co", "z.y+x@sub.example.com", "ä@b.co", "%@b.co", "_@b.co"],
  url: ["http://a.b", "https://a.b/", "https://a.b/?q=%25#x", "http://[::1]:80/", "HTTP://A.B"],
  slug: ["a", "a-b", "ab", "0", "a-0"],
  enumeration: ["Beta", "alpha", "beta", "ä"],
  integer: [-2_147_483_648, -1, 0, 1, 2, 10, 9, 2_147_483_647],
  bigint: [
    "-9223372036854775808",
    "-1",
    "0",
    "2",
    "10",
    "9",
    "9007199254740993",
    "9007199254740992",
    "9223372036854775807",
  ],
  decimal: ["-999999999.999", "-0.001", "0.000", "0.001", "9.990", "10.000", "10.001", "999999999.999"],
  whole: ["-999999999999999999", "0", "9", "10", "999999999999999999"],
  real: [-1.5e300, -0.5, 0, 0.1, 0.30000000000000004, 0.3, 1, 10, 9, 5e-324, 1.5e300],
  boolean: [true, false],
  date: ["0001-01-01", "1999-12-31", "2000-02-29", "2024-02-29", "2024-03-01", "9999-12-31"],
  timestamp: [
    "0001-01-01T00:00:00.000Z",
    "1969-12-31T23:59:59.999Z",
    "2024-10-28T10:30:00.000Z",
    "2024-10-28T10:30:00.001Z",
    "9999-12-31T23:59:59.999Z",
  ],
  uuid: [
    "00000000-0000-0000-0000-000000000000",
    "0191f2f0-7c1e-7d3a-9b1c-2f6a1f0e9d11",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
  ],
};

const COMPARING: { readonly [column: string]: Comparing } = {
  id: "number",
  integer: "number",
  real: "number",
  boolean: "boolean",
  bigint: "exact",
  decimal: "exact",
  whole: "exact",
  json: "opaque",
};

/** How the values of a column compare. */
export function comparingOf(column: string): Comparing {
  return COMPARING[column] ?? "text";
}

export const KIND_COLUMNS: readonly string[] = Object.keys(valuesOf);

/** As many rows as the longest list of values; each column runs through its own, and then is null twice. */
export function kindRows(): DataRow[] {
  const most = Math.max(...Object.values(valuesOf).map((values) => values.length)) + 2;
  return Array.from({ length: most }, (_, at) => ({
    id: at + 1,
    ...Object.fromEntries(
      KIND_COLUMNS.map((column) => [column, valuesOf[column]?.[at % ((valuesOf[column]?.length ?? 0) + 2)] ?? null]),
    ),
    json: at % 3 === 0 ? null : at,
  }));
}
