import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser, Locator, Page } from "playwright-core";
import { openPage, standsStill, type View } from "../docs/browser.ts";

/** Where the pictures of the documentation lie; they are made anew with SCREENSHOTS=1 alone. */
const PICTURES = fileURLToPath(new URL("../../docs/console/", import.meta.url));

/** What stands on a page once it is there. */
const READY = [
  ["/requests", ".requests"],
  ["/data", "[data-table]"],
] as const;

/** The console in a browser of its own. */
export interface ConsolePage {
  readonly page: Page;
  /** What the page did that it should not have, without the browser's own notes on refused requests. */
  readonly misdeeds: () => string[];
  readonly open: (path?: string) => Promise<void>;
  /** Presses Enter where the focus is and waits for the answer and its way. */
  readonly sent: (press?: () => Promise<void>) => Promise<Sent>;
  readonly box: (name: string) => Locator;
  readonly picture: (name: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface Sent {
  readonly status: number;
  readonly id: string;
  /** `Client: passed`, …, in the order of the page. */
  readonly boxes: Readonly<Record<string, string>>;
}

export const WIDE: View = { scheme: "light", width: 1440 };

export async function openConsole(browser: Browser, origin: string, view: View = WIDE): Promise<ConsolePage> {
  const watched = await openPage(browser, view, origin);
  const { page } = watched;
  const sent = async (press = () => page.keyboard.press("Enter")): Promise<Sent> => {
    const pane = page.locator("[data-answer]");
    const before = (await pane.getAttribute("data-answer")) ?? "";
    await press();
    const other = before === "" ? "" : `:not([data-answer="${before}"])`;
    await page.locator(`[data-answer]:not([data-answer=""])${other}`).waitFor();
    const id = (await pane.getAttribute("data-answer")) ?? "";
    await page.locator(`[data-way="${id}"]`).waitFor();
    const boxes = await page
      .locator("[data-box]")
      .evaluateAll((all) => all.map((box) => [box.getAttribute("data-box"), box.getAttribute("data-state")]));
    return {
      status: Number(await page.locator(".status-line [data-status]").getAttribute("data-status")),
      id,
      boxes: Object.fromEntries(boxes) as Record<string, string>,
    };
  };
  return {
    page,
    misdeeds: () => watched.misdeeds.filter((said) => !/the server responded with a status of 4\d\d/.test(said)),
    open: async (path = "") => {
      await page.goto(`${origin}/console${path}`);
      await page
        .locator(READY.find(([begin]) => path.startsWith(begin))?.[1] ?? "[data-endpoints] a")
        .first()
        .waitFor();
    },
    sent,
    box: (name) => page.locator(`[data-box="${name}"]`),
    picture: async (name) => {
      if (process.env["SCREENSHOTS"] !== "1") return;
      mkdirSync(PICTURES, { recursive: true });
      // What moves stands still first, and nothing is pointed at.
      await page.mouse.move(0, 0);
      await standsStill(page);
      await page.screenshot({ path: `${PICTURES}${name}.png` });
    },
    close: () => page.context().close(),
  };
}

/** Signs in where nothing else is shown, as in production. */
export async function signInFirst(page: Page, email: string, password: string): Promise<void> {
  await page.locator(".sign-in-page").waitFor();
  await page.fill('.sign-in-page [name="email"]', email);
  await page.fill('.sign-in-page [name="password"]', password);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Sign out" }).waitFor();
}

/** Signs in through the dialog, as a person would. */
export async function signInOnPage(page: Page, email: string, password: string): Promise<void> {
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.fill('dialog [name="email"]', email);
  await page.fill('dialog [name="password"]', password);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Sign out" }).waitFor();
}
