import { paint } from "../terminal.ts";
import type { Observation } from "../../observability/observation.ts";
import { printable } from "./printable.ts";

/** Letters of a path and of an error text that a line shows: a URL may have 16,384. */
const MOST_LETTERS = 300;

/** Of the classes 0 to 4: what is beyond is the server's own mistake. */
const COLOURS = [paint.red, paint.cyan, paint.green, paint.cyan, paint.yellow];

type Answered = Extract<Observation, { is: "answered" }>;

/** One line for a request: when, what, how it ended, how long it took, how much was sent, and which rule refused it. */
export function requestLine({ method, url, status, tookMs, bytes, error, explanation }: Answered): string {
  const parts = [
    paint.dim(clock()),
    printable(method, 10).padEnd(7),
    colourOf(status)(String(status)),
    duration(tookMs).padStart(8),
    size(bytes).padStart(8),
    printable(url, MOST_LETTERS),
  ];
  if (error !== undefined) parts.push(paint.dim(printable(error, MOST_LETTERS)));
  if (explanation !== undefined) parts.push(paint.yellow(printable(explanation, MOST_LETTERS)));
  return parts.join("  ");
}

/** The time of day, here. */
export function clock(now = new Date()): string {
  return [now.getHours(), now.getMinutes(), now.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}

export function duration(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  return ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

function size(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** By the class of the status: its first digit. */
export function colourOf(status: number): (text: string) => string {
  return COLOURS[Number(String(status)[0])] ?? paint.red;
}
