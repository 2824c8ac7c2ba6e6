import { Ajv2020, type AnySchemaObject } from "ajv/dist/2020.js";
import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, test } from "vitest";
import { type AnyDeclaration, compile, email, everyone, nobody, servery, table, text } from "servery";
import { errorCatalog } from "#servery/errors/catalog.js";
import { serverRoutes } from "#servery/http/routes.js";
import { serverWords } from "#servery/http/open-api/server-operation.js";
import type { Rule } from "#servery/schema/rule.js";
import bench from "../../bench/application/servery.ts";
import chinook from "../../examples/chinook/servery.ts";
import social from "../../examples/social/servery.ts";
import { everyKind, everythingRow } from "./every-kind.ts";

/** A schema, or any other part of a document whose members are read by name. */
interface Part {
  readonly [key: string]: unknown;
}

interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly (Reference | Parameter)[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: Schema }> };
}

interface Reference {
  readonly $ref: string;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
}

interface Schema {
  readonly required?: readonly string[];
  readonly properties?: Record<string, { readonly enum?: readonly string[] }>;
}

const METHODS = ["get", "post", "put", "patch", "delete"] as const;

type PathItem = { readonly [Method in (typeof METHODS)[number]]?: Operation } & {
  readonly parameters?: readonly (Reference | Parameter)[];
};

interface OpenApi {
  readonly openapi: string;
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Record<string, PathItem>;
  readonly components: {
    readonly schemas: Record<string, Schema>;
    readonly parameters: Record<string, Parameter>;
    readonly responses: Record<string, { readonly description: string }>;
    readonly headers: Record<string, Part>;
  };
}

async function documentOf(declaration: AnyDeclaration): Promise<OpenApi> {
  return JSON.parse(await compile(declaration).openApi()) as OpenApi;
}

/** Every object in a document, with the path of keys that leads to it. */
function* partsOf(part: unknown, path: readonly string[] = []): Generator<{ part: Part; path: readonly string[] }> {
  if (typeof part !== "object" || part === null) return;
  yield { part: part as Part, path };
  for (const [key, member] of Object.entries(part)) yield* partsOf(member, [...path, key]);
}

function operationsOf({ paths }: Pick<OpenApi, "paths">): { method: string; path: string; operation: Operation }[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      return operation === undefined ? [] : [{ method: method.toUpperCase(), path, operation }];
    }),
  );
}

