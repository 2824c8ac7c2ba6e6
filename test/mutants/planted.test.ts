import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MutantLab } from "./mutant-lab.ts";
import { plantedFaults } from "./planted.ts";

describe("planted faults", () => {
  let lab: MutantLab;
  beforeAll(() => {
    lab = MutantLab.open();
  });
  afterAll(() => lab.close());

  for (const fault of plantedFaults) {
    test(`${fault.name} shows`, { timeout: 120_000 }, async () => {
      expect(await lab.run(fault)).toMatchObject({ is: "caught" });
    });
  }
});
