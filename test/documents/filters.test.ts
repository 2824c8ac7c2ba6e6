import { afterAll, beforeAll, expect, test } from "vitest";
import { closeSound } from "../api/answers.ts";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { ids, library } from "./world.ts";

let engine: EngineUnderTest;
const ROWS = [
  { name: "Ada", age: 36, active: true, tags: ["math", 7, true], author: { city: "Oslo", zip: "0150" } },
  { name: "Bob", age: "36", active: "true", tags: "a math book", author: { city: "oslo" } },
  { name: "Cyd", age: 4.5, active: false, tags: [], author: "Oslo" },
  { name: "Dov", age: null, tags: [["math"], { math: 1 }], author: { city: null, "": 1 } },
  { name: "Eve", age: 100, active: 1, tags: { math: "math" }, "q\"uo\\te's": "x", $: "dollar", "grüße 😀": "hi" },
];

beforeAll(async () => {
  engine = await openEngine(library);
  for (const row of ROWS) await engine.post("/api/profiles", row);
});
afterAll(() => closeSound(engine));

test.each<[string, number[]]>([
  // A number is compared as a number, a string as a text, a boolean as its word.
  ["age=36", [1, 2]],
  ["age=36.0", [1]],
  ["age=3.6e1", [1]],
  ["age[ne]=36", [3, 4, 5]],
  ["active=true", [1, 2]],
  ["active=1", [5]],
  ["active[ne]=true", [3, 4, 5]],
  ["age[gt]=36", [5]],
  ["age[gte]=36", [1, 2, 5]],
  ["age[lt]=36", [3]],
  ["age[lte]=36", [1, 2, 3]],
  ["age[in]=36&age[in]=4.5", [1, 2, 3]],
  ["age[in]=x&age[in]=y", []],
  ["age[nin]=36&age[nin]=100", [3, 4]],
  ["age[null]=true", [4]],
  ["age[null]=false", [1, 2, 3, 5]],
  ["nothing[null]=true", [1, 2, 3, 4, 5]],
  ["nothing=1", []],
  ["nothing[ne]=1", [1, 2, 3, 4, 5]],
  ["author.city=Oslo", [1]],
  ["author.city[ilike]=os%25", [1, 2]],
  ["author.city[like]=Os%25", [1]],
  ["author.city[starts]=Os", [1]],
  ["author.city[ends]=lo", [1, 2]],
  ["author.city[icontains]=SL", [1, 2]],
  ["author.zip=0150", [1]],
  ["author.zip=150", []],
  // An object and an array have a value, which equals no text.
  ["author[null]=false", [1, 2, 3, 4]],
  ["author=Oslo", [3]],
  // In an array an element, in a text a part; deeper arrays and objects are neither.
  ["tags[contains]=math", [1, 2]],
  ["tags[contains]=7", [1]],
  ["tags[contains]=true", [1]],
  ["tags.0=math", []],
  // Names are only names.
  ["q%22uo%5Cte%27s=x", [5]],
  ["$=dollar", [5]],
  ["gr%C3%BC%C3%9Fe%20%F0%9F%98%80=hi", [5]],
  ["id=3&name=Cyd", [3]],
  ["limit[eq]=3", []],
])("?%s", async (query, expected) => {
  expect(await ids(engine, `/api/profiles?${query}&sort=id`)).toEqual(expected);
});

test.each<[object, number[]]>([
  [{ "author.city": "Oslo" }, [1]],
  [{ age: 36 }, [1, 2]],
  [{ age: "36" }, [1, 2]],
  [{ active: true }, [1, 2]],
  [{ age: { gte: 36, lt: 100 } }, [1]],
  [{ age: { in: [36, "x", true] } }, [1, 2]],
  [{ age: { nin: [36] } }, [3, 4, 5]],
  [{ age: null }, [4]],
  [{ age: { null: false }, not: { name: "Ada" } }, [2, 3, 5]],
  [{ or: [{ "author.city": "oslo" }, { tags: { contains: 7 } }] }, [1, 2]],
  [{ not: { age: { ne: 36 } } }, [1, 2]],
])("?filter=%j", async (filter, expected) => {
  const query = encodeURIComponent(JSON.stringify(filter));
  expect(await ids(engine, `/api/profiles?filter=${query}&sort=id`)).toEqual(expected);
});

