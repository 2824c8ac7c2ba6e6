import { didYouMean } from "../errors/nearest-name.ts";
import { Problem } from "../errors/problem.ts";
import { decodeSegment } from "../validation/parse-key.ts";
import type { Received } from "./envelope.ts";
import type { Route } from "./route.ts";

/** All routes of one pattern, by method. */
interface Place {
  readonly methods: ReadonlyMap<string, Route>;
  readonly allow: string;
  /** Names of the segments behind the key: `/api/users/{id}/posts`. */
  readonly children: Map<string, Place>;
  item: Place | undefined;
}

/** What a path and a method lead to: a route, or for OPTIONS what the path allows. */
export type Match = { readonly route: Route; readonly key: string | undefined } | { readonly allow: string };

/** Finds routes by their segments. Exact: another case, a doubled or a trailing slash is another path. */
export class Router {
  /** Patterns without parameters, by their path: collections and the routes beside the API. */
  readonly #places = new Map<string, Place>();

  constructor(routes: readonly Route[]) {
    for (const route of routes) this.#add(route);
  }

  match(received: Received): Match {
    const found = this.#find(received.path);
    if (found === undefined) throw this.#noRoute(received.path);
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

  #find(path: string): { place: Place; key: string | undefined } | undefined {
    const whole = this.#places.get(path);
    if (whole !== undefined) return { place: whole, key: undefined };
    const [, api, table, key, child, ...more] = path.split("/");
    if (api !== "api" || table === undefined || more.length > 0) return undefined;
    const collection = this.#places.get(`/api/${canonical(table)}`);
    if (collection === undefined || key === "") return undefined;
    if (key === undefined) return { place: collection, key: undefined };
    const item = child === undefined ? collection.item : collection.item?.children.get(canonical(child));
    return item === undefined ? undefined : { place: item, key };
  }

  #add(route: Route): void {
    const brace = route.pattern.indexOf("/{");
    const base = brace === -1 ? route.pattern : route.pattern.slice(0, brace);
    let place = this.#places.get(base) ?? emptyPlace();
    this.#places.set(base, place);
    if (brace !== -1) {
      place.item ??= emptyPlace();
      place = place.item;
      const child = route.pattern.slice(route.pattern.lastIndexOf("}") + 2);
      if (child !== "") {
        const nested = place.children.get(child) ?? emptyPlace();
        place.children.set(child, nested);
        place = nested;
      }
    }
    (place.methods as Map<string, Route>).set(route.method, route);
    (place as { allow: string }).allow = allowed(place.methods.keys());
  }

  #noRoute(path: string): Problem {
    return new Problem("no_route", `There is no ${clipped(path)}.${this.#suggestion(path)}`);
  }

  #suggestion(path: string): string {
    const known = [...this.#places.keys()];
    if (path === "/" && this.#places.has("/docs")) return " The documentation is at /docs.";
    const [, first = "", second = "", key, child, ...more] = path.split("/");
    if (first !== "api") {
      const below = this.#places.has(`/api/${canonical(first)}`);
      return below ? ` Did you mean ${clipped(`/api${path}`)}?` : didYouMean(path.replace(/\/+$/, ""), known);
    }
    const collection = this.#places.get(`/api/${canonical(second)}`);
    if (collection === undefined) {
      // A table that is closed to everybody is not told of.
      const open = known.filter(
        (pattern) => this.#places.get(pattern)?.methods.get("GET")?.table?.rules.read.rule === "everyone",
      );
      return didYouMean(
        second,
        open.map((pattern) => pattern.slice("/api/".length)),
      );
    }
    if (key === "" && child === undefined) return ` Did you mean ${clipped(second)}?`;
    return child === undefined || more.length > 0 ? "" : didYouMean(child, collection.item?.children.keys() ?? []);
  }
}

function emptyPlace(): Place {
  return { methods: new Map<string, Route>(), allow: "", children: new Map(), item: undefined };
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
