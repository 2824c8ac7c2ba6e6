import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { bundle } from "./bundle.ts";

/** The whole client, minified and compressed. */
const CLIENT_BYTES = 8 * 1024;

test("the client is small, needs no other module, and an unused part of it stays away", async () => {
  const code = await bundle("createClient, isServeryError, ServeryError");
  const size = gzipSync(code, { level: 9 }).length;
  // Written into the run's log, so that growth is seen before the limit is.
  process.stdout.write(`servery/client: ${code.length} bytes, ${size} with gzip\n`);
  expect(size).toBeLessThan(CLIENT_BYTES);
  const told = /weighs less than (\d+) KB/.exec(readFileSync(new URL("../../docs/client.md", import.meta.url), "utf8"));
  expect(size).toBeLessThan(Number(told?.[1]) * 1024);
  expect(code).not.toMatch(/\bimport\b|\brequire\b|process\.|node:/);
  expect(code).toContain("createClient");

  const alone = await bundle("isServeryError");
  expect(alone.length).toBeLessThan(500);
});
