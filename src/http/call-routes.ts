import { DeclarationError } from "../errors/declaration-error.ts";
import type { CallModel } from "../schema/call-model.ts";
import { customRoute } from "./controller/custom-route.ts";
import type { Route } from "./route.ts";

/**
 * The routes of the application's own code, behind those that are there by themselves. Throws a `DeclarationError`
 * where two would answer one request.
 */
export function callRoutes(calls: readonly CallModel[], others: readonly Route[]): Route[] {
  const taken = new Map<string, Route>();
  const patterns = new Map<string, string>();
  const remember = (route: Route): void => {
    const place = placeOf(route);
    taken.set(`${route.method} ${place}`, route);
    if (!patterns.has(place)) patterns.set(place, route.pattern);
  };
  for (const route of others) remember(route);
  return calls.map((call) => {
    const { method, pattern } = call;
    const where = `route ${call.title}`;
    const place = placeOf({ pattern, table: undefined });
    const other = taken.get(`${method} ${place}`);
    if (other !== undefined) throw new DeclarationError(where, alreadyThere(other), "Choose another path or method");
    const named = patterns.get(place);
    // One path with two names for one place is two paths in the documentation, which OpenAPI forbids.
    if (named !== undefined && named !== pattern)
      throw new DeclarationError(
        where,
        `another route calls this path ${named}`,
        "Write the same names for its parameters, or choose another path",
      );
    const route: Route = { method, pattern, action: customRoute(call), table: undefined, relation: undefined, call };
    remember(route);
    return route;
  });
}

function alreadyThere(other: Route): string {
  if (other.table !== undefined)
    return `${other.method} ${other.pattern} is there already, for the table ${other.table.name}`;
  return other.call === undefined
    ? `${other.method} ${other.pattern} belongs to Servery`
    : `${other.method} ${other.pattern} is declared already`;
}

/** A pattern without the names of its parameters; that of a table's key may hold every letter. */
function placeOf({ pattern, table }: Pick<Route, "pattern" | "table">): string {
  if (table === undefined) return pattern.replaceAll(/\{[^}]*\}/g, "{}");
  const start = pattern.indexOf("/{");
  return start === -1 ? pattern : `${pattern.slice(0, start)}/{}${pattern.slice(pattern.lastIndexOf("}") + 1)}`;
}
