import type { Trouble } from "../../engine.ts";
import { UsageError } from "../usage-error.ts";

/** A minute: browsers give up not much later. */
const LONGEST_DELAY_MS = 60_000;

/** What `--delay` and `--fail` ask for; undefined where neither is there. Throws `UsageError` for other values. */
export function troubleOf(typed: { readonly delay?: unknown; readonly fail?: unknown }): Trouble | undefined {
  if (typed.delay === undefined && typed.fail === undefined) return undefined;
  return { delayMs: delayOf(typed.delay), failPercent: percentOf(typed.fail) };
}

function delayOf(typed: unknown): Trouble["delayMs"] {
  if (typed === undefined) return { from: 0, to: 0 };
  const [, from = "", to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(textOf(typed)) ?? [];
  if (from !== "" && Number(from) <= Number(to) && Number(to) <= LONGEST_DELAY_MS)
    return { from: Number(from), to: Number(to) };
  throw new UsageError(`--delay takes milliseconds from 0 to ${LONGEST_DELAY_MS}, or a range like 200-800.`);
}

function percentOf(typed: unknown): number {
  if (typed === undefined) return 0;
  const [, digits = ""] = /^(\d{1,3}(?:\.\d{1,2})?)%?$/.exec(textOf(typed)) ?? [];
  if (digits !== "" && Number(digits) <= 100) return Number(digits);
  throw new UsageError("--fail takes a part of all requests, from 0% to 100%.");
}

/** Without a value an option is a true: that is none it takes. */
function textOf(typed: unknown): string {
  return typeof typed === "string" ? typed : "";
}

/** What the greeting says of it. */
export function describeTrouble({ delayMs, failPercent }: Trouble): string {
  const { from, to } = delayMs;
  const delay = to === 0 ? [] : [`wait ${from === to ? from : `${from} to ${to}`} ms`];
  const fail = failPercent === 0 ? [] : [`fail in ${failPercent} of 100 cases with 503 simulated_failure`];
  const [one, other] = [...delay, ...fail];
  if (one === undefined) return "--delay and --fail are 0: nothing is slowed, and nothing fails.";
  return `On purpose, requests under /api ${one}${other === undefined ? "" : `, and ${other}`}.`;
}
