import { expect, test } from "vitest";
import { readScopes, scopeText } from "#servery/auth/scopes.js";
import { findingOf, problemOf } from "./finding-of.ts";

const place = { pointer: "/scopes", tables: new Set(["posts", "comments"]) };

test("scopes are read from a list of texts, equal ones once, and written as they were", () => {
  const texts = ["posts:read", "comments:write", "*:read"];
  const scopes = readScopes([...texts, "posts:read"], place);
  expect(scopes).toEqual([
    { table: "posts", access: "read" },
    { table: "comments", access: "write" },
    { table: "*", access: "read" },
  ]);
  expect(scopes.map(scopeText)).toEqual(texts);
  expect(readScopes(["posts:read", "posts:write"], place)).toHaveLength(2);
});

test("what is stored is read without its tables: one may have gone, and a name may hold a colon", () => {
  expect(readScopes(["gone:read", "a:b:write"], { pointer: "" })).toEqual([
    { table: "gone", access: "read" },
    { table: "a:b", access: "write" },
  ]);
});

test("no scopes are not all scopes", () => {
  for (const none of [undefined, []])
    expect(findingOf(() => readScopes(none, place))).toMatchObject({ pointer: "/scopes", code: "required" });
  for (const other of [null, "posts:read", "*", 1, { 0: "posts:read", length: 1 }, true])
    expect(findingOf(() => readScopes(other, place))).toMatchObject({ pointer: "/scopes", code: "type" });
});

test("every wrong scope is told with its place, and none of the right ones is kept", () => {
  const forms = [
    "",
    "posts",
    ":read",
    "posts:",
    "posts:delete",
    "posts:READ",
    "posts: read",
    "posts:read ",
    "*",
    "**",
    ":",
    "posts:read,write",
  ];
  const problem = problemOf(() => readScopes(["posts:read", 7, null, ["posts:read"], ...forms], place));
  expect(problem.code).toBe("invalid_data");
  expect(problem.errors.map(({ pointer, code }) => [pointer, code])).toEqual([
    ["/scopes/1", "type"],
    ["/scopes/2", "type"],
    ["/scopes/3", "type"],
    ...forms.map((_, at) => [`/scopes/${at + 4}`, "format"]),
  ]);
  expect(problem.error).toBe(problem.errors[0]?.message);
});

test("a table that is not there is refused with the nearest one", () => {
  const finding = (text: string): unknown => findingOf(() => readScopes([text], place));
  expect(finding("post:read")).toEqual({
    pointer: "/scopes/0",
    code: "not_in_list",
    message: "There is no table of this name. Did you mean posts?",
  });
  for (const other of ["users:read", "Posts:read", " posts:read", "__proto__:read", "*posts:read"])
    expect(finding(other), other).toMatchObject({ code: "not_in_list" });
});

test("a key has at most 100 scopes", () => {
  const tables = Array.from({ length: 101 }, (_, at) => `table_${at}`);
  const texts = tables.map((table) => `${table}:read`);
  const known = { pointer: "/scopes", tables: new Set(tables) };
  expect(readScopes(texts.slice(1), known)).toHaveLength(100);
  expect(problemOf(() => readScopes(texts, known)).code).toBe("limit_exceeded");
});
