import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import social from "../../examples/social/servery.ts";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { everyKind } from "../openapi/every-kind.ts";
import { signInWithCookie } from "../harness/sign-in.ts";
import { chromiumPath, launchChromium, NEEDS_CHROMIUM, openPage, type View } from "./browser.ts";

/** Everything that the page loads to draw itself, in bytes. */
const PAGE_BYTES = 44 * 1024;

const VIEWS: readonly View[] = [
  { scheme: "light", width: 1280 },
  { scheme: "dark", width: 1280 },
  { scheme: "light", width: 360 },
  { scheme: "dark", width: 360 },
];

let engine: EngineUnderTest;
let origin: string;
/** The session of an administrator, as the browser keeps it. */
let session: { readonly name: string; readonly value: string };

beforeAll(async () => {
  engine = await openEngine(social);
  origin = (await engine.listen()).url;
  session = await signInWithCookie(engine, { email: "alice@email.com", roles: ["admin"] });
});

afterAll(() => engine.close());

/** Leads to an endpoint by its address, and waits until its form is there: the page hears of the address afterwards. */
async function goToEndpoint(page: Page, at: string, id: string): Promise<void> {
  await page.goto(`${at}/docs#${id}`);
  const name = decodeURIComponent(id);
  await page.locator(`a[data-id="${name}"][aria-current]`).waitFor({ state: "attached" });
  await page.locator("form h1").waitFor();
}

/** Sends the form that is open; what the answer's pane says then. */
async function send(page: Page): Promise<string> {
  await page.click(".send");
  return page.locator("#result .outcome strong").innerText();
}

describe("what is served", () => {
  test("the page and its parts are small, and allow nothing from outside and nothing inline", async () => {
    const page = await engine.get("/docs");
    expect(page.headers["content-security-policy"]).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; form-action 'none'",
    );
    expect(page.text).not.toMatch(/<script>|<style|style="|\son\w+=|https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
    const parts = [...page.text.matchAll(/(?:src|href)="(\/docs\/[^"]+\.(?:js|css))"/g)].map(([, path = ""]) => path);
    const seen = new Map<string, string>([["/docs", page.text]]);
    for (let path = parts.pop(); path !== undefined; path = parts.pop()) {
      if (seen.has(path)) continue;
      const part = await engine.get(path);
      expect(part.status, path).toBe(200);
      seen.set(path, part.text);
      parts.push(...[...part.text.matchAll(/from "\.\/([\w-]+\.js)"/g)].map(([, name = ""]) => `/docs/${name}`));
    }
    expect(seen.size).toBe(13);
    const bytes = [...seen.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    expect(bytes).toBeLessThan(PAGE_BYTES);
    for (const [path, text] of seen)
      expect(text, path).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function/);
  });

  test("every pair of colours is readable, in light and in dark", () => {
    const css = readFileSync(new URL("../../src/http/docs/page.css", import.meta.url), "utf8");
    const [light = "", dark = ""] = css.split("@media (prefers-color-scheme: dark)");
    const pairs = [
      ["ink", "paper"],
      ["ink", "card"],
      ["soft", "paper"],
      ["soft", "card"],
      ["ink", "steel"],
      ["copper", "paper"],
      ["copper", "card"],
      ["ink", "copper-weak"],
      ["on-copper", "copper"],
      ["green", "paper"],
      ["green", "card"],
      ["green", "green-weak"],
      ["indigo", "paper"],
      ["indigo", "card"],
      ["red", "paper"],
      ["red", "red-weak"],
    ];
    for (const scheme of [light, dark]) {
      const colour = (name: string): string => new RegExp(`--${name}: #(\\w{6});`).exec(scheme)?.[1] ?? "";
      const low = pairs
        .filter(([front = "", back = ""]) => contrast(colour(front), colour(back)) < 4.5)
        .map((pair) => pair.join(" on "));
      expect(low).toEqual([]);
    }
  });
});

