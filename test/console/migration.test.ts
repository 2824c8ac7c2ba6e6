import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { everyone, integer, longText, servery, table, text } from "servery";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumPath, launchChromium, NEEDS_CHROMIUM } from "../docs/browser.ts";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { chosenAdapter, type FolderWorld, folderWorld } from "../migration/folder-world.ts";
import { looksSound, openOperatorPage, takePicture, VIEWS } from "./operator-page.ts";

const FILE = "0002_rename_title.sql";
const OPEN = { read: everyone, create: everyone, update: everyone };
const notes = { title: text(100), body: longText().optional() };
const first = { notes: table(notes).allow(OPEN) };
const second = {
  notes: table({ heading: text(100).was("title"), stars: integer({ min: 0 }).default(0) }).allow(OPEN),
  tags: table({ label: text(20).unique() }).allow(OPEN),
};

describe.skipIf(chromiumPath === undefined)(`pending migrations ${NEEDS_CHROMIUM}`, { timeout: 300_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "servery-pending-"));
  let world: FolderWorld;
  let engine: EngineUnderTest;
  let origin: string;
  let browser: Browser;

  beforeAll(async () => {
    world = folderWorld(await chosenAdapter(), folder);
    await world.generate(first, "create_notes");
    await world.up();
    engine = await openEngine(servery({ title: "Notes", tables: first }), {
      explain: true,
      database: `sqlite:${world.database}`,
      migrations: { folder: world.folder, development: true, application: "examples/notes" },
    });
    origin = (await engine.listen()).url;
    browser = await launchChromium();
    await fetch(`${origin}/api/notes`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify([{ title: "One", body: "text" }, { title: "Two" }]),
    });
  });
  const writePending = async (): Promise<void> => {
    if (!existsSync(join(folder, "migrations", FILE))) await world.generate(second, "rename_title");
  };
  afterAll(async () => {
    await browser.close();
    await engine.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("the page says that nothing is pending, and what is once a file comes", async () => {
    const { page, visit, misdeeds, close } = await openOperatorPage(browser, origin);
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await visit("/schema", "[data-table]");
    const button = page.getByRole("button", { name: /^Migration/ });
    await button.click();
    await page.locator('[data-migration="nothing"]').waitFor();
    expect(await page.locator('[data-migration="nothing"] h2').innerText()).toMatch(/^Nothing is pending/);

    await writePending();
    await page.getByRole("button", { name: "Look again" }).click();
    const file = page.locator(`[data-part="${FILE}"]`);
    await file.waitFor();
    await expect.poll(() => button.innerText()).toMatch(/\d pending$/);
    const said = await file.innerText();
    expect(said).toContain("column title becomes heading");
    expect(said).toContain("Copies notes row by row: 2 rows.");
    expect(said).toContain('CREATE TABLE "tags"');
    expect(await file.locator("[data-losses]").innerText()).toMatch(
      /Loses notes\.body: The values[^]*agreed to when the file was written/,
    );
    await page.getByRole("button", { name: "Copy: servery migrate up examples/notes" }).click();
    await expect.poll(() => page.evaluate("navigator.clipboard.readText()")).toBe("servery migrate up examples/notes");
    // Looking has changed nothing: the rows are as they were.
    expect(world.rows("SELECT title, body FROM notes ORDER BY id")).toEqual([
      ["One", "text"],
      ["Two", null],
    ]);
    expect(misdeeds()).toEqual([]);
    await close();
  });

  test.each(VIEWS)("it looks sound, $scheme, $width wide", async (view) => {
    await writePending();
    const { page, visit, misdeeds, close } = await openOperatorPage(browser, origin, view);
    await visit("/schema", "[data-table]");
    await page.getByRole("button", { name: /^Migration/ }).focus();
    await page.keyboard.press("Enter");
    await page.locator("[data-part]").first().waitFor();
    await looksSound(page);
    if (view.scheme === "light" && view.width > 1000) await takePicture(page, "migration");
    expect(misdeeds()).toEqual([]);
    await close();
  });
});