test("sort: nothing first, then numbers, then texts; pages by cursor hold every document once", async () => {
  expect(await ids(engine, "/api/profiles?sort=age")).toEqual([4, 3, 1, 5, 2]);
  expect(await ids(engine, "/api/profiles?sort=-age")).toEqual([2, 5, 1, 3, 4]);
  expect(await ids(engine, "/api/profiles?sort=author.city,-id")).toEqual([5, 4, 3, 1, 2]);
  const seen: number[] = [];
  for (let url: string | undefined = "/api/profiles?sort=age&limit=2&cursor="; url !== undefined; ) {
    const answer = await engine.get(url);
    seen.push(...(answer.json as { id: number }[]).map(({ id }) => id));
    url = /<([^>]+)>; rel="next"/.exec(answer.headers["link"] ?? "")?.[1];
  }
  expect(seen).toEqual([4, 3, 1, 5, 2]);
});

test("fields name members by their paths; what is missing is null", async () => {
  const { json } = await engine.get("/api/profiles/1?fields=id,name,author.city,tags,nothing.here");
  expect(json).toEqual({ id: 1, name: "Ada", "author.city": "Oslo", tags: ["math", 7, true], "nothing.here": null });
});

test("groups and numbers are made of members", async () => {
  const { json } = await engine.get("/api/profiles?aggregate=count,sum(age),max(age)&group_by=active");
  expect(json).toEqual([
    { active: null, count: 1, sum_age: null, max_age: null },
    { active: "true", count: 1, sum_age: null, max_age: null },
    { active: 1, count: 1, sum_age: 100, max_age: 100 },
    { active: false, count: 1, sum_age: 4.5, max_age: 4.5 },
    { active: true, count: 1, sum_age: 36, max_age: 36 },
  ]);
  expect((await engine.get("/api/profiles?aggregate=count(author.city),count_distinct(name)")).json).toEqual([
    { "count_author.city": 2, count_distinct_name: 5 },
  ]);
});

test.each([
  ["a..b=1", "unknown_parameter"],
  [".a=1", "unknown_parameter"],
  ["a.=1", "unknown_parameter"],
  ["a[0]=1", "unknown_operator"],
  ["a[0].b=1", "invalid_parameter"],
  ["a[=1", "unknown_parameter"],
  ["sort=a..b", "invalid_parameter"],
  ["sort=a%5B0%5D", "invalid_parameter"],
  ["sort=age,-age", "repeated_parameter"],
  ["fields=a..b", "invalid_parameter"],
  ["fields=a%01", "invalid_parameter"],
  ["a%07=1", "invalid_parameter"],
  [`${"a.".repeat(16)}b=1`, "limit_exceeded"],
  [`${"a".repeat(201)}=1`, "limit_exceeded"],
  [`sort=${"a".repeat(201)}`, "limit_exceeded"],
  [`filter=${encodeURIComponent('{"a..b":1}')}`, "invalid_parameter"],
  [`filter=${encodeURIComponent('{"a[0]":1}')}`, "invalid_parameter"],
  [`filter=${encodeURIComponent('{"author":{"city":"Oslo"}}')}`, "unknown_operator"],
  [`filter=${encodeURIComponent('{"a":{}}')}`, "invalid_parameter"],
  [`filter=${encodeURIComponent('{"a":[1]}')}`, "invalid_parameter"],
  [`filter=${encodeURIComponent('{"\\ud800":1}')}`, "invalid_parameter"],
  ["aggregate=sum(a..b)", "invalid_parameter"],
  ["aggregate=count&group_by=a%5B0%5D", "invalid_parameter"],
])("?%s is a 400", async (query, code) => {
  const answer = await engine.get(`/api/profiles?${query}`);
  expect([answer.status, (answer.json as { code: string }).code], answer.text).toEqual([400, code]);
});

test.each([
  "__proto__=1",
  "__proto__.constructor=1",
  "constructor=1",
  "toString.length=1",
  "a'%20OR%201=1--=1",
  "%22%29%3B=1",
  "$.name=Ada",
  "*=1",
  "%23-1=1",
  "document=1",
  "document.name=Ada",
  `${"😀".repeat(50)}=1`,
])("?%s finds nothing, and breaks nothing", async (query) => {
  expect(await ids(engine, `/api/profiles?${query}`)).toEqual([]);
  const name = query.slice(0, query.lastIndexOf("="));
  expect(await ids(engine, `/api/profiles?sort=${name}`)).toHaveLength(5);
});