/** Every reference in a document. */
function referencesOf(document: unknown): string[] {
  return [...partsOf(document)].flatMap(({ part }) => (typeof part["$ref"] === "string" ? [part["$ref"]] : []));
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

describe.each(DECLARATIONS)("the document of $name", async ({ declaration }) => {
  const application = compile(declaration);
  const document = await documentOf(declaration);

  test("is valid OpenAPI 3.1 for an independent validator", async () => {
    const result = await new Validator().validate(JSON.parse(await application.openApi()) as Record<string, unknown>);
    expect(result.errors ?? []).toEqual([]);
    expect(result.valid).toBe(true);
    expect(document.openapi).toBe("3.1.0");
  });

  test("describes every route that somebody may use, and nothing else", () => {
    const closed = (rule: Rule): boolean =>
      ["nobody", "administrators"].includes(rule.rule) || (rule.rule === "role" && rule.name === "admin");
    const served = application.routes.filter(({ table: of, relation, action, call, operators, console: page }) => {
      // The console's pages are no part of the API.
      if (operators !== undefined || page === true) return false;
      if (call !== undefined) return !closed(call.allow);
      if (of === undefined) return true;
      const { read, create, update } = of.rules;
      if (["upsert", "updateMany", "deleteMany"].includes(action.name) && of.requiresIfMatch) return false;
      if (action.name === "upsert") return !(closed(create) && closed(update));
      if (["updateMany", "deleteMany"].includes(action.name) && closed(read)) return false;
      if (action.access === undefined) return true;
      if (relation === undefined) return !closed(of.rules[action.access]);
      const parent = application.schema.tables.get(of.column.get(relation.foreign)?.references?.table ?? "");
      return !closed(of.rules[action.access]) && !closed(parent?.rules.read ?? nobody);
    });
    const shape = (pattern: string): string => pattern.replace(/\/\{.*\}/, "/{}");
    const described = operationsOf(document).map(({ method, path }) => `${method} ${shape(path)}`);
    expect(new Set(described)).toEqual(new Set(served.map(({ method, pattern }) => `${method} ${shape(pattern)}`)));
    expect(described).toHaveLength(served.length);
  });

  test("refers to what is there, and holds nothing that nothing refers to", () => {
    const components = Object.entries(document.components).flatMap(([section, parts]) =>
      Object.keys(parts).map((name) => `#/components/${section}/${name}`),
    );
    // Those are named by the requirements, without a reference.
    const referred = components.filter((name) => !name.startsWith("#/components/securitySchemes/"));
    expect(new Set(referencesOf(document))).toEqual(new Set(referred));
  });

  test("has names that OpenAPI allows, each once", () => {
    for (const parts of Object.values(document.components)) {
      for (const name of Object.keys(parts)) expect(name).toMatch(/^[A-Za-z0-9._-]+$/);
    }
    const operations = operationsOf(document).map(({ operation }) => operation);
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    const tags = document.tags.map(({ name }) => name);
    expect(new Set(tags).size).toBe(tags.length);
    for (const operation of operations) expect(tags).toContain(operation.tags[0]);
  });

  test("names the parameter of every path, and no parameter twice", () => {
    const resolve = (part: Reference | Parameter): Parameter | undefined =>
      "$ref" in part ? document.components.parameters[part.$ref.split("/").at(-1) ?? ""] : part;
    for (const [path, item] of Object.entries(document.paths)) {
      const shared = (item.parameters ?? []).map(resolve);
      for (const { operation } of operationsOf({ paths: { [path]: item } })) {
        const own = (operation.parameters ?? []).map(resolve);
        const inPath = [...shared, ...own.filter((parameter) => parameter?.in === "path")];
        // An operation may say more exactly what its path shares with others.
        const named = new Set(inPath.map((parameter) => `{${parameter?.name ?? ""}}`));
        expect([...named]).toEqual(path.match(/\{[^{}]*\}/g) ?? []);
        const names = own.map((parameter) => `${parameter?.in} ${parameter?.name}`);
        expect(new Set(names).size, path).toBe(names.length);
      }
    }
  });

  test("keeps the words of our own validator to itself", () => {
    // Column schemas stand under "properties": there a key is a column's name and no keyword.
    const schemas = [...partsOf(document)].filter(({ path }) => path.at(-1) !== "properties");
    const known = ["date", "date-time", "email", "uri", "uri-reference", "uuid", "int64", "password"];
    const leaks = schemas.filter(({ part: { format, cleanText, decimal } }) => {
      const foreign = typeof format === "string" && !known.includes(format);
      return foreign || cleanText !== undefined || decimal !== undefined;
    });
    expect(leaks.map(({ path }) => path.join("/"))).toEqual([]);
  });
});

test("an operation is called like its table and what it does", async () => {
  const ids = operationsOf(await documentOf(bench)).map(({ operation }) => operation.operationId);
  expect(ids.filter((id) => id.startsWith("users."))).toEqual([
    "users.list",
    "users.create",
    "users.upsert",
    "users.updateMany",
    "users.deleteMany",
    "users.read",
    "users.replace",
    "users.update",
    "users.delete",
    "users.posts.list",
    "users.posts.create",
  ]);
});

test("what callers may not use is not mentioned at all", async () => {
  const text = await compile(everyKind).openApi();
  expect(text).not.toMatch(/"hidden[".]|hidden\.create|\/api\/hidden|Refers to hidden/);
  // The column that leads to the hidden table is readable, so it stays.
  expect(text).toContain('"hidden_id"');
  const { paths, components } = JSON.parse(text) as OpenApi;
  expect(Object.keys(paths["/api/readable/{id}"] ?? {})).toEqual(["parameters", "get"]);
  expect(Object.keys(paths["/api/writable"] ?? {})).toEqual(["post"]);
  // A closed table is no relation either: neither to include nor in a row.
  const row = Object.keys(components.schemas["maybe"]?.properties ?? {});
  expect(row).toEqual(expect.arrayContaining(["children", "children_count", "parent", "everything"]));
  expect(row).not.toContain("writable");
});

