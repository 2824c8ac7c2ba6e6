import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { projectFolder, run } from "./project-folder.ts";

/** Files of a project that keeps every rule; the forbidden imports below are added to it. */
const good = {
  "src/errors/catalog.ts": "export const codes = [1];\n",
  "src/schema/table.ts":
    'import { codes } from "../errors/catalog.ts";\nexport const table = codes;\nexport type Table = 1;\n',
  "src/database/database.ts": 'export { table } from "../schema/table.ts";\n',
  "src/database/sqlite/driver.ts": 'export const load = () => import("better-sqlite3");\n',
  "src/repository/rows.ts":
    'import { table } from "../database/database.ts";\nimport type { Plan } from "../service/plan.ts";\nexport const rows = (plan: Plan) => [plan, table];\n',
  "src/service/plan.ts":
    'import { rows } from "../repository/rows.ts";\nimport type { Command } from "../validation/command.ts";\nexport type Plan = Command;\nexport const plan = rows;\n',
  "src/validation/command.ts": 'import { Ajv } from "ajv";\nexport type Command = 1;\nexport const ajv = Ajv;\n',
  "src/auth/principal.ts": 'export { table } from "../schema/table.ts";\n',
  "src/http/server.ts":
    'import fastify from "fastify";\nimport { plan } from "../service/plan.ts";\nexport const server = [fastify, plan];\n',
  "src/service/pong.ts": 'export const load = () => import("./ping.ts");\n',
  "src/service/ping.ts": "export {};\n",
  "src/client/client.ts": 'import type { Table } from "../schema/table.ts";\nexport type Client = Table;\n',
  "src/cli/main.ts": 'import { engine } from "../engine.ts";\nexport const main = engine;\n',
  "src/engine.ts": 'import { server } from "./http/server.ts";\nexport const engine = server;\n',
  "src/index.ts": 'export { engine } from "./engine.ts";\nexport type { Plan } from "./service/plan.ts";\n',
  "examples/blog/app.ts": 'import { engine } from "servery";\nimport "./tables.ts";\nexport default engine;\n',
  "examples/blog/tables.ts": "export {};\n",
  "examples/blog/modules/shop/controller.ts": 'export { rule } from "./service.ts";\n',
  "examples/blog/modules/shop/service.ts": 'export { rows as rule } from "./repository.ts";\n',
  "examples/blog/modules/shop/repository.ts": 'import "servery";\nexport const rows = 1;\n',
};

/** One import that breaks one rule: file, text, the rule's name, and words of the message that name the right place. */
const forbidden: [file: string, text: string, rule: string, message: string][] = [
  ["src/http/a.ts", 'import "../repository/rows.ts";', "layer-http", "call a service"],
  ["src/http/b.ts", 'export const b = () => import("../database/database.ts");', "layer-http", "call a service"],
  [
    "src/http/c.ts",
    'import type { Plan } from "../repository/rows.ts";\nexport type C = Plan;',
    "layer-http",
    "call a service",
  ],
  ["src/ai/a.ts", 'import "../repository/rows.ts";', "layer-ai", "call a service"],
  [
    "src/repository/a.ts",
    'import { plan } from "../service/plan.ts";\nexport const a = plan;',
    "layer-repository",
    "service (types)",
  ],
  [
    "src/repository/b.ts",
    'import type { Plan } from "../service/plan.ts";\nimport { plan } from "../service/plan.ts";\nexport const b: Plan[] = [plan];',
    "layer-repository",
    "decisions live in service/",
  ],
  [
    "src/service/a.ts",
    'import { ajv } from "../validation/command.ts";\nexport const a = ajv;',
    "layer-service",
    "validation (types)",
  ],
  ["src/service/b.ts", 'import "../http/server.ts";', "layer-service", "let http/ make the answer"],
  ["src/auth/a.ts", 'import "../database/database.ts";', "layer-auth", "declare a port in auth/"],
  ["src/auth/b.ts", 'import "node:fs";', "auth-and-validation-are-pure", "declare a port"],
  ["src/validation/b.ts", 'import "node:http";', "auth-and-validation-are-pure", "declare a port"],
  ["src/database/a.ts", 'import "../repository/rows.ts";', "layer-database", "never the other way"],
  ["src/database/b.ts", 'import "better-sqlite3";', "sqlite-drivers-stay-in-their-folder", "src/database/database.ts"],
  [
    "src/database/c.ts",
    'import "@photostructure/sqlite";',
    "sqlite-drivers-stay-in-their-folder",
    "src/database/sqlite/",
  ],
  [
    "src/database/d.ts",
    'export const d = () => import("node:sqlite");',
    "sqlite-drivers-stay-in-their-folder",
    "src/database/sqlite/",
  ],
  ["src/http/d.ts", 'import "fastify";', "fastify-stays-in-server", "HttpRequest"],
  ["src/service/c.ts", 'import "ajv";', "ajv-stays-in-validation", "src/validation/"],
  ["src/client/a.ts", 'import "node:util";', "client-runs-in-browsers", "fetch only"],
  ["src/client/b.ts", 'import "../schema/table.ts";', "layer-client", "types only"],
  ["src/errors/a.ts", 'import "../schema/table.ts";', "layer-errors", "pass what it needs"],
  ["src/schema/a.ts", 'import "../index.ts";', "no-root-index", "import the file that defines it"],
  ["src/schema/b.ts", 'import "servery";', "no-root-index", "import the file that defines it"],
  ["src/service/d.ts", 'import "../engine.ts";', "only-cli-and-index-use-engine", "as an argument"],
  ["src/service/ping.ts", 'import "./pong.ts";', "no-cycle", "what both need"],
  ["src/http/e.ts", 'import "./nowhere.ts";', "imports-resolve", "correct it"],
  ["src/helpers/a.ts", "export {};", "has no row", "say there what it may import"],
  [
    "examples/blog/a.ts",
    'import "../../src/engine.ts";',
    "examples-use-the-public-package",
    'import from "servery" only',
  ],
  ["examples/blog/b.ts", 'import "fastify";', "examples-use-the-public-package", 'import from "servery" only'],
  [
    "examples/blog/modules/bank/controller.ts",
    'import { rows } from "../shop/repository.ts";\nexport const all = rows;',
    "a-modules-controller-calls-its-service",
    "asks its service",
  ],
  [
    "examples/blog/modules/news/controller.ts",
    'import type { rows } from "../shop/repository.ts";\nexport type All = typeof rows;',
    "a-modules-controller-calls-its-service",
    "asks its service",
  ],
];

