import { AxeBuilder } from "@axe-core/playwright";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { expect } from "vitest";
import { standsStill, type View } from "../docs/browser.ts";
import { type ConsolePage, openConsole, WIDE } from "./console-page.ts";

export const VIEWS: readonly View[] = [
  { scheme: "light", width: 1440 },
  { scheme: "dark", width: 1440 },
  { scheme: "light", width: 360 },
  { scheme: "dark", width: 360 },
];

export interface OperatorPage extends ConsolePage {
  /** Opens a page of the operators and waits until what it is for is there. */
  readonly visit: (path: string, sign: string) => Promise<void>;
}

export async function openOperatorPage(browser: Browser, origin: string, view: View = WIDE): Promise<OperatorPage> {
  const opened = await openConsole(browser, origin, view);
  return {
    ...opened,
    visit: async (path, sign) => {
      await opened.page.goto(`${origin}/console${path}`);
      await opened.page.locator(sign).first().waitFor();
    },
  };
}

/** No serious mistake for those who see or point otherwise, and no scroll bar aside. */
export async function looksSound(page: Page): Promise<void> {
  await standsStill(page);
  const { violations } = await new AxeBuilder({ page }).analyze();
  const bad = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  expect(bad.map(({ id, nodes }) => [id, nodes.map(({ target }) => target)])).toEqual([]);
  expect(await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")).toBe(0);
}

/** For the documentation; only with SCREENSHOTS=1. */
export async function takePicture(page: Page, name: string): Promise<void> {
  if (process.env["SCREENSHOTS"] !== "1") return;
  await page.mouse.move(0, 0);
  await standsStill(page);
  await page.screenshot({ path: fileURLToPath(new URL(`../../docs/console/${name}.png`, import.meta.url)) });
}
