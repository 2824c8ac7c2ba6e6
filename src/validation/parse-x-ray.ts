import { Problem } from "../errors/problem.ts";
import type { Checked } from "./command.ts";
import { decodeSegment } from "./parse-key.ts";
import { plainParameters, truth, wholeNumber } from "./plain-parameters.ts";
import { checked } from "./write-request.ts";

/** Requests that one answer lists at most, and unless told. */
const MOST = 500;
const USUAL = 50;

/** Which of the last requests are listed. */
export interface XRayListCommand extends Checked {
  readonly xray: "list";
  readonly limit: number;
  /** Only those that were answered with a problem. */
  readonly failed: boolean;
  readonly slowerThanMs: number;
}

export interface XRayOneCommand extends Checked {
  readonly xray: "one";
  readonly id: string;
}

/** `?limit=20&failed=true&slower_than=100`. */
export function parseXRayList(query: string): XRayListCommand {
  const given = plainParameters(query, ["limit", "failed", "slower_than"]);
  const failed = truth(given, "failed") ?? false;
  const limit = wholeNumber(given, { name: "limit", least: 1, most: MOST, usual: USUAL });
  const slower = { name: "slower_than", least: 0, most: Number.MAX_SAFE_INTEGER, usual: 0 };
  return checked({ xray: "list", limit, failed, slowerThanMs: wholeNumber(given, slower) });
}

/** The id of a request, as its answer names it. */
export function parseXRayOne(query: string, key: string): XRayOneCommand {
  if (query !== "") throw new Problem("unknown_parameter", "This route takes no parameters.");
  return checked({ xray: "one", id: decodeSegment(key) ?? "" });
}
