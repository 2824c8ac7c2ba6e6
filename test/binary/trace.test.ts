import assert from "node:assert/strict";
import { expect, onTestFinished, test } from "vitest";
import { applicationFolder, ran, servery } from "./process.ts";

/** The address of an application that runs for development until the test ends. */
async function developing(): Promise<string> {
  const running = servery(["dev", applicationFolder()], { PORT: "0" });
  onTestFinished(async () => {
    running.child.kill("SIGTERM");
    assert.equal(await running.ended, 0);
  });
  return running.url();
}

test("lists the last requests, and shows the way of one with its statement and what refused it", async () => {
  const url = await developing();
  const read = await fetch(`${url}/api/notes`);
  const missing = await fetch(`${url}/api/notes/4711`);
  const list = await ran(["trace", "--url", url]);
  expect(list.code).toBe(0);
  const ids = [read, missing].map((answer) => answer.headers.get("x-request-id") ?? "");
  expect(list.stdout.split("\n").map((line) => line.split("  ")[0])).toEqual([...ids, ""]);
  const failed = await ran(["trace", "--url", url, "--failed"]);
  expect(failed.stdout).toContain("not_found");
  expect(failed.stdout).not.toContain(ids[0]);
  const { stdout } = await ran(["trace", ids[0] ?? "", "--url", url]);
  for (const station of ["http", "auth", "validation", "controller", "service", "repository", "database"])
    expect(stdout).toMatch(new RegExp(`✓ ${station}\\b`));
  expect(stdout).toContain('FROM "notes"');
});

test("answers JSON to a script", async () => {
  const url = await developing();
  const answer = await fetch(`${url}/api/notes`);
  const { stdout } = await ran(["trace", answer.headers.get("x-request-id") ?? "", "--url", url, "--json"]);
  expect(JSON.parse(stdout)).toMatchObject({ method: "GET", url: "/api/notes", status: 200 });
});

test("says what is wrong where there is nothing to show", async () => {
  const url = await developing();
  const unknown = await ran(["trace", "nosuch", "--url", url]);
  expect([unknown.code === 0, unknown.stderr]).toEqual([false, expect.stringContaining("No such request is kept")]);
  const nobody = await ran(["trace", "--url", "http://127.0.0.1:1"]);
  expect(nobody.stderr).toContain("is servery dev running there?");
  const wrong = await ran(["trace", "--url", "nowhere"]);
  expect(wrong.stderr).toContain("nowhere is no URL");
});
