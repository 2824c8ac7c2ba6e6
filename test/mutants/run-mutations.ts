/**
 * Asks the policy matrix with one mutation after the other switched on, each until a cell is answered wrongly. The
 * arguments are a folder to work in, the first of the rounds of cells that each is asked, the round where they end, and
 * the numbers of the mutations.
 */
import { type AskedCell, firstLeak, inRounds } from "../policy/matrix.ts";
import { PolicyWorld } from "../policy/world.ts";

/** Cells that caught others before are asked first, as many as this. */
const KNOWN_CATCHERS = 150;

const [folder = "", from = "", to = "", ...numbers] = process.argv.slice(2);
const state = globalThis as { mutation?: number };
// Callers sign in once: their passwords are slow on purpose.
const kept = await (await PolicyWorld.open()).keep(folder);
const cells = inRounds([], { from: Number(from), to: Number(to) });
let catchers: readonly AskedCell[] = [];

async function caughtBy(): Promise<string | undefined> {
  const world = await PolicyWorld.open(kept);
  try {
    const leak = await firstLeak(world, [...catchers, ...cells]);
    if (leak === undefined) return undefined;
    catchers = [leak.asked, ...catchers.filter((other) => other !== leak.asked)].slice(0, KNOWN_CATCHERS);
    return leak.told;
  } finally {
    await world.close();
  }
}

async function ending(): Promise<object> {
  try {
    const by = await caughtBy();
    return by === undefined ? { is: "survived" } : { is: "caught", by };
  } catch (error) {
    return { is: "broken", why: String(error) };
  }
}

for (const number of numbers.map(Number)) {
  state.mutation = number;
  const ended = await ending();
  state.mutation = 0;
  process.stdout.write(`mutation ${JSON.stringify({ number, ending: ended })}\n`);
}
