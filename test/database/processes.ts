import { existsSync, readdirSync, readFileSync } from "node:fs";

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

function parentOf(pid: number): number | undefined {
  const stat = statOf(pid);
  return stat?.state === "Z" ? undefined : stat?.parent;
}

function statOf(pid: number): { readonly state: string; readonly parent: number } | undefined {
  try {
    // The name of the program stands in brackets and may hold anything.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state = "", parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}
