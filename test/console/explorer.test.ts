import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import social from "../../examples/social/servery.ts";
import { chromiumPath, launchChromium, NEEDS_CHROMIUM } from "../docs/browser.ts";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { type ConsolePage, openConsole, signInOnPage } from "./console-page.ts";

const PASSWORD = "a password of the tests alone";
const ALICE = "alice@email.com";
const BOB = "bob@email.com";

/** The state of every box, in order. */
function states(...of: readonly string[]): Record<string, string> {
  const names = ["Client", "Validate & Guard", "Controller", "Service", "Repository", "Database"];
  return Object.fromEntries(names.map((name, at) => [name, of[at] ?? of.at(-1) ?? ""]));
}

describe.skipIf(chromiumPath === undefined)(`the Explorer in a browser ${NEEDS_CHROMIUM}`, { timeout: 300_000 }, () => {
  let engine: EngineUnderTest;
  let origin: string;
  let browser: Browser;
  let seen: ConsolePage;

  beforeAll(async () => {
    engine = await openEngine(social, { explain: true });
    for (const identifier of [ALICE, BOB]) await engine.accounts.setPassword({ identifier }, PASSWORD);
    await engine.accounts.grant({ identifier: BOB }, "admin");
    origin = (await engine.listen()).url;
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    await engine.close();
  });

  /** Opens the console, runs the steps, and sees to it that nothing went wrong beside them. */
  async function onPage(path: string, steps: (console: ConsolePage) => Promise<void>): Promise<void> {
    seen = await openConsole(browser, origin);
    await seen.open(path);
    await steps(seen);
    expect(seen.misdeeds()).toEqual([]);
    expect(engine.faults).toEqual([]);
    await seen.close();
  }

  test("a GET shows the rows and lights every box; its statements are the engine's own", () =>
    onPage("?op=posts.list", async ({ page, sent, box }) => {
      await page.fill('[data-query="limit"]', "2");
      const { status, id, boxes } = await sent();
      expect(status).toBe(200);
      expect(boxes).toEqual(states("passed"));
      const { text } = await engine.get("/api/posts?limit=2");
      expect(JSON.parse(await page.locator(".response-pane pre").first().innerText())).toEqual(JSON.parse(text));
      await box("Database").click();
      await page.locator("[data-detail=Database]").waitFor();
      const shown = page.locator("[data-statement]");
      const ran = engine.xray.find(id)?.statements ?? [];
      expect(ran.length).toBeGreaterThan(0);
      expect(await shown.locator("pre.sql").allTextContents()).toEqual(ran.map(({ sql }) => sql));
      expect(await shown.evaluateAll((all) => all.map((one) => Number(one.getAttribute("data-rows"))))).toEqual(
        ran.map(({ rows }) => rows),
      );
      expect(await shown.evaluateAll((all) => all.map((one) => Number(one.getAttribute("data-bound"))))).toEqual(
        ran.map(({ bound }) => bound),
      );
      expect(await shown.locator(".plan").first().innerText()).toMatch(/SCAN|SEARCH/);
      await expect
        .poll(() => page.locator(".look-for").innerText())
        .toContain("There are more: Link names the next page");
    }));

  test("a POST creates a row that is the caller's own", () =>
    onPage("?op=posts.create", async ({ page, sent, picture }) => {
      await signInOnPage(page, ALICE, PASSWORD);
      await page.fill('[data-field="title"]', "My Post");
      await page.fill('[data-field="content"]', "Hello world!");
      const { status, id, boxes } = await sent(() => page.keyboard.press("Control+Enter"));
      expect([status, boxes]).toEqual([201, states("passed")]);
      const row = JSON.parse(await page.locator(".response-pane pre").first().innerText()) as { id: number };
      expect(row).toMatchObject({ title: "My Post", content: "Hello world!", user_id: 1 });
      const look = page.locator(".look-for", { hasText: "1 INSERT, after authentication and validation" });
      const noticed = await look.innerText();
      expect(noticed).toContain("Location names the new row");
      expect(noticed).toContain(`/api/posts/${row.id}`);
      expect(noticed).toContain("The owner is you, though you did not send one");
      expect(noticed).not.toContain("✕");
      const inserts = engine.xray.find(id)?.statements.filter(({ sql }) => sql.startsWith("INSERT"));
      expect(inserts).toHaveLength(1);
      await picture("explorer");
    }));

  test("an administrator sends as somebody else, and the way says who is behind it", () =>
    onPage("?op=posts.update", async ({ page, sent }) => {
      await signInOnPage(page, BOB, PASSWORD);
      await page.selectOption("[data-caller]", { label: "As somebody else …" });
      await page.getByLabel("Find an account").fill(ALICE);
      // Before anything is found neither stands there.
      await page.locator("[data-stand-in='1']").waitFor();
      await page.locator("[data-stand-in='2']").waitFor({ state: "detached" });
      await page.locator("[data-stand-in='1']").click();
      await page.getByRole("dialog").waitFor({ state: "detached" });
      await page.fill('[data-field="path.id"]', "2000");
      await page.fill('[data-field="title"]', "Not mine");
      const stood = await sent(() => page.keyboard.press("Control+Enter"));
      expect(stood.status).toBe(403);
      expect(await page.locator("[data-detail=Service] [data-rule]").innerText()).toContain("user_id = 1");
      await page.getByRole("tab", { name: /^Headers/ }).click();
      expect(await page.locator(".own-headers").first().innerText()).toMatch(/X-Servery-As\s+users\/1/);
      expect(engine.xray.find(stood.id)?.caller).toMatchObject({ key: "1", by: { table: "users", key: "2" } });
      await page.getByText("users 1, by users 2").first().waitFor();
    }));

  test("a refused request shows the box that stopped it, and the rule", () =>
    onPage("?op=posts.update", async ({ page, sent, picture }) => {
      await page.fill('[data-field="path.id"]', "2000");
      await page.fill('[data-field="title"]', "Not mine");
      const nobody = await sent();
      expect([nobody.status, nobody.boxes]).toEqual([401, states("passed", "stopped", "not reached")]);
      await signInOnPage(page, ALICE, PASSWORD);
      await page.focus('[data-field="title"]');
      const alice = await sent();
      // A rule about rows is decided by a statement, so the database was reached, and says so.
      expect([alice.status, alice.boxes]).toEqual([
        403,
        states("passed", "passed", "passed", "stopped", "passed", "passed"),
      ]);
      expect(await page.locator("[data-detail=Service] [data-rule]").innerText()).toMatch(
        /posts\.update: owner\s+Filter\s+user_id = 1/,
      );
      await expect.poll(() => page.locator(".look-for").innerText()).toContain("Nothing was written");
      await picture("refused");
    }));

  test("an invalid body shows its findings at the fields, and no box behind the guard is lit", () =>
    onPage("?op=users.create", async ({ page, sent }) => {
      await page.fill('[data-field="username"]', "x".repeat(40));
      const { status, boxes } = await sent();
      expect([status, boxes]).toEqual([400, states("passed", "stopped", "not reached")]);
      expect(await page.locator('[data-row="email"] [data-finding]').innerText()).toContain("Email required");
      expect(await page.locator('[data-row="username"] [data-field]').getAttribute("aria-invalid")).toBe("true");
      expect(await page.locator("[data-findings]").innerText()).toContain("/email: required");
      // The focus stays where it was.
      expect(await page.evaluate<string>("document.activeElement.dataset.field")).toBe("username");
    }));

  test("the body as JSON is the body of the form, and goes out as it was typed", () =>
    onPage("?op=users.create", async ({ page, sent }) => {
      await page.fill('[data-field="username"]', "carol");
      await page.getByRole("button", { name: "JSON" }).click();
      await expect
        .poll(async () => JSON.parse(await page.inputValue('[data-field="body"]')) as unknown)
        .toEqual({ username: "carol" });
      await page.fill('[data-field="body"]', '{"username": "carol", ');
      const { status } = await sent(() => page.keyboard.press("Control+Enter"));
      expect(status).toBe(400);
      expect(await page.locator(".response-pane pre").first().innerText()).toContain("malformed_json");
    }));

  test("a variable without a value says which, and one with a value is filled in", () =>
    onPage("?op=posts.read", async ({ page, sent }) => {
      await page.fill('[data-field="path.id"]', "{{post}}");
      await page.keyboard.press("Enter");
      expect(await page.locator("[data-problem]").innerText()).toContain("{{post}} has no value in Local Dev");
      await page.selectOption("[data-environment]", "+");
      const variables = page.locator("dialog .free-rows li");
      await variables.first().waitFor();
      const before = await variables.count();
      await page.getByRole("button", { name: "+ Add a variable" }).click();
      await variables.nth(before).waitFor();
      await variables.last().locator("input").first().fill("post");
      await variables.last().locator("input").last().fill("1999");
      await page.getByRole("button", { name: "Done" }).click();
      await page.getByRole("dialog").waitFor({ state: "detached" });
      await page.focus('[data-field="path.id"]');
      expect((await sent()).status).toBe(200);
      expect(await page.locator(".response-pane pre").first().innerText()).toContain('"id": 1999');
      await page.reload();
      await page.getByRole("button", { name: "History" }).click();
      await page.locator("[data-history] button").first().click();
      await expect.poll(() => page.inputValue('[data-field="path.id"]')).toBe("{{post}}");
    }));

  test("everything can be done with the keyboard", () =>
    onPage("", async ({ page, sent }) => {
      await page.keyboard.press("Control+k");
      await page.locator("dialog [role=combobox]:focus").waitFor();
      await page.keyboard.type("get /api/posts/{id} read");
      await expect.poll(() => page.inputValue("dialog [role=combobox]")).toBe("get /api/posts/{id} read");
      await page.keyboard.press("Enter");
      await page.locator('[data-field="path.id"]:focus').waitFor();
      await page.keyboard.type("1999");
      const { status } = await sent();
      expect(status).toBe(200);
      expect(await page.textContent("#said")).toMatch(/^200 OK, [\d.]+ m?s$/);
      expect(await page.evaluate<string>("document.activeElement.dataset.field")).toBe("path.id");
      for (let tabs = 0; tabs < 60; tabs++) {
        if (await page.evaluate("document.activeElement.getAttribute('data-box') !== null")) break;
        await page.keyboard.press("Tab");
      }
      const passed: string[] = [];
      const boxAt = () => page.evaluate<string | undefined>("document.activeElement.dataset.box");
      for (let step = 0; step < 6; step++) {
        const left = await boxAt();
        await page.keyboard.press("ArrowRight");
        await expect.poll(boxAt).not.toBe(left);
        passed.push((await boxAt()) ?? "");
        await page.locator(`[data-detail="${passed.at(-1)}"]`).waitFor();
      }
      expect(passed).toEqual(Object.keys(states("passed")));
      await page.keyboard.press("/");
      await page.locator("[data-search]:focus").waitFor();
    }));

  test("a request that is on its way can be cancelled", async () => {
    const opened = await openConsole(browser, origin);
    await opened.open("?op=posts.list");
    let release = (): void => undefined;
    const held = new Promise<void>((done) => {
      release = done;
    });
    await opened.page.route("**/api/posts", async (route) => {
      await held;
      await route.continue().catch(() => undefined);
    });
    await opened.page.click('[data-send="ready"]');
    await opened.page.click('[data-send="busy"]');
    expect(await opened.page.locator("[data-problem]").innerText()).toContain("You cancelled it.");
    release();
    await opened.close();
  });
});
