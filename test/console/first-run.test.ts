import { email, everyone, servery, signedIn, table, text } from "servery";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { chromiumPath, launchChromium, NEEDS_CHROMIUM } from "../docs/browser.ts";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { type ConsolePage, openConsole, WIDE } from "./console-page.ts";
import { looksSound } from "./operator-page.ts";

const TOKEN = "a-token-that-the-terminal-shows";
const PASSWORD = "a good long password";
const notes = table({ title: text(100) }).allow({ read: everyone, create: signedIn });
const declaration = servery({
  title: "Notes",
  tables: {
    users: table({ email: email(100).unique(), nick: text(20) })
      .accounts()
      .allow({ read: everyone }),
    notes,
  },
});

describe.skipIf(chromiumPath === undefined)(`the first run ${NEEDS_CHROMIUM}`, { timeout: 300_000 }, () => {
  let browser: Browser;
  const opened: { readonly close: () => Promise<void> }[] = [];
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterEach(async () => {
    for (const one of opened.splice(0).reverse()) await one.close();
  });
  afterAll(() => browser.close());

  interface Opened extends ConsolePage {
    readonly engine: EngineUnderTest;
    readonly origin: string;
  }
  const openOn = async (options: Parameters<typeof openEngine>[1], of = declaration, view = WIDE): Promise<Opened> => {
    const engine = await openEngine(of, options);
    const origin = (await engine.listen()).url;
    const console = await openConsole(browser, origin, view);
    opened.push(engine, console);
    return { ...console, engine, origin };
  };
  /** Loads the page, and waits until it has drawn what it was told about the first run. */
  const told = async (page: Page, load: () => Promise<void>): Promise<void> => {
    const [answer] = await Promise.all([page.waitForResponse(/server\/first-run/), load()]);
    await answer.finished();
    await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
  };
  const production = { firstRunToken: TOKEN, explain: false } as const;

  test("the link of the terminal leads to the page, which makes the administrator and signs in", async () => {
    const { page, origin, engine, misdeeds } = await openOn(production);
    await page.goto(`${origin}/console#first-run=${TOKEN}`);
    await page.locator("[data-token-given]").waitFor();
    await page.waitForURL(`${origin}/console`);
    expect(await page.getByRole("navigation").count()).toBe(0);
    const kept = "JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, history.state])";
    expect(await page.evaluate(kept)).not.toContain(TOKEN);

    // What is missing is said at the fields, and nobody is made.
    await page.fill('[data-field="email"]', "root@example.com");
    await page.fill('[data-field="password"]', "password");
    await page.keyboard.press("Enter");
    await page.locator('[data-finding="nick"]').waitFor();
    await page.fill('[data-field="nick"]', "root");
    await page.keyboard.press("Enter");
    await page.locator('[data-finding="password"]').waitFor();
    expect((await engine.get("/api/users")).json).toEqual([]);

    await page.fill('[data-field="password"]', PASSWORD);
    await page.getByRole("button", { name: "Make me the administrator" }).click();
    await page.getByRole("button", { name: "Sign out" }).waitFor();
    await page.getByRole("navigation", { name: "Pages" }).waitFor();
    await expect.poll(() => page.locator("[data-caller] option:checked").innerText()).toBe("root@example.com");
    await expect.poll(() => page.evaluate("document.activeElement.id")).toBe("main");
    const signedInNow = await engine.post("/api/auth/sign-in", { email: "root@example.com", password: PASSWORD });
    const { access_token: token } = signedInNow.json as { access_token: string };
    expect((await engine.get("/api/auth/me", { authorization: `Bearer ${token}` })).json).toMatchObject({
      roles: ["admin"],
    });

    // From now on the page is gone, also for the same link.
    await told(page, async () => {
      await page.goto(`${origin}/console/requests#first-run=${TOKEN}`);
      await page.locator(".requests").waitFor();
    });
    await page.waitForURL(`${origin}/console/requests`);
    expect(await page.locator(".first-run, .first-run-line").count()).toBe(0);
    expect(misdeeds()).toEqual([]);
  });

  test("in production a token is asked for, and a wrong one is refused", async () => {
    const { page, origin, engine, misdeeds } = await openOn(production);
    await page.goto(`${origin}/console/requests`);
    await page.getByText("Look into the terminal").waitFor();
    expect(await page.locator(".requests").count()).toBe(0);
    await page.fill('[data-field="token"]', "guessed");
    await page.fill('[data-field="email"]', "root@example.com");
    await page.fill('[data-field="nick"]', "root");
    await page.fill('[data-field="password"]', PASSWORD);
    await page.keyboard.press("Enter");
    await page.locator('[data-finding="token"]').waitFor();
    expect((await engine.get("/api/users")).json).toEqual([]);
    await page.fill('[data-field="token"]', TOKEN);
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Sign out" }).waitFor();
    expect((await engine.get("/api/users")).json).toMatchObject([{ nick: "root" }]);
    expect(misdeeds()).toEqual([]);
  });

  test("a link whose token is over says so and asks for the one of now", async () => {
    const { page, origin, engine } = await openOn(production);
    await page.goto(`${origin}/console#first-run=%E0%A4%A`);
    await page.locator("[data-token-given]").waitFor();
    await page.fill('[data-field="nick"]', "root");
    await page.keyboard.press("Enter");
    await page.locator('[data-finding="token"]').waitFor();
    // Another link in the same tab is no load of the page.
    await page.evaluate(`location.hash = "first-run=${TOKEN}"`);
    await page.waitForURL(`${origin}/console`);
    await page.fill('[data-field="email"]', "root@example.com");
    await page.fill('[data-field="password"]', PASSWORD);
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Sign out" }).waitFor();
    expect((await engine.get("/api/users")).json).toMatchObject([{ nick: "root" }]);
  });

  test("while developing it is a line above the page, which can be put off", async () => {
    const { page, open, origin, misdeeds } = await openOn({ explain: true });
    await open();
    await page.getByText("Nobody is an administrator yet.").waitFor();
    await page.getByRole("button", { name: "Not now" }).click();
    await page.locator(".first-run-line").waitFor({ state: "detached" });
    await told(page, async () => {
      await page.reload();
      await page.locator("[data-endpoints] a").first().waitFor();
    });
    expect(await page.locator(".first-run-line").count()).toBe(0);
    await page.evaluate("sessionStorage.clear()");
    await page.reload();
    await page.getByRole("button", { name: "Make one" }).click();
    expect(await page.locator('[data-field="token"], [data-token-given]').count()).toBe(0);
    await page.fill('[data-field="email"]', "root@example.com");
    await page.fill('[data-field="nick"]', "root");
    await page.fill('[data-field="password"]', PASSWORD);
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Sign out" }).waitFor();
    expect(await (await fetch(`${origin}/api/users`)).json()).toMatchObject([{ email: "root@example.com" }]);
    expect(misdeeds()).toEqual([]);
  });

  test("an application without accounts shows nothing of it", async () => {
    const without = servery({ tables: { notes } });
    const { page, open } = await openOn({ explain: true }, without as never);
    await told(page, open);
    expect(await page.locator(".first-run, .first-run-line").count()).toBe(0);
  });

  test.each([
    { scheme: "light", width: 1440 },
    { scheme: "dark", width: 1440 },
    { scheme: "light", width: 360 },
    { scheme: "dark", width: 360 },
  ] as const)("has no serious mistake and no scroll bar aside, $scheme, $width wide", async (view) => {
    const { page, origin, picture, misdeeds } = await openOn(production, declaration, view);
    await page.goto(`${origin}/console`);
    await page.locator(".first-run").waitFor();
    await page.fill('[data-field="token"]', "guessed");
    await page.keyboard.press("Enter");
    await page.locator('[data-finding="token"]').waitFor();
    await looksSound(page);
    if (view.scheme === "light" && view.width > 1000) await picture("first-run");
    expect(misdeeds()).toEqual([]);
  });
});
