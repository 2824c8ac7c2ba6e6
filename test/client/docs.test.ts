import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { AnyDeclaration } from "servery";
import ts from "typescript";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadDefault } from "#servery/config/load-module.js";
import { openEngine } from "../harness/open-engine.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** One section of client.md has an application of its own. */
const ACCOUNTS = /^## Accounts$.*?(?=^## )/ms;

function blocks(page: string): string[] {
  return blocksOf(readFileSync(join(root, "docs", page), "utf8"));
}

function blocksOf(text: string): string[] {
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, block = ""]) => block);
}

let folder: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "servery-client-docs-")));
  writeFileSync(join(folder, "servery.ts"), blocks("declaration.md")[0] ?? "");
  const page = readFileSync(join(root, "docs/client.md"), "utf8");
  writeFileSync(join(folder, "client.ts"), blocksOf(page.replace(ACCOUNTS, "")).join("\n"));
  writeFileSync(join(folder, "accounts.ts"), blocksOf(ACCOUNTS.exec(page)?.[0] ?? "").join("\n"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("every sample in client.md compiles, in a browser's project too", () => {
  const program = ts.createProgram([join(folder, "client.ts"), join(folder, "accounts.ts")], {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    target: ts.ScriptTarget.ES2023,
    lib: ["lib.es2023.d.ts", "lib.es2024.string.d.ts", "lib.dom.d.ts", "lib.dom.asynciterable.d.ts"],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    allowImportingTsExtensions: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    paths: { servery: [join(root, "dist/index.d.ts")], "servery/client": [join(root, "dist/client/client.d.ts")] },
  });
  const findings = ts.getPreEmitDiagnostics(program).map(({ messageText, start = 0, file }) => {
    const line = file?.text.slice(0, start).split("\n").length;
    return `${file?.fileName}:${line} ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
  });
  expect(findings).toEqual([]);
});

test("every sample in client.md runs", async () => {
  const engine = await openEngine((await loadDefault(join(folder, "servery.ts"))) as AnyDeclaration);
  const { url } = await engine.listen();
  const { got, shown } = await run("client", url);
  expect(got).toMatchObject({
    soups: [{ title: "Soup", likes: 12 }],
    likes: 12,
    author: "alice",
    ratings: 1,
    quiet: [{ username: "bob" }],
    stars: { user_id: 2, post_id: 1, stars: 5 },
    hers: [{ title: "Soup" }, { title: "Bread" }],
    first: { rows: [{ title: "Bread" }, { title: "Rain" }], total: 3 },
    second: { rows: [{ title: "Soup" }], total: 3, next: undefined },
    count: 3,
    categories: [{ category: "food", count: 2, max_likes: 12 }],
    liked: { likes: 1 },
    coffee: { title: "Coffee" },
    changed: [{ title: "Snow", category: "weather" }],
    gone: 1,
    unchanged: true,
    same: true,
  });
  expect(shown).toEqual([['[name="username"]', "Username required"]]);
  expect(engine.faults).toEqual([]);
  await engine.close();
});

test("every sample about accounts runs", async () => {
  const [declared = ""] = readFileSync(join(folder, "accounts.ts"), "utf8").split("import { createClient");
  writeFileSync(join(folder, "declared.ts"), declared.replace("export const app =", "export default"));
  const app = (await loadDefault(join(folder, "declared.ts"))) as AnyDeclaration;
  const engine = await openEngine(app);
  const { got, shown } = await run("accounts", (await engine.listen()).url);
  expect(got).toMatchObject({
    erin: { username: "erin" },
    note: { title: "Mine", user_id: 1 },
    user: { username: "erin" },
    roles: [],
    places: [{ current: true }],
    again: { username: "erin" },
    refused: true,
  });
  expect(shown).toEqual([]);
  expect(engine.faults).toEqual([]);
  await engine.close();
});

/** Runs the samples of a file against a server. */
async function run(name: string, url: string): Promise<{ got: Record<string, unknown>; shown: [string, string][] }> {
  const client = pathToFileURL(join(root, "dist/client/client.js")).href;
  const shown: [string, string][] = [];
  const text = readFileSync(join(folder, `${name}.ts`), "utf8")
    .replace("http://localhost:5000", url)
    .replace('"servery/client"', JSON.stringify(client))
    .replace('"servery"', JSON.stringify(pathToFileURL(join(root, "dist/index.js")).href));
  const named = [...text.matchAll(/^(?:const|for await \(const) (?:(\w+)|[[{] ?([\w, ]+?) ?[\]}])/gm)];
  const names = named.flatMap(([whole, one, several]) =>
    whole.startsWith("for") ? [] : (one ?? several ?? "").split(", "),
  );
  const { outputText } = ts.transpileModule(`${text}\nexport { ${names.join(", ")} };\n`, {
    compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext },
  });
  const form = {
    querySelector: (field: string) => ({
      setAttribute: (_name: string, message: string) => shown.push([field, message]),
    }),
  };
  Object.assign(globalThis, { document: form });
  writeFileSync(join(folder, `${name}.mjs`), outputText);
  const got = (await import(/* @vite-ignore */ pathToFileURL(join(folder, `${name}.mjs`)).href)) as Record<
    string,
    unknown
  >;
  return { got, shown };
}
