import { AxeBuilder } from "@axe-core/playwright";
import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import {
  boolean,
  date,
  decimal,
  enumeration,
  everyone,
  integer,
  json,
  longText,
  nobody,
  ref,
  servery,
  table,
  text,
} from "servery";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import social from "../../examples/social/servery.ts";
import { chromiumPath, launchChromium, NEEDS_CHROMIUM, type View } from "../docs/browser.ts";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { type ConsolePage, openConsole, WIDE } from "./console-page.ts";

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };
const MARKUP = '<img src=x onerror="window.broken=1"><script>window.broken=1</script>';
const TURNED = "user\u202Egnp.exe\u0007";

const shop = servery({
  title: "Shop",
  tables: {
    shelves: table({ name: text(100) }).allow(OPEN),
    things: table({
      shelf_id: ref("shelves", { onDelete: "restrict" }).optional(),
      name: text(100),
      note: longText({ max: 2_000_000 }).optional(),
      amount: integer({ min: 0, max: 1000 }).optional(),
      price: decimal(8, 2).optional(),
      kind: enumeration("new", "used").default("new"),
      sold: boolean().default(false),
      day: date().optional(),
      extra: json().optional(),
    }).allow(OPEN),
    letters: table({ code: text(10), meaning: text(50) })
      .primaryKey("code")
      .allow(OPEN),
    rows: table({ name: text(50), amount: integer({ min: 0 }) }).allow(OPEN),
    fixed: table({ name: text(50) }).allow({ read: everyone, create: nobody, update: nobody, delete: nobody }),
  },
});

interface Thing {
  readonly id: number;
  readonly name: string;
  readonly amount: number | null;
  readonly shelf_id: number | null;
}

