import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, test } from "vitest";
import { type AnyDeclaration, compile, everyone, servery, table, text } from "servery";
import { errorCatalog } from "#servery/errors/catalog.js";
import { serverRoutes } from "#servery/http/routes.js";
import { serverWords } from "#servery/http/open-api/server-operation.js";
import bench from "../../bench/application/servery.ts";
import chinook from "../../examples/chinook/servery.ts";
import social from "../../examples/social/servery.ts";
import { everyKind } from "./every-kind.ts";

/** JSON as it comes: a test reads it by its parts. */
interface Part {
  readonly [key: string]: Part;
}

function documentOf(declaration: AnyDeclaration): Part {
  return JSON.parse(compile(declaration).openApi()) as Part;
}

/** Every object in a document, with the path of keys that leads to it. */
function* partsOf(part: unknown, path: readonly string[] = []): Generator<{ part: Part; path: readonly string[] }> {
  if (typeof part !== "object" || part === null) return;
  yield { part: part as Part, path };
  for (const [key, member] of Object.entries(part)) yield* partsOf(member, [...path, key]);
}

function operationsOf(document: Part): { method: string; path: string; operation: Part }[] {
  return Object.entries(document["paths"] as Part).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => method !== "parameters")
      .map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
}

const DECLARATIONS: readonly { readonly name: string; readonly declaration: AnyDeclaration }[] = [
  { name: "bench/application", declaration: bench },
  { name: "examples/social", declaration: social },
  { name: "examples/chinook", declaration: chinook },
  { name: "a declaration with every kind of column", declaration: everyKind },
  {
    name: "a declaration of one table",
    declaration: servery({ tables: { notes: table({ text: text(10) }).allow({ read: everyone }) } }),
  },
];

describe.each(DECLARATIONS)("the document of $name", ({ declaration }) => {
  const application = compile(declaration);
  const document = documentOf(declaration);

  test("is valid OpenAPI 3.1 for an independent validator", async () => {
    const result = await new Validator().validate(JSON.parse(application.openApi()) as Record<string, unknown>);
    expect(result.errors ?? []).toEqual([]);
    expect(result.valid).toBe(true);
    expect(document["openapi"]).toBe("3.1.0");
  });

  test("describes every route that somebody may use, and nothing else", () => {
    const closed = (rule: string): boolean => rule === "nobody" || rule === "administrators";
    const served = application.routes.filter(({ table: of, relation, action }) => {
      if (of === undefined || action.access === undefined) return true;
      const parent =
        relation === undefined
          ? of
          : application.schema.tables.get(of.column.get(relation.foreign)?.references?.table ?? "");
      return (
        !closed(of.rules[action.access].rule) &&
        (relation === undefined || !closed(parent?.rules.read.rule ?? "nobody"))
      );
    });
    const shape = (pattern: string): string => pattern.replace(/\/\{.*\}/, "/{}");
    const described = operationsOf(document).map(({ method, path }) => `${method} ${shape(path)}`);
    expect(described.sort()).toEqual(served.map(({ method, pattern }) => `${method} ${shape(pattern)}`).sort());
  });

  test("refers to what is there, and holds nothing that nothing refers to", () => {
    const references = new Set(
      [...partsOf(document)].flatMap(({ part }) => (typeof part["$ref"] === "string" ? [part["$ref"] as string] : [])),
    );
    const components = Object.entries(document["components"] as Part).flatMap(([section, parts]) =>
      Object.keys(parts).map((name) => `#/components/${section}/${name}`),
    );
    expect([...references].sort()).toEqual(components.sort());
  });

  test("has names that OpenAPI allows, each once", () => {
    for (const parts of Object.values(document["components"] as Part)) {
      for (const name of Object.keys(parts)) expect(name).toMatch(/^[A-Za-z0-9._-]+$/);
    }
    const ids = operationsOf(document).map(({ operation }) => operation["operationId"]);
    expect(new Set(ids).size).toBe(ids.length);
    const tags = (document["tags"] as unknown as Part[]).map(({ name }) => name);
    expect(new Set(tags).size).toBe(tags.length);
    for (const { operation } of operationsOf(document))
      expect(tags).toContain((operation["tags"] as unknown as unknown[])[0]);
  });

  test("names the parameter of every path, and no parameter twice", () => {
    const resolve = (part: Part): Part =>
      typeof part["$ref"] === "string"
        ? (((document["components"] as Part)["parameters"] as Part)[
            (part["$ref"] as string).split("/").at(-1) ?? ""
          ] as Part)
        : part;
    for (const [path, item] of Object.entries(document["paths"] as Part)) {
      const inPath = ((item["parameters"] ?? []) as unknown as Part[]).map(resolve);
      expect(inPath.map(({ name }) => `{${String(name)}}`)).toEqual(path.match(/\{[^{}]*\}/g) ?? []);
      for (const { operation } of operationsOf({ paths: { [path]: item } } as unknown as Part)) {
        const names = ((operation["parameters"] ?? []) as unknown as Part[])
          .map(resolve)
          .map((parameter) => `${String(parameter["in"])} ${String(parameter["name"])}`);
        expect(new Set(names).size, path).toBe(names.length);
      }
    }
  });

  test("keeps the words of our own validator to itself", () => {
    // Column schemas stand under "properties": there a key is a column's name and no keyword.
    const schemas = [...partsOf(document)].filter(({ path }) => path.at(-1) !== "properties");
    for (const { part, path } of schemas) {
      expect(Object.keys(part), path.join("/")).not.toContain("cleanText");
      expect(Object.keys(part), path.join("/")).not.toContain("decimal");
      if (typeof part["format"] === "string")
        expect(["date", "date-time", "email", "uri", "uri-reference", "uuid", "int64"], path.join("/")).toContain(
          part["format"],
        );
    }
  });
});

