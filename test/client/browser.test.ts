import { createServer, type Server } from "node:http";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumPath, launchChromium, NEEDS_CHROMIUM } from "../docs/browser.ts";
import { bundle } from "./bundle.ts";
import type * as Exports from "servery/client";
import { type Blog, type BlogUnderTest, openBlog } from "./world.ts";

describe.skipIf(chromiumPath === undefined)(`in a browser ${NEEDS_CHROMIUM}`, () => {
  let blog: BlogUnderTest;
  let site: Server;
  let origin: string;
  let browser: Browser;

  beforeAll(async () => {
    blog = await openBlog();
    const code = await bundle("createClient, isServeryError");
    const script = '<script type="module">import * as client from "/client.js"; globalThis.client = client;</script>';
    const page = `<!doctype html><title>A page</title><link rel="icon" href="data:,">${script}`;
    // Another origin than the engine's: the browser asks the engine whether it may read.
    site = createServer((request, response) => {
      const asked = request.url === "/client.js";
      response.setHeader("content-type", asked ? "text/javascript" : "text/html");
      response.end(asked ? code : page);
    });
    await new Promise<void>((resolve) => {
      site.listen(0, "127.0.0.1", resolve);
    });
    const address = site.address();
    origin = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser.close();
    site.closeAllConnections();
    site.close();
    await blog.close();
  });

  test("pages, writes, tags and errors, from another origin", async () => {
    const page = await browser.newPage();
    await page.goto(origin);
    const seen = await page.evaluate(async (url) => {
      const { client } = globalThis as unknown as { readonly client: typeof Exports };
      const { createClient, isServeryError } = client;
      const api = createClient<Blog>(url);
      const titles: string[] = [];
      for await (const { title } of api.posts.all({ limit: 2, fields: ["title"], sort: "id" })) titles.push(title);
      const { total } = await api.posts.page({ count: "exact", limit: 1 });
      const made = await api.posts.create({ user_id: 1, title: "Browser" }, { idempotencyKey: true });
      const same = await api.posts.get(made.id, { ifChangedFrom: made });
      const changed = await api.posts.update(made, { likes: { increment: 1 } });
      const late = await api.posts
        .update(made, { likes: 9 })
        .catch((error: unknown) => isServeryError(error, "precondition_failed"));
      const deleted = await api.posts.deleteWhere({ id: made.id });
      const missing = await api.posts.get(made.id).catch((error: unknown) => isServeryError(error, "not_found"));
      return { titles, total, same: same === made, likes: changed.likes, late, deleted, missing };
    }, blog.url);
    expect(seen).toEqual({
      titles: ["Post 1", "Post 2", "Post 3", "Post 4", "Post 5"],
      total: 5,
      same: true,
      likes: 1,
      late: true,
      deleted: 1,
      missing: true,
    });
  });
});
