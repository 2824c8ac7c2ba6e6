import { Problem } from "../errors/problem.ts";
import { decodeSegment } from "../validation/parse-key.ts";
import type { Received } from "./envelope.ts";
import { NearestRoute } from "./nearest-route.ts";
import type { Route } from "./route.ts";

/** All routes of one pattern, by method. */
interface Place {
  readonly methods: ReadonlyMap<string, Route>;
  readonly allow: string;
}

/** One segment of the patterns: what stands here, and what may follow. */
interface Branch {
  place: Place | undefined;
  /** By their one spelling, see `canonical`. */
  readonly literals: Map<string, Branch>;
  parameter: Branch | undefined;
}

/** What a path and a method lead to: a route, or for OPTIONS what the path allows. `key` is the first parameter. */
export type Match = { readonly route: Route; readonly key: string | undefined } | { readonly allow: string };

interface Found {
  readonly place: Place;
  readonly key: string | undefined;
}

/** Finds routes by their segments. Exact: another case, a doubled or a trailing slash is another path. */
export class Router {
  /** Patterns without parameters, by their path: collections and the routes beside the API. */
  readonly #places = new Map<string, Place>();
  readonly #root: Branch = emptyBranch();
  readonly #routes: readonly Route[];
  readonly #told: (route: Route) => Route | undefined;
  /** Made by the first path that leads nowhere. */
  #nearest: NearestRoute | undefined;

  /** `told` says what everybody may be told of a route, for suggestions: nothing, where it is undefined. */
  constructor(routes: readonly Route[], told: (route: Route) => Route | undefined = (route) => route) {
    this.#routes = routes;
    this.#told = told;
    for (const route of routes) this.#add(route);
  }

  match(received: Received): Match {
    const found = this.#find(received.path);
    if (found === undefined) {
      this.#nearest ??= new NearestRoute(this.#routes.flatMap((one) => this.#told(one) ?? []));
      const near = this.#nearest.sentence(received.method, received.path);
      throw new Problem("no_route", `There is no ${clipped(received.path)}.${near}`);
    }
    const { place, key } = found;
    if (received.method === "OPTIONS") return { allow: place.allow };
    const route = place.methods.get(received.method === "HEAD" ? "GET" : received.method);
    if (route === undefined) {
      throw new Problem("method_not_allowed", `${received.path} takes ${place.allow}.`, {
        headers: { allow: place.allow },
      });
    }
    return { route, key };
  }

  #find(path: string): Found | undefined {
    const whole = this.#places.get(path);
    return whole === undefined
      ? findBelow(this.#root, { path, from: 1, key: undefined })
      : { place: whole, key: undefined };
  }

  #add(route: Route): void {
    const segments = patternSegments(route);
    let branch = this.#root;
    for (const segment of segments) branch = grow(branch, segment);
    branch.place ??= emptyPlace();
    const { place } = branch;
    if (!segments.includes(undefined)) this.#places.set(route.pattern, place);
    (place.methods as Map<string, Route>).set(route.method, route);
    (place as { allow: string }).allow = allowed(place.methods.keys());
  }
}

/** The place of a path from a character on. A literal segment wins over a parameter, unless it leads nowhere. */
function findBelow(
  branch: Branch,
  at: { readonly path: string; readonly from: number; readonly key: string | undefined },
): Found | undefined {
  const { path, from, key } = at;
  const slash = path.indexOf("/", from);
  const segment = slash === -1 ? path.slice(from) : path.slice(from, slash);
  if (segment === "") return undefined;
  const literal = branch.literals.get(canonical(segment));
  const found = literal === undefined ? undefined : ended(literal, { path, from: slash + 1, key });
  if (found !== undefined || branch.parameter === undefined) return found;
  return ended(branch.parameter, { path, from: slash + 1, key: key ?? segment });
}

/** What a branch is once its segment has been read: the place itself, or one further down. */
function ended(
  branch: Branch,
  at: { readonly path: string; readonly from: number; readonly key: string | undefined },
): Found | undefined {
  if (at.from !== 0) return findBelow(branch, at);
  return branch.place === undefined ? undefined : { place: branch.place, key: at.key };
}

/** The segments of a pattern; a parameter is undefined. */
function patternSegments({ pattern, table }: Route): (string | undefined)[] {
  const start = pattern.indexOf("/{");
  // The name of a table's key may hold every letter, braces and slashes too; a relation's name behind it is escaped.
  const plain =
    table === undefined || start === -1
      ? pattern
      : `${pattern.slice(0, start)}/{}${pattern.slice(pattern.lastIndexOf("}") + 1)}`;
  return plain
    .split("/")
    .slice(1)
    .map((segment) => (segment.startsWith("{") ? undefined : segment));
}

function grow(branch: Branch, segment: string | undefined): Branch {
  if (segment === undefined) return (branch.parameter ??= emptyBranch());
  const kept = branch.literals.get(segment) ?? emptyBranch();
  branch.literals.set(segment, kept);
  return kept;
}

function emptyBranch(): Branch {
  return { place: undefined, literals: new Map(), parameter: undefined };
}

function emptyPlace(): Place {
  return { methods: new Map<string, Route>(), allow: "" };
}

function allowed(methods: Iterable<string>): string {
  const names = [...methods];
  return [...(names.includes("GET") ? ["GET", "HEAD"] : []), ...names.filter((name) => name !== "GET"), "OPTIONS"].join(
    ", ",
  );
}

/** One spelling for one segment, so that `/api/p%6fsts` is the route it names. */
function canonical(segment: string): string {
  if (!segment.includes("%")) return segment;
  return encodeURIComponent(decodeSegment(segment) ?? "\0");
}

function clipped(path: string): string {
  return path.length > 100 ? `${path.slice(0, 100)}…` : path;
}
