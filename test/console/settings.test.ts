import { shownSettings } from "#servery/config/shown-settings.js";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumPath, launchChromium, NEEDS_CHROMIUM } from "../docs/browser.ts";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { callersOf, declaration } from "../operators/operators.ts";
import { signInFirst } from "./console-page.ts";
import { looksSound, openOperatorPage, takePicture, VIEWS } from "./operator-page.ts";

const PASSWORD = "a good long password";
const SECRET = "a secret of thirty-two characters";
const settings = shownSettings({
  mode: "dev",
  environment: { SERVERY_SECRET: SECRET, SERVERY_URL: "https://shop.example.com" },
  file: { mailUrl: "smtp://me:hidden@mail.example", mailFrom: "a@b.example", port: 8080 },
});

describe.skipIf(chromiumPath === undefined)(`the Settings page ${NEEDS_CHROMIUM}`, { timeout: 300_000 }, () => {
  let engine: EngineUnderTest;
  let origin: string;
  let browser: Browser;

  beforeAll(async () => {
    engine = await openEngine(declaration, { explain: true, settings });
    origin = (await engine.listen()).url;
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    await engine.close();
  });

  test("each setting says its value and where it is from, and of a secret only that it is set", async () => {
    const { page, visit, misdeeds, close } = await openOperatorPage(browser, origin);
    await visit("/settings", "[data-setting]");
    const row = (name: string): Promise<string> => page.locator(`[data-setting="${name}"]`).innerText();
    expect(await page.locator("[data-setting]").count()).toBe(settings.length);
    expect(await row("port")).toMatch(/PORT\s+8080\s+the file/);
    expect(await row("url")).toMatch(/https:\/\/shop\.example\.com\s+the environment/);
    expect(await row("secret")).toMatch(/\bset \(secret\)/);
    expect(await row("mailUrl")).toMatch(/\bset \(secret\)/);
    const all = await page.content();
    expect([all.includes(SECRET), all.includes("hidden@")]).toEqual([false, false]);

    await page.keyboard.press("/");
    await page.keyboard.type("mailfrom");
    await expect.poll(() => page.locator("[data-setting]").count()).toBe(1);
    await page.fill("[data-search]", "nothing is called so");
    await page.getByText("No setting fits.").waitFor();
    expect(misdeeds()).toEqual([]);
    await close();
  });

  test.each(VIEWS)("it looks sound, $scheme, $width wide", async (view) => {
    const { page, visit, misdeeds, close } = await openOperatorPage(browser, origin, view);
    await visit("/settings", "[data-setting]");
    await looksSound(page);
    if (view.scheme === "light" && view.width > 1000) await takePicture(page, "settings");
    expect(misdeeds()).toEqual([]);
    await close();
  });

  test("without an administrator's session production says who may look, on each of the three pages", async () => {
    const closed = await openEngine(declaration, { settings });
    // Without one the console would show the page that makes the first.
    await callersOf(closed);
    await closed.accounts.setPassword({ identifier: "alice@example.com" }, PASSWORD);
    const { url } = await closed.listen();
    const { page, visit, close } = await openOperatorPage(browser, url);
    await page.goto(`${url}/console`);
    await signInFirst(page, "alice@example.com", PASSWORD);
    for (const path of ["/settings", "/sql", "/schema"]) {
      await visit(path, ".not-shown");
      expect(await page.locator(".not-shown").innerText()).toContain("Administrators see this.");
      expect(await page.locator("[data-setting], .sql-editor, [data-table]").count()).toBe(0);
      await page.getByRole("button", { name: "Sign in as an administrator" }).click();
      await page.locator('dialog [name="password"]').waitFor();
    }
    await close();
    await closed.close();
  });
});
