import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { applicationFolder, ask, ran, servery } from "./process.ts";

const SHOP = `import { decimal, everyone, nobody, ref, refuse, servery, table, text } from "servery";
export default servery({
  tables: {
    people: table({ name: text(20).unique() }).allow({ read: everyone }),
    bills: table({ person_id: ref("people"), total: decimal(8, 2) }).allow({ read: everyone, create: nobody }),
    guarded: table({ name: text(20) }).hooks({ before: () => { throw refuse("forbidden", "No."); } }).allow({ read: everyone }),
  },
  seed: () => [{ table: "people", rows: [{ name: "Ada" }] }],
});
`;

/** The rows as a running server answers them. */
async function rows(folder: string, path: string): Promise<unknown> {
  const running = servery(["dev", folder], { PORT: "0" });
  const { body } = await ask(`${await running.url()}/api/${path}`);
  running.child.kill("SIGTERM");
  await running.ended;
  return body;
}

test("the declaration's rows go in once, and it says so", async () => {
  const folder = applicationFolder();
  const first = await ran(["seed", folder]);
  expect([first.code, first.stderr]).toEqual([0, ""]);
  expect(first.stdout).toContain(
    `${join(folder, ".servery", "data.db")}: the first rows of the declaration are in: 1 of notes.`,
  );
  const second = await ran(["seed", folder]);
  expect([second.code, second.stdout]).toEqual([0, expect.stringContaining("are in already")]);
  expect(await rows(folder, "notes?fields=title")).toEqual([{ title: "First" }]);
});

test("files of each form go in as the server itself: no rule is asked, keys and times are kept", async () => {
  const folder = applicationFolder({
    "servery.ts": SHOP,
    "people.csv": 'id,name,created_at\n7,Bob,2020-01-02T03:04:05.000Z\n8,"Eve, the other",2021-01-02T03:04:05Z\n',
    "bills.ndjson": '{"person_id":7,"total":"9.90"}\n\n{"person_id":8,"total":1}\n',
    "guarded.json": '[{"name":"let in"}]',
  });
  const files = ["people.csv", "bills.ndjson", "guarded.json"].map((name) => join(folder, name));
  const { code, stdout, stderr } = await ran(["seed", folder, ...files]);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout.split("\n").slice(1)).toEqual([
    `${files[0]}: 2 rows of people are in.`,
    `${files[1]}: 2 rows of bills are in.`,
    `${files[2]}: 1 row of guarded is in.`,
    "",
  ]);
  expect(await rows(folder, "people?sort=id&fields=id,name,created_at&id[gt]=1")).toEqual([
    { id: 7, name: "Bob", created_at: "2020-01-02T03:04:05.000Z" },
    { id: 8, name: "Eve, the other", created_at: "2021-01-02T03:04:05.000Z" },
  ]);
  expect(await rows(folder, "bills?sort=id&fields=person_id,total")).toEqual([
    { person_id: 7, total: "9.90" },
    { person_id: 8, total: "1.00" },
  ]);
});

describe("what is wrong in a file is told with its row, and none of its rows goes in", () => {
  test.each([
    [
      "people.ndjson",
      '{"name":"Bob"}\n{"nam":"Eve"}\n{"name":5}\n',
      ["row 2: Name required", 'row 2: people has no column "nam". Did you mean name?', "row 3: Name takes"],
    ],
    ["people.csv", "name\nBob\nBob\n", ["row 2: name is already taken."]],
    ["people.csv", "name,color\nBob,red\n", ['people has no column "color"']],
    ["people.json", '[{"name":"Bob"},{"name":"Ada"}]', ["row 2: name is already taken."]],
    ["bills.json", '[{"person_id":1,"total":"1"},{"person_id":99,"total":"1"}]', ["row 2: "]],
  ])("%s with %j", async (name, text, told) => {
    const folder = applicationFolder({ "servery.ts": SHOP });
    const file = join(folder, name);
    writeFileSync(file, text);
    const { code, stderr } = await ran(["seed", folder, file]);
    expect(code).toBe(1);
    for (const line of told) expect(stderr).toContain(`${file}, ${line}`);
    expect(stderr).toContain("None of its rows is in.");
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(await rows(folder, "people?fields=name")).toEqual([{ name: "Ada" }]);
    expect(await rows(folder, "bills")).toEqual([]);
  });

  test.each([
    ["peple.json", "[]", { says: "there is no table peple. Did you mean people?", exitCode: 2 }],
    ["people.json", '{"name":"Bob"}', { says: "the file holds no list", exitCode: 1 }],
    ["people.json", "[{", { says: "the file is no JSON", exitCode: 1 }],
    ["people.txt", "x", { says: "is no file of rows", exitCode: 2 }],
  ])("%s with %j is one line", async (name, text, { says, exitCode }) => {
    const folder = applicationFolder({ "servery.ts": SHOP });
    const file = join(folder, name);
    writeFileSync(file, text);
    const { code, stderr } = await ran(["seed", folder, file]);
    expect([code, stderr], stderr).toEqual([exitCode, expect.stringMatching(/^servery: [^\n]+\n$/)]);
    expect(stderr).toContain(says);
  });

  test("a file that is not there, before a database is made", async () => {
    const folder = applicationFolder();
    const { code, stderr } = await ran(["seed", folder, join(folder, "notes.csv")]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^servery: ENOENT[^\n]+notes\.csv'\n$/)]);
    expect(existsSync(join(folder, ".servery"))).toBe(false);
  });
});
