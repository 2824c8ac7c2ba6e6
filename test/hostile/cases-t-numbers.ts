import type { HostileCase } from "./case.ts";
import { kept, LABEL, refused, sample } from "./sample-inputs.ts";

const asJson = { "content-type": "application/json" };

const NO_INTEGERS = ["abc", "12abc", "0x10", " 12 ", "1e3", "10", "", true, [], {}, [1]];

/** 3.2, first half: numbers and their bounds. */
export const casesTNumbers: readonly HostileCase[] = [
  {
    id: "T01",
    about: "a 64-bit number beyond what JSON numbers hold",
    request: { ...sample, headers: asJson },
    each: [
      { is: "9007199254740993", body: '{"label":"t","big":9007199254740993}' },
      { is: "-9007199254740993", body: '{"label":"t","big":-9007199254740993}' },
      { is: "1e18", body: '{"label":"t","big":1e18}' },
      { is: "1.5", body: '{"label":"t","big":1.5}' },
    ],
    want: { status: 400, code: "invalid_data", pointer: "/big" },
  },
  {
    id: "T02",
    about: "a 64-bit number as a string is exact",
    request: sample,
    each: kept("big", [
      ["9007199254740993", "9007199254740993", "9007199254740993n"],
      ["9223372036854775807", "9223372036854775807", "9223372036854775807n"],
      ["-9223372036854775808", "-9223372036854775808", "-9223372036854775808n"],
      ["0", "0", 0],
      [9_007_199_254_740_991, "9007199254740991", 9_007_199_254_740_991],
    ]),
    want: { status: 201 },
  },
  {
    id: "T03",
    about: "beyond 32 bits",
    request: sample,
    each: [...refused("whole", [2_147_483_648, -2_147_483_649, 9_007_199_254_740_991]), ...refused("small", [11, -11])],
    want: { status: 400, code: "invalid_data", fieldCode: "out_of_range" },
  },
  {
    id: "T03",
    about: "the ends of 32 bits",
    request: sample,
    each: kept("whole", [
      [2_147_483_647, 2_147_483_647, 2_147_483_647],
      [-2_147_483_648, -2_147_483_648, -2_147_483_648],
    ]),
    want: { status: 201 },
  },
  {
    id: "T04",
    about: "beyond 64 bits",
    request: { ...sample, headers: asJson },
    each: [
      { is: "in 32", body: '{"label":"t","whole":9223372036854775808}', want: { pointer: "/whole" } },
      { is: "as a number", body: '{"label":"t","big":9223372036854775808}', want: { pointer: "/big" } },
      ...refused("big", [
        "9223372036854775808",
        "-9223372036854775809",
        "99999999999999999999999",
        "18446744073709551616",
      ]),
    ],
    want: { status: 400, code: "invalid_data" },
  },
  {
    id: "T05",
    about: "texts for a whole number",
    request: sample,
    each: [
      ...refused("whole", NO_INTEGERS),
      ...refused("big", ["abc", "12abc", "0x10", " 12 ", "1e3", "", "+1", "01", "-0", "1.0", "1_000", "１２"]),
    ],
    want: { status: 400, code: "invalid_data" },
  },
  {
    id: "T06",
    about: "a fraction for a whole number",
    request: sample,
    each: refused("whole", [9.5, -0.1, 1e-7]),
    want: { status: 400, code: "invalid_data", fieldCode: "type" },
  },
  {
    id: "T07",
    about: "what is no boolean",
    request: sample,
    each: refused("flag", ["true", "false", 1, 0, "yes", "on", "t", "", [], {}]),
    want: { status: 400, code: "invalid_data", fieldCode: "type" },
  },
  {
    id: "T08",
    about: "a decimal that would be rounded, or is none",
    request: { ...sample, headers: asJson },
    each: [
      ...refused("price", [
        0.005,
        99_999_999.995,
        "1,5",
        "0.005",
        "99999999.995",
        "100000000",
        "100000000.00",
        "-100000000",
        "1e2",
        "+1",
        ".5",
        "1.",
        "01",
        "NaN",
        "Infinity",
        "",
        " 1",
        "1 ",
        "0x1",
        "--1",
        true,
        {},
      ]),
      { is: "0.1+0.2", json: { ...LABEL, price: 0.1 + 0.2 }, want: { pointer: "/price" } },
      { is: "5e-324", json: { ...LABEL, price: 5e-324 }, want: { pointer: "/price" } },
      { is: "1e21", json: { ...LABEL, price: 1e21 }, want: { pointer: "/price" } },
    ],
    want: { status: 400, code: "invalid_data" },
  },
  {
    id: "T08",
    about: "a decimal is exact",
    request: sample,
    each: kept("price", [
      ["99999999.99", "99999999.99", 9_999_999_999],
      ["-99999999.99", "-99999999.99", -9_999_999_999],
      ["-0.01", "-0.01", -1],
      [0.1, "0.10", 10],
      [1.1, "1.10", 110],
      ["1.10000", "1.10", 110],
      ["-0", "0.00", 0],
    ]),
    want: { status: 201 },
  },
  {
    id: "T08",
    about: "0.1 + 0.2 in a sum is 0.30",
    request: { method: "POST", path: "/api/cart_items" },
    each: [
      {
        is: "the first",
        json: { cart_id: 1, quantity: 1, unit_price: 0.1 },
        want: { diff: { cart_items: { added: [{ unit_price: 10 }] }, carts: { changed: [{ total: 10 }] } } },
      },
      {
        is: "the second",
        json: { cart_id: 1, quantity: 1, unit_price: "0.2" },
        want: { diff: { cart_items: { added: [{ unit_price: 20 }] }, carts: { changed: [{ total: 30 }] } } },
      },
    ],
    want: { status: 201 },
  },
];
