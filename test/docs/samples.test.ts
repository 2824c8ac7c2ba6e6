import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AnyDeclaration, compile, DeclarationError, servery, table } from "servery";
import * as servable from "servery";
import { loadDefault } from "#servery/config/load-module.js";
import { operatorMeanings } from "#servery/http/open-api/filter-operators.js";
import { curlRequests } from "../examples/curl-requests.ts";
import { type EngineUnderTest, openEngine, type TestAnswer } from "../harness/open-engine.ts";
import { answerCheckOf } from "../harness/openapi-check.ts";

const DOCS = new URL("../../docs/", import.meta.url);
/** Stands in an answer for what differs each time. */
const ANYTHING = "…";

function page(name: string): string {
  return readFileSync(new URL(name, DOCS), "utf8");
}

/** The blocks of a page in a language, without their fences. */
function blocks(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"))].map(([, block = ""]) => block);
}

let declaration: AnyDeclaration;
let engine: EngineUnderTest;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "servery-docs-"));
  const file = join(folder, "servery.ts");
  writeFileSync(file, blocks(page("declaration.md"), "ts")[0] ?? "");
  declaration = (await loadDefault(file)) as AnyDeclaration;
  engine = await openEngine(declaration);
});

afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

/** Whether an answer is as it was printed. */
function fits(printed: unknown, answer: unknown): boolean {
  if (printed === ANYTHING) return typeof answer === "string";
  if (typeof printed !== "object" || printed === null || typeof answer !== "object" || answer === null)
    return printed === answer;
  const [left, right] = [Object.keys(printed), Object.keys(answer)];
  return left.join("\0") === right.join("\0") && left.every((key) => fits(printed[key as never], answer[key as never]));
}

test("every request in http.md answers as it says, body and all", async () => {
  const text = page("http.md");
  const requests = curlRequests(new URL("http.md", DOCS));
  expect(requests.length).toBe(text.match(/^curl /gm)?.length);
  // What is printed below a block is the answer to its last request.
  const printed = new Map<string, (answer: TestAnswer) => boolean>();
  const pattern = /^```sh\n((?:(?!^```$).)*?)^```\n\n```(json|csv|ndjson)\n(.*?)^```$/gms;
  for (const [, block = "", language = "", body = ""] of text.matchAll(pattern)) {
    const lines = language === "csv" ? body.replaceAll("\n", "\r\n") : body;
    const same = (answer: TestAnswer): boolean =>
      language === "json" ? fits(JSON.parse(body), answer.json) : answer.text === lines;
    printed.set(block.trim().split("\n").at(-1) ?? "", same);
  }
  expect(printed.size).toBe(["json", "csv", "ndjson"].flatMap((language) => blocks(text, language)).length);
  const check = await answerCheckOf(compile(declaration));
  const wrong: string[] = [];
  for (const { line, method, url, headers, body, status } of requests) {
    const answer = await engine.send({ method, url, headers, ...(body === undefined ? {} : { body }) });
    check({ method, url, status: answer.status, headers: answer.headers, text: answer.text });
    const expected = printed.get(line);
    if (answer.status !== status)
      wrong.push(`${line}\n  answered ${answer.status}: ${answer.text} ${answer.headers["etag"] ?? ""}`);
    else if (expected !== undefined && !expected(answer)) wrong.push(`${line}\n  answered ${answer.text}`);
  }
  expect(wrong).toEqual([]);
  expect(engine.faults).toEqual([]);
});

test("http.md names every operator, and no other", () => {
  const rows = page("http.md").split("| Operator |")[1]?.split("\n\n")[0] ?? "";
  const told = rows
    .split("\n")
    .slice(2)
    .flatMap((row) => [...(row.split("|")[1] ?? "").matchAll(/`(\w+)`/g)].map(([, operator]) => operator));
  expect(new Set(told)).toEqual(new Set(Object.keys(operatorMeanings)));
});

test("declaration.md names every kind of column and every option that can be used, and no other", () => {
  const [, kinds = "", options = ""] = page("declaration.md").split(/^\| (?:Kind|Option) \|/m);
  const told = (table: string, pattern: RegExp): string[] =>
    table
      .split("\n\n")[0]
      ?.split("\n")
      .flatMap((row) => pattern.exec(row)?.[1] ?? []) ?? [];
  const notKinds = new Set([
    "compile",
    "createEngine",
    "DeclarationError",
    "migration",
    "servery",
    // Rules, which have a table of their own.
    "and",
    "or",
    "role",
    "sameAs",
    "table",
    "view",
  ]);
  // Routes of the application's own code have a page of their own.
  for (const name of ["get", "post", "put", "patch", "del", "reply", "refuse", "smtpTransport"]) notKinds.add(name);
  const functions = Object.entries(servable).filter(
    ([name, value]) => typeof value === "function" && !notKinds.has(name),
  );
  expect(told(kinds, /^\| `(\w+)\(/).sort()).toEqual(functions.map(([name]) => name).sort());

  const prototype = Object.getPrototypeOf(servable.text(1)) as object;
  const declared = Object.getOwnPropertyNames(prototype).filter((name) => name !== "constructor");
  const usable = declared.filter((name) => {
    const column = servable.uuid() as unknown as Record<
      string,
      (...given: unknown[]) => servable.AnyDeclaration["tables"][string]["spec"]["columns"][string]
    >;
    try {
      // A rule is not what the others take, and they are not what a rule is.
      const given =
        name === "readable" || name === "writable" ? servable.everyone : "0191f2f0-7c1e-7d3a-9b1c-2f6a1f0e9d11";
      const made = column[name]?.(given, "x");
      return made !== undefined && compile(servery({ tables: { things: table({ made }) } })) !== undefined;
    } catch (error) {
      return error instanceof DeclarationError && !error.message.includes("not available yet");
    }
  });
  expect(told(options, /^\| `\.(\w+)\(/).sort()).toEqual(usable.sort());
});

test("the configuration in configuration.md is one", async () => {
  const file = join(folder, "servery.config.ts");
  writeFileSync(file, blocks(page("configuration.md"), "ts")[0] ?? "");
  expect(await loadDefault(file)).toEqual({ port: 8080, origins: ["https://app.example.com"] });
});
