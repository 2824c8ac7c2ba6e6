import { existsSync, readdirSync, readFileSync } from "node:fs";

/** Linux counts in hundredths of a second, whatever its own clock is. */
const MS_OF_A_TICK = 10;

/** Whether this system tells about threads and processes in /proc. */
export const hasProc = existsSync("/proc/self/task");

/** How many threads of the operating system this process has. */
export function threadCount(): number {
  return readdirSync("/proc/self/task").length;
}

/** The ids of the living children of a process. */
export function childrenOf(pid: number): readonly number[] {
  const children = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && parentOf(Number(name)) === pid);
  return children.map(Number);
}

/** Whether a process lives; one that has ended and is only not yet collected does not. */
export function isAlive(pid: number): boolean {
  const stat = statOf(pid);
  return stat !== undefined && stat.state !== "Z";
}

/** Milliseconds that a process has had of the processor, in steps of 10. */
export function processorMs(pid: number): number {
  return (statOf(pid)?.ticks ?? 0) * MS_OF_A_TICK;
}

function parentOf(pid: number): number | undefined {
  const stat = statOf(pid);
  return stat?.state === "Z" ? undefined : stat?.parent;
}

function statOf(pid: number): { readonly state: string; readonly parent: number; readonly ticks: number } | undefined {
  try {
    // The name of the program stands in brackets and may hold anything.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // In user mode and in the kernel: fields 14 and 15 of proc(5), of which the first two are cut off.
    return { state: fields[0] ?? "", parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
  } catch {
    return undefined;
  }
}
