import { columnInputs, type HostileCase, type HostileRequest, type Input } from "./case.ts";

const asJson = { "content-type": "application/json" };
const sample: HostileRequest = { method: "POST", path: "/api/samples" };
const users: HostileRequest = { method: "POST", path: "/api/users" };
const LABEL = { label: "u" };

/** A text that must come back and be stored letter for letter, in a column. */
function same(column: string, texts: readonly string[]): Input[] {
  return columnInputs(column, texts, LABEL).map((input, at) => ({
    ...input,
    want: { body: { [column]: texts[at] }, diff: { samples: { added: [{ [column]: texts[at] }] } } },
  }));
}

const EXACT = [
  "\uffff",
  "\ufdd0",
  "\ufffd",
  "\u{10ffff}",
  "e\u0301",
  "\u00e9",
  "\u200b",
  "\u202e",
  "\ufeffx",
  "a\u2028b",
  "\u0001\u001f\u007f",
  "<script>alert(1)</script>",
  "İıſK",
];
const EMOJI = ["😀", "👨‍👩‍👧", "🏳️‍🌈", "\u{1f1e9}\u{1f1ea}", "𝒳", "𠜎"];

/** 3.3: Unicode. */
export const casesU: readonly HostileCase[] = [
  {
    id: "U01",
    about: "NUL in a text",
    request: sample,
    each: ["label", "long", "kind", "name", "home", "mail", "uid", "day", "at", "price", "big"].flatMap((column) =>
      columnInputs(column, ["\u0000", "a\u0000b"], column === "label" ? {} : LABEL).map((input) => ({
        ...input,
        want: { pointer: `/${column}` },
      })),
    ),
    want: { status: 400, code: "invalid_data" },
  },
  {
    id: "U01",
    about: "NUL in a query",
    request: { path: "/api/samples" },
    each: [
      { is: "a value", query: "long=a%00b" },
      { is: "an operator's value", query: "long[contains]=%00" },
      { is: "a name", query: "long%00=a" },
      { is: "in sort", query: "sort=label%00" },
      { is: "in fields", query: "fields=label%00,id" },
      { is: "in a filter tree", query: { filter: '{"long":"a\\u0000b"}' } },
      { is: "in a tree's list", query: { filter: '{"long":{"in":["a\\u0000"]}}' } },
      { is: "in a tree's name", query: { filter: '{"long\\u0000":"a"}' } },
    ],
    want: { status: 400 },
  },
  {
    id: "U02",
    about: "half of a surrogate pair",
    request: { ...sample, headers: asJson },
    each: [
      ...["\\ud800", "\\udfff", "a\\ud83d", "\\ude00\\ud83d"].map((text) => ({
        is: text,
        body: `{"label":"u","long":"${text}"}`,
      })),
      { is: "in the name of a field", body: '{"label":"u","\\ud800":1}' },
    ],
    want: { status: 400, code: "invalid_data" },
  },
  {
    id: "U02",
    about: "half of a surrogate pair in a query",
    request: { path: "/api/samples" },
    each: [
      { is: "as bytes", query: "long=%ED%A0%80" },
      { is: "in a tree", query: { filter: '{"long":"\\ud800"}' } },
      { is: "in a tree's name", query: { filter: '{"\\ud800":1}' } },
      { is: "in a tree's operator", query: { filter: '{"long":{"\\ud800":"a"}}' } },
    ],
    want: { status: 400 },
  },
  {
    id: "U03",
    about: "texts that are kept as they are",
    request: sample,
    each: [...same("long", EXACT), ...same("label", ["\uffff", "e\u0301"])],
    want: { status: 201 },
  },
  {
    id: "U03",
    about: "keys and texts of a json column that are kept as they are",
    request: sample,
    each: columnInputs("meta", ["\uffff", { "\ufdd0": "😀" }, "", "\\", '"', "\u2028", { "": "" }], LABEL).map(
      (input) => {
        const { meta } = input.json as { meta: unknown };
        return { ...input, want: { body: { meta }, diff: { samples: { added: [{ meta: JSON.stringify(meta) }] } } } };
      },
    ),
    want: { status: 201 },
  },
  {
    id: "U04",
    about: "an e-mail address in two forms of Unicode is one identity: the decomposed one is refused",
    request: users,
    each: [
      {
        is: "composed",
        json: { email: "jos\u00e9@example.com", name: "x" },
        want: { status: 201, diff: { users: { added: [{ email: "jos\u00e9@example.com" }] } } },
      },
      { is: "decomposed", json: { email: "jose\u0301@example.com", name: "x" }, want: { status: [400, 409] } },
      {
        is: "composed again",
        json: { email: "jos\u00e9@example.com", name: "x" },
        want: { status: 409, code: "unique" },
      },
    ],
    want: { status: 400 },
  },
  {
    id: "U05",
    about: "letters that look like nothing in an identifier",
    request: sample,
    each: [
      ...columnInputs(
        "mail",
        [
          "a\u200bb@example.com",
          "a@exa\u202emple.com",
          "a\u2060@example.com",
          "\ufeffa@example.com",
          "a@example.com\u200f",
          "a\u00ad@example.com",
        ],
        LABEL,
      ).map((input) => ({ ...input, want: { pointer: "/mail" } })),
      ...columnInputs("name", ["a\u200bb", "a\u202eb", "ä", "A", "a--b", "-a", "a-", "a_b"], LABEL).map((input) => ({
        ...input,
        want: { pointer: "/name" },
      })),
      ...columnInputs(
        "home",
        [
          "javascript:alert(1)",
          "data:text/html,x",
          "ftp://a.b",
          "//a.b",
          "http://",
          "http://a b",
          "https://a.b/\u0000",
          "http://[",
          " https://a.b",
          "file:///etc/passwd",
        ],
        LABEL,
      ).map((input) => ({ ...input, want: { pointer: "/home" } })),
    ],
    want: { status: 400, code: "invalid_data" },
  },
  {
    id: "U06",
    about: "look-alike letters are other letters: they neither clash with an address nor find it",
    request: users,
    each: ["alıce@example.com", "ALİCE@example.com", "ſam@example.com", "straße@example.com", "ａlice@example.com"].map(
      (email) => ({
        is: email,
        json: { email, name: "x" },
        want: { body: { email }, diff: { users: { added: [{ email }] } } },
      }),
    ),
    want: { status: 201 },
  },
  {
    id: "U06",
    about: "a domain is ASCII, and the Kelvin sign is no letter of its own",
    request: users,
    each: columnInputs(
      "email",
      ["\u212aim@example.com", "a@exampl\u212a.com", "a@\u017fam.com", "a@bücher.de", "a@example。com"],
      { name: "x" },
    ),
    want: { status: 400, code: "invalid_data", pointer: "/email" },
  },
  {
    id: "U06",
    about: "a search that folds case folds ASCII alone",
    request: { path: "/api/users" },
    each: [
      { is: "dotless i", query: { "email[ilike]": "BOB@EXAMPLE.COM" }, want: { body: [{ id: 2 }] } },
      { is: "Kelvin for k", query: { "name[icontains]": "\u212a" }, want: { body: [] } },
      { is: "long s for s", query: { "email[icontains]": "\u017f", "name[icontains]": "alice" }, want: { body: [] } },
    ],
    want: { status: 200 },
  },
  {
    id: "U07",
    about: "letters of four bytes in every kind of text",
    request: sample,
    each: [
      ...same("long", EMOJI),
      ...same("label", EMOJI),
      ...same("home", ["https://example.com/😀"]),
      ...same("mail", ["😀@example.com"]),
    ],
    want: { status: 201 },
  },
  {
    id: "U07",
    about: "a filter finds them, and only them",
    request: { path: "/api/samples" },
    each: EMOJI.flatMap((text): Input[] => [
      { is: `${text} equals`, query: { long: text } },
      { is: `${text} starts`, query: { "long[starts]": text } },
      { is: `${text} contains`, query: { "long[contains]": text } },
      { is: `${text} ends`, query: { "long[ends]": text } },
      { is: `${text} in`, query: { "long[in]": text } },
      { is: `${text} in a tree`, query: { filter: JSON.stringify({ long: text }) } },
    ]).map((input) => ({ ...input, want: { body: [{ long: input.is.split(" ")[0] }] } })),
    want: { status: 200 },
  },
  {
    id: "U07",
    about: "they sort by code point, behind U+FFFF",
    request: { path: "/api/samples", query: { "long[gte]": "\ufffd", sort: "long", fields: "long" } },
    want: {
      status: 200,
      body: ["\ufffd", "\uffff", "𝒳", "\u{1f1e9}\u{1f1ea}", "🏳️‍🌈", "👨‍👩‍👧", "😀", "𠜎", "\u{10ffff}"].map((long) => ({
        long,
      })),
    },
  },
  {
    id: "U07",
    about: "in a search they are no words, so they divide words and are none themselves",
    request: { path: "/api/samples" },
    each: ["😀", "👨‍👩‍👧", "🏳️‍🌈", "\u{1f1e9}\u{1f1ea}"].map((text) => ({ is: text, query: { q: text } })),
    want: { status: 400, code: "invalid_parameter" },
  },
  {
    id: "U07",
    about: "a search with them finds the words around them, and a letter of four bytes is a letter",
    request: { path: "/api/samples" },
    each: [
      { is: "before a word", query: { q: "😀plain" }, want: { body: [{ long: "plain" }] } },
      { is: "in a phrase", query: { q: '"👨‍👩‍👧 plain 😀"' }, want: { body: [{ long: "plain" }] } },
      { is: "a word of such letters", query: { q: "𠜎" }, want: { body: [{ long: "𠜎" }] } },
      { is: "another one", query: { q: "𝒳" }, want: { body: [{ long: "𝒳" }] } },
    ],
    want: { status: 200 },
  },
  {
    id: "U08",
    about: "10,000 combining marks",
    request: { method: "POST", path: "/api/posts" },
    each: [
      { is: "in a short text", json: { title: `a${"\u0301".repeat(10_000)}` } },
      { is: "one more than fits", json: { title: `a${"\u0301".repeat(200)}` } },
    ],
    want: { status: 400, code: "invalid_data", pointer: "/title", fieldCode: "too_long" },
  },
];
