import Database from "better-sqlite3";
import type { Browser, Page } from "playwright-core";
import { everyone, longText, servery, table, text } from "servery";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumPath, launchChromium, NEEDS_CHROMIUM } from "../docs/browser.ts";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { type ConsolePage, openConsole } from "./console-page.ts";

const PATIENT = { timeout: 180_000 };
const declaration = servery({
  title: "Stock",
  tables: {
    sold: table({ name: text(50), note: longText() }).allow({ read: everyone }),
  },
});
const SOLD = 30_000;
const FILL = `
  WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${SOLD})
  INSERT INTO sold (id, name, note, created_at, updated_at)
  SELECT n, 'sold ' || n, 'two' || char(10) || 'lines, "quoted"', stamp, stamp
  FROM (SELECT n, strftime('%Y-%m-%dT%H:%M:%fZ', 1700000000 + n, 'unixepoch') AS stamp FROM numbers)`;

/** What a browser that writes files while they come is told to write. */
const WATCHED_PICKER = `
  window.written = { parts: 0, text: "", ended: "" };
  window.showSaveFilePicker = async ({ suggestedName }) => ({
    createWritable: async () => {
      const decoder = new TextDecoder();
      window.written.name = suggestedName;
      return {
        write: async (bytes) => {
          window.written.parts += 1;
          window.written.text += decoder.decode(bytes, { stream: true });
          if (window.holdsBack === true) await new Promise(() => undefined);
        },
        close: async () => { window.written.ended = "closed"; },
        abort: async () => { window.written.ended = "aborted"; },
      };
    },
  });`;

describe.skipIf(chromiumPath === undefined)(`exports of many rows ${NEEDS_CHROMIUM}`, { timeout: 400_000 }, () => {
  let engine: EngineUnderTest;
  let origin: string;
  let browser: Browser;

  beforeAll(async () => {
    engine = await openEngine(declaration, { explain: true });
    const database = new Database(engine.databasePath);
    database.exec(FILL);
    database.close();
    origin = (await engine.listen()).url;
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    await engine.close();
  });

  async function onData(path: string, run: (opened: ConsolePage) => Promise<void>): Promise<void> {
    const opened = await openConsole(browser, origin);
    await opened.page.addInitScript(WATCHED_PICKER);
    await opened.open(`/data/${path}`);
    await run(opened);
    expect(opened.misdeeds()).toEqual([]);
    await opened.close();
  }

  /** By it the page chooses whether it writes into a file while the rows come. */
  const countKnown = (page: Page) => page.locator("[data-total]", { hasText: "rows" }).waitFor();

  test("many rows are written into a file while they come", () =>
    onData("sold", async ({ page }) => {
      await countKnown(page);
      await page.selectOption('[aria-label="Export"]', "JSON");
      await expect.poll(() => page.evaluate("window.written.ended"), PATIENT).toBe("closed");
      expect(await page.evaluate("window.written.name")).toBe("sold.json");
      expect(await page.evaluate<number>("window.written.parts")).toBeGreaterThan(3);
      expect(await page.evaluate("JSON.parse(window.written.text).length")).toBe(SOLD);
      expect(await page.evaluate("JSON.parse(window.written.text).at(-1).name")).toBe("sold 1");
      await expect
        .poll(() => page.locator("[data-exported]").innerText(), PATIENT)
        .toMatch(/^✓ 30,000 rows saved, [\d.]+ MB\.$/);
      await page.evaluate('Object.assign(window.written, { text: "", ended: "" })');
      await page.selectOption('[aria-label="Export"]', "CSV");
      await expect.poll(() => page.evaluate("window.written.ended"), PATIENT).toBe("closed");
      await expect.poll(() => page.locator("[data-exported]").innerText(), PATIENT).toMatch(/^✓ 30,000 rows saved/);
    }));

  test("an export that is cancelled leaves no file", () =>
    onData("sold", async ({ page }) => {
      await countKnown(page);
      await page.evaluate("window.holdsBack = true");
      await page.selectOption('[aria-label="Export"]', "NDJSON");
      await expect.poll(() => page.evaluate<number>("window.written.parts"), PATIENT).toBe(1);
      await page.getByRole("button", { name: "Cancel the export" }).click();
      await page.locator("[data-exported]", { hasText: "cancelled" }).waitFor();
      await expect.poll(() => page.evaluate("window.written.ended")).toBe("aborted");
    }));
});
