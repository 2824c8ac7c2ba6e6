import { type HostileCase, type HostileRequest, type Input, shown } from "./case.ts";

const asJson = { "content-type": "application/json" };
const post: HostileRequest = { method: "POST", path: "/api/posts", headers: asJson };
const insideOnly = {
  only: "inside",
  why: "a server that answers before it has read the body may cut the connection; sockets.test.ts sends these",
} as const;

const BODY_LIMIT = 1_048_576;

/** Inputs whose body is sent as it is written here. */
function bodies(...texts: readonly string[]): Input[] {
  return texts.map((body) => ({ is: shown(body), body }));
}

/** `count` levels of arrays around a number, or of objects. */
const arrays = (count: number): string => `${"[".repeat(count)}1${"]".repeat(count)}`;
const objects = (count: number): string => `${'{"a":'.repeat(count)}1${"}".repeat(count)}`;
const keys = (count: number, name: (at: number) => string): string =>
  `{${Array.from({ length: count }, (_, at) => `"${name(at)}":0`).join(",")}}`;

/** 3.1: syntax and size of JSON. */
export const casesJ: readonly HostileCase[] = [
  {
    id: "J01",
    about: "an empty body",
    request: post,
    each: [
      { is: "as JSON", body: "", want: { code: "malformed_json" } },
      { is: "of spaces", body: " \n", want: { code: "malformed_json" } },
      { is: "without a type", headers: { "content-length": "0" }, want: { code: ["body_required", "malformed_json"] } },
    ],
    want: { status: 400 },
  },
  {
    id: "J02",
    about: "what is not JSON",
    request: post,
    each: bodies(
      "{",
      '{"title":"Marker7",}',
      "{'title':'Marker7'}",
      '{"title":"Marker7"/* x */}',
      '{"title":"Marker7"} // x',
      '{"title":"Marker7","views":NaN}',
      '{"title":"Marker7","views":Infinity}',
      '{"title":"Marker7","views":0x10}',
      '{"title":"Marker7","views":01}',
      '{"title":"Marker7","views":+1}',
      '{"title":"Marker7","views":.5}',
      '{title:"Marker7"}',
      '{"title":"Marker7\n"}',
      '{"title":"Marker7\\x41"}',
      '{"title":"Marker7"',
      "undefined",
      "title=Marker7",
    ),
    want: { status: 400, code: "malformed_json", absent: ["Marker7"] },
  },
  {
    id: "J02",
    about: "bytes that are no UTF-8",
    request: post,
    each: [
      { is: "a lone continuation byte", body: Buffer.from('{"title":"\x80"}', "latin1") },
      { is: "an overlong slash", body: Buffer.from('{"title":"\xc0\xaf"}', "latin1") },
      { is: "half of a surrogate pair", body: Buffer.from('{"title":"\xed\xa0\x80"}', "latin1") },
      { is: "beyond the last code point", body: Buffer.from('{"title":"\xf4\x90\x80\x80"}', "latin1") },
      { is: "cut off", body: Buffer.from('{"title":"\xf0\x9f\x98"}', "latin1") },
      { is: "UTF-16", body: Buffer.from('{"title":"x"}', "utf16le") },
    ],
    want: { status: 400, code: "malformed_json" },
  },
  {
    id: "J03",
    about: "JSON that is no object",
    request: post,
    each: bodies("null", '"x"', "1", "true", "-0"),
    want: { status: 400, code: "invalid_data", pointer: "", fieldCode: "type" },
  },
  {
    id: "J04",
    about: "a list of what is no row: nothing of it is written",
    request: post,
    each: [
      { is: "a list in it", body: "[[]]", want: { pointer: "/0" } },
      { is: "a number behind a row", body: '[{"title":"ok"},5]', want: { pointer: "/1" } },
      { is: "null between rows", body: '[{"title":"ok"},null,{"title":"ok"}]', want: { pointer: "/1" } },
      { is: "a wrong row", body: '[{"title":"ok"},{"title":5}]', want: { pointer: "/1/title" } },
      { is: "a row in a list of rows", body: '[{"title":"ok"},[{"title":"ok"}]]', want: { pointer: "/1" } },
    ],
    want: { status: 400, code: "invalid_data", fieldCode: "type" },
  },
  {
    id: "J04",
    about: "a list of none, and of one",
    request: post,
    each: [
      { is: "none", body: "[]", want: { body: [], diff: {} } },
      {
        is: "one",
        body: '[{"title":"in a list"}]',
        want: { body: [{ title: "in a list" }], diff: { posts: { added: [{ title: "in a list" }] } } },
      },
    ],
    want: { status: 201, headers: { location: null, etag: null } },
  },
  {
    id: "J05",
    about: "a byte order mark",
    request: post,
    each: [{ is: "before the JSON", body: '\ufeff{"title":"With a BOM"}' }],
    want: { status: 201, body: { title: "With a BOM" }, diff: { posts: { added: [{ title: "With a BOM" }] } } },
  },
  {
    id: "J05",
    about: "two byte order marks, or one inside",
    request: post,
    each: bodies('\ufeff\ufeff{"title":"x"}', '{\ufeff"title":"x"}', "\ufeff"),
    want: { status: 400, code: "malformed_json" },
  },
  {
    id: "J06",
    about: "another charset",
    request: { ...post, body: '{"title":"x"}' },
    each: ["utf-16", "UTF-16LE", "iso-8859-1", "utf-7", "utf-8x", ""].map((charset) => ({
      is: charset,
      headers: { "content-type": `application/json; charset=${charset}` },
    })),
    want: { status: 415, code: "unsupported_media_type" },
  },
  {
    id: "J08",
    about: "a key twice: the checked value is the stored one",
    request: { ...post, path: "/api/samples" },
    each: [
      {
        is: "the last one breaks the range",
        body: '{"label":"x","small":5,"small":99}',
        want: { status: 400, code: "invalid_data", pointer: "/small" },
      },
      {
        is: "the last one fits",
        body: '{"label":"x","small":99,"small":5}',
        want: { status: [201, 400], body: { small: 5 }, diff: { samples: { added: [{ small: 5 }] } } },
      },
      {
        is: "escaped differently",
        body: '{"label":"x","small":5,"sm\\u0061ll":99}',
        want: { status: 400, code: "invalid_data", pointer: "/small" },
      },
    ],
    want: { status: 400 },
  },
  {
    id: "J09",
    about: "depth",
    request: post,
    each: [
      { is: "33 arrays", body: arrays(33) },
      { is: "33 objects", body: objects(33) },
      { is: "in a json column", body: `{"title":"x","meta":${arrays(32)}}` },
      { is: "32 open and never closed", body: "[".repeat(33) },
      { is: "500,000 levels", body: arrays(500_000), want: { maxMs: 250 } },
      { is: "brackets in texts hide levels behind them", body: `{"title":"]]]]]]","meta":${objects(32)}}` },
    ],
    want: { status: 400, code: "body_too_deep" },
  },
  {
    id: "J09",
    about: "as deep as is allowed",
    request: post,
    each: [
      { is: "32 levels", body: `{"title":"deep","meta":${arrays(31)}}` },
      { is: "brackets in a text are no levels", body: `{"title":"deep","meta":"${"[{".repeat(100)}\\"[["}` },
    ],
    want: { status: 201, diff: { posts: { added: [{ title: "deep" }] } } },
  },
  {
    id: "J09",
    about: "a million levels",
    request: { ...post, body: arrays(1_000_000) },
    want: { status: [400, 413], maxMs: 250 },
    door: insideOnly,
  },
  {
    id: "J10",
    about: "a byte more than the limit",
    request: { ...post, body: `{"title":"x"}${" ".repeat(BODY_LIMIT)}` },
    want: { status: 413, code: "body_too_large" },
    door: insideOnly,
  },
  {
    id: "J10",
    about: "exactly the limit",
    request: { ...post, body: `{"title":"full"}`.padEnd(BODY_LIMIT, " ") },
    want: { status: 201, diff: { posts: { added: [{ title: "full" }] } } },
  },
  {
    id: "J14",
    about: "very many keys",
    request: post,
    each: [
      { is: "80,000 unknown ones", body: keys(80_000, (at) => at.toString(36).padStart(5, "k")) },
      { is: "80,000 that look like indexes", body: keys(80_000, (at) => String(at)) },
      { is: "60,000 that hash alike in a table of integers", body: keys(60_000, (at) => String(at * 65_536)) },
    ],
    want: { status: 400, code: ["limit_exceeded", "invalid_data"], maxMs: 500 },
  },
  {
    id: "J15",
    about: "a list of very many rows",
    request: post,
    each: [{ is: "300,000 rows", body: `[${"{},".repeat(300_000)}{}]` }],
    want: { status: 400, code: "limit_exceeded", maxMs: 500 },
  },
  {
    id: "J15",
    about: "the cap of a list",
    request: { ...post, path: "/api/comments" },
    each: [
      {
        is: "1,001 rows",
        json: Array.from({ length: 1_001 }, () => ({ post_id: 1, body: "x" })),
        want: { status: 400, code: "limit_exceeded" },
      },
      {
        is: "1,000 rows",
        json: Array.from({ length: 1_000 }, (_, at) => ({ post_id: 1, body: `row ${at}` })),
        want: { diff: { comments: { added: Array.from({ length: 1_000 }, (_, at) => ({ body: `row ${at}` })) } } },
      },
    ],
    want: { status: 201 },
  },
  {
    id: "J15",
    about: "a million rows",
    request: { ...post, body: `[${"{},".repeat(1_000_000)}{}]` },
    want: { status: 413 },
    door: insideOnly,
  },
  {
    id: "J16",
    about: "a text much longer than its column",
    request: post,
    each: [
      { is: "a million letters", json: { title: "x".repeat(1_000_000) } },
      { is: "500,000 that take two bytes", json: { title: "é".repeat(500_000) } },
      { is: "one letter more than fits", json: { title: "x".repeat(201) } },
    ],
    want: { status: 400, code: "invalid_data", pointer: "/title", fieldCode: "too_long", absent: ["xxxxxxxx", "éééé"] },
  },
  {
    id: "J16",
    about: "a text of 5 MB",
    request: { ...post, json: { title: "x".repeat(5_000_000) } },
    want: { status: 413 },
    door: insideOnly,
  },
  {
    id: "J17",
    about: "keys that reach for prototypes",
    request: post,
    each: [
      { is: "__proto__", body: '{"title":"x","__proto__":{"isAdmin":true}}', want: { pointer: "/__proto__" } },
      {
        is: "__proto__ escaped",
        body: '{"title":"x","__pr\\u006fto__":{"isAdmin":true}}',
        want: { pointer: "/__proto__" },
      },
      { is: "__proto__ null", body: '{"title":"x","__proto__":null}', want: { pointer: "/__proto__" } },
      {
        is: "constructor",
        body: '{"title":"x","constructor":{"prototype":{"isAdmin":true}}}',
        want: { pointer: "/constructor" },
      },
      { is: "prototype", body: '{"title":"x","prototype":{"isAdmin":true}}', want: { pointer: "/prototype" } },
      { is: "toString", body: '{"title":"x","toString":"y"}', want: { pointer: "/toString" } },
      { is: "hasOwnProperty", body: '{"title":"x","hasOwnProperty":1}', want: { pointer: "/hasOwnProperty" } },
      {
        is: "after a nested object",
        body: '{"title":"x","meta":{"a":{}},"__proto__":{"isAdmin":true}}',
        want: { pointer: "/__proto__" },
      },
      { is: "the row comes from the prototype", body: '{"__proto__":{"title":"x"}}' },
      {
        is: "in a list",
        body: '[{"title":"x"},{"title":"x","__proto__":{"isAdmin":true}}]',
        want: { pointer: "/1/__proto__" },
      },
      {
        is: "in a row below a row",
        body: '{"title":"x","comments":[{"body":"x","__proto__":{"post_id":2}}]}',
        want: { pointer: "/comments/0/__proto__" },
      },
    ],
    want: { status: 400, code: "invalid_data" },
  },
  {
    id: "J17",
    about: "a PATCH and a PUT with them",
    request: { ...post, path: "/api/posts/1" },
    each: [
      { is: "PATCH", method: "PATCH", body: '{"__proto__":{"title":"x"}}' },
      { is: "PUT", method: "PUT", body: '{"title":"x","__proto__":{"views":1}}' },
    ],
    want: { status: 400, code: "invalid_data", pointer: "/__proto__" },
  },
  {
    id: "J18",
    about: "the same keys inside a json column are data",
    request: { ...post },
    each: [
      ['{"__proto__":{"isAdmin":true}}', "__proto__"],
      ['{"a":[{"constructor":{"prototype":{"isAdmin":true}}}]}', "constructor"],
      ['{"toString":"x","hasOwnProperty":1,"valueOf":null}', "methods"],
    ].map(([meta, is]) => ({
      is: String(is),
      body: `{"title":"data","meta":${String(meta)}}`,
      want: { diff: { posts: { added: [{ title: "data", meta }] } } },
    })),
    want: { status: 201 },
  },
  {
    id: "J18",
    about: "a PATCH of them",
    request: { ...post, method: "PATCH", path: "/api/posts/2", body: '{"meta":{"__proto__":{"isAdmin":true}}}' },
    want: { status: 200, diff: { posts: { changed: [{ id: 2, meta: '{"__proto__":{"isAdmin":true}}' }] } } },
  },
  {
    id: "J19",
    about: "more than one JSON text",
    request: post,
    each: bodies(
      '{"title":"x"}{"title":"y"}',
      '{"title":"x"}\n{"title":"y"}',
      '{"title":"x"},',
      '{"title":"x"}\0',
      "[]{}",
    ),
    want: { status: 400, code: "malformed_json" },
  },
  {
    id: "J23",
    about: "a patch that is no object",
    request: { method: "PATCH", path: "/api/posts/1", headers: { "content-type": "application/merge-patch+json" } },
    each: bodies("[]", '"x"', "null", "3", '[{"op":"replace","path":"/title","value":"x"}]'),
    want: { status: 400, code: "invalid_data", pointer: "" },
  },
  {
    id: "J24",
    about: "numbers at the edge",
    request: { ...post, path: "/api/samples" },
    each: [
      { is: "1e400 for a whole number", body: '{"label":"x","whole":1e400}', want: { pointer: "/whole" } },
      { is: "1e400 for a real", body: '{"label":"x","measure":1e400}', want: { pointer: "/measure" } },
      { is: "-1e400 for a real", body: '{"label":"x","measure":-1e400}', want: { pointer: "/measure" } },
      { is: "1e400 for a decimal", body: '{"label":"x","price":1e400}', want: { pointer: "/price" } },
      { is: "1e400 for a bigint", body: '{"label":"x","big":1e400}', want: { pointer: "/big" } },
      {
        is: "1e400 in a json column, which would become null",
        body: '{"label":"x","meta":{"a":[1e400]}}',
        want: { pointer: "/meta" },
      },
    ],
    want: { status: 400, code: "invalid_data" },
  },
  {
    id: "J24",
    about: "numbers with one meaning",
    request: { ...post, path: "/api/samples" },
    each: [
      {
        is: "-0 is 0",
        body: '{"label":"n","whole":-0,"measure":-0,"price":-0,"big":-0}',
        want: {
          body: { whole: 0, measure: 0, price: "0.00", big: "0" },
          diff: { samples: { added: [{ whole: 0, measure: 0, price: 0, big: 0 }] } },
        },
      },
      {
        is: "1E2 is 100",
        body: '{"label":"n","whole":1E2}',
        want: { body: { whole: 100 }, diff: { samples: { added: [{ whole: 100 }] } } },
      },
      {
        is: "9.0 is 9",
        body: '{"label":"n","whole":9.0}',
        want: { body: { whole: 9 }, diff: { samples: { added: [{ whole: 9 }] } } },
      },
    ],
    want: { status: 201 },
  },
];
