import { RandomSource } from "../database/random-source.ts";
import { type Cell, type Door, nameOf } from "./cell.ts";
import { aggregate } from "./doors/aggregate.ts";
import { closed } from "./doors/closed.ts";
import { conditional } from "./doors/conditional.ts";
import { hooks } from "./doors/hooks.ts";
import { imports } from "./doors/imports.ts";
import { ownCode } from "./doors/own-code.ts";
import { csv, cursor, head, list, ndjson, nested, read } from "./doors/read.ts";
import { filterRelations, filterTree, include, search, sort } from "./doors/relations.ts";
import { replay } from "./doors/replay.ts";
import { rowsBelow } from "./doors/rows-below.ts";
import { transactions } from "./doors/transactions.ts";
import { upsert } from "./doors/upsert.ts";
import { batch, bulk, create, remove, replace, update } from "./doors/writes.ts";
import type { PolicyWorld } from "./world.ts";

/** Cells that a door has at least. */
export const CELLS_OF_A_DOOR = 200;
export const CELLS_IN_ALL = 5_000;
/** Cells of a door that a run asks at most. */
const CELLS_ASKED = 450;

/** Every way to the rows. A new one joins here. */
const everyDoor: readonly Door[] = [
  list,
  read,
  head,
  nested,
  include,
  filterRelations,
  filterTree,
  sort,
  search,
  aggregate,
  csv,
  ndjson,
  cursor,
  create,
  update,
  remove,
  replace,
  upsert,
  bulk,
  batch,
  conditional,
  replay,
  ownCode,
  transactions,
  rowsBelow,
  imports,
  hooks,
  closed,
];

/** The doors with as many of their cells as one run has time for, in a mixed order: a fault shows early. */
export const doors: readonly Door[] = everyDoor.map((door) => ({
  name: door.name,
  cells: () => [...(door.always?.() ?? []), ...shuffled(door.cells()).slice(0, CELLS_ASKED)],
}));

/** Of every so many cells one is asked in the first round, another in the second. */
export const ROUNDS = 12;

/** Some of the rounds: from the first up to the last, which is left out. */
export interface Rounds {
  readonly from: number;
  readonly to: number;
}

/** A cell with the door that it is a question to. */
export interface AskedCell {
  readonly door: string;
  readonly cell: Cell;
}

/** The cells of these doors, or of all, a few of each door at a time: a fault shows early, whichever door it is behind. */
export function inRounds(names: readonly string[], { from, to }: Rounds = { from: 0, to: ROUNDS }): AskedCell[] {
  const chosen = doors
    .filter(({ name }) => names.length === 0 || names.includes(name))
    .map((door) => ({ name: door.name, cells: door.cells() }));
  return Array.from({ length: to - from }, (_, at) => from + at).flatMap((round) =>
    chosen.flatMap(({ name, cells }) =>
      cells.filter((_cell, at) => at % ROUNDS === round).map((cell) => ({ door: name, cell })),
    ),
  );
}

/** The first cell that is not answered as it must be, and what is wrong; undefined when all are. */
export async function firstLeak(
  world: PolicyWorld,
  cells: Iterable<AskedCell>,
): Promise<{ readonly asked: AskedCell; readonly told: string } | undefined> {
  for (const asked of cells) {
    const wrong = await world.ask(asked.cell);
    if (wrong !== undefined) return { asked, told: `${asked.door}: ${nameOf(asked.cell)}: ${wrong}` };
  }
  return undefined;
}

function shuffled(cells: readonly Cell[]): Cell[] {
  const source = new RandomSource(cells.length);
  return cells
    .map((cell) => ({ cell, at: source.below(1_000_000) }))
    .toSorted((left, right) => left.at - right.at)
    .map(({ cell }) => cell);
}
