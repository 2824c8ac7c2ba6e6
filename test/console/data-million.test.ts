import Database from "better-sqlite3";
import type { Browser, Page } from "playwright-core";
import { everyone, integer, servery, table, text } from "servery";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumPath, launchChromium, NEEDS_CHROMIUM } from "../docs/browser.ts";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { type ConsolePage, openConsole } from "./console-page.ts";

const ROWS = 1_000_000;
const PATIENT = { timeout: 120_000 };
const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };
const declaration = servery({
  title: "Measurements",
  tables: { samples: table({ name: text(50), amount: integer({ min: 0 }).index() }).allow(OPEN) },
});

/** The newest row is the first of the list: row 1 has the key 1,000,000. */
const FILL = `
  WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${ROWS})
  INSERT INTO samples (id, name, amount, created_at, updated_at)
  SELECT n, 'sample ' || n, n % 1000, stamp, stamp
  FROM (SELECT n, strftime('%Y-%m-%dT%H:%M:%fZ', 1700000000 + n, 'unixepoch') AS stamp FROM numbers)`;

describe.skipIf(chromiumPath === undefined)(`a table of a million rows ${NEEDS_CHROMIUM}`, { timeout: 600_000 }, () => {
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
  }, 600_000);
  afterAll(async () => {
    await browser.close();
    await engine.close();
  });

  const drawn = (page: Page) => page.locator(".grid-rows [role=row]").count();
  /** The numbers of the rows in sight, once none of them is still to come. */
  const names = (page: Page) => page.locator('[data-key] [data-column="name"]').allInnerTexts();
  const holds = (page: Page, key: number) => page.locator(`[data-key="${key}"]`).waitFor(PATIENT);
  const scrollTo = (page: Page, part: number) =>
    page.evaluate(
      `(() => { const one = document.querySelector('.grid-frame'); one.scrollTop = (one.scrollHeight - one.clientHeight) * ${part}; })()`,
    );
  const sight = async (page: Page): Promise<number> =>
    Number((await page.locator("[data-sight]").innerText()).match(/^Rows ([\d,]+)/)?.[1]?.replaceAll(",", ""));
  /** The first row in sight, once a wheel or a scroll bar that was moved rests. */
  const restingSight = async (page: Page): Promise<number> => {
    for (let before = await sight(page); ; ) {
      await page.evaluate(
        "(async () => { for (let at = 0; at < 4; at++) await new Promise((done) => requestAnimationFrame(done)); })()",
      );
      const now = await sight(page);
      if (now === before) return now;
      before = now;
    }
  };
  const total = (page: Page) => page.locator("[data-total]").innerText();

  async function onSamples(query: string, run: (opened: ConsolePage) => Promise<void>): Promise<void> {
    const opened = await openConsole(browser, origin);
    await opened.open(`/data/samples${query}`);
    await opened.page.locator("[data-key]").first().waitFor();
    // The first row comes alone: how many there are is known with what stands beneath.
    await opened.page.locator("[data-sight]").waitFor();
    await run(opened);
    expect(opened.misdeeds()).toEqual([]);
    await opened.close();
  }

  test("the wheel goes on and on by cursors, few rows are drawn, and the way back is as good", () =>
    onSamples("", async ({ page }) => {
      const asked: string[] = [];
      page.on("request", (request) => request.url().includes("/api/samples") && asked.push(request.url()));
      await expect.poll(() => total(page), PATIENT).toMatch(/^about (?:999|1,000),\d{3} rows$/);
      await page.locator(".grid-frame").hover();
      for (let turns = 0; turns < 30; turns++) {
        const before = await sight(page);
        await page.mouse.wheel(0, 800);
        await expect.poll(() => sight(page), PATIENT).toBeGreaterThan(before);
        expect(await drawn(page)).toBeLessThan(70);
      }
      const reached = await restingSight(page);
      expect(reached).toBeGreaterThan(500);
      await holds(page, ROWS + 1 - reached);
      expect(asked.filter((url) => url.includes("offset="))).toEqual([]);
      for (let turns = 0; turns < 60 && (await sight(page)) > 1; turns++) await page.mouse.wheel(0, -3200);
      await expect.poll(() => sight(page), PATIENT).toBe(1);
      await holds(page, ROWS);
    }));

  test("the scroll bar leads to any place, and the last row is the last", () =>
    onSamples("", async ({ page }) => {
      await scrollTo(page, 0.5);
      await expect.poll(async () => Math.abs((await sight(page)) - ROWS / 2), PATIENT).toBeLessThan(ROWS / 20);
      const middle = await restingSight(page);
      await holds(page, ROWS + 1 - middle);
      // From here on the wheel moves as much as it does elsewhere.
      await page.locator(".grid-frame").hover();
      await page.mouse.wheel(0, 640);
      await expect.poll(() => sight(page), PATIENT).toBe(middle + 20);
      await holds(page, ROWS + 1 - (middle + 20));
      await scrollTo(page, 1);
      await holds(page, 1);
      await expect.poll(() => total(page), PATIENT).toBe("1,000,000 rows");
      await expect.poll(async () => (await names(page)).at(-1), PATIENT).toBe("sample 1");
      await page.mouse.wheel(0, -6400);
      await expect.poll(() => sight(page), PATIENT).toBeLessThan(ROWS - 200);
      await holds(page, ROWS + 1 - (await restingSight(page)));
      await scrollTo(page, 0);
      await holds(page, ROWS);
      expect(await drawn(page)).toBeLessThan(70);
    }));

  test("the keyboard goes by pages, to the end and back, and never loses its cell", () =>
    onSamples("", async ({ page }) => {
      const at = () => page.evaluate<string>("document.activeElement.dataset.cell ?? document.activeElement.tagName");
      await page.locator('[data-cell="0:2"]').click();
      for (let times = 0; times < 20; times++) await page.keyboard.press("PageDown");
      const far = Number((await at()).split(":")[0]);
      expect(far).toBeGreaterThan(200);
      await holds(page, ROWS - far);
      await expect.poll(at, PATIENT).toBe(`${far}:2`);
      for (let times = 0; times < 20; times++) await page.keyboard.press("PageUp");
      await expect.poll(at, PATIENT).toBe("0:2");
      await page.keyboard.press("Control+End");
      await expect.poll(at, PATIENT).toMatch(/^999999:\d$/);
      await holds(page, 1);
      await page.keyboard.press("PageUp");
      await page.keyboard.press("Control+Home");
      await expect.poll(at, PATIENT).toBe("0:0");
      await holds(page, ROWS);
    }));

  test("a row is reached by its number, and read, changed and left like any other", () =>
    onSamples("", async ({ page }) => {
      await page.getByLabel("Go to row").fill("700,001");
      await page.keyboard.press("Enter");
      await holds(page, 300_000);
      await expect.poll(() => sight(page), PATIENT).toBe(700_001);
      await page.locator('[data-cell="700000:1"]:focus').waitFor();
      await page.locator('[data-key="300000"] [data-column="amount"]').dblclick();
      await page.fill("[data-editing]", "77");
      await page.keyboard.press("Enter");
      await expect
        .poll(async () => (await engine.get("/api/samples/300000")).json, PATIENT)
        .toMatchObject({ amount: 77 });
      await expect
        .poll(() => page.locator('[data-key="300000"] [data-column="amount"]').innerText(), PATIENT)
        .toBe("77");
    }));

  test("another order and a filter end where they should", () =>
    onSamples("?sort=amount", async ({ page }) => {
      await scrollTo(page, 1);
      await holds(page, 999_999);
      await expect.poll(async () => (await names(page)).at(-1), PATIENT).toBe("sample 999999");
      await page.goto(`${origin}/console/data/samples?filter=${encodeURIComponent("amount[lt]=500")}`);
      await holds(page, ROWS);
      await scrollTo(page, 1);
      await holds(page, 1);
      await expect.poll(() => total(page), PATIENT).toBe("500,000 rows");
    }));

  test("pages that nobody looks at are forgotten, however far the way was", () =>
    onSamples("", async ({ page }) => {
      const read = new Set<string>();
      page.on("response", (answer) => answer.url().includes("offset=") && read.add(answer.url()));
      for (let stops = 1; stops <= 40; stops++) {
        const before = await sight(page);
        await scrollTo(page, stops / 42);
        await expect.poll(() => sight(page), PATIENT).not.toBe(before);
        await holds(page, ROWS + 1 - (await restingSight(page)));
        expect(await drawn(page)).toBeLessThan(70);
      }
      expect(read.size).toBeGreaterThanOrEqual(40);
      // Thirty, and those in sight.
      await expect.poll(() => keptPages(page), PATIENT).toBeLessThan(34);
    }));
});

/** How many pages of rows the page holds: its queries hang in the tree of React. */
async function keptPages(page: Page): Promise<number> {
  return page.evaluate<number>(`(() => {
    const root = document.getElementById("root");
    let fiber = root[Object.keys(root).find((key) => key.startsWith("__reactContainer"))];
    while (fiber.memoizedProps?.client === undefined) fiber = fiber.child;
    const all = fiber.memoizedProps.client.getQueryCache().getAll();
    return all.filter((one) => Array.isArray(one.state.data?.rows)).length;
  })()`);
}
