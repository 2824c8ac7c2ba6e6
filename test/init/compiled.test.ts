import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { expect, test } from "vitest";
import { compile } from "#servery/application.js";
import { loadDefault } from "#servery/config/load-module.js";
import { createEngine } from "#servery/engine.js";
import type { AnyDeclaration } from "#servery/schema/application.js";
import { answerText } from "../harness/answer-text.ts";
import { chinookFile, databaseFile, sourceOf, temporaryFolder } from "./databases.ts";
import { HOSTILE_NAMES, IMPOSSIBLE_NAMES, quoted } from "./hostile.ts";
import { NORTH } from "./north.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Loads what is written for a file, and asks every table of it for a row over the file itself. */
async function answers(file: string): Promise<Readonly<Record<string, number>>> {
  const written = join(temporaryFolder(), "servery.ts");
  writeFileSync(written, await sourceOf(file));
  const application = compile((await loadDefault(written)) as AnyDeclaration);
  const engine = await createEngine(application, { database: `sqlite:${file}` });
  const statuses: Record<string, number> = {};
  try {
    for (const table of application.schema.tables.values()) {
      const relations = [...table.relations.keys()].filter((name) => !/[.,]/.test(name)).slice(0, 20);
      const include = relations.length === 0 ? "" : `&include=${relations.map(encodeURIComponent).join(",")}`;
      const url = `/api/${encodeURIComponent(table.path)}?limit=1${include}`;
      const answer = await engine.handle({ method: "GET", url });
      statuses[table.name] = answer.status;
      if (answer.status !== 200) throw new Error(`${url}: ${await answerText(answer.body)}`);
    }
  } finally {
    await engine.close();
  }
  return statuses;
}

const hostile = HOSTILE_NAMES.flatMap((name, at) => [
  `CREATE TABLE ${quoted(name)} (${HOSTILE_NAMES.map((column) => `${quoted(column)} ${at % 3 === 0 ? `INTEGER REFERENCES "key of"` : "TEXT"}`).join(", ")})`,
  `INSERT INTO ${quoted(name)} DEFAULT VALUES`,
]);
const HOSTILE = [
  'CREATE TABLE "key of" (id INTEGER PRIMARY KEY)',
  ...hostile,
  `CREATE VIEW "view's ""name""" AS SELECT id, id * 2 AS "2" FROM "key of"`,
  'INSERT INTO "key of" VALUES (1)',
];

test("what is written compiles and answers every table", async () => {
  expect(Object.keys(await answers(chinookFile()))).toHaveLength(11);
  expect(Object.keys(await answers(await databaseFile(...NORTH)))).toHaveLength(15);
  expect(Object.keys(await answers(await databaseFile(...HOSTILE)))).toHaveLength(HOSTILE_NAMES.length + 2);
});

test("a default is left out where the key that the column refers to refers on, to one of another kind", async () => {
  const statements = [
    "PRAGMA foreign_keys = OFF",
    "CREATE TABLE numbers (id INTEGER PRIMARY KEY)",
    "CREATE TABLE words (word INT REFERENCES numbers, other TEXT DEFAULT 'none' REFERENCES words, PRIMARY KEY (word))",
    "INSERT INTO words VALUES ('some', NULL)",
  ];
  expect(await answers(await databaseFile(...statements))).toEqual({ numbers: 200, words: 200 });
});

test("what is written is TypeScript that tsc accepts, as the formatter writes it", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "src"));
  const sources = {
    chinook: chinookFile(),
    north: await databaseFile(...NORTH),
    hostile: await databaseFile(...HOSTILE),
  };
  for (const [name, file] of Object.entries(sources))
    writeFileSync(join(folder, "src", `${name}.ts`), await sourceOf(file));
  const compilerOptions = {
    target: "ES2023",
    module: "Preserve",
    moduleResolution: "Bundler",
    strict: true,
    noEmit: true,
    noUnusedLocals: true,
    skipLibCheck: true,
    types: [],
    paths: { servery: [join(ROOT, "dist", "index.d.ts")] },
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["src"] }));
  const tsc = spawnSync(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "-p", folder], {
    encoding: "utf8",
  });
  expect(tsc.stdout).toBe("");
  const biome = join(ROOT, "node_modules/@biomejs/biome/bin/biome");
  for (const name of ["chinook", "north"]) {
    const formatted = spawnSync(process.execPath, [biome, "format", `--stdin-file-path=src/${name}.ts`], {
      cwd: ROOT,
      encoding: "utf8",
      input: await sourceOf(sources[name as "chinook" | "north"]),
    });
    expect(formatted.stdout).toBe(await sourceOf(sources[name as "chinook" | "north"]));
  }
});

