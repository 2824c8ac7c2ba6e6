import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nameOf } from "./cell.ts";
import { CELLS_IN_ALL, CELLS_OF_A_DOOR, doors } from "./matrix.ts";
import { PolicyWorld } from "./world.ts";

const TOLD_LEAKS = 10;

describe("policies at every door", () => {
  let world: PolicyWorld | undefined;
  beforeAll(async () => {
    world = await PolicyWorld.open();
  });
  afterAll(async () => world?.close());

  for (const door of doors) {
    const cells = door.cells();
    test(`${door.name}: ${cells.length} cells`, { timeout: 300_000 }, async () => {
      expect(cells.length).toBeGreaterThanOrEqual(CELLS_OF_A_DOOR);
      const wrong: string[] = [];
      for (const cell of cells) {
        const found = await world?.ask(cell);
        if (found !== undefined) wrong.push(`${nameOf(cell)}\n    ${found}`);
      }
      expect(wrong.length, `${wrong.length} cells:\n${wrong.slice(0, TOLD_LEAKS).join("\n")}`).toBe(0);
    });
  }

  test("every answer is one that the OpenAPI document promises", () => {
    expect(world?.undocumented.slice(0, TOLD_LEAKS)).toEqual([]);
  });

  test(`all doors: ${doors.reduce((sum, door) => sum + door.cells().length, 0)} cells`, () => {
    expect(doors.reduce((sum, door) => sum + door.cells().length, 0)).toBeGreaterThanOrEqual(CELLS_IN_ALL);
  });
});
