import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { PATH_CHARACTERS, PATH_MEMBERS } from "#servery/validation/limits.js";
import { wrongAnswers } from "./page-requests.ts";

const PAGE = new URL("../../docs/documents.md", import.meta.url);

test("every request on the page answers as it says", async () => {
  expect(await wrongAnswers(PAGE)).toEqual([]);
});

test("the page names the limits as they are", () => {
  const page = readFileSync(PAGE, "utf8").replaceAll("\n", " ");
  expect(page).toContain(`A path has at most ${PATH_MEMBERS} names and ${PATH_CHARACTERS} characters.`);
});
