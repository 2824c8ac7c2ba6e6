import { nameDistance } from "../errors/nearest-name.ts";
import { decodeSegment } from "../validation/parse-key.ts";
import { isOpen } from "./open-api/names.ts";
import type { Route } from "./route.ts";

/** Segments of a path that is compared: no route is near one that has more. */
const COMPARED_SEGMENTS = 8;
/** A suggestion is a help to people, so it is no longer than they read. */
const LONGEST_SUGGESTION = 100;
/** Another ending counts as more than a slip of the keys. */
const OTHER_ENDING = 4;
/** A version in a path is a habit of other servers. */
const VERSION = /^v\d{1,3}$/i;

/** One pattern, and the methods for which it may be named. */
interface Candidate {
  readonly segments: readonly Segment[];
  readonly methods: Set<string>;
}

/** A literal as it is read and as it is written; a parameter takes whatever stands in its place. */
type Segment = { readonly text: string; readonly escaped: string } | "parameter";

/** Finds what somebody meant who asked for a path that is not there. It is given what everybody may be told of. */
export class NearestRoute {
  readonly #candidates: readonly Candidate[];
  readonly #documentation: string | undefined;

  constructor(routes: readonly Route[]) {
    const tables = new Map(routes.map((route) => [route.pattern, route.table]));
    const byPattern = new Map<string, Candidate>();
    for (const route of routes) {
      const candidate = byPattern.get(route.pattern) ?? { segments: segmentsOf(route.pattern), methods: new Set() };
      byPattern.set(route.pattern, candidate);
      if (mayBeNamed(route, tables)) candidate.methods.add(route.method);
    }
    this.#candidates = [...byPattern.values()].filter(({ methods }) => methods.size > 0);
    this.#documentation = routes.find((route) => route.documentation === true && route.action.name === "docs")?.pattern;
  }

  /** A sentence to put behind "There is no …", with a space in front; empty where nothing is near. */
  sentence(method: string, path: string): string {
    const asked = path.split("/").filter((segment) => segment !== "");
    if (asked.length === 0 || (asked.length === 1 && asked[0]?.toLowerCase() === "api"))
      return this.#documentation === undefined ? "" : ` The documentation is at ${this.#documentation}.`;
    if (asked.length > COMPARED_SEGMENTS) return "";
    const nearest = this.#nearest(method, asked);
    return nearest === undefined ? "" : ` Did you mean ${clipped(nearest)}?`;
  }

  #nearest(method: string, asked: readonly string[]): string | undefined {
    const named = this.#candidates.filter(({ methods }) => methods.has("GET") || methods.has(method));
    const plain = asked.filter((segment) => !VERSION.test(segment));
    // As it was written first, then as other servers would have it, then as the beginning of something longer.
    const others = plain[0]?.toLowerCase() === "api" ? plain.slice(1) : ["api", ...plain];
    for (const written of [asked, plain, others]) {
      const best = leastChanged(named, written, "whole");
      if (best !== undefined) return best;
    }
    return leastChanged(named, asked, "beginning");
  }
}

/** The candidate with the fewest letters changed, written with the parameters of the asked path. */
function leastChanged(
  candidates: readonly Candidate[],
  asked: readonly string[],
  compare: "whole" | "beginning",
): string | undefined {
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const { segments } of candidates) {
    const fits = compare === "whole" ? segments.length === asked.length : segments.length > asked.length;
    // What is missing must be known: a parameter would have to be invented.
    if (!fits || segments.slice(asked.length).includes("parameter")) continue;
    const distance = distanceOf(segments, asked);
    if (distance >= least) continue;
    least = distance;
    best = segments.map((segment, at) => `/${segment === "parameter" ? (asked[at] ?? "") : segment.escaped}`).join("");
  }
  return best;
}

/** Letters that differ in all segments together; infinite when one of them is too far away to be meant. */
function distanceOf(segments: readonly Segment[], asked: readonly string[]): number {
  let sum = 0;
  for (const [at, escaped] of asked.entries()) {
    const segment = segments[at];
    if (segment === undefined || segment === "parameter") continue;
    const text = decodeSegment(escaped);
    const distance = text === undefined ? undefined : literalDistance(text, segment.text);
    if (distance === undefined) return Number.POSITIVE_INFINITY;
    sum += distance;
  }
  return sum;
}

function literalDistance(asked: string, known: string): number | undefined {
  if (asked === known) return 0;
  const [left, right] = [asked.toLowerCase(), known.toLowerCase()];
  if (left.startsWith(`${right}.`) || right.startsWith(`${left}.`)) return OTHER_ENDING;
  const distance = nameDistance(asked, known);
  // Another case alone is a difference too, but the smallest.
  return distance === undefined ? undefined : distance + 0.5;
}

/** Whether a caller of any kind may use the route, and may read the rows it stands below. */
function mayBeNamed(
  { table, relation, action, pattern, call }: Route,
  tables: ReadonlyMap<string, Route["table"]>,
): boolean {
  if (call !== undefined) return isOpen(call.allow);
  if (table === undefined) return true;
  // An upsert is one or the other.
  if (action.access === undefined) return isOpen(table.rules.create) || isOpen(table.rules.update);
  if (!isOpen(table.rules[action.access])) return false;
  if (relation === undefined) return true;
  const parent = tables.get(pattern.slice(0, pattern.lastIndexOf("/")));
  return parent === undefined || isOpen(parent.rules.read);
}

/** A column's name may hold a slash, and it stands in braces. */
function segmentsOf(pattern: string): Segment[] {
  const segments: Segment[] = [];
  let open = false;
  for (const part of pattern.split("/").slice(1)) {
    if (!open) segments.push(part.startsWith("{") ? "parameter" : { text: decodeSegment(part) ?? part, escaped: part });
    open = (open || part.startsWith("{")) && !part.endsWith("}");
  }
  return segments;
}

function clipped(path: string): string {
  return path.length > LONGEST_SUGGESTION ? `${path.slice(0, LONGEST_SUGGESTION)}…` : path;
}
