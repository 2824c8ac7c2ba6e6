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
import { expect } from "vitest";
import { launchChromium, type View } from "../docs/browser.ts";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { type ConsolePage, openConsole, WIDE } from "./console-page.ts";

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };
export const shop = servery({
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

export interface Thing {
  readonly id: number;
  readonly name: string;
  readonly amount: number | null;
  readonly shelf_id: number | null;
}

/** A shop with its pages of rows. */
export interface Shop {
  readonly browser: Browser;
  readonly engine: EngineUnderTest;
  readonly onData: (path: string, run: (opened: ConsolePage) => Promise<void>, view?: View) => Promise<void>;
  readonly thing: (id: number) => Promise<Thing>;
  readonly made: (row: object) => Promise<Thing>;
  readonly close: () => Promise<void>;
}

export async function openShop(): Promise<Shop> {
  const engine = await openEngine(shop, { explain: true });
  const origin = (await engine.listen()).url;
  const browser = await launchChromium();
  return {
    browser,
    engine,
    onData: async (path, run, view = WIDE) => {
      const opened = await openConsole(browser, origin, view);
      await opened.open(`/data/${path}`);
      await run(opened);
      expect(opened.misdeeds()).toEqual([]);
      await opened.close();
    },
    thing: async (id) => (await engine.get(`/api/things/${id}`)).json as Thing,
    made: async (row) => (await engine.post("/api/things", row)).json as Thing,
    close: async () => {
      await browser.close();
      await engine.close();
    },
  };
}

export const cell = (page: Page, key: number | string, column: string) =>
  page.locator(`[data-key="${key}"] [data-column="${column}"]`);

/** Waits until a screen reader is told this. */
export const said = (page: Page, words: string) =>
  page.locator("#said", { hasText: words }).waitFor({ state: "attached" });

/** Waits until a column of all rows is this: the first row comes alone, and with it how many there are. */
export async function lists(page: Page, column: string, wanted: readonly unknown[]): Promise<void> {
  const listed = page.locator(`[data-key] [data-column="${column}"]`);
  await expect.poll(() => listed.allInnerTexts()).toEqual(wanted);
}
