import { columnInputs, type HostileCase, type HostileRequest, type Input } from "./case.ts";

const asJson = { "content-type": "application/json" };
const sample: HostileRequest = { method: "POST", path: "/api/samples" };
const post: HostileRequest = { method: "POST", path: "/api/posts" };
const LABEL = { label: "t" };
const EMOJI = "👨‍👩‍👧";

/** Inputs that are stored: the value sent, what the answer says, what the database holds. */
function kept(column: string, values: readonly (readonly [sent: unknown, answered: unknown, stored: unknown])[]): Input[] {
  return values.map(([sent, answered, stored]) => ({
    ...(columnInputs(column, [sent], LABEL)[0] as Input),
    want: { body: { [column]: answered }, diff: { samples: { added: [{ [column]: stored }] } } },
  }));
}

/** Inputs that are refused, each with the pointer of its column. */
function refused(column: string, values: readonly unknown[]): Input[] {
  return columnInputs(column, values, LABEL).map((input) => ({ ...input, want: { pointer: `/${column}` } }));
}

const NO_INTEGERS = ["abc", "12abc", "0x10", " 12 ", "1e3", "10", "", true, [], {}, [1]];
const NO_TIMES = [
  "2016-12-31T23:59:60Z",
  "10000-01-01T00:00:00Z",
  "+010000-01-01T00:00:00Z",
  "-000001-01-01T00:00:00Z",
  "-1",
  "+275760-09-13T00:00:00Z",
  "2024-02-30T00:00:00Z",
  "2023-02-29T00:00:00Z",
  "2024-13-01T00:00:00Z",
  "2024-00-10T00:00:00Z",
  "2024-01-00T00:00:00Z",
  "2024-01-01T24:00:00Z",
  "2024-01-01T00:60:00Z",
  "2024-01-01T00:00:00+24:00",
  "2024-01-01T00:00:00+00:60",
  "2024-01-01T00:00:00+0100",
  "0000-01-01T00:00:00+01:00",
  "9999-12-31T23:59:59-01:00",
  "2024-1-1",
  "2024-01-01T0:00",
  "infinity",
  "now",
  "1704067200",
  1_704_067_200,
  "",
  "2024-01-01T00:00:00Z\n",
  " 2024-01-01T00:00:00Z",
  "٢٠٢٤-01-01T00:00:00Z",
];

