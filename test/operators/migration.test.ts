import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type AnyDeclaration,
  compile,
  createEngine,
  type EngineOptions,
  everyone,
  integer,
  longText,
  servery,
  table,
  text,
} from "servery";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { answerCheckOf } from "../harness/openapi-check.ts";
import { readAnswer } from "../harness/read-answer.ts";
import { chosenAdapter, type FolderWorld, folderWorld } from "../migration/folder-world.ts";
import { callersOf, declaration } from "./operators.ts";

const URL = "/api/server/migration";
const OPEN = { read: everyone, create: everyone };
const first = { notes: table({ title: text(100), body: longText().optional() }).allow(OPEN) };
const second = {
  notes: table({ heading: text(100).was("title"), stars: integer().default(0) }).allow(OPEN),
};

interface Report {
  readonly state: string;
  readonly says: string;
  readonly refused: string | null;
  readonly folder: boolean;
  readonly applied: number;
  readonly parts: readonly {
    readonly is: string;
    readonly name: string | null;
    readonly says: string;
    readonly consent: string | null;
    readonly changes: readonly string[];
    readonly losses: readonly { readonly name: string }[];
    readonly copies: readonly object[];
    readonly in_the_way: readonly object[];
    readonly statements: readonly string[];
    readonly statements_left_out: number;
  }[];
  readonly commands: readonly { readonly command: string }[];
}

/** The server of an application with a migrations folder, as its tables are declared now. */
async function reportOf(
  world: FolderWorld,
  declared: AnyDeclaration,
  { queryTimeoutMs, ...migrations }: Partial<EngineOptions["migrations"]> & Pick<EngineOptions, "queryTimeoutMs"> = {},
): Promise<() => Promise<Report>> {
  const application = compile(declared);
  const engine = await createEngine(application, {
    database: `sqlite:${world.database}`,
    explain: true,
    ...(queryTimeoutMs === undefined ? {} : { queryTimeoutMs }),
    migrations: { folder: world.folder, development: true, ...migrations },
  });
  onTestFinished(() => engine.close());
  const check = await answerCheckOf(application, "administrators");
  return async () => {
    const request = { method: "GET", url: URL };
    const answer = await readAnswer(await engine.handle({ ...request, headers: { host: "localhost" } }));
    expect(answer.status, answer.text).toBe(200);
    check({ ...request, ...answer });
    return answer.json as Report;
  };
}

async function newWorld(): Promise<FolderWorld> {
  return folderWorld(await chosenAdapter());
}

/** Everything in the folder, byte by byte, but for what a reader of the database leaves beside it. */
function contents(folder: string): readonly (readonly [name: string, text: string])[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(sql|json|ts|db)$/.test(name))
    .toSorted()
    .map((name) => [name, readFileSync(join(folder, name), "latin1")] as const);
}

