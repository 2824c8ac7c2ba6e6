import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";

const PATHS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Where a Chromium is installed; undefined where there is none. */
export const chromiumPath = PATHS.find((path) => existsSync(path));

/** Behind the title of what needs a browser: the end of the test run says it for what was skipped. */
export const NEEDS_CHROMIUM = "(needs chromium: apt-get install chromium)";

/** Far more than any step needs: on a crowded machine a step is slow, and that alone is no failure. */
const PATIENT_MS = 60_000;

/** A browser with a fresh profile that asks nobody else for anything. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    ...(chromiumPath === undefined ? {} : { executablePath: chromiumPath }),
    timeout: 2 * PATIENT_MS,
    args: ["--no-sandbox", "--disable-background-networking", "--disable-gpu"],
  });
}

export interface View {
  readonly scheme: "light" | "dark";
  readonly width: number;
}

/** A page that is watched, and what it did that it should not have. */
export interface WatchedPage {
  readonly page: Page;
  /** Requests to others, breaches of the content policy, errors of scripts and on the console. */
  readonly misdeeds: readonly string[];
  /** Saves a picture into the folder that SERVERY_TEST_SCREENSHOTS names; without it does nothing. */
  readonly picture: (name: string) => Promise<void>;
}

/** Waits until nothing moves any more: half-way a colour is none of the page's own. */
export async function standsStill(page: Page): Promise<void> {
  // What is taken away while it moves never ends: then it was cancelled, and that is the end too.
  await page.evaluate("Promise.allSettled(document.getAnimations().map((one) => one.finished))");
}

/** Opens an empty page; `origin` is the only place it may ask. */
export async function openPage(browser: Browser, view: View, origin: string): Promise<WatchedPage> {
  const context = await browser.newContext({
    colorScheme: view.scheme,
    viewport: { width: view.width, height: view.width < 700 ? 740 : 860 },
  });
  context.setDefaultTimeout(PATIENT_MS);
  const page = await context.newPage();
  const misdeeds: string[] = [];
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin && url.protocol !== "data:") misdeeds.push(`asked ${request.url()}`);
  });
  page.on("pageerror", (error) => misdeeds.push(`threw ${error.message}`));
  // A breach of the policy is an error on the console too.
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") misdeeds.push(`said ${message.text()}`);
  });
  return {
    page,
    misdeeds,
    picture: async (name) => {
      const folder = process.env["SERVERY_TEST_SCREENSHOTS"];
      if (folder === undefined) return;
      mkdirSync(folder, { recursive: true });
      await page.screenshot({ path: join(folder, `${name}-${view.scheme}-${view.width}.png`) });
    },
  };
}
