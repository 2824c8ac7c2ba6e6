import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { startDev } from "./dev-application.ts";
import { ask } from "./process.ts";

const ROUNDS = 120;
/** Reloads until the compiler is loaded and the heap has its size. */
const WARM_UP = 40;

/** What a process holds, as Linux tells it. */
interface Held {
  readonly threads: number;
  readonly handles: number;
  readonly megabytes: number;
}

function heldBy(pid: number): Held {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return {
    threads: Number(/^Threads:\s+(\d+)$/m.exec(status)?.[1]),
    handles: readdirSync(`/proc/${pid}/fd`).length,
    megabytes: Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_024,
  };
}

test.runIf(process.platform === "linux")(
  `${ROUNDS} reloads leave no engine behind: no threads, no open files, no memory`,
  async () => {
    // What is not held may go at once, so that what stays is held.
    const dev = await startDev({ environment: { NODE_OPTIONS: "--max-old-space-size=96" } });
    const pid = dev.child.pid ?? 0;
    let warm: Held | undefined;
    for (let round = 1; round <= ROUNDS; round++) {
      const before = dev.edit(/title: "[^"]*",\n {2}tables/, `title: "Notes ${round}",\n  tables`);
      await dev.said(/reloaded in/, before);
      // A write starts the thread that writes.
      if (round % 10 === 0) await ask(`${dev.address}/api/notes/1`, { method: "PATCH", json: { stars: round } });
      if (round === WARM_UP) warm = heldBy(pid);
    }
    const last = heldBy(pid);
    console.info(`after ${WARM_UP} reloads ${JSON.stringify(warm)}, after ${ROUNDS} ${JSON.stringify(last)}`);
    expect(last.threads).toBeLessThanOrEqual((warm?.threads ?? 0) + 2);
    expect(last.handles).toBeLessThanOrEqual((warm?.handles ?? 0) + 6);
    // An engine with its application is more than a megabyte: 80 of them would be seen.
    expect(last.megabytes).toBeLessThan((warm?.megabytes ?? 0) + 60);
    expect((await ask(`${dev.address}/api/notes/1`)).body).toMatchObject({ stars: ROUNDS });
  },
  120_000,
);
