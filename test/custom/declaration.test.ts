import {
  compile,
  DeclarationError,
  everyone,
  get,
  integer,
  json,
  or,
  owner,
  post,
  ref,
  role,
  servery,
  table,
  text,
} from "servery";
import type { CustomRoute } from "servery";
import { describe, expect, test } from "vitest";

const tables = {
  posts: table({ title: text(20) }).allow({ read: everyone, create: everyone }),
  pairs: table({ a: integer(), b: integer() }).primaryKey("a", "b").allow({ read: everyone }),
};

/** Why an application with these routes does not start. */
function reason(...routes: unknown[]): string {
  try {
    compile(servery({ tables, routes: routes as CustomRoute[] }));
  } catch (error) {
    if (error instanceof DeclarationError) return error.message;
    throw error;
  }
  throw new Error("the application starts");
}

const ok = (): string => "ok";

describe("a path that is wrong stops the start and says what to write", () => {
  test.each<[string, string]>([
    ["hello", 'Write for example get("/api/hello", …)'],
    ["", "begins with a slash"],
    ["/api/hello/", "Write /api/hello"],
    ["/api//hello", "Write /api/hello"],
    ["/api/posts/{id}/x", "Write :id"],
    ["/api/posts/[id]/x", "Write :id"],
    ["/api/hello?x=1", "a query is declared as { query: … }"],
    ["/api/two words", "would be escaped"],
    ["/api/../x", "would be escaped"],
    ["/api/größe", "would be escaped"],
    ["/api/:", "names no parameter"],
    ["/api/:a-b", "names no parameter"],
    ["/api/:__proto__", "names no parameter"],
    ["/api/:a/:a", "a stands twice"],
    [`/${"a/".repeat(10)}a`, "at most 10 segments"],
    ["/docs/mine", "/docs belongs to Servery"],
    ["/console", "/console belongs to Servery"],
    ["/api/auth/me", "/api/auth belongs to Servery"],
    ["/api/_x", "/api/_x belongs to Servery"],
  ])("%s", (path, words) => {
    expect(reason(get(path, ok))).toContain(words);
    expect(reason(get(path, ok))).toContain(`route GET ${path}`);
  });
});

describe("two routes for one request stop the start", () => {
  test("one of a table, whatever its parameter is called", () => {
    expect(reason(get("/api/posts", ok))).toContain("GET /api/posts is there already, for the table posts");
    expect(reason(get("/api/posts/:id", ok))).toContain("GET /api/posts/{id} is there already");
    expect(reason(get("/api/posts/:slug", ok))).toContain("GET /api/posts/{id} is there already");
    expect(reason(get("/api/pairs/:id", ok))).toContain("GET /api/pairs/{a,b} is there already");
  });

  test("one of the application's own", () => {
    expect(reason(get("/api/x", ok), get("/api/x", ok))).toContain("GET /api/x is declared already");
    expect(reason(get("/x/:a", ok), get("/x/:b", ok))).toContain("GET /x/{a} is declared already");
    expect(reason(get("/x/:a", ok), post("/x/:b", ok))).toContain("another route calls this path /x/{a}");
  });

  test("other methods, and words beside a parameter, are routes of their own", () => {
    const routes = [get("/x/:a", ok), post("/x/:a", ok), get("/x/y", ok), post("/api/posts/:id", ok)];
    expect(() => compile(servery({ tables, routes }))).not.toThrow();
  });
});

describe("options that are wrong stop the start", () => {
  const shape = { id: integer() };
  test.each<[string, unknown, string]>([
    ["a misspelt option", { querry: shape }, "Did you mean query?"],
    ["a body of a GET", { body: shape }, "a GET has no body"],
    ["params without parameters", { params: shape }, "its path has no parameter"],
    ["a shape that is none", { query: { id: "integer" } }, "neither columns nor a validator"],
    ["an empty shape", { query: {} }, "neither columns nor a validator"],
    ["a list of nothing", { answer: [] }, "neither columns nor a validator"],
    ["a rule about a row", { allow: owner }, "asks about a row"],
    ["a rule about a row among others", { allow: or(role("editor"), owner) }, "asks about a row"],
    ["a rule that is undefined", { allow: undefined }, "allow is no rule"],
    ["a rule that is a text", { allow: "everyone" }, "allow is no rule"],
    ["a type that is none", { type: "csv" }, "is no media type"],
    ["a type beside an answer", { type: "text/csv", answer: shape }, "Remove one of them"],
    ["a reference to no table", { query: { id: ref("nowhere") } }, "names no table"],
    ["a default that does not fit", { query: { id: integer().default("x" as never) } }, "is no integer"],
    ["json in a query", { query: { data: json() } }, "cannot stand in a URL"],
  ])("%s", (_what, options, words) => {
    expect(reason(get("/api/x", options as object, ok))).toContain(words);
    expect(reason(get("/api/x", options as object, ok))).toMatch(/^route GET \/api\/x/);
  });

  test("params that are not those of the path", () => {
    expect(reason(get("/x/:user_id", { params: { user: integer() } }, ok))).toContain("no parameter user");
    expect(reason(get("/x/:a/:b", { params: { a: integer() } }, ok))).toContain("Add it: params: { b: integer() }");
  });

  test("what is no route or no handler", () => {
    expect(reason([get("/a", ok)])).toContain("put ... before a list");
    expect(reason({ path: "/x" })).toContain("number 1");
    expect(reason(get("/x", undefined as never))).toContain("no function");
    expect(reason(get("/x", {}, { handler: ok } as never))).toContain("no function");
  });
});
