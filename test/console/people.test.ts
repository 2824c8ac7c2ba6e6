import { developmentTransport } from "#servery/engine.js";
import { email, everyone, role, servery, table, text } from "servery";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumPath, launchChromium, NEEDS_CHROMIUM } from "../docs/browser.ts";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { type ConsolePage, openConsole, signInFirst, signInOnPage, WIDE } from "./console-page.ts";
import { looksSound } from "./operator-page.ts";

const PASSWORD = "a good long password";
const MARKUP = "<img src=x onerror=window.broken=1>";
const declaration = servery({
  title: "Notes",
  tables: {
    users: table({ email: email(100).unique(), nick: text(60).optional() })
      .accounts()
      .allow({ read: everyone, create: everyone, update: role("admin"), delete: role("admin") }),
    notes: table({ title: text(100) }).allow({ read: role("editor"), create: everyone }),
  },
});

/** An application while it is developed, with somebody in it. */
async function openPeopled(): Promise<EngineUnderTest> {
  const engine = await openEngine(declaration, {
    explain: true,
    mail: { transport: developmentTransport(() => undefined), from: "a@b.example", keepTexts: true },
  });
  for (const [name, roles] of [
    ["root", ["admin"]],
    ["alice", []],
  ] as const)
    await engine.accounts.create({ row: { email: `${name}@example.com` }, password: PASSWORD, roles, verified: true });
  return engine;
}