/** 3.2: types and bounds. */
export const casesT: readonly HostileCase[] = [
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
      ...refused("big", ["9223372036854775808", "-9223372036854775809", "99999999999999999999999", "18446744073709551616"]),
    ],
    want: { status: 400, code: "invalid_data" },
  },
  {
    id: "T05",
    about: "texts for a whole number",
    request: sample,
    each: [...refused("whole", NO_INTEGERS), ...refused("big", ["abc", "12abc", "0x10", " 12 ", "1e3", "", "+1", "01", "-0", "1.0", "1_000", "１２"])],
    want: { status: 400, code: "invalid_data" },
  },
  { id: "T06", about: "a fraction for a whole number", request: sample, each: refused("whole", [9.5, -0.1, 1e-7]), want: { status: 400, code: "invalid_data", fieldCode: "type" } },
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
      ...refused("price", [0.005, 99_999_999.995, "1,5", "0.005", "99999999.995", "100000000", "100000000.00", "-100000000", "1e2", "+1", ".5", "1.", "01", "NaN", "Infinity", "", " 1", "1 ", "0x1", "--1", true, {}]),
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
      { is: "the first", json: { cart_id: 1, quantity: 1, unit_price: 0.1 }, want: { diff: { cart_items: { added: [{ unit_price: 10 }] }, carts: { changed: [{ total: 10 }] } } } },
      { is: "the second", json: { cart_id: 1, quantity: 1, unit_price: "0.2" }, want: { diff: { cart_items: { added: [{ unit_price: 20 }] }, carts: { changed: [{ total: 30 }] } } } },
    ],
    want: { status: 201 },
  },
  {
    id: "T12",
    about: "a time without an offset is UTC; time-zones.test.ts repeats it elsewhere",
    request: sample,
    each: kept("at", [
      ["2024-03-10T02:30:00", "2024-03-10T02:30:00.000Z", "2024-03-10T02:30:00.000Z"],
      ["2024-03-10", "2024-03-10T00:00:00.000Z", "2024-03-10T00:00:00.000Z"],
      ["2024-03-10T02:30:00-05:00", "2024-03-10T07:30:00.000Z", "2024-03-10T07:30:00.000Z"],
      ["2024-12-31T23:59:59+14:00", "2024-12-31T09:59:59.000Z", "2024-12-31T09:59:59.000Z"],
    ]),
    want: { status: 201 },
  },
  { id: "T13", about: "what is no time", request: sample, each: refused("at", NO_TIMES), want: { status: 400, code: "invalid_data" } },
  {
    id: "T13",
    about: "year 0, which PostgreSQL and MariaDB do not have",
    request: sample,
    each: [...refused("at", ["0000-01-01T00:00:00Z"]), ...refused("day", ["0000-01-01"])],
    want: { status: 400, code: "invalid_data" },
  },
  {
    id: "T13",
    about: "times at the ends of the calendar",
    request: sample,
    each: kept("at", [
      ["9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"],
      ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z", "0001-01-01T00:00:00.000Z"],
      ["2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z", "2024-02-29T00:00:00.000Z"],
    ]),
    want: { status: 201 },
  },
  {
    id: "T14",
    about: "what is no date",
    request: sample,
    each: refused("day", ["2024-02-30", "2023-02-29", "2100-02-29", "2024-03-10T00:00:00Z", "2024-3-1", "10-03-2024", "2024/03/10", "20240310", "", "today", 20_240_310, "10000-01-01", "-0001-01-01"]),
    want: { status: 400, code: "invalid_data" },
  },
  { id: "T14", about: "a date is a date", request: sample, each: kept("day", [["2024-03-10", "2024-03-10", "2024-03-10"], ["2000-02-29", "2000-02-29", "2000-02-29"]]), want: { status: 201 } },
  {
    id: "T15",
    about: "digits behind the millisecond are cut, not rounded",
    request: sample,
    each: kept("at", [
      ["2024-01-01T00:00:00.123456Z", "2024-01-01T00:00:00.123Z", "2024-01-01T00:00:00.123Z"],
      ["2024-01-01T00:00:00.999999999Z", "2024-01-01T00:00:00.999Z", "2024-01-01T00:00:00.999Z"],
      ["2024-01-01T00:00:00.5Z", "2024-01-01T00:00:00.500Z", "2024-01-01T00:00:00.500Z"],
    ]),
    want: { status: 201 },
  },
  {
    id: "T16",
    about: "length counts code points: 40 families of five are 200",
    request: post,
    each: [
      { is: "40 families", json: { title: EMOJI.repeat(40) }, want: { status: 201, body: { title: EMOJI.repeat(40) }, diff: { posts: { added: [{ title: EMOJI.repeat(40) }] } } } },
      { is: "200 emoji beyond the first plane", json: { title: "😀".repeat(200) }, want: { status: 201, body: { title: "😀".repeat(200) }, diff: { posts: { added: [{ title: "😀".repeat(200) }] } } } },
      { is: "40 families and a letter", json: { title: `${EMOJI.repeat(40)}x` }, want: { status: 400, pointer: "/title", fieldCode: "too_long" } },
      { is: "200 families", json: { title: EMOJI.repeat(200) }, want: { status: 400, pointer: "/title", fieldCode: "too_long" } },
    ],
    want: { status: 201 },
  },
  {
    id: "T17",
    about: "one more than the column takes",
    request: sample,
    each: [
      { is: "label", json: { label: "x".repeat(21) }, want: { pointer: "/label", fieldCode: "too_long" } },
      { is: "slug", json: { ...LABEL, name: "x".repeat(21) }, want: { pointer: "/name", fieldCode: "too_long" } },
      { is: "url", json: { ...LABEL, home: `https://e.x/${"x".repeat(89)}` }, want: { pointer: "/home", fieldCode: "too_long" } },
      { is: "email", json: { ...LABEL, mail: `${"x".repeat(50)}@example.com` }, want: { pointer: "/mail", fieldCode: "too_long" } },
      { is: "an empty text where one is required", json: { label: "" }, want: { pointer: "/label", fieldCode: "required" } },
    ],
    want: { status: 400, code: "invalid_data" },
  },
  { id: "T18", about: "nearly one of the enumeration", request: sample, each: refused("kind", ["Draft ", " Draft", "DRAFT", "draft", "Dra\u0000ft", "Draft\n", "", "Drаft"]), want: { status: 400, code: "invalid_data" } },
  { id: "T18", about: "no text for an enumeration", request: sample, each: refused("kind", [0, true, ["Draft"], {}]), want: { status: 400, code: "invalid_data", fieldCode: "type" } },
  {
    id: "T21",
    about: "a field that is no column",
    request: post,
    each: [
      { is: "unknown", json: { title: "x", nope: 1 }, want: { pointer: "/nope" } },
      { is: "a relation", json: { title: "x", author: 1 }, want: { pointer: "/author" } },
      { is: "empty", json: { title: "x", "": 1 }, want: { pointer: "/" } },
      { is: "with a slash and a tilde", json: { title: "x", "a/b~c": 1 }, want: { pointer: "/a~1b~0c" } },
      { is: "a quote", json: { title: "x", 'a"b': 1 }, want: { pointer: '/a"b' } },
    ],
    want: { status: 400, code: "invalid_data", fieldCode: "unknown_field" },
  },
  {
    id: "T22",
    about: "what the server fills",
    request: post,
    each: [
      { is: "id", json: { title: "x", id: 999 }, want: { pointer: "/id" } },
      { is: "id null", json: { title: "x", id: null }, want: { pointer: "/id" } },
      { is: "created_at", json: { title: "x", created_at: "2020-01-01T00:00:00Z" }, want: { pointer: "/created_at" } },
      { is: "updated_at", json: { title: "x", updated_at: "2020-01-01T00:00:00Z" }, want: { pointer: "/updated_at" } },
      { is: "a sum", path: "/api/carts", json: { note: "x", total: "9.99" }, want: { pointer: "/total" } },
      { is: "a generated uuid", path: "/api/things", json: { label: "x", id: "0191f2f0-7c1e-7d3a-9b1c-2f6a1f0e9d11" }, want: { pointer: "/id" } },
    ],
    want: { status: 400, code: "invalid_data", fieldCode: "read_only" },
  },
  {
    id: "T23",
    about: "a reference to a row that is missing, or that the caller may not read",
    request: post,
    each: [
      { is: "missing", json: { title: "x", author_id: 999 }, want: { pointer: "/author_id" } },
      { is: "zero", json: { title: "x", author_id: 0 }, want: { pointer: "/author_id" } },
      { is: "below zero", json: { title: "x", author_id: -1 }, want: { pointer: "/author_id" } },
      {
        is: "there, but closed",
        path: "/api/claims",
        json: { vault_id: 1, note: "x" },
        want: { pointer: "/vault_id", sameAs: { method: "POST", path: "/api/claims", json: { vault_id: 999, note: "x" }, masks: [] } },
      },
      { is: "by PATCH", method: "PATCH", path: "/api/posts/1", json: { author_id: 999 }, want: { pointer: "/author_id" } },
    ],
    want: { status: 400, code: "invalid_data", fieldCode: "reference_missing", asksDatabase: true },
  },
  {
    id: "T23",
    about: "a reference of the wrong type",
    request: post,
    each: columnInputs("author_id", ["1", 1.5, true, [1], { id: 1 }], { title: "x" }),
    want: { status: 400, code: "invalid_data", pointer: "/author_id" },
  },
  {
    id: "T24",
    about: "an e-mail address that is taken",
    request: { method: "POST", path: "/api/users" },
    each: [
      { is: "the same", json: { email: "alice@example.com", name: "x" } },
      { is: "in capitals", json: { email: "ALICE@EXAMPLE.COM", name: "x" } },
      { is: "mixed", json: { email: "Alice@Example.Com", name: "x" } },
      { is: "by PATCH", method: "PATCH", path: "/api/users/2", json: { email: "aliCE@example.com" } },
    ],
    want: { status: 409, code: "unique", pointer: "/email", fieldCode: "unique", absent: ["Alice\"", '"al"'] },
  },
  {
    id: "T24",
    about: "an e-mail address with spaces around it",
    request: { method: "POST", path: "/api/users" },
    each: columnInputs("email", ["alice@example.com ", " alice@example.com", "alice@example.com\n", "alice@example.com\u00a0"], { name: "x" }),
    want: { status: 400, code: "invalid_data", pointer: "/email" },
  },
  {
    id: "T25",
    about: "rows without a value do not clash; equal values do",
    request: { method: "POST", path: "/api/users" },
    each: [
      { is: "a third null", json: { email: "n1@example.com", name: "x", nick: null }, want: { status: 201, diff: { users: { added: [{ nick: null }] } } } },
      { is: "left out", json: { email: "n2@example.com", name: "x" }, want: { status: 201, diff: { users: { added: [{ nick: null }] } } } },
      { is: "equal", json: { email: "n3@example.com", name: "x", nick: "al" }, want: { status: 409, code: "unique", pointer: "/nick" } },
      { is: "in another case", json: { email: "n4@example.com", name: "x", nick: "AL" }, want: { status: 201, diff: { users: { added: [{ nick: "AL" }] } } } },
    ],
    want: { status: 201 },
  },
  {
    id: "T26",
    about: "NUL in a json column",
    request: post,
    each: columnInputs("meta", ["\u0000", { a: "\u0000" }, { "a\u0000": 1 }, [[["x\u0000"]]], { a: "\ud800" }, { "\udc00": 1 }], { title: "x" }),
    want: { status: 400, code: "invalid_data", pointer: "/meta" },
  },
  {
    id: "T27",
    about: "a check between two columns",
    request: { method: "POST", path: "/api/events" },
    each: [
      { is: "the end before the start", json: { name: "x", starts_at: "2024-01-02T00:00:00Z", ends_at: "2024-01-01T00:00:00Z" } },
      { is: "the end is the start", json: { name: "x", starts_at: "2024-01-02T00:00:00Z", ends_at: "2024-01-02T00:00:00Z" } },
      { is: "by offset", json: { name: "x", starts_at: "2024-01-02T00:00:00-05:00", ends_at: "2024-01-02T04:00:00Z" } },
      { is: "PUT", method: "PUT", path: "/api/events/1", json: { name: "x", starts_at: "2024-01-02T00:00:00Z", ends_at: "2024-01-01T00:00:00Z" } },
      { is: "PATCH of one side", method: "PATCH", path: "/api/events/1", json: { ends_at: "2020-01-01T00:00:00Z" }, want: { asksDatabase: true } },
    ],
    want: { status: 400, code: "invalid_data", fieldCode: "check" },
  },
  {
    id: "T28",
    about: "findings are capped",
    request: post,
    each: [{ is: "999 unknown fields", json: Object.fromEntries(Array.from({ length: 999 }, (_, at) => [`f${at}`, at])) }],
    want: { status: 400, code: "invalid_data", findings: 100 },
  },
  { id: "T29", about: "objects and lists where a text belongs", request: post, each: columnInputs("title", [{ $ne: null }, ["a"], { toString: "x" }, [], 1, true, null]), want: { status: 400, code: "invalid_data", pointer: "/title" } },
  { id: "T30", about: "a text where a number is declared is never made one", request: post, each: columnInputs("views", ["10", "0", "", "10.0"], { title: "x" }), want: { status: 400, code: "invalid_data", pointer: "/views", fieldCode: "type" } },
];
