import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import social from "../../examples/social/servery.ts";
import { chromiumPath, launchChromium, NEEDS_CHROMIUM } from "../docs/browser.ts";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { declaration } from "../operators/operators.ts";
import { looksSound, openOperatorPage, takePicture, VIEWS } from "./operator-page.ts";

const EDITOR = ".sql-editor textarea";
const PARAMS = ".sql-editor input";
const MARKUP = '<img src=x onerror="window.broken=1">\u202E';

async function run(page: Page, sql: string, params = ""): Promise<void> {
  await page.fill(PARAMS, params);
  await page.fill(EDITOR, sql);
  await page.keyboard.press("Control+Enter");
}
/** What the server said against the statement. */
async function problemOf(page: Page, expected: string): Promise<string> {
  const problem = page.locator(".sql-problem", { hasText: expected });
  await problem.waitFor();
  return problem.innerText();
}

describe.skipIf(chromiumPath === undefined)(`the SQL page ${NEEDS_CHROMIUM}`, { timeout: 300_000 }, () => {
  let engine: EngineUnderTest;
  let origin: string;
  let browser: Browser;

  beforeAll(async () => {
    engine = await openEngine(declaration, { explain: true });
    origin = (await engine.listen()).url;
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    await engine.close();
  });
  const titles = async (): Promise<readonly string[]> =>
    ((await (await fetch(`${origin}/api/posts?sort=id`)).json()) as { title: string }[]).map(({ title }) => title);

  test("a statement that reads shows rows, plan, advice and time, and stays in the history without its values", async () => {
    const { page, visit, misdeeds, close } = await openOperatorPage(browser, origin);
    await visit("/sql", "[data-examples] button");
    await page.locator("[data-examples] button", { hasText: "FROM users" }).first().click();
    await expect.poll(() => page.inputValue(EDITOR)).toMatch(/^SELECT \* FROM users ORDER BY id DESC/);
    await run(page, "SELECT id, title, NULL AS missing, x'0001' AS raw FROM posts WHERE likes < ? ORDER BY id", "[5]");
    await page.locator('[data-result="rows"]').waitFor();
    expect(await page.locator(".sql-table thead th").allInnerTexts()).toEqual(["id", "title", "missing", "raw"]);
    expect(await page.locator(".sql-table tbody tr").first().locator("td").allInnerTexts()).toEqual([
      "1",
      "One",
      "null",
      "2 bytes 0001",
    ]);
    expect(await page.locator(".sql-summary").innerText()).toMatch(/3 rows in [\d.]+ m?s/);
    expect(await page.locator(".sql-plan").innerText()).toMatch(/SCAN posts/);
    expect(await page.locator(".sql-advice").innerText()).toMatch(/Every row of posts is read/);
    await page.reload();
    await page.locator("[data-history] button").first().click();
    await expect.poll(() => page.inputValue(EDITOR)).toMatch(/^SELECT id, title, NULL/);
    expect(await page.inputValue(PARAMS)).toBe("");
    expect(misdeeds()).toEqual([]);
    await close();
  });

  test("a write changes nothing without consent and with a wrong number, and rows with the right one", async () => {
    const { page, visit, misdeeds, close } = await openOperatorPage(browser, origin);
    await visit("/sql", EDITOR);
    const before = await titles();
    const dialog = page.getByRole("dialog", { name: "This statement changes rows" });

    await run(page, "UPDATE posts SET title = ? WHERE id < 3", '["Changed"]');
    await dialog.getByText("This is an UPDATE of posts.").waitFor();
    expect(await dialog.getByRole("button", { name: "Run it" }).isDisabled()).toBe(true);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    expect(await titles()).toEqual(before);

    await page.focus(EDITOR);
    await page.keyboard.press("Control+Enter");
    await dialog.locator("input").fill("3");
    await dialog.getByRole("button", { name: "Run it and change exactly 3 rows" }).click();
    await dialog.getByText("nothing was changed.").last().waitFor();
    expect(await dialog.locator("[role=alert]").innerText()).toContain("would change 2 rows and write.rows says 3");
    expect(await titles()).toEqual(before);

    await dialog.locator("input").fill("2");
    await page.keyboard.press("Enter");
    await page.locator('[data-result="changed"]').waitFor();
    expect(await page.locator(".sql-summary").innerText()).toMatch(/✓ 2 rows changed/);
    expect(await titles()).toEqual(["Changed", "Changed", "Three"]);

    await run(page, "DELETE FROM posts");
    await dialog.getByText("it would touch 3 rows").waitFor();
    await dialog.getByRole("button", { name: "Change nothing" }).click();
    await dialog.waitFor({ state: "detached" });
    expect((await titles()).length).toBe(3);
    expect(misdeeds()).toEqual([]);
    await close();
  });

  test("tables of the server's own, other statements and wrong values are refused in the server's words", async () => {
    const { page, visit, close } = await openOperatorPage(browser, origin);
    await visit("/sql", EDITOR);
    await run(page, "SELECT * FROM _servery_accounts");
    expect(await problemOf(page, "_servery_accounts")).toBe("Nobody may read _servery_accounts by SQL.");
    await run(page, "DROP TABLE posts");
    expect(await problemOf(page, "are run here")).toContain("Only SELECT");
    await run(page, "SELECT ?", "5");
    await problemOf(page, "Write the values as a JSON list");
    await run(page, "SELECT ?", "[9007199254740993]");
    await problemOf(page, "Write it as a text.");
    expect(await page.locator("[data-result]").count()).toBe(0);
    await close();
  });

  test("more rows than are shown are said, hostile values are text, and Tab leads on", async () => {
    const { page, visit, misdeeds, close } = await openOperatorPage(browser, origin);
    await visit("/sql", EDITOR);
    await run(page, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1001) SELECT i FROM n");
    await page.getByText("There are more:").waitFor();
    expect(await page.locator(".sql-table tbody tr").count()).toBe(1000);
    await run(page, `SELECT ? AS "<b>name</b>"`, JSON.stringify([MARKUP]));
    await page.locator(".sql-table th", { hasText: "<b>name</b>" }).waitFor();
    expect(await page.locator(".sql-table td").innerText()).toBe('<img src=x onerror="window.broken=1">\\u202e');
    expect(await page.locator(".sql-result img").count()).toBe(0);
    await page.focus(EDITOR);
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.tagName")).toBe("INPUT");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Run");
    expect(misdeeds()).toEqual([]);
    await close();
  });

  test.each(VIEWS)("it looks sound, $scheme, $width wide", async (view) => {
    const world = await openEngine(social, { explain: true });
    const { url } = await world.listen();
    const { page, visit, misdeeds, close } = await openOperatorPage(browser, url, view);
    await visit("/sql", "[data-examples] button");
    await looksSound(page);
    const sql =
      "SELECT p.id, p.title, p.category, u.username, p.likes\nFROM posts p JOIN users u ON u.id = p.user_id\nWHERE p.likes > ?\nORDER BY p.likes DESC LIMIT 12";
    await run(page, sql, "[10]");
    await page.locator("[data-result]").waitFor();
    await looksSound(page);
    if (view.scheme === "light" && view.width > 1000) await takePicture(page, "sql");
    await run(page, "DELETE FROM comments");
    await page.locator("dialog.consent").waitFor();
    await looksSound(page);
    expect(misdeeds()).toEqual([]);
    await close();
    await world.close();
  });
});
