import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumPath, launchChromium, NEEDS_CHROMIUM } from "../docs/browser.ts";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { callersOf, declaration } from "../operators/operators.ts";
import { openConsole, signInFirst } from "./console-page.ts";
import { looksSound, takePicture, VIEWS } from "./operator-page.ts";

const PASSWORD = "a good long password";
const ALICE = "alice@example.com";

describe.skipIf(chromiumPath === undefined)(`production ${NEEDS_CHROMIUM}`, { timeout: 300_000 }, () => {
  let engine: EngineUnderTest;
  let origin: string;
  let browser: Browser;
  beforeAll(async () => {
    engine = await openEngine(declaration);
    // Without an administrator the console would show the page that makes the first.
    await callersOf(engine);
    await engine.accounts.setPassword({ identifier: ALICE }, PASSWORD);
    origin = (await engine.listen()).url;
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    await engine.close();
  });

  test.each(["", "/data/posts", "/requests", "/people"])(
    "shows nothing at /console%s before somebody has signed in",
    async (path) => {
      const { page, misdeeds, close } = await openConsole(browser, origin);
      await page.goto(`${origin}/console${path}`);
      await page.locator(".sign-in-page").waitFor();
      expect(await page.getByRole("navigation").count()).toBe(0);
      expect(await page.locator("[data-caller], [data-endpoints], [data-request], [data-account]").count()).toBe(0);
      await page.fill('.sign-in-page [name="email"]', ALICE);
      await page.fill('.sign-in-page [name="password"]', "not the password");
      await page.keyboard.press("Enter");
      await page.locator(".sign-in-page .error", { hasText: /\S/ }).waitFor();
      await signInFirst(page, ALICE, PASSWORD);
      expect(new URL(page.url()).pathname).toBe(`/console${path}`);
      await page.getByRole("navigation").first().waitFor();
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.locator(".sign-in-page").waitFor();
      // The browser itself says each 401 that the wrong password got.
      expect(misdeeds().filter((one) => !one.includes("401"))).toEqual([]);
      await close();
    },
  );

  test.each(VIEWS)("the sign-in is sound, $scheme, $width wide", async (view) => {
    const { page, close } = await openConsole(browser, origin, view);
    await page.goto(`${origin}/console`);
    await page.locator('.sign-in-page [name="password"]').waitFor();
    expect(await page.getByRole("heading").allInnerTexts()).toEqual(["Sign in to Notes"]);
    await looksSound(page);
    if (view.scheme === "light" && view.width > 1_000) await takePicture(page, "sign-in");
    await close();
  });
});
