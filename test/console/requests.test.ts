import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import social from "../../examples/social/servery.ts";
import { chromiumPath, launchChromium, NEEDS_CHROMIUM } from "../docs/browser.ts";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { openConsole, signInFirst } from "./console-page.ts";

const PASSWORD = "a good long password";

describe.skipIf(chromiumPath === undefined)(`the Requests page ${NEEDS_CHROMIUM}`, { timeout: 300_000 }, () => {
  let engine: EngineUnderTest;
  let origin: string;
  let browser: Browser;

  beforeAll(async () => {
    engine = await openEngine(social, { explain: true });
    origin = (await engine.listen()).url;
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    await engine.close();
  });

  test("teaches what would stand here, shows what comes, filters it, and opens its way", async () => {
    const { page, open, box, misdeeds, close } = await openConsole(browser, origin);
    // Without the document that the header reads, nothing but the console's own files has come.
    await page.route("**/openapi.json", (route) => route.abort());
    await open("/requests");
    await page.getByText("No request has come yet.").waitFor();
    await page.getByText(`curl -i ${origin}/health/live`).waitFor();

    await engine.get("/api/posts?limit=1");
    await engine.get("/api/categories?limit=2");
    await engine.post("/api/posts", { title: "Nobody's" });
    // It comes by itself.
    await page.locator("[data-request]", { hasText: "/api/posts?limit=1" }).waitFor();
    await page.locator("tr", { hasText: "sign_in_required" }).waitFor();
    const listed = page.locator("[data-request]");
    await expect.poll(() => listed.count()).toBe(3);

    await page.keyboard.press("/");
    await page.keyboard.type("categories");
    await expect.poll(() => listed.allInnerTexts()).toEqual(["/api/categories?limit=2"]);
    await page.fill("[data-search]", "");
    await page.selectOption('[aria-label="Method"]', "POST");
    await expect.poll(() => listed.allInnerTexts()).toEqual(["/api/posts"]);
    await page.selectOption('[aria-label="Method"]', "");
    await page.selectOption('[aria-label="Status"]', "2");
    await expect.poll(() => listed.count()).toBe(2);
    await page.selectOption('[aria-label="Status"]', "");
    await page.getByRole("button", { name: "Failed only" }).click();
    await expect.poll(() => listed.allInnerTexts()).toEqual(["/api/posts"]);

    await listed.first().focus();
    await page.keyboard.press("Enter");
    await box("Validate & Guard").waitFor();
    expect(await box("Validate & Guard").getAttribute("data-state")).toBe("stopped");
    expect(await box("Database").getAttribute("data-state")).toBe("not reached");
    expect(await page.locator("[data-rule]").innerText()).toContain("posts.create: signedIn");

    // The address leads back to the same request.
    await page.reload();
    await box("Validate & Guard").waitFor();
    expect(misdeeds().filter((said) => !said.includes("ERR_FAILED"))).toEqual([]);
    await close();
  });

  test("the slow ones come first where somebody asks, and one that is gone says so", async () => {
    const { page, open, close } = await openConsole(browser, origin);
    await open("/requests");
    await page.locator("[data-request]").nth(2).waitFor();
    await page.getByRole("button", { name: "Slow first" }).click();
    await page.locator("button[aria-pressed=true]", { hasText: "Slow first" }).waitFor();
    const took = (await page.locator("tbody td:nth-child(5)").allInnerTexts()).map((text) =>
      text.endsWith(" ms") ? Number.parseFloat(text) : Number.parseFloat(text) * 1000,
    );
    expect(took).toEqual([...took].sort((left, right) => right - left));
    await open("/requests?id=nobody-1");
    await page.getByText("This request was not followed.").waitFor();
    await close();
  });

  test("without an administrator's session production says who may look", async () => {
    const closed = await openEngine(social);
    // Without an administrator the console would show the page that makes the first.
    await closed.accounts.grant({ identifier: "bob@email.com" }, "admin");
    await closed.accounts.setPassword({ identifier: "alice@email.com" }, PASSWORD);
    await closed.accounts.verify({ identifier: "alice@email.com" });
    const { url } = await closed.listen();
    const { page, close } = await openConsole(browser, url);
    await page.goto(`${url}/console/requests`);
    await signInFirst(page, "alice@email.com", PASSWORD);
    await page.getByText("Administrators see this in production.").waitFor();
    expect(await page.locator("[data-request]").count()).toBe(0);
    await close();
    await closed.close();
  });
});
