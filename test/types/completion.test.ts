import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const FILE = `${root}test/types/typed-in-an-editor.ts`;

const HEAD = `import { createClient } from "servery/client";
import type social from "../../examples/social/servery.ts";
const api = createClient<typeof social>("");
`;

let text = HEAD;
let version = 0;
const readFile = (file: string): string | undefined => ts.sys.readFile(file);
const { config } = ts.readConfigFile(`${root}tsconfig.json`, readFile) as { config: unknown };
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
const service = ts.createLanguageService({
  fileExists: (file) => ts.sys.fileExists(file),
  readFile,
  directoryExists: (folder) => ts.sys.directoryExists(folder),
  getCompilationSettings: () => options,
  getScriptFileNames: () => [FILE],
  getScriptVersion: (name) => (name === FILE ? String(version) : "1"),
  getScriptSnapshot: (name) => {
    const read = name === FILE ? text : readFile(name);
    return read === undefined ? undefined : ts.ScriptSnapshot.fromString(read);
  },
  getCurrentDirectory: () => root,
  getDefaultLibFileName: (given) => ts.getDefaultLibFilePath(given),
});

/** What an editor offers at the place of `¦`. */
function completions(code: string): string[] {
  version += 1;
  text = HEAD + code.replace("¦", "");
  const offered = service.getCompletionsAtPosition(FILE, HEAD.length + code.indexOf("¦"), {});
  return offered?.entries.map(({ name }) => name) ?? [];
}

test("an editor offers tables, columns, operators, relations and sorts, and nothing that is not there", () => {
  expect(completions("api.¦")).toEqual(expect.arrayContaining(["users", "posts", "order_items", "batch"]));
  const options = completions("void api.posts.list({ ¦ });");
  expect(options.sort()).toEqual(["cursor", "fields", "include", "limit", "offset", "q", "signal", "sort", "where"]);
  const columns = ["category", "content", "created_at", "id", "likes", "status", "title", "updated_at", "user_id"];
  const fields = completions('void api.posts.list({ fields: ["¦"] });');
  expect(fields.sort()).toEqual([...columns, "reading_minutes"].sort());
  const members = completions("void api.posts.list({ where: { ¦ } });");
  expect(members.sort()).toEqual([...columns, "and", "comments", "liked_by", "not", "or", "user"].sort());
  expect(completions("void api.posts.list({ where: { title: { ¦ } } });")).toEqual(
    expect.arrayContaining(["eq", "in", "icontains", "null"]),
  );
  expect(completions("void api.posts.list({ where: { user: { ¦ } } });")).toEqual(
    expect.arrayContaining(["username", "following"]),
  );
  expect(completions("void api.posts.list({ include: { ¦ } });").sort()).toEqual(["comments", "liked_by", "user"]);
  expect(completions("void api.posts.list({ include: { comments: { ¦ } } });").sort()).toEqual([
    "count",
    "fields",
    "include",
    "limit",
    "sort",
  ]);
  expect(completions('void api.posts.list({ include: { comments: { fields: ["¦"] } } });').sort()).toEqual([
    "content",
    "created_at",
    "id",
    "post_id",
    "updated_at",
    "user_id",
  ]);
  expect(completions("void api.posts.list({ include: { comments: { include: { ¦ } } } });").sort()).toEqual([
    "post",
    "user",
  ]);
  const sorts = completions('void api.posts.list({ sort: "¦" });');
  expect(sorts).toEqual(expect.arrayContaining(["likes", "-likes", "user.username", "-user.username"]));
  expect(completions('void api.posts.create({ user_id: 1, title: "x", content: "y", ¦ });').sort()).toEqual([
    "category",
    "comments",
    "liked_by",
    "likes",
    "status",
  ]);
  expect(completions('void api.posts.create({ status: "¦" });')).toEqual(["draft", "published"]);
  const numbers = completions("void api.posts.aggregate({ ¦ });");
  expect(numbers).toEqual(expect.arrayContaining(["avg", "count", "countDistinct", "groupBy", "having", "where"]));
  expect(completions('void api.posts.aggregate({ sum: ["¦"] });').sort()).toEqual(["id", "likes", "user_id"]);
  const groups = completions('void api.posts.aggregate({ count: true, groupBy: ["¦"] });');
  expect(groups).toEqual(expect.arrayContaining(["category", "user.username", "day(created_at)"]));
}, 600_000);
