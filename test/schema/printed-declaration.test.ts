import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  and,
  type AnyDeclaration,
  compile,
  everyone,
  integer,
  json,
  longText,
  nobody,
  ref,
  servery,
  table,
  text,
  view,
} from "servery";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { loadDefault } from "#servery/config/load-module.js";
import { describedSchema } from "#servery/http/open-api/described.js";
import { rowSchemas } from "#servery/http/open-api/table-schemas.js";
import { tableOf } from "#servery/schema/model.js";
import { printDeclaration } from "#servery/schema/source/print-declaration.js";
import { canonicalSchema, storedSchema } from "#servery/schema/stored-schema.js";
import { describeApplication, type TableTexts } from "#servery/service/application-description.js";
import chinook from "../../examples/chinook/servery.ts";
import social1 from "../../examples/social-v1/servery.ts";
import social from "../../examples/social/servery.ts";
import teams from "../../examples/teams/servery.ts";
import { everyKind } from "../openapi/every-kind.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "servery-printed-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes a text as a declaration and loads it as servery does. */
async function loaded(name: string, source: string): Promise<AnyDeclaration> {
  mkdirSync(join(folder, name), { recursive: true });
  const file = join(folder, name, "servery.ts");
  writeFileSync(file, source);
  return (await loadDefault(file)) as AnyDeclaration;
}

/** What the database holds, and all that is told of the tables: rules, relations, indexes, JSON Schema. */
function meaningOf(declaration: AnyDeclaration): object {
  const { schema, policies } = compile(declaration);
  const described = describedSchema(policies, "administrators");
  const texts = ({ name }: { readonly name: string }): TableTexts => ({
    sql: [],
    declaration: "",
    ...rowSchemas(described, tableOf(described, name)),
  });
  const stored = storedSchema(schema, "sqlite");
  return { stored: canonicalSchema(stored), views: stored.views, told: describeApplication(schema, texts) };
}

const EXAMPLES = { social, "social-v1": social1, teams, chinook } as const;

test.each(Object.entries(EXAMPLES))("%s comes back from what is printed of it", async (name, example) => {
  const { whole, tables } = printDeclaration(example as AnyDeclaration);
  const again = await loaded(name, whole);
  expect(meaningOf(again)).toEqual(meaningOf(example as AnyDeclaration));
  expect(printDeclaration(again).tables).toEqual(tables);
  expect([...tables.keys()]).toEqual(Object.keys(example.tables));
});

test("every kind of column comes back", async () => {
  const again = await loaded("every-kind", printDeclaration(everyKind as AnyDeclaration).whole);
  expect(meaningOf(again)).toEqual(meaningOf(everyKind as AnyDeclaration));
});

test("what is printed is TypeScript that the compiler takes", () => {
  const names = Object.entries({ ...EXAMPLES, everyKind });
  const place = join(folder, "typed");
  mkdirSync(place);
  for (const [name, example] of names)
    writeFileSync(join(place, `${name}.ts`), printDeclaration(example as AnyDeclaration).whole);
  const paths = { servery: [join(ROOT, "dist/index.d.ts")] };
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: "ES2023",
    module: "NodeNext",
    skipLibCheck: true,
    typeRoots: [join(ROOT, "node_modules/@types")],
    types: ["node"],
    paths,
  };
  writeFileSync(join(place, "package.json"), '{ "type": "module" }');
  writeFileSync(join(place, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
  const run = spawnSync(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "-p", place], {
    encoding: "utf8",
  });
  expect(run.stdout).toBe("");
  expect(run.status).toBe(0);
}, 600_000);

test("the table of the first page stands there as somebody wrote it", () => {
  expect(printDeclaration(social as AnyDeclaration).tables.get("posts")).toBe(`posts: table({
  user_id: ref("users").owner(),
  title: text(200).search(),
  content: longText().search(),
  category: text(50).optional().index(),
  status: enumeration("draft", "published").default("draft"),
  likes: integer({ min: 0 }).default(0).writable(role("admin")),
})
  .computed("reading_minutes", integer(), ["content"], () => notPrinted())
  .allow({ read: or(published, owner), create: signedIn, update: owner, delete: owner }),`);
});

test("functions are named, hooks and validators said, and a rule that is code lets nobody through", async () => {
  const owner = (): boolean => true;
  const late = Object.assign(() => true, {});
  Object.defineProperty(late, "name", { value: "it's not a name" });
  const declaration = servery({
    tables: {
      notes: table({
        title: text(20).was("heading"),
        about: json(z.object({ kind: z.string() })).optional(),
        sized: json({ type: "object", properties: { "a-b": { enum: ["x".repeat(60), "y".repeat(60)] } } }),
        key: text(40).optional().private(),
      })
        .was("texts")
        .hooks({ before: () => undefined })
        .audited()
        .allow({ read: owner, create: and(everyone, late), delete: nobody }),
    },
    seed: () => [],
  });
  const { whole, tables } = printDeclaration(declaration as AnyDeclaration);
  const notes = tables.get("notes") ?? "";
  expect(notes).toContain("// Its hooks are code and are not printed: before.");
  expect(notes).toContain("// A validator of zod: only the JSON Schema that it tells is printed.");
  expect(notes).toContain("read: owner_2, create: and(everyone, () => notPrinted()), delete: nobody");
  expect(notes).toContain('title: text(20).was("heading"),');
  expect(notes).toContain("key: text(40).optional().private(),");
  expect(whole).toContain("// Code that is not printed: the first rows of a new database.");
  const read = (await loaded("code", whole)).tables["notes"]?.spec.rules?.read as (() => unknown) | undefined;
  expect(read).toThrow("not printed");
  expect(meaningOf(await loaded("code", whole))).toMatchObject({
    stored: (meaningOf(declaration as AnyDeclaration) as { stored: string }).stored,
  });
});

test("texts that would leave their place in the source stay in it", async () => {
  const odd = "`${1}` \\ ' \" */ // \u2028\n";
  const declaration = servery({
    title: odd,
    tables: {
      "a b": table({
        "x-y": text(50).default('it\'s "so" `${0}`'),
        __proto: longText({ min: 2, max: 99 }).optional(),
        any: json({ const: { ["__proto__"]: 1 }, description: odd }).optional(),
      }),
      counted: view({ n: integer(), at: ref("a b") }, 'SELECT 1 AS n,\n  1 AS at -- `${n}` \\n\nFROM "a b"').primaryKey(
        "n",
      ),
    },
  });
  const again = await loaded("odd", printDeclaration(declaration as AnyDeclaration).whole);
  expect(meaningOf(again)).toEqual(meaningOf(declaration as AnyDeclaration));
});
