import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { applicationFolder, ran } from "./process.ts";

const WARNED = `import { everyone, nobody, ref, servery, table, text } from "servery";
export default servery({
  title: "Warned",
  tables: {
    users: table({ name: text(10) }),
    posts: table({ user_id: ref("users"), title: text(10) }).allow({ read: everyone }),
    votes: table({ post_id: ref("posts") }).allow({ read: nobody, create: everyone }),
    logs: table({ line: text(10) }).allow({ read: nobody, create: nobody, update: nobody, delete: nobody }),
  },
});
`;

test("says what is in the declaration, opens no database and knows no warning", async () => {
  const folder = applicationFolder();
  const { code, stdout, stderr } = await ran(["check", folder]);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toBe("Notes is right: 1 table.\n\n  TABLE  COLUMNS  RELATIONS\n  notes  5\n");
  expect(existsSync(join(folder, ".servery"))).toBe(false);
});

test("warns of what may not be meant, and of nothing else", async () => {
  const folder = applicationFolder({ "servery.ts": WARNED });
  const { code, stdout } = await ran(["check", folder, "--json"]);
  expect(code).toBe(0);
  expect(stdout.trim().split("\n")).toHaveLength(1);
  const report = JSON.parse(stdout) as { tables: { name: string }[]; warnings: { code: string; table: string }[] };
  expect(report.warnings.map(({ code: which, table }) => [which, table])).toEqual([
    ["no_allow", "users"],
    ["hidden_reference", "posts"],
    ["written_unread", "votes"],
  ]);
  expect(report.tables.map(({ name }) => name)).toEqual(["users", "posts", "votes", "logs"]);
  expect(report.tables[1]).toEqual({
    name: "posts",
    path: "posts",
    view: false,
    columns: [
      { name: "id", kind: "id", optional: false },
      { name: "user_id", kind: "id", optional: false },
      { name: "title", kind: "text", optional: false },
      { name: "created_at", kind: "timestamp", optional: false },
      { name: "updated_at", kind: "timestamp", optional: false },
    ],
    relations: [
      { name: "user", table: "users", many: false },
      { name: "votes", table: "votes", many: true },
    ],
    allow: { read: "everyone", create: "nobody", update: "nobody", delete: "nobody" },
  });
  const told = await ran(["check", folder]);
  expect(told.stdout).toMatch(/^ {2}users has no \.allow\(\), so only administrators may use it\./m);
});

describe("what is wrong is exit 1 with one line that begins with the place", () => {
  test.each([
    ["export default {\n  tables: { a: ] },\n};\n", /^servery: \S*servery\.ts:2:16: Unexpected token/, 2],
    ["const a = 1;\n\nmissing();\nexport default a;\n", /^servery: \S*servery\.ts:3: missing is not/, 3],
    ['import x from "./nothing.ts";\nexport default x;\n', /^servery: \S*servery\.ts:1: .*nothing/, 1],
  ])("%j", async (text, told, line) => {
    const folder = applicationFolder({ "servery.ts": text });
    const { code, stdout, stderr } = await ran(["check", folder]);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(told);
    expect(stderr).toMatch(/^[^\n]+\n$/);
    const asJson = await ran(["check", folder, "--json"]);
    expect([asJson.code, asJson.stderr]).toEqual([1, ""]);
    const { error } = JSON.parse(asJson.stdout) as {
      error: { message: string; place: { file: string; line: number } };
    };
    expect(`servery: ${error.message}\n`).toBe(stderr);
    expect(error.place.line).toBe(line);
    expect(error.place.file).toBe(join(folder, "servery.ts"));
  });

  test("in a module that the declaration imports, the place is there", async () => {
    const folder = applicationFolder({
      "servery.ts": 'import { a } from "./part.ts";\nexport default a;\n',
      "part.ts": "export const a = 1;\nexport const b = (;\n",
    });
    expect((await ran(["check", folder])).stderr).toMatch(/^servery: \S*part\.ts:2:\d+: Unexpected token/);
  });

  test("a wrong table, a wrong setting", async () => {
    const table =
      'import { ref, servery, table } from "servery";\nexport default servery({ tables: { a: table({ b_id: ref("c") }) } });\n';
    const wrong = await ran(["check", applicationFolder({ "servery.ts": table }), "--json"]);
    expect(wrong.code).toBe(1);
    expect(JSON.parse(wrong.stdout)).toEqual({
      error: { message: expect.stringContaining('table a, column b_id: ref("c") names no table') as string },
    });
    const setting = await ran(["check", applicationFolder({ "servery.config.ts": "export default { prot: 1 };\n" })]);
    expect([setting.code, setting.stderr]).toEqual([1, expect.stringContaining("Did you mean port?")]);
  });
});
