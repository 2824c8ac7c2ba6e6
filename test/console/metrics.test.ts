import { everyone, nobody, servery, table, text } from "servery";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bucketsBetween, quantile, rateOf, readingOf } from "../../console/src/metrics/reading.ts";
import { chromiumPath, launchChromium, NEEDS_CHROMIUM } from "../docs/browser.ts";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { openConsole } from "./console-page.ts";
import { looksSound } from "./operator-page.ts";

const declaration = servery({
  title: "Notes",
  tables: {
    notes: table({ title: text(100) }).allow({ read: everyone, create: everyone, update: nobody, delete: nobody }),
  },
});

describe("what is read", () => {
  const reading = (at: number, counts: readonly number[], asked: number) =>
    readingOf(
      [
        "# HELP t How long.",
        ...[0.001, 0.01, "+Inf"].map((bound, index) => `t_bucket{le="${bound}",route="a\\"b"} ${counts[index]}`),
        `n{route="a\\"b",status="200"} ${asked}`,
        `n{route="/metrics",status="200"} 1000`,
        "",
      ].join("\n"),
      at,
    );
  const span = { before: reading(0, [10, 10, 10], 10), now: reading(5_000, [10, 20, 20], 30) };

  test("counts become rates, without the page's own readings, and buckets become times", () => {
    expect(span.now.samples[0]?.labels).toEqual({ le: "0.001", route: 'a"b' });
    expect(rateOf(span, "n")).toBe(4);
    expect(quantile(bucketsBetween(span, "t"), 0.5)).toBeCloseTo(5.5);
    expect(quantile(bucketsBetween({ before: span.now, now: span.now }, "t"), 0.5)).toBe(undefined);
    expect(
      quantile(
        new Map([
          [0.01, 0],
          [Number.POSITIVE_INFINITY, 3],
        ]),
        0.95,
      ),
    ).toBe(10);
  });
});

describe.skipIf(chromiumPath === undefined)(`the Metrics page ${NEEDS_CHROMIUM}`, { timeout: 300_000 }, () => {
  let browser: Browser;
  let engine: EngineUnderTest;
  let origin: string;
  beforeAll(async () => {
    browser = await launchChromium();
    engine = await openEngine(declaration, { explain: true });
    origin = (await engine.listen()).url;
  });
  afterAll(async () => {
    await browser.close();
    await engine.close();
  });
  const drawn = (page: Page): Promise<void> => page.locator("[data-chart] canvas").last().waitFor();

  test("gathers first, then draws, and shows the route that was just asked", async () => {
    const { page, misdeeds, close } = await openConsole(browser, origin);
    // The second reading waits until all has been asked that it is to count.
    let release = (): void => undefined;
    const held = new Promise<void>((done) => {
      release = done;
    });
    let readings = 0;
    await page.route(`${origin}/metrics`, async (route) => {
      readings += 1;
      if (readings > 1) await held;
      await route.continue();
    });
    await page.goto(`${origin}/console/metrics`);
    await page.locator("[data-gathering]").waitFor();
    for (let at = 0; at < 3; at++) await fetch(`${origin}/api/notes`);
    await fetch(`${origin}/api/notes/99`);
    release();
    await drawn(page);
    const row = page.locator('[data-route="GET /api/notes"]');
    await row.waitFor();
    // Where the first reading came late it has counted some of them.
    await expect.poll(() => row.locator("td").nth(1).innerText()).toBe("3");
    expect(await page.locator('[data-route="GET /api/notes/{id}"] .error').innerText()).toBe("✕ 1");
    expect(await page.locator('[data-route*="/metrics"]').count()).toBe(0);
    // What is drawn stands there in words too.
    const requests = page.locator('[data-chart="Requests"]');
    expect(await requests.locator("[role=img]").getAttribute("aria-label")).toMatch(
      /^Requests: 2xx [\d.]+ \/s, 3xx 0\.00 \/s, 4xx [\d.]+ \/s, 5xx 0\.00 \/s$/,
    );
    await requests.locator("summary").click();
    expect(await requests.locator("tbody tr").count()).toBeGreaterThanOrEqual(1);

    await row.getByRole("button").focus();
    await page.keyboard.press("Enter");
    await page.locator(".requests [data-request]").first().waitFor();
    expect(await page.inputValue("[data-search]")).toBe("/api/notes");
    await expect.poll(() => page.locator("[data-request]").count()).toBe(4);
    expect(misdeeds()).toEqual([]);
    await close();
  });

  test("in production it asks for the token, and says where metrics are switched off", async () => {
    const closed = await openEngine(declaration, { metrics: { token: "a-token-of-prometheus" } });
    const { url } = await closed.listen();
    const { page, misdeeds, close } = await openConsole(browser, url);
    await page.goto(`${url}/console/metrics`);
    await page.fill("#metrics-token", "guessed");
    await page.keyboard.press("Enter");
    await page.getByText("This is not the token of this server.").waitFor();
    await page.fill("#metrics-token", "a-token-of-prometheus");
    await page.keyboard.press("Enter");
    await page.locator("[data-gathering]").waitFor();
    expect(await page.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }])")).not.toContain(
      "prometheus",
    );
    expect(misdeeds()).toEqual([]);
    await close();
    await closed.close();
    const off = await openEngine(declaration, { metrics: undefined });
    const without = await openConsole(browser, (await off.listen()).url);
    await without.page.goto(`${(await off.listen()).url}/console/metrics`);
    await without.page.getByText("Metrics are switched off here.").waitFor();
    await without.close();
    await off.close();
  });

  test.each([
    { scheme: "light", width: 1440 },
    { scheme: "dark", width: 1440 },
    { scheme: "light", width: 360 },
    { scheme: "dark", width: 360 },
  ] as const)("has no serious mistake and no scroll bar aside, $scheme, $width wide", async (view) => {
    const { page, picture, misdeeds, close } = await openConsole(browser, origin, view);
    await page.goto(`${origin}/console/metrics`);
    await drawn(page);
    await page.locator('[data-chart="Memory"] summary').click();
    await looksSound(page);
    if (view.scheme === "light" && view.width > 1000) {
      await page.locator('[data-chart="Memory"] summary').click();
      for (let second = 0; second < 4; second++) {
        for (let at = 0; at <= second * 7 + 3; at++) await fetch(`${origin}/api/notes?limit=${at + 1}`);
        await fetch(`${origin}/api/notes/99`);
        await fetch(`${origin}/api/notes`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ title: "One more" }),
        });
        const before = await page.locator('[data-chart="Memory"] tbody tr').count();
        if (process.env["SCREENSHOTS"] === "1")
          await page.locator('[data-chart="Memory"] tbody tr').nth(before).waitFor({ state: "attached" });
      }
      await page.locator(".main").evaluate((main) => main.scrollTo(0, 0));
      // The page scrolls inside of the window: a tall one shows it whole.
      await page.setViewportSize({ width: 1440, height: 1300 });
      await picture("metrics");
    }
    expect(misdeeds()).toEqual([]);
    await close();
  });
});
