import { AxeBuilder } from "@axe-core/playwright";
import { readFileSync } from "node:fs";
import { IMPORT_BYTES, IMPORT_ROWS, REPORTED_ERRORS } from "#servery/validation/limits.js";
import type { Browser, Page } from "playwright-core";
import { email, everyone, integer, longText, servery, table, text } from "servery";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumPath, launchChromium, NEEDS_CHROMIUM } from "../docs/browser.ts";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { type ConsolePage, openConsole } from "./console-page.ts";

const PATIENT = { timeout: 180_000 };
const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };
const declaration = servery({
  title: "Stock",
  tables: {
    items: table({ name: text(200), amount: integer({ min: 0 }), note: longText().optional() }).allow(OPEN),
    users: table({ email: email(100).unique() })
      .accounts({ verify: false })
      .allow({ read: everyone, create: everyone }),
  },
});
describe.skipIf(chromiumPath === undefined)(`imports of files ${NEEDS_CHROMIUM}`, { timeout: 400_000 }, () => {
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

  async function onData(path: string, run: (opened: ConsolePage) => Promise<void>): Promise<void> {
    const opened = await openConsole(browser, origin);
    await opened.open(`/data/${path}`);
    await run(opened);
    expect(opened.misdeeds()).toEqual([]);
    await opened.close();
  }
  const count = async (): Promise<string | undefined> =>
    (await engine.get("/api/items?limit=1&count=exact")).headers["x-total-count"];
  const bring = (page: Page, name: string, lines: string) =>
    page.setInputFiles('dialog input[type="file"]', { name, mimeType: "text/plain", buffer: Buffer.from(lines) });
  const report = (page: Page) => page.locator('[data-imported="0"]');
  const rows = (many: number, row: (at: number) => string) =>
    Array.from({ length: many }, (_none, at) => row(at)).join("\n");

  test("a large file tells how far it is, and can be left: then nothing is written", () =>
    onData("items", async ({ page }) => {
      await page.getByRole("button", { name: "Import" }).click();
      const session = await page.context().newCDPSession(page);
      // Half a minute for all of it: whoever is slow to press the button still leaves in the middle.
      const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 400_000 };
      await session.send("Network.enable");
      await session.send("Network.emulateNetworkConditions", slow);
      const file = `name,amount\n${rows(60_000, (at) => `${"n".repeat(180)}${at},${at}`)}`;
      await bring(page, "items.csv", file);
      const progress = page.locator(".progress");
      await expect.poll(() => progress.innerText(), PATIENT).toMatch(/^Sending: \d+ %, [\d.]+ MB of 11\.\d MB$/);
      expect(Number(await page.locator("progress").getAttribute("value"))).toBeLessThan(1);
      await page.getByRole("button", { name: "Cancel" }).click();
      await report(page).waitFor();
      expect(await report(page).innerText()).toContain("You left before all of it was sent.");
      expect(await count()).toBe("0");
      await session.send("Network.emulateNetworkConditions", { ...slow, uploadThroughput: -1 });
      await bring(page, "items.csv", file);
      await page.locator('[data-imported="60000"]').waitFor(PATIENT);
      expect(await count()).toBe("60000");
    }));

  test("what is wrong can be taken along, row by row", () =>
    onData("items", async ({ page }) => {
      await page.getByRole("button", { name: "Import" }).click();
      await bring(page, "items.csv", `name,amount\n${rows(3000, (at) => `item,${at % 20 === 0 ? -1 : at}`)}`);
      await report(page).waitFor();
      expect(await page.locator("[data-row-finding]").count()).toBe(REPORTED_ERRORS);
      expect(await report(page).innerText()).toContain("there may be more");
      const download = page.waitForEvent("download");
      await page.getByRole("button", { name: "Save the report" }).click();
      const file = await download;
      expect(file.suggestedFilename()).toBe("items-findings.csv");
      const lines = readFileSync(await file.path(), "utf8").split("\r\n");
      expect(lines[0]).toBe("row,column,message");
      expect(lines[2]).toMatch(/^21,amount,/);
      expect(lines).toHaveLength(REPORTED_ERRORS + 1);
    }));

  test("whoever a cookie signs in, an import is asked for by nobody else than the page says", () =>
    onData("items", async ({ page }) => {
      const account = { email: "ada@example.com", password: "a good long password" };
      await engine.post("/api/auth/sign-up", account);
      const signedIn = await page.evaluate<number>(`fetch("/api/auth/sign-in", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: ${JSON.stringify(JSON.stringify({ ...account, session: "cookie" }))},
      }).then(({ status }) => status)`);
      expect(signedIn).toBe(200);
      await page.getByRole("button", { name: "Import" }).click();
      const posted = page.waitForRequest((request) => request.method() === "POST" && request.url().endsWith("/items"));
      await bring(page, "items.csv", "name,amount\nalone,1\n");
      await page.locator('[data-imported="1"]').waitFor();
      expect((await (await posted).allHeaders())["cookie"]).toBe(undefined);
    }));

  test("a large file that is wrong from its first row on is refused with its findings", () =>
    onData("items", async ({ page }) => {
      const before = await count();
      await page.getByRole("button", { name: "Import" }).click();
      await bring(page, "items.csv", `name,amount\n${rows(90_000, (at) => `${"n".repeat(180)}${at},-1`)}`);
      await report(page).waitFor(PATIENT);
      expect(await page.locator("[data-row-finding]").count()).toBe(REPORTED_ERRORS);
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.filter(({ impact }) => impact === "serious" || impact === "critical")).toEqual([]);
      expect(await count()).toBe(before);
    }));

  test("what the API would not take is refused before it is sent, with the limit", () =>
    onData("items", async ({ page }) => {
      const sent: string[] = [];
      page.on("request", (request) => request.method() === "POST" && sent.push(request.url()));
      await page.getByRole("button", { name: "Import" }).click();
      // A break between quotes ends no row.
      await bring(
        page,
        "items.ndjson",
        rows(IMPORT_ROWS + 1, () => "{}"),
      );
      await expect.poll(() => report(page).innerText(), PATIENT).toContain("100,001 rows, and an import takes 100,000");
      await page.evaluate(`(() => {
        const files = new DataTransfer();
        files.items.add(new File([new Uint8Array(40 * 1024 * 1024)], "items.json"));
        const input = document.querySelector('dialog input[type="file"]');
        input.files = files.files;
        input.dispatchEvent(new Event("change", { bubbles: true }));
      })()`);
      await expect.poll(() => report(page).innerText(), PATIENT).toContain("A JSON file may have 32.0 MB here");
      await bring(page, "items.json", "{ no json");
      await expect.poll(() => report(page).innerText(), PATIENT).toContain("The file is no JSON");
      expect(sent).toEqual([]);
      expect(await page.getByRole("dialog").innerText()).toContain("100,000 rows and 256.0 MB");
      expect([IMPORT_ROWS, IMPORT_BYTES]).toEqual([100_000, 256 * 1024 * 1024]);
    }));

  test("a long list of JSON goes line by line, and lines in quotes are one row", () =>
    onData("items", async ({ page }) => {
      const before = Number(await count());
      await page.getByRole("button", { name: "Import" }).click();
      const list = Array.from({ length: 1500 }, (_none, at) => ({ name: `json ${at}`, amount: at }));
      await bring(page, "items.json", JSON.stringify(list));
      await page.locator('[data-imported="1500"]').waitFor(PATIENT);
      await bring(page, "items.csv", 'name,amount,note\n"quoted",1,"two\nlines"\n');
      await page.locator('[data-imported="1"]').waitFor();
      expect(await count()).toBe(String(before + 1501));
      expect((await engine.get("/api/items?name=quoted&fields=note")).json).toEqual([{ note: "two\nlines" }]);
    }));
});