test("the codes of a problem are those of the catalogue, and every one can occur somewhere", async () => {
  const { schemas, responses } = (await documentOf(everyKind)).components;
  expect(schemas["Problem"]?.properties?.["code"]?.enum).toEqual(Object.keys(errorCatalog));
  const people = servery({
    tables: { people: table({ email: email().unique() }).accounts().allow({ read: everyone }) },
  });
  const whole = JSON.parse(await compile(people).openApi("administrators")) as OpenApi;
  const all = [...Object.values(responses), ...Object.values(whole.components.responses)];
  const told = all.flatMap(({ description }) => description.match(/^\w+(?=: )/gm) ?? []);
  // These answer requests that no operation of the document is: closed tables, unknown paths and methods, and `dev --fail`.
  const elsewhere = ["sign_in_required", "forbidden", "no_route", "method_not_allowed", "simulated_failure"];
  expect(new Set([...told, ...elsewhere])).toEqual(new Set(Object.keys(errorCatalog)));
});

test("every route beside the API is described by words of its own", () => {
  const names = serverRoutes
    .filter((route) => route.console !== true)
    .map(({ action }) => action.name)
    .filter((name) => !name.startsWith("docs-"));
  expect(new Set(Object.keys(serverWords))).toEqual(new Set(names));
});

test("a body of a nested route needs no reference to its parent", async () => {
  const { paths, components } = await documentOf(bench);
  const body = paths["/api/users/{id}/posts"]?.["post"]?.requestBody?.content["application/json"]?.schema;
  expect(referencesOf(body)).toEqual([
    "#/components/schemas/posts.create.user_id",
    "#/components/schemas/posts.create.user_id",
  ]);
  expect(components.schemas["posts.create.user_id"]?.required).toEqual(["title"]);
  expect(components.schemas["posts.create"]?.required).toEqual(["user_id", "title"]);
});

describe("the schema of a body", async () => {
  const document = await documentOf(everyKind);
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(document as unknown as AnySchemaObject, "api", undefined, false);
  const accepts = (name: string, body: unknown): boolean =>
    ajv.getSchema(`api#/components/schemas/${name}`)?.(body) === true;

  test("takes what the server takes", () => {
    expect(accepts("everything.create", everythingRow)).toBe(true);
    expect(accepts("everything.create", { ...everythingRow, decimal: -10.5, bigint: 5, whole: 12 })).toBe(true);
    expect(accepts("everything.create", { ...everythingRow, decimal: "1.500000" })).toBe(true);
    expect(accepts("everything.replace", { ...everythingRow, id: 1 })).toBe(true);
    expect(accepts("everything.update", {})).toBe(true);
    expect(
      accepts("maybe.create", { text: null, enumeration: null, json: null, decimal: null, everything_id: null }),
    ).toBe(true);
  });

  test.each([
    { text: "" },
    { text: "x".repeat(21) },
    { slug: "No slug" },
    { integer: 6 },
    { integer: "5" },
    { bigint: "01" },
    { decimal: "1.2345" },
    { decimal: "1e3" },
    { decimal: "123456" },
    { decimal: -11 },
    { fraction: "1.00" },
    { whole: "1.5" },
    { enumeration: "other" },
    { shaped: {} },
    { boolean: null },
    { generated: "0191f2f0-7c1e-7d3a-9b1c-2f6a1f0e9d11" },
    { id: 1 },
    { nonsense: 1 },
  ])("refuses $0", (wrong) => {
    expect(accepts("everything.create", { ...everythingRow, ...wrong })).toBe(false);
  });
});

test("the validator does refuse what is wrong", async () => {
  const broken = JSON.parse(await compile(bench).openApi()) as {
    paths: Record<string, Record<string, { responses?: unknown }>>;
  };
  delete broken.paths["/api/posts"]?.["get"]?.responses;
  const wrongPlace = JSON.parse(await compile(bench).openApi()) as {
    components: { parameters: Record<string, { in: string }> };
  };
  Object.assign(wrongPlace.components.parameters["limit"] ?? {}, { in: "body" });
  for (const document of [wrongPlace, { ...broken, info: undefined }]) {
    expect((await new Validator().validate(document as unknown as Record<string, unknown>)).valid).toBe(false);
  }
});
