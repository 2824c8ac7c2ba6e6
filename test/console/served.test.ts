import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { everyKind } from "../openapi/every-kind.ts";

/** What the first page may weigh on the wire. */
const FIRST_LOAD = 250 * 1024;
const built = new URL("../../dist/console/", import.meta.url);

let engine: EngineUnderTest;
let origin: string;
beforeAll(async () => {
  engine = await openEngine(everyKind);
  origin = (await engine.listen()).url;
});
afterAll(() => engine.close());

/** The files that the page loads before it draws anything: what the HTML names, and what that imports at once. */
function firstFiles(): Set<string> {
  const html = readFileSync(new URL("index.html", built), "utf8");
  const found = new Set([...html.matchAll(/(?:src|href)="\/console\/(assets\/[^"]+)"/g)].map(([, path = ""]) => path));
  for (const path of found) {
    if (!path.endsWith(".js")) continue;
    const script = readFileSync(new URL(path, built), "utf8");
    for (const [, name = ""] of script.matchAll(/(?:^|[;\n])\s*import\s*(?:[^"'()]*from\s*)?["']\.\/([^"']+)["']/g))
      found.add(`assets/${name}`);
  }
  return found;
}

test("the first load weighs less than 250 KB, and other pages come when they are opened", () => {
  const weight = (path: string): number => gzipSync(readFileSync(new URL(path, built))).length;
  const first = firstFiles();
  expect(first.size).toBeGreaterThanOrEqual(3);
  const sum = weight("index.html") + [...first].reduce((all, path) => all + weight(path), 0);
  expect(sum).toBeLessThan(FIRST_LOAD);
  const later = readdirSync(new URL("assets/", built)).filter((name) => !first.has(`assets/${name}`));
  expect(later.some((name) => name.startsWith("explorer-page"))).toBe(true);
  expect(later.some((name) => name.startsWith("requests-page"))).toBe(true);
});

test("every path of the console answers the page, under a policy that allows nothing inline", async () => {
  const paths = ["/console", "/console/", "/console/requests", "/console/data/posts/1", "/console?op=posts.list"];
  for (const path of paths) {
    const answer = await fetch(`${origin}${path}`);
    expect([answer.status, answer.headers.get("content-type")], path).toEqual([200, "text/html; charset=utf-8"]);
    expect(answer.headers.get("cache-control")).toBe("no-cache");
    expect(answer.headers.get("content-security-policy")).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(await answer.text()).not.toMatch(/<script>|<style|style="|\son\w+=|https?:\/\//);
  }
});

test("what the page loads is kept for good, and nothing else can be read there", async () => {
  for (const path of firstFiles()) {
    const answer = await fetch(`${origin}/console/${path}`);
    expect([answer.status, answer.headers.get("cache-control")], path).toEqual([
      200,
      "public, max-age=31536000, immutable",
    ]);
    expect(await answer.text()).toBe(readFileSync(new URL(path, built), "utf8"));
  }
  const elsewhere = [
    "index.html",
    "..%2findex.html",
    "..%2f..%2fpackage.json",
    ".js",
    "%2e%2e%2f%2e%2e%2findex.js",
    "none.js",
  ];
  for (const name of elsewhere) {
    const answer = await fetch(`${origin}/console/assets/${name}`);
    expect([answer.status, answer.headers.get("content-type")], name).toEqual([
      404,
      "application/problem+json; charset=utf-8",
    ]);
  }
});

test("an engine without a console has no such path, and the API's document knows none either", async () => {
  const bare = await openEngine(everyKind, { console: false });
  for (const url of ["/console", "/console/requests", "/console/assets/index.js"])
    expect(await bare.get(url)).toMatchObject({ status: 404, json: { code: "no_route" } });
  expect((await bare.get("/docs")).status).toBe(200);
  await bare.close();
  const { paths } = (await engine.get("/openapi.json")).json as { paths: object };
  expect(Object.keys(paths).filter((path) => path.startsWith("/console"))).toEqual([]);
});

test("no file of the console writes markup by itself", () => {
  const scripts = readdirSync(new URL("../../console/src/", import.meta.url), { recursive: true, encoding: "utf8" });
  for (const name of scripts.filter((file) => /\.tsx?$/.test(file))) {
    const text = readFileSync(new URL(`../../console/src/${name}`, import.meta.url), "utf8");
    expect(text, name).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|dangerouslySet|document\.write|\beval\b/);
  }
});
