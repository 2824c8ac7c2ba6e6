import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { decideSettings, type Mode, settingSpecs } from "#servery/config/settings.js";
import { errorCatalog, fieldErrorCatalog } from "#servery/errors/catalog.js";
import { corsHeaders } from "#servery/http/cors.js";
import * as limits from "#servery/validation/limits.js";
import { openEngine } from "../harness/open-engine.ts";
import { everyKind } from "../openapi/every-kind.ts";

function page(name: string): string {
  return readFileSync(new URL(`../../docs/${name}`, import.meta.url), "utf8");
}

/** The cells of every table row whose first or second cell is one word in backquotes, in the page's order. */
function rowsOf(text: string): string[][] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("|---"))
    .map((line) => line.slice(2, -2).split(" | "));
}

/** `x` without its backquotes; undefined for other cells. */
function word(cell: string | undefined): string | undefined {
  return /^`([\w.]+)`$/.exec(cell ?? "")?.[1];
}

test("errors.md has every code of the catalogue with its status, title and words, and no other", () => {
  const [codes = "", fields = ""] = page("errors.md").split("## Findings");
  const told = rowsOf(codes).flatMap(([code, status, title, when]) =>
    word(code) === undefined ? [] : [[word(code), { status: Number(status), title, when }]],
  );
  expect(told).toEqual(Object.entries(errorCatalog));
  const findings = rowsOf(fields).flatMap(([code, when]) => (word(code) === undefined ? [] : [[word(code), when]]));
  expect(findings).toEqual(Object.entries(fieldErrorCatalog));
});

test("/docs/errors has an anchor for every code of the catalogue, and no other", async () => {
  const engine = await openEngine(everyKind);
  const { text } = await engine.get("/docs/errors");
  await engine.close();
  const anchors = [...text.matchAll(/<tr id="([\w-]+)">/g)].map(([, anchor]) => anchor);
  expect(anchors).toEqual([
    ...Object.keys(errorCatalog),
    ...Object.keys(fieldErrorCatalog).map((code) => `field-${code}`),
  ]);
  for (const { title } of Object.values(errorCatalog)) expect(text).toContain(`<td>${title}</td>`);
});

test("limits.md has every limit with its number, and no other", () => {
  const told = rowsOf(page("limits.md")).flatMap(([, name, number]) =>
    word(name) === undefined ? [] : [[word(name), Number(number?.replaceAll(",", ""))] as const],
  );
  expect(Object.fromEntries(told)).toEqual({ ...limits });
  expect(told).toHaveLength(Object.keys(limits).length);
  for (const [, status, code] of page("limits.md").matchAll(/(\d{3}) `(\w+)`/g)) {
    expect(errorCatalog[code as keyof typeof errorCatalog].status, code).toBe(Number(status));
  }
});

test("configuration.md has every setting with its variable, what it takes and its defaults, and no other", () => {
  const text = page("configuration.md");
  const rows = rowsOf(text).filter(([key]) => word(key) !== undefined);
  expect(rows.map(([key, variable, takes]) => ({ key: word(key), variable: word(variable), expects: takes }))).toEqual(
    settingSpecs.map(({ key, variable, expects }) => ({ key, variable, expects })),
  );
  const decided = (mode: Mode): Record<string, unknown> => ({ ...decideSettings({ mode, environment: {}, file: {} }) });
  for (const [at, mode] of (["dev", "start"] as const).entries()) {
    const plain = rows.filter((row) => word(row[3 + at]) !== undefined);
    expect(plain.length).toBeGreaterThanOrEqual(5);
    for (const row of plain)
      expect(word(row[3 + at]), `${row[0] ?? ""} in ${mode}`).toBe(String(decided(mode)[word(row[0]) ?? ""]));
  }
  // What is not a plain word there is decided elsewhere.
  expect(decided("start")).toMatchObject({ database: "", secret: undefined, origins: [] });
  expect([...text.matchAll(/^- \*\*(\w+)\*\*/gm)].map(([, key]) => key)).toEqual(
    settingSpecs.filter(({ key }) => key !== "host").map(({ key }) => key),
  );
});

test("http.md names the headers that pages of other origins may read, and which of them in development alone", () => {
  const [always = "", development = ""] = (/scripts see the headers (.*?)\./s.exec(page("http.md"))?.[1] ?? "").split(
    "and in development",
  );
  const told = (part: string): string[] => [...part.matchAll(/`([\w-]+)`/g)].map(([, name = ""]) => name);
  const exposed = (allowed: Parameters<typeof corsHeaders>[1]): string[] =>
    corsHeaders("http://localhost:3000", allowed)?.["access-control-expose-headers"]?.split(", ") ?? [];
  expect(told(always)).toEqual(exposed(["http://localhost:3000"]));
  expect([...told(always), ...told(development)]).toEqual(exposed("loopback"));
});

test("every page is linked to files and places that are there", () => {
  const slug = (heading: string): string =>
    heading
      .toLowerCase()
      .replace(/[^\w -]/g, "")
      .replaceAll(" ", "-");
  for (const name of [
    "api-keys.md",
    "audit.md",
    "client.md",
    "command-line.md",
    "configuration.md",
    "console.md",
    "custom-code.md",
    "hooks.md",
    "declaration.md",
    "documents.md",
    "errors.md",
    "http.md",
    "limits.md",
    "mail.md",
    "migrations.md",
    "observability.md",
    "operations.md",
    "operator-api.md",
    "providers.md",
    "passkeys.md",
    "policies.md",
    "x-ray.md",
  ]) {
    for (const [, target = ""] of page(name).matchAll(/\]\(([^)]+)\)/g)) {
      const [file = "", anchor] = target.split("#");
      const headings = [...page(file === "" ? name : file).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
        slug(heading),
      );
      expect(anchor === undefined || headings.includes(anchor), `${name}: ${target}`).toBe(true);
    }
  }
});
