import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ROUNDS } from "../policy/matrix.ts";
import { changedConditions, DECIDING } from "./conditions.ts";
import { type Ending, MutantLab } from "./mutant-lab.ts";
import type { Mutation } from "./mutable-code.ts";
import { checkedFiles } from "./policy-checks.ts";

const DIST = fileURLToPath(new URL("../../dist", import.meta.url));
const DEADLINE_MS = 3_000_000;
/** The least part of the mutations that some cell of the matrix must miss. */
const LEAST_SCORE = 0.8;

/** Rounds of cells that each mutation is asked: most are caught at once, and the others are asked the rest. */
const FIRST_ROUNDS = 2;
/** The number that switches no mutation on. */
const SOUND = 0;
const LOST: Ending = { is: "lost", why: "it was not asked" };

/** How it ended for each mutation, once those that are left have been asked every cell. */
async function askAll(lab: MutantLab, numbers: readonly number[]): Promise<ReadonlyMap<number, Ending>> {
  const first = await lab.runMutations(numbers, { from: 0, to: FIRST_ROUNDS });
  const left = numbers.filter((number) => first.get(number)?.is === "survived");
  return new Map([...first, ...(await lab.runMutations(left, { from: FIRST_ROUNDS, to: ROUNDS }))]);
}

describe("the code that decides policies", () => {
  let lab: MutantLab | undefined;
  let mutations: readonly Mutation[] = [];
  let endings: readonly Ending[] = [];
  let sound: Ending | undefined;
  beforeAll(async () => {
    lab = MutantLab.open();
    const files = checkedFiles(DIST).filter((file) => DECIDING.some((form) => form.test(file)));
    mutations = lab.mutate(files, changedConditions);
    const all = await askAll(lab, [SOUND, ...mutations.map((_, at) => at + 1)]);
    sound = all.get(SOUND);
    endings = mutations.map((_, at) => all.get(at + 1) ?? LOST);
  }, DEADLINE_MS);
  afterAll(() => lab?.close());

  test("passes every cell as it is", () => {
    expect(sound).toEqual({ is: "survived" });
  });

  test(`has a mutation score of ${LEAST_SCORE} or more`, () => {
    // What breaks so much that no engine opens shows in every test. A run that was lost says nothing.
    const caught = endings.filter(({ is }) => is === "caught" || is === "broken").length;
    const score = caught / endings.length;
    for (const [at, { is }] of endings.entries()) {
      const { file, line, code, becomes } = mutations[at] as Mutation;
      if (is === "survived" || is === "lost") process.stdout.write(`${is} ${file}:${line} ${code} → ${becomes}\n`);
    }
    process.stdout.write(
      `mutation score of the policies: ${caught} of ${endings.length}, ${(100 * score).toFixed(1)} %\n`,
    );
    expect(score).toBeGreaterThanOrEqual(LEAST_SCORE);
  });
});
