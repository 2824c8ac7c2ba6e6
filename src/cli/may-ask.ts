import { readEnvironment } from "../config/environment.ts";

/** Whether somebody sits there who can be asked: a script or a machine that builds must never hang on a question. */
export function mayAsk(): boolean {
  const ci = readEnvironment()["CI"];
  return process.stdin.isTTY && process.stdout.isTTY && (ci === undefined || ci === "" || ci === "false");
}