test("an operation is called like its table and what it does", () => {
  const ids = operationsOf(documentOf(bench)).map(({ operation }) => String(operation["operationId"]));
  expect(ids.filter((id) => id.startsWith("users."))).toEqual([
    "users.list",
    "users.create",
    "users.read",
    "users.replace",
    "users.update",
    "users.delete",
    "users.posts.list",
    "users.posts.create",
  ]);
});

test("what callers may not use is not mentioned at all", () => {
  const text = compile(everyKind).openApi();
  expect(text).not.toMatch(/"hidden[".]|hidden\.create|\/api\/hidden|Refers to hidden/);
  // The column that leads to the hidden table is readable, so it stays.
  expect(text).toContain('"hidden_id"');
  const document = JSON.parse(text) as Part;
  const paths = Object.keys(document["paths"] as Part);
  expect(paths).toContain("/api/readable/{id}");
  expect(Object.keys((document["paths"] as Part)["/api/readable/{id}"] as Part)).toEqual(["parameters", "get"]);
  expect(Object.keys((document["paths"] as Part)["/api/writable"] as Part)).toEqual(["post"]);
  // A closed table is no relation either: neither to include nor in a row.
  const row = ((document["components"] as Part)["schemas"] as Part)["maybe"] as Part;
  expect(Object.keys(row["properties"] as Part)).toEqual(
    expect.arrayContaining(["children", "children_count", "parent", "everything"]),
  );
  expect(Object.keys(row["properties"] as Part)).not.toContain("writable");
});

test("the codes of a problem are those of the catalogue, and every one can occur somewhere", () => {
  const document = documentOf(everyKind);
  const problem = ((document["components"] as Part)["schemas"] as Part)["Problem"] as Part;
  expect((problem["properties"] as Part)["code"]?.["enum"]).toEqual(Object.keys(errorCatalog));
  const told = Object.values((document["components"] as Part)["responses"] as Part).flatMap(
    ({ description }) => String(description).match(/^\w+(?=: )/gm) ?? [],
  );
  // These answer requests that no operation of the document is: closed tables, unknown paths and methods.
  const elsewhere = ["sign_in_required", "forbidden", "no_route", "method_not_allowed"];
  expect([...new Set(told), ...elsewhere].sort()).toEqual(Object.keys(errorCatalog).sort());
});

test("every route beside the API is described by words of its own", () => {
  const names = serverRoutes.map(({ action }) => action.name).filter((name) => !name.startsWith("docs-"));
  expect(Object.keys(serverWords).sort()).toEqual(names.sort());
});

test("a body of a nested route needs no reference to its parent", () => {
  const { paths, components } = documentOf(bench) as unknown as { paths: Part; components: Part };
  const nested =
    paths["/api/users/{id}/posts"]?.["post"]?.["requestBody"]?.["content"]?.["application/json"]?.["schema"];
  expect(nested?.["required"]).toEqual(["title"]);
  expect(components["schemas"]?.["posts.create"]?.["required"]).toEqual(["user_id", "title"]);
});

test("the validator does refuse what is wrong", async () => {
  const broken = JSON.parse(compile(bench).openApi()) as {
    paths: Record<string, Record<string, { responses?: unknown }>>;
  };
  delete broken.paths["/api/posts"]?.["get"]?.responses;
  const wrongPlace = JSON.parse(compile(bench).openApi()) as {
    components: { parameters: Record<string, { in: string }> };
  };
  Object.assign(wrongPlace.components.parameters["limit"] ?? {}, { in: "body" });
  for (const document of [wrongPlace, { ...broken, info: undefined }]) {
    expect((await new Validator().validate(document as unknown as Record<string, unknown>)).valid).toBe(false);
  }
});
