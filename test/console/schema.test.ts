import type { Browser } from "playwright-core";
import { type AnyDeclaration, everyone, ref, servery, table, text } from "servery";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { printDeclaration } from "#servery/schema/source/print-declaration.js";
import social from "../../examples/social/servery.ts";
import { chromiumPath, launchChromium, NEEDS_CHROMIUM } from "../docs/browser.ts";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { declaration } from "../operators/operators.ts";
import { looksSound, openOperatorPage, takePicture, VIEWS } from "./operator-page.ts";

interface Described {
  readonly tables: readonly {
    readonly name: string;
    readonly columns: readonly { readonly name: string; readonly references: { readonly table: string } | null }[];
  }[];
}

describe.skipIf(chromiumPath === undefined)(`the Schema page ${NEEDS_CHROMIUM}`, { timeout: 300_000 }, () => {
  let engine: EngineUnderTest;
  let origin: string;
  let browser: Browser;

  beforeAll(async () => {
    engine = await openEngine(social, { explain: true });
    origin = (await engine.listen()).url;
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    await engine.close();
  });

  test("the diagram has each table and each reference, and shows it whole", async () => {
    const { tables } = (await (await fetch(`${origin}/api/server/schema`)).json()) as Described;
    const references = tables.flatMap(({ name, columns }) =>
      columns.flatMap((column) =>
        column.references === null ? [] : [`${name}.${column.name} to ${column.references.table}`],
      ),
    );
    expect(references.length).toBeGreaterThan(10);
    const { page, visit, misdeeds, close } = await openOperatorPage(browser, origin);
    await visit("/schema", ".react-flow__edge");
    await page.waitForFunction(`document.querySelectorAll(".react-flow__edge").length === ${references.length}`);
    const drawn = await page
      .locator(".react-flow__edge")
      .evaluateAll((all) => all.map((edge) => edge.getAttribute("data-id")));
    expect(new Set(drawn)).toEqual(new Set(references));
    const boxes = page.locator("[data-table-box]");
    const boxed = await boxes.evaluateAll((all) => all.map((box) => box.getAttribute("data-table-box")));
    expect(new Set(boxed)).toEqual(new Set(tables.map(({ name }) => name)));
    expect(await page.locator('[data-table-box="comments"]').innerText()).toMatch(/id\s+key\s+id\s+post_id\s+→ posts/);
    // It is drawn first and fitted into its frame then.
    const outside = async (): Promise<(string | null)[]> => {
      const frame = await page.locator("[data-diagram]").boundingBox();
      const all = await Promise.all(
        (await boxes.all()).map(
          async (box) => [await box.getAttribute("data-table-box"), await box.boundingBox()] as const,
        ),
      );
      return all.flatMap(([name, at]) =>
        at !== null && frame !== null && at.x >= frame.x && at.x + at.width <= frame.x + frame.width ? [] : [name],
      );
    };
    await expect.poll(outside).toEqual([]);
    const widthOf = async (): Promise<number> => (await boxes.first().boundingBox())?.width ?? 0;
    const before = await widthOf();
    const zoomIn = page.getByRole("button", { name: "Zoom in" });
    await zoomIn.click();
    await expect.poll(widthOf).toBeGreaterThan(before * 1.1);
    await zoomIn.click();
    await expect.poll(widthOf).toBeGreaterThan(before * 1.3);
    await page.focus("[data-diagram]");
    await page.keyboard.press("0");
    await expect.poll(widthOf).toBeLessThan(before * 1.2);
    expect(misdeeds()).toEqual([]);
    await close();
  });

  test("a table says its columns, rules, policy, SQL and JSON Schema, from the keyboard", async () => {
    const { page, visit, misdeeds, close } = await openOperatorPage(browser, origin);
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await visit("/schema", "[data-table]");
    await page.locator('[data-table="posts"]').focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.locator('[data-detail="comments"]').waitFor();
    const column = (name: string): Promise<string> => page.locator(`[data-column="${name}"]`).innerText();
    expect(await column("post_id")).toContain("refers to posts.id (deleted with it)");
    expect(await column("id")).toMatch(/the key.*filled by the server/);
    await page.locator("[role=tab][aria-selected=true]").focus();
    await page.keyboard.press("ArrowRight");
    expect(await page.locator('[data-rule-of="delete"] dd').innerText()).toMatch(
      /the owner of the row, or whoever may do the same with its post\s*or\(owner, sameAs\("post"\)\)/,
    );
    expect(await page.locator('[data-matrix="comments"] tbody tr').first().innerText()).toMatch(
      /anonymous\s+◐ some rows\s+✕ denied/,
    );
    await page.keyboard.press("ArrowRight");
    await page.getByRole("button", { name: "Copy: SQL" }).click();
    const copied = (): Promise<unknown> => page.evaluate("navigator.clipboard.readText()");
    await expect.poll(copied).toMatch(/^CREATE TABLE "comments"[\s\S]*CREATE INDEX/);
    await page.getByRole("button", { name: "Copy: Declaration" }).click();
    await expect
      .poll(copied)
      .toMatch(/^comments: table\(\{[^]*post_id: ref\("posts", \{ onDelete: "cascade" \}\),[^]*\.allow\(\{/);
    await expect
      .poll(() => page.getByRole("region", { name: "Declaration of comments" }).innerText())
      .toBe(await copied());
    expect(await page.getByRole("region", { name: "JSON Schema of a row" }).innerText()).toContain('"post_id"');
    // The picture leads to the same.
    await page.locator('[data-table-box="likes"]').click();
    await page.locator('[data-detail="likes"]').waitFor();
    expect(page.url()).toContain("id=likes");
    // The diagram takes up what is chosen after the page has.
    const chosen = page.locator('[data-chosen="true"]');
    await expect
      .poll(() => chosen.evaluateAll((all) => all.map((box) => box.getAttribute("data-table-box"))))
      .toEqual(["likes"]);
    expect(misdeeds()).toEqual([]);
    await close();
  });

  test("the whole declaration stands there as text that can be taken along", async () => {
    const { page, visit, misdeeds, close } = await openOperatorPage(browser, origin);
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await visit("/schema", "[data-table]");
    await page.getByRole("button", { name: "Declaration", exact: true }).click();
    const shown = await page.getByRole("region", { name: "The whole declaration" }).innerText();
    expect(shown).toBe(printDeclaration(social as AnyDeclaration).whole);
    await page.getByRole("button", { name: "Copy: The whole declaration" }).click();
    await expect.poll(() => page.evaluate("navigator.clipboard.readText()")).toBe(shown);
    await page.getByRole("button", { name: /Migration/ }).click();
    await page.locator('[data-migration="nothing"]').waitFor();
    await expect.poll(() => page.getByRole("button", { name: /Migration/ }).innerText()).toContain("nothing pending");
    expect(misdeeds()).toEqual([]);
    await close();
  });

  test("a private column is nobody's, and tables that refer to themselves and to each other are drawn", async () => {
    const OPEN = { read: everyone, create: everyone };
    const circle = servery({
      title: "Circle",
      tables: {
        parts: table({ part_id: ref("parts").optional(), place_id: ref("places").optional() }).allow(OPEN),
        places: table({ name: text(20), keeper_id: ref("parts").optional() }).allow(OPEN),
      },
    });
    const round = await openEngine(circle, { explain: true });
    const first = await openOperatorPage(browser, (await round.listen()).url);
    await first.visit("/schema", ".react-flow__edge");
    await first.page.waitForFunction('document.querySelectorAll(".react-flow__edge").length === 3');
    expect(first.misdeeds()).toEqual([]);
    await first.close();
    await round.close();

    const notes = await openEngine(declaration, { explain: true });
    const second = await openOperatorPage(browser, (await notes.listen()).url);
    await second.visit("/schema?id=users", "[data-column]");
    expect(await second.page.locator('[data-column="secret"]').innerText()).toMatch(
      /optional, private[\s\S]*nobody, through the API/,
    );
    await second.close();
    await notes.close();
  });

  test.each(VIEWS)("it looks sound, $scheme, $width wide", async (view) => {
    const { page, visit, misdeeds, close } = await openOperatorPage(browser, origin, view);
    await visit("/schema", "[data-table]");
    const isNarrow = view.width < 1000;
    if (isNarrow) await page.getByRole("button", { name: "Show the diagram" }).click();
    await page.locator(".react-flow__edge").first().waitFor();
    await looksSound(page);
    await page.locator('[data-table="posts"]').click();
    await page.locator('[data-detail="posts"]').waitFor();
    await looksSound(page);
    if (view.scheme === "light" && view.width > 1000) await takePicture(page, "schema");
    for (const tab of ["Rules", "Side by side"]) {
      await page.getByRole("tab", { name: tab }).click();
      await looksSound(page);
    }
    const declaration = page.getByRole("button", { name: "Declaration", exact: true });
    await declaration.click();
    if (view.scheme === "light" && view.width > 1000) await takePicture(page, "declaration");
    // Without the table beside it, whose letters have been looked at.
    await visit("/schema", "[data-table]");
    await declaration.click();
    await page.getByRole("region", { name: "The whole declaration" }).waitFor();
    await looksSound(page);
    expect(misdeeds()).toEqual([]);
    await close();
  });
});
