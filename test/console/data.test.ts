import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import social from "../../examples/social/servery.ts";
import { chromiumPath, NEEDS_CHROMIUM, type View } from "../docs/browser.ts";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { openConsole } from "./console-page.ts";
import { looksSound } from "./operator-page.ts";
import { cell, lists, openShop, said, shop as declaration, type Shop, type Thing } from "./shop.ts";

const MARKUP = '<img src=x onerror="window.broken=1"><script>window.broken=1</script>';
const TURNED = "user\u202Egnp.exe\u0007";

describe.skipIf(chromiumPath === undefined)(`the Data page ${NEEDS_CHROMIUM}`, { timeout: 300_000 }, () => {
  let shop: Shop;
  let world: EngineUnderTest;
  let worldOrigin: string;

  beforeAll(async () => {
    shop = await openShop();
    world = await openEngine(social, { explain: true });
    worldOrigin = (await world.listen()).url;
    await shop.engine.post(
      "/api/rows",
      Array.from({ length: 650 }, (_none, at) => ({ name: `row ${at}`, amount: at })),
    );
  });
  afterAll(async () => {
    await shop.close();
    await world.close();
  });

  const counts = async (page: Page, words: string): Promise<void> => {
    await expect.poll(() => page.locator("[data-total]").innerText()).toBe(words);
  };

  test("filters and a press on a header send the API's own parameters", () =>
    shop.onData("rows", async ({ page }) => {
      await page.locator("[data-key]").first().waitFor();
      await page.selectOption('[aria-label="Column"]', "amount");
      await page.selectOption('[aria-label="Condition"]', "gte");
      await page.fill('[aria-label="Value"]', "640");
      const filtered = page.waitForRequest((request) => request.url().includes("amount"));
      await page.keyboard.press("Enter");
      expect((await filtered).url()).toBe(
        `${new URL(page.url()).origin}/api/rows?amount[gte]=640&limit=100&count=estimated`,
      );
      const sorted = page.waitForRequest((request) => request.url().includes("sort="));
      await page.click('[data-sort="name"]');
      expect((await sorted).url()).toBe(
        `${new URL(page.url()).origin}/api/rows?amount[gte]=640&sort=name&limit=100&count=estimated`,
      );
      await page.locator('[aria-sort="ascending"] [data-sort="name"]').waitFor();
      await lists(page, "amount", ["640", "641", "642", "643", "644", "645", "646", "647", "648", "649"]);
      await page.click('[data-sort="name"]');
      await page.locator('[aria-sort="descending"]').waitFor();
      await lists(page, "amount", ["649", "648", "647", "646", "645", "644", "643", "642", "641", "640"]);
      await counts(page, "10 rows");

      const download = page.waitForEvent("download");
      await page.selectOption('[aria-label="Export"]', "CSV");
      const csv = readFileSync(await (await download).path(), "utf8");
      expect(csv.split("\n")[0]?.trim()).toMatch(/^id,name,amount/);
      expect(csv.trim().split("\n").length).toBe(11);
      const other = page.waitForEvent("download");
      await page.selectOption('[aria-label="Export"]', "JSON");
      expect(JSON.parse(readFileSync(await (await other).path(), "utf8"))).toHaveLength(10);

      await page.getByRole("button", { name: "Take away the filter" }).click();
      await page.locator("[data-total]", { hasText: "650" }).waitFor();
    }));

  test("all rows scroll by, page by page, and few are kept", () =>
    shop.onData("rows", async ({ page }) => {
      const last = page.locator('[data-key="1"]');
      await page.locator("[data-key]").first().waitFor();
      for (let scrolls = 0; scrolls < 20 && (await last.count()) === 0; scrolls++) {
        const height = await page.evaluate<number>("document.querySelector('.grid-frame').scrollHeight");
        await page.evaluate(
          "(() => { const one = document.querySelector('.grid-frame'); one.scrollTop = one.scrollHeight; })()",
        );
        await expect
          .poll(() =>
            page.evaluate(
              `document.querySelector('.grid-frame').scrollHeight > ${height} || document.querySelector('[data-key="1"]') !== null`,
            ),
          )
          .toBe(true);
      }
      await last.waitFor();
      await counts(page, "650 rows");
      expect(await page.locator(".grid-rows [role=row]").count()).toBeLessThan(70);
    }));

  test("a file with a broken row writes none and names the row; mended, it writes all", () =>
    shop.onData("rows", async ({ page }) => {
      const rows = Array.from({ length: 1000 }, (_none, at) => `imported ${at},${at === 616 ? "-7" : at}`);
      const file = (lines: readonly string[]) => ({
        name: "rows.csv",
        mimeType: "text/csv",
        buffer: Buffer.from(["name,amount", ...lines].join("\n")),
      });
      const count = async (): Promise<string | undefined> =>
        (await shop.engine.get("/api/rows?name[starts]=imported&limit=1&count=exact")).headers["x-total-count"];
      await page.getByRole("button", { name: "Import" }).click();
      await page.setInputFiles('dialog input[type="file"]', file(rows));
      await page.locator('[data-imported="0"]').waitFor();
      expect(await page.locator("[data-row-finding]").allInnerTexts()).toEqual([
        expect.stringMatching(/^617\s+amount\s+.*0/),
      ]);
      expect(await count()).toBe("0");
      await page.setInputFiles('dialog input[type="file"]', file(rows.map((row) => row.replace("-7", "7"))));
      await page.locator('[data-imported="1000"]').waitFor();
      expect(await count()).toBe("1000");
      const list = JSON.stringify([{ name: "imported by JSON", amount: 1 }]);
      await page.setInputFiles('dialog input[type="file"]', {
        name: "rows.json",
        mimeType: "application/json",
        buffer: Buffer.from(list),
      });
      await page.locator('[data-imported="1"]').waitFor();
      await page.getByRole("button", { name: "Close" }).click();
      await page.locator("[data-key]", { hasText: "imported by JSON" }).waitFor();
      await shop.engine.delete("/api/rows?name[starts]=imported%20by");
      await shop.engine.delete("/api/rows?name[starts]=imported");
    }));

  test("deleted rows come back with an undo, under their key where the API takes one", async () => {
    await shop.engine.post("/api/letters", [
      { code: "a", meaning: "alpha" },
      { code: "b", meaning: "beta" },
      { code: "c", meaning: "gamma" },
    ]);
    // Eight seconds are for a person; how long a crowded machine takes to the button is not the question here.
    const undoIsPatient = (page: Page): Promise<void> =>
      page.evaluate(
        "(() => { const later = setTimeout; window.setTimeout = (run, ms, ...rest) => later(run, ms === 8000 ? 600000 : ms, ...rest); })()",
      );
    await shop.onData("letters", async ({ page }) => {
      await undoIsPatient(page);
      await page.getByLabel("Choose row a").check();
      await page.getByLabel("Choose row b").check();
      await page.getByRole("button", { name: "Delete 2" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
      await page.locator('[data-key="a"]').waitFor({ state: "detached" });
      expect((await shop.engine.get("/api/letters?fields=code")).json).toEqual([{ code: "c" }]);
      await page.getByRole("button", { name: "Undo" }).click();
      await page.locator(".undo-bar", { hasText: "They are back." }).waitFor();
      await page.locator('[data-key="a"]').waitFor();
      expect((await shop.engine.get("/api/letters?fields=code,meaning&sort=code&code[in]=a")).json).toEqual([
        { code: "a", meaning: "alpha" },
      ]);
    });
    const { id } = await shop.made({ name: "Chair", amount: 9 });
    await shop.onData("things", async ({ page }) => {
      await undoIsPatient(page);
      await cell(page, id, "name").click();
      await page.keyboard.press("Delete");
      expect(await page.getByRole("dialog").innerText()).toContain("Undo makes rows with new values in id");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: "Undo" }).click();
      await page.locator(".undo-bar", { hasText: "They are back under new keys" }).waitFor();
      const [back] = (await shop.engine.get("/api/things?name=Chair")).json as Thing[];
      expect([back?.amount, back?.id === id]).toEqual([9, false]);
    });
  });

  test("hostile values are text on one line, however long", async () => {
    const { id: markup } = await shop.made({ name: MARKUP, extra: { html: MARKUP } });
    const { id: turned } = await shop.made({ name: TURNED });
    const { id: long } = await shop.made({ name: "long", note: `${MARKUP}\n${"a".repeat(1_000_000)}` });
    await shop.onData("things", async ({ page }) => {
      expect(await cell(page, markup, "name").innerText()).toBe(MARKUP);
      expect(await cell(page, turned, "name").innerText()).toBe("user\\u202egnp.exe\\u0007");
      expect((await cell(page, long, "note").innerText()).length).toBeLessThan(300);
      expect((await cell(page, long, "note").boundingBox())?.height).toBeLessThan(40);
      expect(await page.locator(".data-page img, .data-page script").count()).toBe(0);
      expect(await page.evaluate("window.broken")).toBe(undefined);
    });
    for (const id of [markup, turned, long]) await shop.engine.delete(`/api/things/${id}`);
  });

  test("everything can be done with the keyboard", async () => {
    const { id } = await shop.made({ name: "Key", amount: 1 });
    await shop.onData("things", async ({ page }) => {
      const at = () =>
        page.evaluate<string>("document.activeElement.dataset.cell ?? document.activeElement.dataset.editing ?? ''");
      await cell(page, id, "name").waitFor();
      await page.locator('[data-cell="-1:0"]').focus();
      expect(await page.locator('[data-cell][tabindex="0"]').count()).toBe(1);
      for (const key of ["ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight"]) await page.keyboard.press(key);
      await expect.poll(at).toBe("0:3");
      await page.keyboard.press("Enter");
      await expect.poll(at).toBe("name");
      await page.keyboard.press("Control+a");
      await page.keyboard.type("Keyboard");
      await page.keyboard.press("Enter");
      await page.locator('[data-cell="0:3"]:focus').waitFor();
      expect((await shop.thing(id)).name).toBe("Keyboard");
      await page.keyboard.press("End");
      await expect.poll(at).toBe(`0:${await page.locator("[data-sort]").count()}`);
      await page.keyboard.press("Home");
      await expect.poll(at).toBe("0:0");
      await page.keyboard.press("Space");
      await page.locator(`[data-key="${id}"][aria-selected="true"]`).waitFor();
      await page.keyboard.press("Delete");
      await page.getByRole("dialog").waitFor();
      await page.keyboard.press("Escape");
      await page.locator('[data-cell="0:0"]:focus').waitFor();
      await page.keyboard.press("ArrowUp");
      await page.keyboard.press("ArrowRight");
      await expect.poll(at).toBe("-1:1");
      await page.keyboard.press("Enter");
      await page.locator('[aria-sort="ascending"]').waitFor();
    });
  });

  test("a new row is made with a form, and what is wrong stands at its field", () =>
    shop.onData("letters", async ({ page }) => {
      await page.getByRole("button", { name: "New row" }).click();
      await page.fill('dialog [data-field="code"]', "z");
      await page.keyboard.press("Enter");
      await page.locator('dialog [data-finding="meaning"]').waitFor();
      await page.fill('dialog [data-field="meaning"]', "zeta");
      await page.keyboard.press("Enter");
      await cell(page, "z", "meaning").waitFor();
      expect((await shop.engine.get("/api/letters/z")).status).toBe(200);
    }));

  test("whoever may not read the declaration is told by the API's description, and may do what it lists", async () => {
    const closed = await openEngine(declaration, { docs: true });
    const { url } = await closed.listen();
    await closed.post("/api/letters", { code: "q", meaning: "queue" });
    const { page, open, close } = await openConsole(shop.browser, url);
    await open("/data/letters");
    await cell(page, "q", "meaning").dblclick();
    await page.fill("[data-editing]", "quiet");
    await page.keyboard.press("Enter");
    await said(page, "Saved meaning.");
    expect((await closed.get("/api/letters/q")).json).toMatchObject({ meaning: "quiet" });
    await page.click('[data-table="fixed"]');
    await page.locator('.table-view[aria-label="fixed"]').waitFor();
    expect(await page.getByRole("button", { name: "New row" }).count()).toBe(0);
    await close();
    await closed.close();
  });

  test.each<View>([
    { scheme: "light", width: 1440 },
    { scheme: "dark", width: 1440 },
    { scheme: "light", width: 360 },
    { scheme: "dark", width: 360 },
  ])("it has no serious mistake and no scroll bar aside, $scheme, $width wide", async (view) => {
    const { page, open, picture, misdeeds, close } = await openConsole(shop.browser, worldOrigin, view);
    await open("/data");
    await looksSound(page);
    await open("/data/posts");
    await page.locator("[data-key]").first().waitFor();
    await looksSound(page);
    await page.locator("[data-key]").nth(2).locator('[data-column="title"]').dblclick();
    await page.fill("[data-editing]", "x".repeat(201));
    await page.keyboard.press("Enter");
    await page.locator('[data-finding="title"]').waitFor();
    await looksSound(page);
    if (view.scheme === "light" && view.width > 1000) await picture("data");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "New row" }).click();
    await page.getByRole("dialog").waitFor();
    await looksSound(page);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Import" }).click();
    await page.getByRole("dialog").waitFor();
    await looksSound(page);
    expect(misdeeds()).toEqual([]);
    await close();
  });
});
