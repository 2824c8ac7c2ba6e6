import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Ending, MutantLab } from "./mutant-lab.ts";
import type { Mutation } from "./mutable-code.ts";
import { checkedFiles, withoutChecks } from "./policy-checks.ts";

const DIST = fileURLToPath(new URL("../../dist", import.meta.url));
const DEADLINE_MS = 900_000;
/** The number that takes no check out. */
const SOUND = 0;

describe("every policy check", () => {
  let lab: MutantLab | undefined;
  let checks: readonly Mutation[] = [];
  let endings: ReadonlyMap<number, Ending> = new Map();
  beforeAll(async () => {
    lab = MutantLab.open();
    checks = lab.mutate(checkedFiles(DIST), withoutChecks);
    endings = await lab.runMutations([...checks.map((_, at) => at + 1), SOUND]);
  }, DEADLINE_MS);
  afterAll(() => lab?.close());

  test("is missed by some cell once it is taken out", () => {
    const missed = [...endings]
      .filter(([number, ending]) => number !== SOUND && ending.is !== "caught")
      .map(([number, ending]) => ({ ...checks[number - 1], ...ending }));
    expect(missed).toEqual([]);
  });

  test("is passed by every cell as long as it is there", () => {
    expect(endings.get(SOUND)).toEqual({ is: "survived" });
  });

  test("is found by the script", () => {
    const files = new Set(checks.map(({ file }) => file));
    expect(checks.length).toBeGreaterThan(80);
    expect([...files]).toEqual(
      expect.arrayContaining([
        join("auth", "policy", "decide.js"),
        join("repository", "change-steps.js"),
        join("repository", "policy-steps.js"),
        join("service", "read-again.js"),
        join("service", "read-plan.js"),
        join("validation", "write-request.js"),
      ]),
    );
  });
});