describe.skipIf(chromiumPath === undefined)(`the People page ${NEEDS_CHROMIUM}`, { timeout: 300_000 }, () => {
  let browser: Browser;
  let engine: EngineUnderTest;
  let origin: string;
  beforeAll(async () => {
    browser = await launchChromium();
    engine = await openPeopled();
    origin = (await engine.listen()).url;
    await engine.outbox.post({
      to: "alice@example.com",
      subject: `Hello ${MARKUP}`,
      text: `Open ${origin}/verify-email?token=t0ken to go on. ${MARKUP}`,
      html: `<p>Hello</p>${MARKUP}`,
    });
  });
  afterAll(async () => {
    await browser.close();
    await engine.close();
  });

  const openPeople = async (view = WIDE, as = "root", at = origin): Promise<ConsolePage> => {
    const console = await openConsole(browser, at, view);
    await console.page.goto(`${at}/console/people`);
    await console.page.locator("[data-account]").first().waitFor();
    if (as !== "") await signInOnPage(console.page, `${as}@example.com`, PASSWORD);
    return console;
  };
  const asked = async (path: string, init: RequestInit): Promise<Response> => fetch(`${origin}${path}`, init);
  const aliceSignsIn = async (): Promise<Response> =>
    asked("/api/auth/sign-in", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ email: "alice@example.com", password: PASSWORD }),
    });

  test("roles that are changed here hold at once, and whoever is shut out is out", async () => {
    const { page, misdeeds, close } = await openPeople();
    const { access_token: token } = (await (await aliceSignsIn()).json()) as { access_token: string };
    const me = async (): Promise<Response> => asked("/api/auth/me", { headers: { authorization: `Bearer ${token}` } });
    await page.fill("[data-part=Accounts] [data-search]", "alice");
    await page.locator("[data-account]", { hasText: "root@" }).waitFor({ state: "detached" });
    await page.locator("[data-account]", { hasText: "alice@" }).waitFor();
    const opened = async (): Promise<void> => {
      await page.locator("[data-account]", { hasText: "alice@" }).getByRole("button").click();
      await page.locator('[data-field="roles"]').waitFor();
    };
    await opened();
    await page.fill('[data-field="roles"]', "Not A Role!");
    await page.keyboard.press("Enter");
    await page.locator("dialog .error", { hasText: "roles is a list" }).waitFor();
    await page.fill('[data-field="roles"]', "editor, writer");
    await page.keyboard.press("Enter");
    await page.locator("dialog").waitFor({ state: "detached" });
    expect(await (await me()).json()).toMatchObject({ roles: ["editor", "writer"] });
    await opened();
    await expect.poll(() => page.inputValue('[data-field="roles"]')).toBe("editor writer");
    await page.check('[data-field="disabled"]');
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator("dialog").waitFor({ state: "detached" });
    expect([(await me()).status, (await aliceSignsIn()).status]).toEqual([401, 401]);
    await engine.accounts.enable({ identifier: "alice@example.com" });
    expect(misdeeds()).toEqual([]);
    await close();
  });

  test("an administrator asks as somebody else, sees who is who, and signs others out everywhere", async () => {
    const { page, misdeeds, close } = await openPeople();
    const root = page.locator("[data-account]", { hasText: "root@" });
    await root.locator(".tag", { hasText: "admin" }).waitFor();
    await aliceSignsIn();
    await page.selectOption("[data-caller]", { label: "As somebody else …" });
    await page.getByLabel("Find an account").fill("alice");
    // Before anything is found neither stands there.
    await page.locator("[data-stand-in]", { hasText: "alice@" }).waitFor();
    await page.locator("[data-stand-in]", { hasText: "root@" }).waitFor({ state: "detached" });
    await page.keyboard.press("Enter");
    await page.locator("dialog").waitFor({ state: "detached" });
    await expect
      .poll(() => page.locator("[data-caller] option:checked").innerText())
      .toBe("alice@example.com, by root@example.com");
    // This page is the administrator's own all the same.
    await page.locator("[data-account]", { hasText: "alice@" }).getByRole("button").click();
    await page.getByRole("button", { name: /^End all sessions/ }).click();
    await page.locator("dialog").waitFor({ state: "detached" });
    await page
      .locator("[data-account]", { hasText: "alice@" })
      .locator("td")
      .nth(3)
      .getByText("0", { exact: true })
      .waitFor();
    await page.reload();
    await expect
      .poll(() => page.locator("[data-caller] option:checked").innerText())
      .toBe("alice@example.com, by root@example.com");
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("button", { name: "Sign in", exact: true }).waitFor();
    await expect.poll(() => page.locator("[data-caller] option").allInnerTexts()).toEqual(["public", "Sign in …"]);
    expect(misdeeds()).toEqual([]);
    await close();
  });

  test("a key is shown once, works, and is revoked after a question", async () => {
    const { page, misdeeds, close } = await openPeople();
    await page.getByText("You have no keys.").waitFor();
    await page.getByRole("button", { name: "Make a key" }).click();
    await page.fill('[name="scopes"]', "notes:read");
    await page.keyboard.press("Enter");
    await page.locator('[data-finding="label"]').waitFor();
    await page.fill('[name="label"]', MARKUP);
    await page.keyboard.press("Enter");
    const secret = await page.locator("[data-secret]").innerText();
    const read = async (): Promise<number> =>
      (await asked("/api/notes", { headers: { authorization: `Bearer ${secret}` } })).status;
    expect(await read()).toBe(200);
    await page.getByRole("button", { name: "I have it" }).click();
    await page.locator("dialog").waitFor({ state: "detached" });
    await page.locator("[data-key]", { hasText: MARKUP }).waitFor();
    expect(await page.content()).not.toContain(secret);
    await page.getByRole("button", { name: /^Revoke/ }).click();
    await page.getByRole("button", { name: "Keep it" }).click();
    await page.locator("dialog").waitFor({ state: "detached" });
    expect(await read()).toBe(200);
    await page.getByRole("button", { name: /^Revoke/ }).click();
    await page.getByRole("button", { name: "Revoke", exact: true }).click();
    await page.locator("[data-key]", { hasText: "✕ revoked" }).waitFor();
    expect(await read()).toBe(401);
    expect(misdeeds()).toEqual([]);
    await close();
  });

  test("sessions are listed, and one that is ended is over", async () => {
    const { page, close } = await openPeople(WIDE, "alice");
    const { access_token: token } = (await (await aliceSignsIn()).json()) as { access_token: string };
    await page.reload();
    const other = page.locator("[data-session]", { hasText: "node" }).last();
    await other.waitFor();
    await page.locator("[data-session]", { hasText: "this one" }).waitFor();
    const before = await page.locator("[data-session]").count();
    await page.locator("[data-session]:not(:has(.tag))").first().getByRole("button").click();
    await page
      .locator("[data-session]")
      .nth(before - 1)
      .waitFor({ state: "detached" });
    expect((await asked("/api/auth/me", { headers: { authorization: `Bearer ${token}` } })).status).toBe(401);
    // Who is no administrator is told so, and changes nothing.
    await page.locator("[data-account]").first().getByRole("button").click();
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator("dialog .error", { hasText: "Only administrators change accounts" }).waitFor();
    await page.keyboard.press("Escape");
    await page.locator("dialog").waitFor({ state: "detached" });
    await page.locator("[data-session]", { hasText: "this one" }).getByRole("button").click();
    await page.getByRole("button", { name: "Sign in", exact: true }).waitFor();
    await close();
  });

  test("caught mails stand there as text, their links can be opened, their HTML is never drawn", async () => {
    const { page, misdeeds, close } = await openPeople(WIDE, "");
    await page.locator("[data-mail] summary").click();
    const link = page.locator("[data-mail] a");
    expect(await link.getAttribute("href")).toBe(`${origin}/verify-email?token=t0ken`);
    expect(await link.getAttribute("rel")).toBe("noreferrer");
    await page.getByRole("button", { name: "Source of the HTML" }).click();
    await page.getByText(`<p>Hello</p>${MARKUP}`).waitFor();
    expect(await page.locator("[data-mail] img").count()).toBe(0);
    expect(await page.evaluate("window.broken")).toBe(undefined);
    expect(misdeeds()).toEqual([]);
    await close();
  });

  test("each part says why it is empty", async () => {
    const bare = await openEngine(servery({ tables: { notes: table({ title: text(10) }) } }), { explain: true });
    const { url } = await bare.listen();
    const { page, close } = await openConsole(browser, url);
    await page.goto(`${url}/console/people`);
    await page.getByText("No table has accounts.").waitFor();
    await page.getByText("This server sends its mails").waitFor();
    await expect.poll(() => page.locator("[data-part]").count()).toBe(2);
    await close();
    await bare.close();
    const production = await openEngine(declaration, {});
    for (const [name, roles] of [
      ["root", ["admin"]],
      ["alice", []],
    ] as const)
      await production.accounts.create({
        row: { email: `${name}@example.com` },
        password: PASSWORD,
        roles,
        verified: true,
      });
    const closed = await openConsole(browser, (await production.listen()).url);
    await closed.page.goto(`${(await production.listen()).url}/console/people`);
    await signInFirst(closed.page, "alice@example.com", PASSWORD);
    await closed.page.getByText("Administrators see the accounts in production.").waitFor();
    await closed.close();
    await production.close();
  });

  test.each([
    { scheme: "light", width: 1440 },
    { scheme: "dark", width: 1440 },
    { scheme: "light", width: 360 },
    { scheme: "dark", width: 360 },
  ] as const)("has no serious mistake and no scroll bar aside, $scheme, $width wide", async (view) => {
    const own = await openPeopled();
    const { url } = await own.listen();
    await own.outbox.post({
      to: "alice@example.com",
      subject: "Confirm your address",
      text: `Open ${url}/verify-email?token=svvf_4k2… to confirm it.`,
    });
    const { page, picture, misdeeds, close } = await openPeople(view, "root", url);
    await page.locator("[data-session]").first().waitFor();
    await page.locator("[data-key], [data-part='API keys'] .part-nothing").first().waitFor();
    await page.locator("[data-mail] summary").click();
    await looksSound(page);
    await page.getByRole("button", { name: "Make a key" }).click();
    await page.fill('[name="label"]', "Nightly export");
    await looksSound(page);
    await page.keyboard.press("Escape");
    await page.locator("[data-account]").first().getByRole("button").click();
    await page.locator('[data-field="roles"]').waitFor();
    await looksSound(page);
    await page.keyboard.press("Escape");
    if (view.scheme === "light" && view.width > 1000) {
      await page.getByRole("button", { name: "Make a key" }).click();
      await page.fill('[name="label"]', "Nightly export");
      await page.fill('[name="scopes"]', "notes:read");
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: "I have it" }).click();
      await page.locator("[data-key]").waitFor();
      await page.evaluate("document.activeElement.blur(), document.querySelector('.main').scrollTo(0, 0)");
      await picture("people");
    }
    expect(misdeeds()).toEqual([]);
    await close();
    await own.close();
  });
});
