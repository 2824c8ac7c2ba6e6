import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  AFTER_DEADLINE_MS,
  AFTER_RUNNING,
  BULK_ROWS,
  HOOK_DEPTH,
  PREPARE_DEADLINE_MS,
  TRANSACTION_DEADLINE_MS,
} from "#servery/validation/limits.js";
import { wrongAnswers } from "./page-requests.ts";

const PAGE = new URL("../../docs/hooks.md", import.meta.url);
const page = readFileSync(PAGE, "utf8").replaceAll("\n", " ");

test("every request on the page answers as it says", async () => {
  expect(await wrongAnswers(PAGE)).toEqual([]);
});

test("the page names the limits as they are", () => {
  expect(page).toContain(`after ${PREPARE_DEADLINE_MS / 1_000} seconds is a 503 \`hook_timeout\``);
  expect(page).toContain(`has ${TRANSACTION_DEADLINE_MS / 1_000} seconds in its transaction`);
  const rows = BULK_ROWS.toLocaleString("en");
  expect(page).toContain(`A list of ${rows} rows leaves ${TRANSACTION_DEADLINE_MS / BULK_ROWS} milliseconds`);
  expect(page).toContain(`not ended after ${AFTER_DEADLINE_MS / 1_000} seconds`);
  expect(page).toContain(`When ${AFTER_RUNNING} of them run already`);
  expect(page).toContain(`After ${HOOK_DEPTH} levels`);
});
