/**
 * Asks the policy matrix until a cell is answered wrongly, as a process of its own over the code beside it. Prints that
 * cell. The arguments name the doors; without one it is all of them.
 */
import { firstLeak, inRounds } from "../policy/matrix.ts";
import { PolicyWorld } from "../policy/world.ts";

/** The exit code of a run that met a wrong answer: any other but 0 means that nothing could be asked. */
export const LEAKED = 3;

const world = await PolicyWorld.open();
const leak = await firstLeak(world, inRounds(process.argv.slice(2)));
if (leak !== undefined) process.stdout.write(leak.told);
await world.close();
process.exit(leak === undefined ? 0 : LEAKED);
