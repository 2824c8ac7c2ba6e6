import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { expect } from "vitest";
import type { AnyDeclaration } from "servery";
import { loadDefault } from "#servery/config/load-module.js";
import { curlRequests } from "../examples/curl-requests.ts";
import { openEngine } from "../harness/open-engine.ts";

/** Sends the requests of a page to the application in its first block; says which answers are not as it prints them. */
export async function wrongAnswers(url: URL): Promise<unknown[]> {
  const page = readFileSync(url, "utf8");
  const folder = mkdtempSync(join(tmpdir(), "servery-docs-"));
  const file = join(folder, "servery.ts");
  writeFileSync(file, /^```ts\n(.*?)^```$/ms.exec(page)?.[1] ?? "");
  const engine = await openEngine((await loadDefault(file)) as AnyDeclaration);
  const requests = curlRequests(url);
  expect(requests.length).toBe(page.match(/^curl /gm)?.length);
  const printed = new Map<string, unknown>();
  for (const [, block = "", json = ""] of page.matchAll(/^```sh\n((?:(?!^```$).)*?)^```\n\n```json\n(.*?)^```$/gms))
    printed.set(block.trim().split("\n").at(-1) ?? "", JSON.parse(json));
  expect(printed.size).toBe(page.match(/^```json$/gm)?.length);
  const wrong: string[] = [];
  for (const { line, method, url: target, headers, body, status } of requests) {
    const answer = await engine.send({ method, url: target, headers, ...(body === undefined ? {} : { body }) });
    const fits = !printed.has(line) || isDeepStrictEqual(answer.json, printed.get(line));
    if (answer.status !== status || !fits) wrong.push(`${line}\n  answered ${answer.status}: ${answer.text}`);
  }
  await engine.close();
  rmSync(folder, { recursive: true });
  return [...wrong, ...engine.faults];
}
