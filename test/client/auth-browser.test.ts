import assert from "node:assert/strict";
import { createServer, request as send, type Server } from "node:http";
import type { Browser, BrowserContext, Page } from "playwright-core";
import type * as Exports from "servery/client";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { chromiumPath, launchChromium, NEEDS_CHROMIUM } from "../docs/browser.ts";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { bundle } from "./bundle.ts";
import { type People, people, person } from "./people.ts";

/** What the page's script leaves for the test. */
interface InPage {
  readonly document: { readonly cookie: string };
  readonly localStorage: { setItem(key: string, value: string): void };
  readonly client: typeof Exports;
  readonly reasons: string[];
}

describe.skipIf(chromiumPath === undefined)(`signing in in a browser ${NEEDS_CHROMIUM}`, () => {
  let engine: EngineUnderTest;
  let site: Server;
  let origin: string;
  let browser: Browser;
  let context: BrowserContext;
  const arrived: string[] = [];

  beforeAll(async () => {
    engine = await openEngine(people);
    const { port } = await engine.listen();
    const code = await bundle("createClient, isServeryError, localStorageTokens");
    const script =
      '<script type="module">import * as client from "/client.js"; globalThis.client = client; globalThis.reasons = [];</script>';
    const html = `<!doctype html><title>A page</title><link rel="icon" href="data:,">${script}`;
    // One origin for the page and the API, as behind a proxy.
    site = createServer((request, response) => {
      const { url = "", method, headers } = request;
      if (!url.startsWith("/api/")) {
        const asked = url === "/client.js";
        response.setHeader("content-type", asked ? "text/javascript" : "text/html");
        response.end(asked ? code : html);
        return;
      }
      arrived.push(`${method} ${url}`);
      const passed = send({ host: "127.0.0.1", port, path: url, method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      request.pipe(passed);
    });
    await new Promise<void>((resolve) => {
      site.listen(0, "127.0.0.1", resolve);
    });
    const address = site.address();
    origin = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
    browser = await launchChromium();
  });

  beforeEach(async () => {
    context = await browser.newContext();
    arrived.length = 0;
  });
  afterEach(async () => {
    await context.close();
    assert.deepEqual(engine.faults, []);
  });

  afterAll(async () => {
    await browser.close();
    site.closeAllConnections();
    site.close();
    await engine.close();
  });

  async function open(): Promise<Page> {
    const page = await context.newPage();
    await page.goto(origin);
    await page.waitForFunction(() => "reasons" in globalThis);
    return page;
  }

  test("with cookies that the page cannot read: over a reload, past the first cookie's end, and out", async () => {
    const page = await open();
    const first = await page.evaluate(async (body) => {
      const { client, document, localStorage } = globalThis as unknown as InPage;
      const api = client.createClient<People>("", { session: "cookie" });
      const before = api.auth.signedIn;
      const user = await api.auth.signUp(body);
      const note = await api.notes.create({ title: "Hers" });
      return { before, own: note.user_id === user.id, cookie: document.cookie, kept: Object.keys(localStorage) };
    }, person("cookie"));
    expect(first).toEqual({ before: undefined, own: true, cookie: "", kept: [] });
    // A page that did not know who is there asked first; then nobody was.
    expect(arrived).toEqual(["POST /api/auth/refresh", "POST /api/auth/sign-up", "POST /api/notes"]);

    // The browser drops the first cookie after a quarter of an hour; the second one stays.
    await context.clearCookies({ name: "servery_access" });
    await page.reload();
    await page.waitForFunction(() => "reasons" in globalThis);
    const later = await page.evaluate(async () => {
      const { client, reasons } = globalThis as unknown as InPage;
      const api = client.createClient<People>("", { session: "cookie" });
      api.auth.on("change", ({ reason }) => reasons.push(reason));
      const lists = await Promise.all([api.notes.list(), api.notes.list()]);
      const { user } = await api.auth.me();
      await api.auth.signOut();
      const code = await api.auth.me().then(
        () => "",
        (error: unknown) => (client.isServeryError(error) ? error.code : String(error)),
      );
      return { lists: lists.map((rows) => rows.length), name: user.username, code, reasons };
    });
    expect(later).toEqual({ lists: [1, 1], name: "cookie", code: "sign_in_required", reasons: ["sign_out"] });
    expect(arrived.filter((line) => line === "POST /api/auth/refresh")).toHaveLength(2);
    expect((await context.cookies()).filter(({ value }) => value !== "")).toEqual([]);
  });

  test("with tokens in localStorage: over a reload, and one page tells the other", async () => {
    const [page, other] = [await open(), await open()];
    const listen = (): void => {
      const { client, reasons } = globalThis as unknown as InPage;
      const api = client.createClient<People>("", { tokens: client.localStorageTokens() });
      api.auth.on("change", ({ reason, signedIn }) => reasons.push(`${reason} ${signedIn}`));
      Object.assign(globalThis, { api });
    };
    await page.evaluate(listen);
    await other.evaluate(listen);
    const heard = (of: Page): Promise<string[]> => of.evaluate(() => (globalThis as unknown as InPage).reasons);
    await page.evaluate(async (body) => {
      const { api } = globalThis as unknown as { readonly api: Exports.Client<People> };
      await api.auth.signUp(body);
    }, person("storage"));
    await expect.poll(() => heard(other)).toEqual(["other_page true"]);
    // New tokens of the same session are no news, and both pages may ask for them at once.
    const renew = (): Promise<boolean> =>
      (globalThis as unknown as { readonly api: Exports.Client<People> }).api.auth.refresh();
    expect(await Promise.all([page.evaluate(renew), other.evaluate(renew)])).toEqual([true, true]);
    await other.reload();
    await other.waitForFunction(() => "reasons" in globalThis);
    await other.evaluate(listen);
    const name = await other.evaluate(async () => {
      const { api } = globalThis as unknown as { readonly api: Exports.Client<People> };
      const { user } = await api.auth.me();
      await api.auth.signOut();
      return user.username;
    });
    expect(name).toBe("storage");
    await expect.poll(() => heard(page)).toEqual(["sign_up true", "other_page false"]);
    expect(await page.evaluate(() => Object.keys((globalThis as unknown as InPage).localStorage))).toEqual([]);
  });

  test("what somebody else left in localStorage is no session", async () => {
    const page = await open();
    const seen = await page.evaluate(() => {
      const { client, localStorage } = globalThis as unknown as InPage;
      return ["{", '"text"', '{"access":1,"refresh":"x","since":2}', "null"].map((text) => {
        localStorage.setItem("servery.tokens", text);
        return client.createClient<People>("", { tokens: client.localStorageTokens() }).auth.signedIn;
      });
    });
    expect(seen).toEqual([false, false, false, false]);
  });
});
