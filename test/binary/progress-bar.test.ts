import { expect, test } from "vitest";
import { ProgressBar } from "#servery/cli/progress-bar.js";
import { pause } from "./process.ts";

/** A stream that keeps what it is given. */
function stream(isTTY: boolean): { isTTY: boolean; write: (text: string) => boolean; text: () => string } {
  const pieces: string[] = [];
  return { isTTY, write: (text) => pieces.push(text) > 0, text: () => pieces.join("") };
}

test("on a terminal a long work is drawn on one line, which is empty at the end", async () => {
  const terminal = stream(true);
  const bar = new ProgressBar("posts.csv", 200, terminal);
  bar.to(1);
  expect(terminal.text()).toBe("");
  await pause(350);
  bar.to(100);
  bar.to(101);
  expect(terminal.text()).toMatch(/posts\.csv █{12}.*50 %$/);
  bar.end();
  expect(terminal.text()).toMatch(/\r\u001B\[2K$/);
  expect(terminal.text()).not.toContain("\n");
});

test("in a file or a pipe nothing is drawn", async () => {
  const file = stream(false);
  const bar = new ProgressBar("posts.csv", 200, file);
  await pause(350);
  bar.to(100);
  bar.end();
  expect(file.text()).toBe("");
});