const anyName = fc.oneof(
  fc.constantFrom(...HOSTILE_NAMES, ...IMPOSSIBLE_NAMES.map(([name]) => name)),
  fc
    .string({ minLength: 1, maxLength: 12, unit: "grapheme" })
    .filter((name) => !name.includes("\0") && name.isWellFormed()),
);
const anyType = fc.constantFrom(
  "INTEGER",
  "INT",
  "TEXT",
  "VARCHAR(3)",
  "NUMERIC(6,2)",
  "DECIMAL",
  "DATETIME",
  "DATE",
  "BOOLEAN",
  "JSON",
  "BLOB",
  "REAL",
  "BIGINT",
  "UUID",
  "",
);
const anyValue = fc.constantFrom(
  "NULL",
  "0",
  "1",
  "-7",
  "3000000000",
  "9223372036854775807",
  "1.5",
  "0.1234567",
  "''",
  "'word'",
  "'2024-02-29'",
  "'2024-02-29 10:00:00'",
  "'{}'",
  "x'00'",
  "'0191f2f0-7c1e-7d3a-9b1c-2f6a1f0e9d11'",
);
const anyRule = fc.constantFrom(
  "",
  "NOT NULL DEFAULT 1",
  "DEFAULT 'word'",
  "DEFAULT CURRENT_TIMESTAMP",
  "UNIQUE",
  "DEFAULT -1.5",
  "CHECK (1)",
);
const anyColumn = fc.record({
  name: anyName,
  type: anyType,
  rule: anyRule,
  refers: fc.option(fc.nat(3)),
  action: fc.constantFrom("", "ON DELETE CASCADE", "ON DELETE SET NULL"),
});
const anyTable = fc.record({
  name: anyName.filter((name) => !/^sqlite_/i.test(name)),
  key: fc.constantFrom("none", "first", "two", "counted"),
  columns: fc.uniqueArray(anyColumn, { minLength: 2, maxLength: 6, selector: (column) => column.name.toLowerCase() }),
  rows: fc.array(fc.array(anyValue, { minLength: 6, maxLength: 6 }), { maxLength: 5 }),
});
const anyDatabase = fc.uniqueArray(anyTable, {
  minLength: 1,
  maxLength: 4,
  selector: (table) => table.name.toLowerCase(),
});

type AnyDatabase = typeof anyDatabase extends fc.Arbitrary<infer Value> ? Value : never;

/** Statements that make it; a row that its own rules refuse is left out. */
function statementsOf(tables: AnyDatabase): string[] {
  return tables.flatMap((table) => {
    const columns = table.columns.map(({ name, type, rule, refers, action }, at) => {
      const target = refers === null ? undefined : tables[refers];
      const reference = target === undefined ? "" : `REFERENCES ${quoted(target.name)} ${action}`;
      const counted = table.key === "counted" && at === 0;
      // INTEGER alone would make the rowid of it, which takes no text.
      const declared = table.key === "first" && type === "INTEGER" ? "INT" : type;
      return `${quoted(name)} ${counted ? "INTEGER PRIMARY KEY" : `${declared} ${rule}`} ${reference}`;
    });
    const inKey = table.key === "first" ? 1 : table.key === "two" ? 2 : 0;
    const key = table.columns.slice(0, inKey).map(({ name }) => quoted(name));
    const body = [...columns, ...(key.length === 0 ? [] : [`PRIMARY KEY (${key.join(", ")})`])].join(", ");
    const inserts = table.rows.map(
      (row) => `INSERT OR IGNORE INTO ${quoted(table.name)} VALUES (${row.slice(0, columns.length).join(", ")})`,
    );
    return [`CREATE TABLE ${quoted(table.name)} (${body})`, ...(table.key === "counted" ? [] : inserts)];
  });
}

test("whatever a database is like, what is written compiles and answers", { timeout: 600_000 }, async () => {
  let answered = 0;
  await fc.assert(
    fc.asyncProperty(anyDatabase, async (tables) => {
      const file = await databaseFile("PRAGMA foreign_keys = OFF", ...statementsOf(tables));
      answered += Object.keys(await answers(file)).length;
    }),
    { numRuns: 40 },
  );
  // A table may be left out, but not every second one.
  expect(answered).toBeGreaterThan(40);
});
