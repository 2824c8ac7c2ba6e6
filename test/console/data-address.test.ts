import { boolean, enumeration, everyone, integer, json, ref, servery, table, text } from "servery";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumPath, launchChromium, NEEDS_CHROMIUM } from "../docs/browser.ts";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { type ConsolePage, openConsole } from "./console-page.ts";

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };
const MARKUP = "<img src=x onerror=window.broken=1>";
const declaration = servery({
  title: "Library",
  tables: {
    shelves: table({ name: text(100) }).allow(OPEN),
    books: table({
      shelf_id: ref("shelves").optional(),
      title: text(100, { min: 0 }).optional(),
      year: integer({ min: 0 }),
      state: enumeration("here", "lent").default("here"),
      old: boolean().default(false),
      extra: json().optional(),
    }).allow(OPEN),
  },
});

describe.skipIf(chromiumPath === undefined)(`the address of rows ${NEEDS_CHROMIUM}`, { timeout: 300_000 }, () => {
  let engine: EngineUnderTest;
  let origin: string;
  let browser: Browser;

  beforeAll(async () => {
    engine = await openEngine(declaration, { explain: true });
    origin = (await engine.listen()).url;
    browser = await launchChromium();
    await engine.post("/api/shelves", [{ name: "Oak" }, { name: "Pine" }]);
    await engine.post(
      "/api/books",
      Array.from({ length: 30 }, (_none, at) => ({ title: `book ${at}`, year: 1990 + at, shelf_id: 1 + (at % 2) })),
    );
  });
  afterAll(async () => {
    await browser.close();
    await engine.close();
  });

  async function onData(path: string, run: (opened: ConsolePage) => Promise<void>): Promise<void> {
    const opened = await openConsole(browser, origin);
    await opened.open(`/data/${path}`);
    await run(opened);
    expect(opened.misdeeds()).toEqual([]);
    await opened.close();
  }
  const years = (page: Page) => page.locator('[data-key] [data-column="year"]').allInnerTexts();
  const shows = async (page: Page, wanted: readonly number[]): Promise<void> => {
    await expect.poll(async () => (await years(page)).map(Number)).toEqual(wanted);
  };

  test("filters and order stand in the address: a reload keeps them, and the way back takes them away", () =>
    onData("books", async ({ page }) => {
      await page.locator("[data-key]").first().waitFor();
      await page.selectOption('[aria-label="Column"]', "year");
      await page.selectOption('[aria-label="Condition"]', "gte");
      await page.fill('[aria-label="Value"]', "2017");
      await page.keyboard.press("Enter");
      await shows(page, [2019, 2018, 2017]);
      await page.click('[data-sort="year"]');
      await shows(page, [2017, 2018, 2019]);
      const address = new URL(page.url());
      expect([address.searchParams.get("filter"), address.searchParams.get("sort")]).toEqual([
        "year[gte]=2017",
        "year",
      ]);
      await page.reload();
      await shows(page, [2017, 2018, 2019]);
      await page.goBack();
      await shows(page, [2019, 2018, 2017]);
      await page.goBack();
      await expect.poll(async () => (await years(page)).length).toBeGreaterThan(15);
      await page.locator(".condition").waitFor({ state: "detached" });
      await page.goForward();
      await shows(page, [2019, 2018, 2017]);
      await page.click('[data-table="shelves"]');
      await page.locator('.table-view[aria-label="shelves"]').waitFor();
      expect(await page.locator(".condition").count()).toBe(0);
    }));

  test.each([
    ["a column", "?filter=nothing%5Beq%5D=1"],
    ["markup", `?filter=${encodeURIComponent(`${MARKUP}[eq]=1`)}`],
    ["an operator", "?filter=year%5Bhuge%5D=1"],
    ["JSON", "?filter=%7B%22a%22%3A1%7D"],
    ["an order", "?sort=-nothing"],
    ["a number", "?sort=5"],
    ["an order of markup", `?sort=${encodeURIComponent(MARKUP)}`],
    ["a long text", `?filter=${"x".repeat(8000)}`],
  ])("an address that nobody can follow says so, and leads on: %s", (_what, query) =>
    onData(`books${query}`, async ({ page }) => {
      await page.getByRole("heading", { name: "The address asks for what books does not have." }).waitFor();
      expect(await page.locator("[data-key]").count()).toBe(0);
      expect(await page.evaluate("window.broken")).toBe(undefined);
      await page.getByRole("button", { name: "Go on without it" }).click();
      await page.locator("[data-key]").first().waitFor();
    }),
  );

  test("a value that the server refuses is told in its words, and can be taken away", () =>
    onData(`books?filter=${encodeURIComponent("year[gte]=soon")}`, async ({ page }) => {
      await page.getByRole("alert").filter({ hasText: "year" }).waitFor();
      await page.getByRole("button", { name: "Take away the filter" }).click();
      await page.locator("[data-key]").first().waitFor();
      expect(await page.locator(".condition").count()).toBe(0);
    }));

  test("an address leads to one row", () =>
    onData("books?id=7", async ({ page }) => {
      await shows(page, [1996]);
      await expect.poll(() => page.locator("[data-total]").innerText()).toBe("1 row");
    }));

  test("a new row picks what it refers to by its name, and keeps what was typed", () =>
    onData("books", async ({ page }) => {
      await page.getByRole("button", { name: "New row" }).click();
      await page.fill('dialog [data-field="year"]', "2030");
      await page.fill('dialog [data-field="shelf_id"]', "pin");
      // Before anything is found neither stands there.
      await page.locator('[data-picked="2"]').waitFor();
      await page.locator('[data-picked="1"]').waitFor({ state: "detached" });
      await page.keyboard.press("Escape");
      await page.locator("[data-picked]").waitFor({ state: "detached" });
      expect(await page.getByRole("dialog").isVisible()).toBe(true);
      await page.fill('dialog [data-field="shelf_id"]', "pi");
      await page.locator('[data-picked="2"]').waitFor();
      await page.keyboard.press("Tab");
      await page.locator('[data-picked="2"]:focus').waitFor();
      await page.keyboard.press("Enter");
      await expect.poll(() => page.inputValue('dialog [data-field="shelf_id"]')).toBe("2");
      await page.getByRole("button", { name: "Create", exact: true }).click();
      await expect.poll(async () => (await years(page))[0]).toBe("2030");
      expect((await engine.get("/api/books?year=2030&fields=shelf_id")).json).toEqual([{ shelf_id: 2 }]);
      await engine.delete("/api/books?year=2030");
    }));

  test("no value, an empty text and the text null are three things; a cell is copied whole", async () => {
    await engine.post("/api/books", [
      { year: 1, title: null, extra: "5" },
      { year: 2, title: "", extra: 5 },
      { year: 3, title: "null", extra: { a: "x".repeat(500) } },
    ]);
    await onData(`books?filter=${encodeURIComponent("year[lt]=4")}&sort=year`, async ({ page }) => {
      await shows(page, [1, 2, 3]);
      await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
      const texts = (column: string) => page.locator(`[data-key] [data-column="${column}"]`).allInnerTexts();
      await expect.poll(() => texts("title")).toEqual(["null", "empty text", "null"]);
      expect(await page.locator('[data-column="title"] .nothing').count()).toBe(2);
      expect((await texts("extra")).slice(0, 2)).toEqual(['"5"', "5"]);
      await page.locator('[data-key] [data-column="extra"]').nth(2).click();
      await page.keyboard.press("Control+c");
      await page.locator("#said", { hasText: "Copied extra." }).waitFor({ state: "attached" });
      const copied = await page.evaluate<string>("navigator.clipboard.readText()");
      expect(JSON.parse(copied)).toEqual({ a: "x".repeat(500) });
    });
  });
});