describe.skipIf(chromiumPath === undefined)(`the Data page ${NEEDS_CHROMIUM}`, { timeout: 90_000 }, () => {
  let engine: EngineUnderTest;
  let origin: string;
  let world: EngineUnderTest;
  let worldOrigin: string;
  let browser: Browser;

  beforeAll(async () => {
    engine = await openEngine(shop, { explain: true });
    origin = (await engine.listen()).url;
    world = await openEngine(social, { explain: true });
    worldOrigin = (await world.listen()).url;
    browser = await launchChromium();
    await engine.post(
      "/api/rows",
      Array.from({ length: 650 }, (_none, at) => ({ name: `row ${at}`, amount: at })),
    );
  });
  afterAll(async () => {
    await browser.close();
    await engine.close();
    await world.close();
  });

  async function onData(path: string, run: (opened: ConsolePage) => Promise<void>, view: View = WIDE): Promise<void> {
    const opened = await openConsole(browser, origin, view);
    await opened.open(`/data/${path}`);
    await run(opened);
    expect(opened.misdeeds()).toEqual([]);
    await opened.close();
  }
  const thing = async (id: number): Promise<Thing> => (await engine.get(`/api/things/${id}`)).json as Thing;
  const made = async (row: object): Promise<Thing> => (await engine.post("/api/things", row)).json as Thing;
  const cell = (page: Page, key: number | string, column: string) =>
    page.locator(`[data-key="${key}"] [data-column="${column}"]`);
  const said = (page: Page, words: string) => page.locator("#said", { hasText: words }).waitFor({ state: "attached" });
  const listed = (page: Page, column: string) => page.locator(`[data-key] [data-column="${column}"]`).allInnerTexts();

  test("a cell is changed by double click and Enter, and what the server says stands at it", async () => {
    const { id } = await made({ name: "Lamp", amount: 3 });
    await onData("things", async ({ page }) => {
      await cell(page, id, "amount").dblclick();
      await page.fill("[data-editing]", "5000");
      await page.keyboard.press("Enter");
      const finding = page.locator('[data-finding="amount"]');
      await finding.waitFor();
      expect(await finding.innerText()).toContain("1000");
      expect((await thing(id)).amount).toBe(3);
      await page.fill("[data-editing]", "42");
      const sent = page.waitForRequest((request) => request.method() === "PATCH");
      await page.keyboard.press("Enter");
      const request = await sent;
      expect(request.postDataJSON()).toEqual({ amount: 42 });
      expect(request.headers()["if-match"]).toBeDefined();
      await said(page, "Saved amount.");
      expect(await cell(page, id, "amount").innerText()).toBe("42");
      expect((await thing(id)).amount).toBe(42);

      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: "Set null" }).click();
      await expect.poll(async () => (await thing(id)).amount).toBeNull();
      await cell(page, id, "amount").getByText("null", { exact: true }).waitFor();
      await cell(page, id, "name").dblclick();
      await page.fill("[data-editing]", "Never");
      await page.keyboard.press("Escape");
      expect(await cell(page, id, "name").innerText()).toBe("Lamp");
    });
  });

  test("a row that somebody changed meanwhile is not written over", async () => {
    const { id } = await made({ name: "Clock", amount: 1 });
    await onData("things", async ({ page }) => {
      const read = page.waitForResponse((answer) => answer.url().endsWith(`/api/things/${id}`));
      await cell(page, id, "amount").dblclick();
      await (await read).finished();
      await engine.patch(`/api/things/${id}`, { name: "Old clock" });
      await page.fill("[data-editing]", "2");
      await page.keyboard.press("Enter");
      await page.locator('[data-finding="amount"]').waitFor();
      expect((await thing(id)).amount).toBe(1);
    });
  });

  test("a reference is a link to its row, and is picked by the name of the other", async () => {
    const { id: oak } = (await engine.post("/api/shelves", { name: "Oak" })).json as Thing;
    const { id: pine } = (await engine.post("/api/shelves", { name: "Pine" })).json as Thing;
    const { id } = await made({ name: "Vase", shelf_id: oak });
    await onData("things", async ({ page }) => {
      await cell(page, id, "shelf_id").click({ position: { x: 5, y: 5 } });
      await page.keyboard.press("Enter");
      await page.fill("[data-editing]", "pin");
      await page.locator(`[data-picked="${oak}"]`).waitFor({ state: "detached" });
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await said(page, "Saved shelf_id.");
      expect((await thing(id)).shelf_id).toBe(pine);
      await cell(page, id, "shelf_id").getByRole("link").click();
      await page.locator('.table-view[aria-label="shelves"] [data-key]').waitFor();
      expect(await listed(page, "name")).toEqual(["Pine"]);
    });
  });

  test("filters and a press on a header send the API's own parameters", () =>
    onData("rows", async ({ page }) => {
      await page.locator("[data-key]").first().waitFor();
      await page.selectOption('[aria-label="Column"]', "amount");
      await page.selectOption('[aria-label="Condition"]', "gte");
      await page.fill('[aria-label="Value"]', "640");
      const filtered = page.waitForRequest((request) => request.url().includes("amount"));
      await page.keyboard.press("Enter");
      expect((await filtered).url()).toBe(`${origin}/api/rows?amount[gte]=640&limit=100&count=estimated`);
      const sorted = page.waitForRequest((request) => request.url().includes("sort="));
      await page.click('[data-sort="name"]');
      expect((await sorted).url()).toBe(`${origin}/api/rows?amount[gte]=640&sort=name&limit=100&count=estimated`);
      await page.locator('[aria-sort="ascending"] [data-sort="name"]').waitFor();
      await cell(page, 641, "name").waitFor();
      expect((await listed(page, "amount")).map(Number)).toEqual([640, 641, 642, 643, 644, 645, 646, 647, 648, 649]);
      await page.click('[data-sort="name"]');
      await page.locator('[aria-sort="descending"]').waitFor();
      await cell(page, 641, "name").waitFor();
      expect((await listed(page, "amount")).map(Number)[0]).toBe(649);
      expect(await page.locator("[data-total]").innerText()).toBe("10 rows");

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
    onData("rows", async ({ page }) => {
      const last = page.locator('[data-key="1"]');
      await page.locator("[data-key]").first().waitFor();
      for (let scrolls = 0; scrolls < 20 && (await last.count()) === 0; scrolls++) {
        const height = await page.evaluate<number>("document.querySelector('.grid-frame').scrollHeight");
        await page.evaluate(
          "(() => { const one = document.querySelector('.grid-frame'); one.scrollTop = one.scrollHeight; })()",
        );
        await expect
          .poll(
            () =>
              page.evaluate(
                `document.querySelector('.grid-frame').scrollHeight > ${height} || document.querySelector('[data-key="1"]') !== null`,
              ),
            { timeout: 30_000 },
          )
          .toBe(true);
      }
      await last.waitFor();
      expect(await page.locator("[data-total]").innerText()).toBe("650 rows");
      expect(await page.locator(".grid-rows [role=row]").count()).toBeLessThan(70);
    }));

  test("a file with a broken row writes none and names the row; mended, it writes all", () =>
    onData("rows", async ({ page }) => {
      const rows = Array.from({ length: 1000 }, (_none, at) => `imported ${at},${at === 616 ? "-7" : at}`);
      const file = (lines: readonly string[]) => ({
        name: "rows.csv",
        mimeType: "text/csv",
        buffer: Buffer.from(["name,amount", ...lines].join("\n")),
      });
      const count = async (): Promise<string | undefined> =>
        (await engine.get("/api/rows?name[starts]=imported&limit=1&count=exact")).headers["x-total-count"];
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
      await engine.delete("/api/rows?name[starts]=imported%20by");
      await engine.delete("/api/rows?name[starts]=imported");
    }));

  test("deleted rows come back with an undo, under their key where the API takes one", async () => {
    await engine.post("/api/letters", [
      { code: "a", meaning: "alpha" },
      { code: "b", meaning: "beta" },
      { code: "c", meaning: "gamma" },
    ]);
    await onData("letters", async ({ page }) => {
      await page.getByLabel("Choose row a").check();
      await page.getByLabel("Choose row b").check();
      await page.getByRole("button", { name: "Delete 2" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
      await page.locator('[data-key="a"]').waitFor({ state: "detached" });
      expect((await engine.get("/api/letters?fields=code")).json).toEqual([{ code: "c" }]);
      await page.getByRole("button", { name: "Undo" }).click();
      await page.locator(".undo-bar", { hasText: "They are back." }).waitFor();
      await page.locator('[data-key="a"]').waitFor();
      expect((await engine.get("/api/letters?fields=code,meaning&sort=code&code[in]=a")).json).toEqual([
        { code: "a", meaning: "alpha" },
      ]);
    });
    const { id } = await made({ name: "Chair", amount: 9 });
    await onData("things", async ({ page }) => {
      await cell(page, id, "name").click();
      await page.keyboard.press("Delete");
      expect(await page.getByRole("dialog").innerText()).toContain("Undo makes rows with new values in id");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: "Undo" }).click();
      await page.locator(".undo-bar", { hasText: "They are back under new keys" }).waitFor();
      const [back] = (await engine.get("/api/things?name=Chair")).json as Thing[];
      expect([back?.amount, back?.id === id]).toEqual([9, false]);
    });
  });

  test("hostile values are text on one line, however long", async () => {
    const { id: markup } = await made({ name: MARKUP, extra: { html: MARKUP } });
    const { id: turned } = await made({ name: TURNED });
    const { id: long } = await made({ name: "long", note: `${MARKUP}\n${"a".repeat(1_000_000)}` });
    await onData("things", async ({ page }) => {
      expect(await cell(page, markup, "name").innerText()).toBe(MARKUP);
      expect(await cell(page, turned, "name").innerText()).toBe("user\\u202egnp.exe\\u0007");
      expect((await cell(page, long, "note").innerText()).length).toBeLessThan(300);
      expect((await cell(page, long, "note").boundingBox())?.height).toBeLessThan(40);
      expect(await page.locator(".data-page img, .data-page script").count()).toBe(0);
      expect(await page.evaluate("window.broken")).toBe(undefined);
    });
    for (const id of [markup, turned, long]) await engine.delete(`/api/things/${id}`);
  });

  test("everything can be done with the keyboard", async () => {
    const { id } = await made({ name: "Key", amount: 1 });
    await onData("things", async ({ page }) => {
      const at = () =>
        page.evaluate<string>("document.activeElement.dataset.cell ?? document.activeElement.dataset.editing ?? ''");
      await cell(page, id, "name").waitFor();
      await page.locator('[data-cell="-1:0"]').focus();
      expect(await page.locator('[data-cell][tabindex="0"]').count()).toBe(1);
      for (const key of ["ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight"]) await page.keyboard.press(key);
      expect(await at()).toBe("0:3");
      await page.keyboard.press("Enter");
      expect(await at()).toBe("name");
      await page.keyboard.press("Control+a");
      await page.keyboard.type("Keyboard");
      await page.keyboard.press("Enter");
      await page.locator('[data-cell="0:3"]:focus').waitFor();
      expect((await thing(id)).name).toBe("Keyboard");
      await page.keyboard.press("End");
      expect(await at()).toBe(`0:${await page.locator("[data-sort]").count()}`);
      await page.keyboard.press("Home");
      await page.keyboard.press("Space");
      await page.locator(`[data-key="${id}"][aria-selected="true"]`).waitFor();
      await page.keyboard.press("Delete");
      await page.getByRole("dialog").waitFor();
      await page.keyboard.press("Escape");
      await page.locator('[data-cell="0:0"]:focus').waitFor();
      await page.keyboard.press("ArrowUp");
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("Enter");
      await page.locator('[aria-sort="ascending"]').waitFor();
    });
  });

  test("a new row is made with a form, and what is wrong stands at its field", () =>
    onData("letters", async ({ page }) => {
      await page.getByRole("button", { name: "New row" }).click();
      await page.fill('dialog [data-field="code"]', "z");
      await page.keyboard.press("Enter");
      await page.locator('dialog [data-finding="meaning"]').waitFor();
      await page.fill('dialog [data-field="meaning"]', "zeta");
      await page.keyboard.press("Enter");
      await cell(page, "z", "meaning").waitFor();
      expect((await engine.get("/api/letters/z")).status).toBe(200);
    }));

  test("whoever may not read the declaration is told by the API's description, and may do what it lists", async () => {
    const closed = await openEngine(shop, { docs: true });
    const { url } = await closed.listen();
    await closed.post("/api/letters", { code: "q", meaning: "queue" });
    const { page, open, close } = await openConsole(browser, url);
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
    const { page, open, picture, misdeeds, close } = await openConsole(browser, worldOrigin, view);
    const look = async (): Promise<void> => {
      await page.evaluate("Promise.all(document.getAnimations().map((one) => one.finished))");
      const { violations } = await new AxeBuilder({ page }).analyze();
      const bad = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
      expect(bad.map(({ id, nodes }) => [id, nodes.map(({ target }) => target)])).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")).toBe(
        0,
      );
    };
    await open("/data");
    await look();
    await open("/data/posts");
    await page.locator("[data-key]").first().waitFor();
    await look();
    await page.locator("[data-key]").nth(2).locator('[data-column="title"]').dblclick();
    await page.fill("[data-editing]", "x".repeat(201));
    await page.keyboard.press("Enter");
    await page.locator('[data-finding="title"]').waitFor();
    await look();
    if (view.scheme === "light" && view.width > 1000) await picture("data");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "New row" }).click();
    await look();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Import" }).click();
    await look();
    expect(misdeeds()).toEqual([]);
    await close();
  });
});