/** WCAG 2.2: from 1 to 21. */
function contrast(front: string, back: string): number {
  const [darker = 0, lighter = 0] = [front, back].map(luminance).sort((left, right) => left - right);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [0, 2, 4]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe.skipIf(chromiumPath === undefined)(`in a browser ${NEEDS_CHROMIUM}`, () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
  });

  afterAll(() => browser.close());

  test.each(VIEWS)("a GET and a POST, $scheme, $width wide", { timeout: 300_000 }, async (view) => {
    const { page, misdeeds, picture } = await openPage(browser, view, origin);
    await page.context().addCookies([{ ...session, url: origin }]);
    await page.goto(`${origin}/docs`);
    await page.locator("#groups section").first().waitFor();
    expect(await page.locator("#groups h2").allInnerTexts()).toEqual(
      expect.arrayContaining(["users", "order_items", "health"]),
    );
    await picture("docs-start");

    await page.click('a[data-id="posts.list"]');
    await page.click("details.folded summary");
    await page.selectOption('[aria-label="Operator for likes"]', "gte");
    await page.fill('[id="p-query-likes"]', "10");
    await page.fill('[id="p-query-include"]', "user,comments.count");
    await page.fill('[id="p-query-limit"]', "2");
    await page.fill('[id="p-more"]', "user.is_active=true");
    expect(await page.locator(".bar .path").innerText()).toBe(
      "/api/posts?likes[gte]=10&include=user,comments.count&limit=2&user.is_active=true",
    );
    expect(await page.locator(".curl").innerText()).toBe(
      `curl -i -g '${origin}/api/posts?likes[gte]=10&include=user,comments.count&limit=2&user.is_active=true'`,
    );
    expect(await send(page)).toBe("✓ 200 OK");
    const rows = JSON.parse(await page.locator(".body").innerText()) as {
      likes: number;
      user: object;
      comments_count: number;
    }[];
    expect(rows.map(({ likes }) => likes >= 10)).toEqual([true, true]);
    expect(rows[0]).toHaveProperty("user.username");
    await picture("docs-list");

    if (view.width < 700) await page.click("#open-list");
    await page.click('a[data-id="posts.create"]');
    await page.fill(
      "textarea",
      '{"user_id": 1, "title": "<img src=x onerror=alert(1)>", "content": "Hello \\"world\\"!"}',
    );
    expect(await send(page)).toBe("✓ 201 Created");
    expect(JSON.parse(await page.locator(".body").innerText())).toMatchObject({
      title: "<img src=x onerror=alert(1)>",
    });
    expect(await page.locator("#answer img, #answer script").count()).toBe(0);
    await page.click("#result summary");
    expect(await page.locator("#result dl").innerText()).toMatch(/location\s+\/api\/posts\/\d+/);
    await picture("docs-create");

    const wider = await page.evaluate<boolean>(
      "document.documentElement.scrollWidth > document.documentElement.clientWidth",
    );
    expect(wider).toBe(false);
    expect(misdeeds).toEqual([]);
    expect(engine.faults).toEqual([]);
    await page.context().close();
  });

  test.each(VIEWS.filter(({ scheme, width }) => (scheme === "dark") === width < 700))(
    "whoever signs in on the page goes on as that account, $scheme, $width wide",
    {
      timeout: 300_000,
    },
    async (view) => {
      const { page, picture } = await openPage(browser, view, origin);
      await goToEndpoint(page, origin, "auth.me");
      expect(await send(page)).toBe("✕ 401 Unauthorized");
      await goToEndpoint(page, origin, "auth.signUp");
      const email = `grace.${view.width}@example.com`;
      const account = { username: `grace${view.width}`, email, password: "correct horse battery" };
      await page.fill("textarea", JSON.stringify(account));
      expect(await send(page)).toBe("✓ 201 Created");
      const token = await page.inputValue("#token");
      expect(JSON.parse(await page.locator(".body").innerText())).toMatchObject({ access_token: token });
      await goToEndpoint(page, origin, "auth.me");
      expect(await page.locator(".curl").innerText()).toContain(`-H 'Authorization: Bearer ${token}'`);
      expect(await send(page)).toBe("✓ 200 OK");
      expect(await page.locator(".body").innerText()).toContain(email);
      await picture("docs-signed-in");
      await page.fill("#token", "");
      expect(await page.locator(".curl").innerText()).not.toContain("Authorization");
      expect(await send(page)).toBe("✕ 401 Unauthorized");
      await page.context().close();
    },
  );

  test("a refusal is shown with its problem document, and its code leads to what it means", {
    timeout: 300_000,
  }, async () => {
    const { page, misdeeds, picture } = await openPage(browser, { scheme: "light", width: 1280 }, origin);
    await goToEndpoint(page, origin, "users.create");
    await page.fill("textarea", '{"username": "x"}');
    expect(await send(page)).toBe("✕ 400 Bad Request");
    expect(await page.locator(".body").innerText()).toContain('"Email required"');
    // The browser itself notes every refused request on its console.
    expect(misdeeds.map((said) => said.replace(/\(.*\)/, ""))).toEqual([
      "said Failed to load resource: the server responded with a status of 400 ",
    ]);
    await picture("docs-refused");
    await page.locator(".answers summary", { hasText: "409" }).click();
    await page.locator(".answers a", { hasText: "unique" }).click();
    await page.waitForURL(`${origin}/docs/errors#unique`);
    expect(await page.locator("tr:target").innerText()).toMatch(/unique\s+409\s+Already taken/);
    await picture("docs-errors");
    await page.context().close();
  });

  test("everything can be done with the keyboard", { timeout: 300_000 }, async () => {
    const { page, misdeeds } = await openPage(browser, { scheme: "dark", width: 1280 }, origin);
    await page.context().addCookies([{ ...session, url: origin }]);
    await page.goto(`${origin}/docs`);
    await page.locator("#groups section").first().waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("get /api/health");
    expect(await page.locator("#groups a:visible").count()).toBe(0);
    expect(await page.locator("#groups p").isVisible()).toBe(true);
    await page.keyboard.press("Control+A");
    await page.keyboard.type("get users {id} orders");
    expect(await page.locator("#groups a:visible").allInnerTexts()).toEqual([
      expect.stringContaining("/api/users/{id}/orders"),
    ]);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.locator("#p-path-id").waitFor();
    await expect.poll(() => page.evaluate<string>("document.activeElement.id")).toBe("endpoint");
    // Send, then the key; what the field holds is chosen when it is entered.
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.type("5");
    await page.keyboard.press("Enter");
    await page.locator("#result .outcome").waitFor();
    expect(await page.locator(".bar .path").innerText()).toBe("/api/users/5/orders");
    expect(await page.evaluate<string>("document.activeElement.id")).toBe("p-path-id");
    expect(await page.locator("#said").textContent()).toMatch(/^200 OK, [\d.]+ ms$/);
    expect(misdeeds).toEqual([]);
    await page.context().close();
  });

  test("keys of several columns, odd names and markup in a title", { timeout: 300_000 }, async () => {
    const odd = await openEngine(everyKind);
    const { url } = await odd.listen();
    await odd.post("/api/pairs", { day: "2024-01-02", word: "a b" });
    const { page, misdeeds } = await openPage(browser, { scheme: "light", width: 1280 }, url);
    await goToEndpoint(page, url, "pairs.read");
    await page.fill('[id="p-path-day,word"]', "2024-01-02,a b");
    expect(await send(page)).toBe("✓ 200 OK");
    expect(await page.locator("#title").innerText()).toBe("Every kind <b>&</b> shape");
    await goToEndpoint(page, url, "order.20items.list");
    await page.click("details.folded summary");
    await page.fill('[id="p-query-limit[eq]"]', "3");
    await page.fill('[id="p-query-unit price"]', "1,2");
    await page.selectOption('[aria-label="Operator for unit price"]', "in");
    expect(await page.locator(".bar .path").innerText()).toBe(
      "/api/order%20items?unit%20price[in]=1&unit%20price[in]=2&limit=3".replace("limit=3", "limit[eq]=3"),
    );
    expect(await send(page)).toBe("✓ 200 OK");
    for (const name of ["everything.create", "maybe.update", "v1.2E2.list", "codes.read", "readable.list"]) {
      await goToEndpoint(page, url, name);
    }
    expect(misdeeds).toEqual([]);
    await page.context().close();
    await odd.close();
  });
});