test("a project that keeps the rules passes", () => {
  const { code, lines } = run("scripts/check-layers.mjs", [projectFolder(good)]);
  expect(lines).toContain(`layers: ${Object.keys(good).length} files, 0 findings`);
  expect(code).toBe(0);
});

test("every forbidden import fails, and the message names the right place", () => {
  const bad = Object.fromEntries(forbidden.map(([file, text]) => [file, `${text}\n`]));
  const { code, lines } = run("scripts/check-layers.mjs", [projectFolder({ ...good, ...bad })]);
  expect(code).toBe(1);
  for (const [file, , rule, message] of forbidden) {
    const place = rule === "has no row" ? "src/helpers: " : `${file} → `;
    const found = lines.filter((line) => line.startsWith(place) && line.includes(rule));
    expect(found, `${file} breaks ${rule}`).toHaveLength(1);
    expect(found[0]).toContain(message);
  }
  // Nothing else is found: no rule strikes where it should not.
  expect(lines.filter((line) => /^(src|examples)\//.test(line))).toHaveLength(forbidden.length);
});

test("a module's controller that reaches for the database fails the check", () => {
  const controller = "examples/blog/modules/shop/controller.ts";
  for (const target of ["../../../../src/database/database.ts", "../../../../src/repository/rows.ts", "node:sqlite"]) {
    const folder = projectFolder({ ...good, [controller]: `import "./service.ts";\nimport "${target}";\n` });
    const { code, lines } = run("scripts/check-layers.mjs", [folder]);
    expect(code, target).toBe(1);
    expect(lines, target).toContainEqual(expect.stringMatching(/controller\.ts → .*calls-its-service\]$/));
  }
});

test("engine and index have rules of their own", () => {
  const folder = projectFolder({
    ...good,
    "src/engine.ts": 'import "./client/client.ts";\nexport const engine = 1;\n',
    "src/index.ts": 'export { rows } from "./repository/rows.ts";\n',
  });
  const { code, lines } = run("scripts/check-layers.mjs", [folder]);
  expect(code).toBe(1);
  expect(lines).toContainEqual(
    expect.stringMatching(/^src\/engine\.ts → src\/client\/client\.ts: .*\[engine-is-below-its-users\]$/),
  );
  expect(lines).toContainEqual(
    expect.stringMatching(/^src\/index\.ts → src\/repository\/rows\.ts: .*\[index-exports-the-public-parts\]$/),
  );
});

test("a run that looked at fewer modules than there are files fails", () => {
  const folder = projectFolder(good);
  appendFileSync(join(folder, ".dependency-cruiser.mjs"), 'rules.options.exclude = { path: "^src/http/" };\n');
  const blind = run("scripts/check-layers.mjs", [folder]);
  expect(blind.code).toBe(1);
  expect(blind.lines).toContainEqual(expect.stringContaining("not at src/http/server.ts"));
});