describe("what is pending", () => {
  test("is nothing where files, declaration and database agree; asking changes nothing", async () => {
    const world = await newWorld();
    await world.generate(first, "create_notes");
    await world.up();
    const report = await reportOf(world, servery({ tables: first }));
    const before = contents(world.folder);
    expect(await report()).toMatchObject({ state: "nothing", folder: true, applied: 1, parts: [], commands: [] });
    expect(contents(world.folder)).toEqual(before);
  });

  test("is a file that the database has not applied, with its plan, losses and commands", async () => {
    const world = await newWorld();
    await world.generate(first, "create_notes");
    await world.up();
    world.byHand(
      "INSERT INTO notes (title, body, created_at, updated_at) VALUES ('a', 'b', '2024-01-01T00:00:00.000Z', '2024-01-01T00:00:00.000Z')",
    );
    const report = await reportOf(world, servery({ tables: first }), { development: false, application: "my shop" });
    await world.generate(second, "rename_title");
    const before = contents(world.folder);
    // However many ask at once, the work is done once.
    const [told, same] = await Promise.all([report(), report()]);
    expect(same).toEqual(told);
    expect(told).toMatchObject({ state: "pending", applied: 1, refused: null });
    expect(told.says).toContain("start it again");
    const [file, ...more] = told.parts;
    expect(more).toEqual([]);
    expect(file).toMatchObject({ is: "file", name: "0002_rename_title.sql", losses: [{ name: "notes.body" }] });
    expect(file?.consent).toContain("Losing notes.body was agreed to");
    expect(file?.changes.join("\n")).toMatch(/~ table notes: .*column title becomes heading/);
    expect(file?.copies).toEqual([{ table: "notes", rows: 1 }]);
    expect(file?.statements.join("\n")).toContain("CREATE TABLE");
    expect(told.commands.map(({ command }) => command)).toEqual([
      "servery migrate plan 'my shop' --sql",
      "servery migrate up 'my shop'",
    ]);
    expect(contents(world.folder)).toEqual(before);
    expect(world.rows("SELECT title, body FROM notes")).toEqual([["a", "b"]]);
  });

  test("says that rows were not counted where that takes too long", async () => {
    const world = await newWorld();
    await world.generate(first, "create_notes");
    await world.up();
    // No process has begun to count by then.
    const report = await reportOf(world, servery({ tables: first }), { queryTimeoutMs: 1 });
    const required = { notes: table({ title: text(100), body: longText() }).allow(OPEN) };
    await world.generate(required, "require_body");
    const [file] = (await report()).parts;
    expect(file?.copies).toEqual([{ table: "notes", rows: null }]);
    expect(file?.in_the_way).toContainEqual({ table: "notes", rows: null, finding: expect.stringContaining("body") });
  });

  test("is what no file holds, which a database that is developed on has already", async () => {
    const world = await newWorld();
    await world.generate(first, "create_notes");
    const report = await reportOf(world, servery({ tables: second }), { application: "shop" });
    const told = await report();
    // Its database is new, made of the declaration: the file was never applied, and does not lead there.
    expect(told.state).toBe("refused");
    expect(told.refused).toContain("0001_create_notes.sql");
    expect(told.parts).toMatchObject([{ is: "unwritten", name: null, losses: [{ name: "notes.body" }] }]);
    expect(told.parts[0]?.consent).toContain("--drop notes.body");
    expect(told.commands).toEqual([expect.objectContaining({ command: "servery migrate status shop" })]);
  });

  test("is the file to write, under the name that it gets, once the database went ahead", async () => {
    const world = await newWorld();
    await world.generate(first, "create_notes");
    await world.up();
    const rename = await world.work(second);
    const { planSchema, followPlan } = await import("#servery/database/sqlite/follow-schema.js");
    const plan = await planSchema(rename.file, rename);
    if (plan === undefined) throw new Error("Nothing differs.");
    await followPlan(rename.file, plan);
    const told = await (await reportOf(world, servery({ tables: second }), { application: "shop" }))();
    expect(told).toMatchObject({ state: "pending", refused: null });
    expect(told.parts).toMatchObject([{ is: "unwritten", copies: [], in_the_way: [] }]);
    expect(told.parts[0]?.says).toContain("The database has it");
    expect(told.commands[0]?.command).toBe("servery migrate new change_notes shop --drop notes.body");
  });

  test("is what waits for a word, with the rows in its way", async () => {
    const world = await newWorld();
    await world.generate(first, "create_notes");
    await world.up();
    const change = { changes: ["~ table notes: - column body"], statements: ["DROP"], after: [], copies: [] };
    const losses = [{ name: "notes.body", what: "The values of the column body of notes." }];
    const waiting = { ...change, losses, inTheWay: [] as { table: string; rows: number; finding: string }[] };
    const report = await reportOf(world, servery({ tables: first }), { waiting: () => waiting });
    const told = await report();
    expect(told.parts).toMatchObject([{ is: "waiting", changes: change.changes, losses }]);
    expect(told.parts[0]?.consent).toContain("type y and Enter");
    waiting.inTheWay.push({ table: "notes", rows: 3, finding: "have no value in body, which becomes required" });
    expect((await report()).parts).toMatchObject([{ consent: null, in_the_way: waiting.inTheWay }]);
  });

  test("is refused where an applied file was edited or cannot be read, in the words of servery migrate", async () => {
    const world = await newWorld();
    await world.generate(first, "create_notes");
    await world.up();
    const report = await reportOf(world, servery({ tables: first }));
    const file = join(world.folder, "migrations", "0001_create_notes.sql");
    writeFileSync(file, `${readFileSync(file, "utf8")}\n-- edited\n`);
    expect((await report()).refused).toContain("it was changed after this database had applied it");
    world.write("not a migration.sql", "SELECT 1;");
    expect(await report()).toMatchObject({ state: "refused", folder: true, parts: [] });
    rmSync(join(world.folder, "migrations"), { recursive: true });
    const told = await report();
    expect(told).toMatchObject({ state: "nothing", folder: false });
    expect(told.commands.map(({ command }) => command)).toEqual(["servery migrate new initial"]);
  });

  test("is cut where it is long, and tells how much is missing", async () => {
    const world = await newWorld();
    await world.generate(first, "create_notes");
    await world.up();
    const report = await reportOf(world, servery({ tables: first }));
    const long = `UPDATE notes SET title = '${"x".repeat(30_000)}';\n`;
    world.write("0002_fill.sql", long.repeat(5));
    for (let at = 3; at <= 110; at++) world.write(`${String(at).padStart(4, "0")}_more.sql`, "SELECT 1;");
    const told = await report();
    expect(told.parts[0]).toMatchObject({ name: "0002_fill.sql", statements_left_out: 2 });
    expect(told.parts).toHaveLength(100);
    expect(told).toMatchObject({ parts_left_out: 9 });
  });
});

describe("who is told", () => {
  let engine: EngineUnderTest;
  beforeAll(async () => {
    engine = await openEngine(declaration);
  });
  afterAll(() => engine.close());

  test("administrators with a session, and nobody else", async () => {
    const { admin, alice, key } = await callersOf(engine);
    expect((await admin.get(URL)).json).toMatchObject({ state: "nothing", folder: false, development: false });
    expect((await engine.get(URL)).status).toBe(401);
    expect((await alice.get(URL)).status).toBe(403);
    expect((await engine.get(URL, { authorization: `Bearer ${key}` })).status).toBe(403);
    expect((await admin.get(`${URL}?a=1`)).status).toBe(400);
    expect((await admin.post(URL, {})).status).toBe(405);
  });

  test("adopted tables are nobody's to migrate", async () => {
    const world = await newWorld();
    world.byHand("CREATE TABLE notes (id INTEGER PRIMARY KEY, title TEXT)");
    const plain = { id: false, created_at: false, updated_at: false } as const;
    const notes = table({ id: integer(), title: text(100).optional() }, plain)
      .primaryKey("id")
      .allow(OPEN);
    const report = await reportOf(world, servery({ adopted: true, tables: { notes } }));
    expect(await report()).toMatchObject({ state: "adopted", parts: [] });
  });
});
