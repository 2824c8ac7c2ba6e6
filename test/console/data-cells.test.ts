import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumPath, NEEDS_CHROMIUM } from "../docs/browser.ts";
import { cell, lists, openShop, said, type Shop, type Thing } from "./shop.ts";

describe.skipIf(chromiumPath === undefined)(`cells of the Data page ${NEEDS_CHROMIUM}`, { timeout: 300_000 }, () => {
  let shop: Shop;

  beforeAll(async () => {
    shop = await openShop();
  });
  afterAll(() => shop.close());

  test("a cell is changed by double click and Enter, and what the server says stands at it", async () => {
    const { id } = await shop.made({ name: "Lamp", amount: 3 });
    await shop.onData("things", async ({ page }) => {
      await cell(page, id, "amount").dblclick();
      await page.fill("[data-editing]", "5000");
      await page.keyboard.press("Enter");
      const finding = page.locator('[data-finding="amount"]');
      await finding.waitFor();
      expect(await finding.innerText()).toContain("1000");
      expect((await shop.thing(id)).amount).toBe(3);
      await page.fill("[data-editing]", "42");
      const sent = page.waitForRequest((request) => request.method() === "PATCH");
      await page.keyboard.press("Enter");
      const request = await sent;
      expect(request.postDataJSON()).toEqual({ amount: 42 });
      expect(request.headers()["if-match"]).toBeDefined();
      await said(page, "Saved amount.");
      // It is said before the editor has gone and the cell has the focus again.
      await cell(page, id, "amount").and(page.locator(":focus")).waitFor();
      await expect.poll(() => cell(page, id, "amount").innerText()).toBe("42");
      expect((await shop.thing(id)).amount).toBe(42);

      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: "Set null" }).click();
      await expect.poll(async () => (await shop.thing(id)).amount).toBeNull();
      await cell(page, id, "amount").getByText("null", { exact: true }).waitFor();
      await cell(page, id, "name").dblclick();
      await page.fill("[data-editing]", "Never");
      await page.keyboard.press("Escape");
      await page.locator("[data-editing]").waitFor({ state: "detached" });
      expect(await cell(page, id, "name").innerText()).toBe("Lamp");
      expect((await shop.thing(id)).name).toBe("Lamp");
    });
  });

  test("a cell that is opened while another is being saved stays open, with what was typed", async () => {
    const { id } = await shop.made({ name: "Stool", amount: 1 });
    const { id: other } = await shop.made({ name: "Bench", amount: 1 });
    await shop.onData("things", async ({ page }) => {
      let release = (): void => undefined;
      const held = new Promise<void>((done) => {
        release = done;
      });
      await page.route(`**/api/things/${id}`, async (route) => {
        if (route.request().method() === "PATCH") await held;
        await route.continue();
      });
      await cell(page, id, "amount").dblclick();
      await page.fill("[data-editing]", "2");
      const asked = page.waitForRequest((request) => request.method() === "PATCH");
      await page.keyboard.press("Enter");
      await asked;
      await page.keyboard.press("Escape");
      await cell(page, other, "name").dblclick();
      await page.fill('[data-editing="name"]', "Long bench");
      release();
      await said(page, "Saved amount.");
      await expect.poll(() => cell(page, id, "amount").innerText()).toBe("2");
      expect(await page.inputValue('[data-editing="name"]')).toBe("Long bench");
      await page.keyboard.press("Enter");
      await said(page, "Saved name.");
      expect([(await shop.thing(id)).amount, (await shop.thing(other)).name]).toEqual([2, "Long bench"]);
    });
  });

  test("a row that somebody changed meanwhile is not written over", async () => {
    const { id } = await shop.made({ name: "Clock", amount: 1 });
    await shop.onData("things", async ({ page }) => {
      const read = page.waitForResponse((answer) => answer.url().endsWith(`/api/things/${id}`));
      await cell(page, id, "amount").dblclick();
      await (await read).finished();
      await shop.engine.patch(`/api/things/${id}`, { name: "Old clock" });
      await page.fill("[data-editing]", "2");
      await page.keyboard.press("Enter");
      await page.locator('[data-finding="amount"]').waitFor();
      expect((await shop.thing(id)).amount).toBe(1);
    });
  });

  test("a reference is a link to its row, and is picked by the name of the other", async () => {
    const { id: oak } = (await shop.engine.post("/api/shelves", { name: "Oak" })).json as Thing;
    const { id: pine } = (await shop.engine.post("/api/shelves", { name: "Pine" })).json as Thing;
    const { id } = await shop.made({ name: "Vase", shelf_id: oak });
    await shop.onData("things", async ({ page }) => {
      await cell(page, id, "shelf_id").click({ position: { x: 5, y: 5 } });
      await page.keyboard.press("Enter");
      await page.fill("[data-editing]", "pin");
      // Before anything is found neither stands there, and before it is narrowed only the other.
      await page.locator(`[data-picked="${pine}"]`).waitFor();
      await page.locator(`[data-picked="${oak}"]`).waitFor({ state: "detached" });
      await page.keyboard.press("Tab");
      await page.locator(`[data-picked="${pine}"]:focus`).waitFor();
      await page.keyboard.press("Enter");
      await said(page, "Saved shelf_id.");
      expect((await shop.thing(id)).shelf_id).toBe(pine);
      await cell(page, id, "shelf_id")
        .getByRole("link", { name: String(pine), exact: true })
        .click();
      await page.locator('.table-view[aria-label="shelves"] [data-key]').first().waitFor();
      await lists(page, "name", ["Pine"]);
    });
  });
});
