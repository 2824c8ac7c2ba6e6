import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import social from "../../examples/social/servery.ts";
import { chromiumPath, launchChromium, NEEDS_CHROMIUM } from "../docs/browser.ts";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { openConsole, signInOnPage } from "./console-page.ts";

const PASSWORD = "a password of the tests alone";
const ALICE = "alice@email.com";
const require = createRequire(import.meta.url);
const PRELOAD = fileURLToPath(new URL("driver-trace.cjs", import.meta.url));
const canTrace = chromiumPath !== undefined && isThere("better-sqlite3");

/** Transactions, the sizes of tables by which reads are parted, plans that somebody looks at, and Servery's own tables. */
const OWN_AFFAIRS = /^(?:BEGIN|COMMIT|EXPLAIN|SELECT max\(rowid\))|\b_servery(?:_|\b)|\bsqlite_schema\b/;

/** What the page asks once, when it is opened. */
const OPENING = ["/api/server/settings", "/api/server/first-run"];

interface Traced {
  readonly sql: string;
  readonly rows: number;
}

function isThere(name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(!canTrace)(
  `what the console shows beside the driver's own trace ${NEEDS_CHROMIUM}`,
  { timeout: 300_000 },
  () => {
    const folder = mkdtempSync(join(tmpdir(), "servery-trace-"));
    const file = join(folder, "trace.jsonl");
    const before = process.env["NODE_OPTIONS"];
    let engine: EngineUnderTest;
    let origin: string;
    let browser: Browser;
    beforeAll(async () => {
      process.env["SERVERY_TEST_DRIVER_TRACE"] = file;
      writeFileSync(file, "");
      // The writer is a thread and slow reads are processes: all of them are to be heard.
      process.env["NODE_OPTIONS"] = `${before ?? ""} --require ${PRELOAD}`;
      require(PRELOAD);
      engine = await openEngine(social, { explain: true, sqliteDriver: "better-sqlite3" });
      await engine.accounts.setPassword({ identifier: ALICE }, PASSWORD);
      origin = (await engine.listen()).url;
      browser = await launchChromium();
    });
    afterAll(async () => {
      if (before === undefined) delete process.env["NODE_OPTIONS"];
      else process.env["NODE_OPTIONS"] = before;
      await browser.close();
      await engine.close();
      rmSync(folder, { recursive: true });
    });

    /** What ran since for somebody's request. */
    const traced = (): Traced[] =>
      readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Traced)
        .filter(({ sql }) => !OWN_AFFAIRS.test(sql));

    /** Waits until the page was answered all that it asks by itself then: that is not to be taken for somebody's. */
    const answered = async (page: Page, isSignedIn: boolean, act: () => Promise<void>): Promise<void> => {
      const own = ["/openapi.json", "/api/server/schema", ...(isSignedIn ? [] : OPENING)].map((path) =>
        page.waitForResponse(
          (response) =>
            new URL(response.url()).pathname === path && "authorization" in response.request().headers() === isSignedIn,
        ),
      );
      await act();
      for (const response of await Promise.all(own)) await response.finished();
    };

    const shown = async (page: Page): Promise<{ readonly sql: string; readonly rows: string }[]> => {
      await page.locator("[data-box=Database]").click();
      await page.locator("[data-detail=Database]").waitFor();
      const all = await page.locator("[data-statement]").evaluateAll((found) =>
        found.map((one) => ({
          sql: one.querySelector("pre.sql")?.textContent ?? "",
          rows: one.getAttribute("data-rows") ?? "",
        })),
      );
      return all.filter(({ sql }) => !OWN_AFFAIRS.test(sql));
    };

    test.each([
      ["posts.list", [["limit", "3"]]],
      [
        "posts.list",
        [
          ["limit", "2"],
          ["sort", "-likes"],
        ],
      ],
      ["users.read", []],
    ] as const)("a read of %s with %j: the same statements, the same rows", async (operation, query) => {
      const { page, open, sent, close } = await openConsole(browser, origin);
      await answered(page, false, () => open(`?op=${operation}`));
      if (operation === "users.read") await page.fill('[data-field="path.id"]', "1");
      else await page.getByRole("tab", { name: /^Query/ }).click();
      for (const [name, value] of query) await page.fill(`[data-query="${name}"]`, value);
      writeFileSync(file, "");
      const read = page.waitForResponse((response) => /\/api\/(?:posts|users)/.test(response.url()));
      const { status } = await sent(() => page.getByRole("button", { name: "Send" }).click());
      expect(status).toBe(200);
      const ran = traced();
      expect(ran.length).toBeGreaterThan(0);
      expect(await shown(page)).toEqual(ran.map(({ sql, rows }) => ({ sql, rows: String(rows) })));
      // What came over the socket is what stands there.
      const body = await (await read).text();
      expect(JSON.parse(await page.locator(".response-pane pre").first().innerText())).toEqual(JSON.parse(body));
      await close();
    });

    test("a write: the statements of the writer's thread", async () => {
      const { page, open, sent, close } = await openConsole(browser, origin);
      await open("?op=posts.create");
      await answered(page, true, () => signInOnPage(page, ALICE, PASSWORD));
      await page.fill('[data-field="title"]', "Traced");
      await page.fill('[data-field="content"]', "By the driver too.");
      writeFileSync(file, "");
      const { status } = await sent(() => page.keyboard.press("Control+Enter"));
      expect(status).toBe(201);
      const ran = traced();
      const inserted = ran.filter(({ sql }) => sql.startsWith("INSERT"));
      expect(inserted).toHaveLength(1);
      const told = await shown(page);
      expect(told.map(({ sql }) => sql)).toEqual(ran.map(({ sql }) => sql));
      // A step that keeps no rows is told without their number.
      const numbered = told.flatMap(({ rows }, at) => (rows === "" ? [] : [[rows, String(ran[at]?.rows)]]));
      expect(numbered.map(([rows]) => rows)).toEqual(numbered.map(([, rows]) => rows));
      await close();
    });
  },
);
