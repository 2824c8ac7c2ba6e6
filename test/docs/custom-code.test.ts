import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { HANDLER_DEADLINE_MS, QUERY_ROWS, TRANSACTION_DEADLINE_MS } from "#servery/validation/limits.js";
import { wrongAnswers } from "./page-requests.ts";

const PAGE = new URL("../../docs/custom-code.md", import.meta.url);
const page = readFileSync(PAGE, "utf8");
/** Long enough for a rule, short enough to be read at one look. */
const QUOTED_LINES = 45;

test("the modules of the example are quoted whole, as they are", () => {
  const quotes = [...page.matchAll(/\[`([^`]+)`\]\(\.\.\/([^)]+)\):\n\n```ts\n(.*?)^```$/gms)];
  expect(quotes.map(([, name]) => name)).toEqual(
    ["reports", "bank"].flatMap((module) =>
      ["controller", "service", "repository"].map((file) => `examples/social/modules/${module}/${file}.ts`),
    ),
  );
  for (const [, name = "", link, quoted = ""] of quotes) {
    expect(link).toBe(name);
    expect(quoted).toBe(readFileSync(new URL(`../../${name}`, import.meta.url), "utf8"));
    expect(quoted.split("\n").length, name).toBeLessThanOrEqual(QUOTED_LINES + 1);
  }
  const [routes = "none"] = /routes: \[.*\]/.exec(page.split("The application lists")[1] ?? "") ?? [];
  expect(readFileSync(new URL("../../examples/social/servery.ts", import.meta.url), "utf8")).toContain(routes);
});

test("every request on the page answers as it says", async () => {
  expect(await wrongAnswers(PAGE)).toEqual([]);
});

test("the page names the limits as they are", () => {
  expect(page).toContain(`after ${HANDLER_DEADLINE_MS / 1_000} seconds is a 503`);
  expect(page).toContain(`so it has ${TRANSACTION_DEADLINE_MS / 1_000} seconds`);
  expect(page).toContain(`at most ${QUERY_ROWS.toLocaleString("en")} rows`);
});
