import { DeclarationError } from "../errors/declaration-error.ts";

/** Letters that stand in a URL as they are: one spelling, and no escape that somebody reads otherwise. */
const LITERAL = /^[A-Za-z0-9._~-]+$/;
const PARAMETER = /^:([A-Za-z_]\w{0,62})$/;
/** Names that every object has, or that JavaScript gives a meaning of its own. */
const FORBIDDEN: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);
/** What Servery answers itself, now or in a later version: first segments, and second ones behind /api. */
const OWN: ReadonlySet<string> = new Set([
  ".well-known",
  "console",
  "docs",
  "health",
  "learn",
  "mcp",
  "metrics",
  "openapi.json",
]);
const OWN_API: ReadonlySet<string> = new Set(["auth", "batch", "server", "x-ray"]);
const SEGMENTS = 10;

/** A checked path of the declaration. */
export interface CallPath {
  /** `/api/posts/{id}`. */
  readonly pattern: string;
  readonly parameters: readonly { readonly name: string; readonly at: number }[];
}

/** Reads `/api/posts/:id`. Throws a `DeclarationError` that says what to write instead. */
export function readCallPath(where: string, path: unknown): CallPath {
  if (typeof path !== "string" || !path.startsWith("/"))
    throw new DeclarationError(where, "a path begins with a slash", 'Write for example get("/api/hello", …)');
  const segments = path.split("/").slice(1);
  if (path === "/") return { pattern: "/", parameters: [] };
  if (segments.length > SEGMENTS)
    throw new DeclarationError(where, `a path has at most ${SEGMENTS} segments`, "Write a shorter one");
  if (segments.includes(""))
    throw new DeclarationError(
      where,
      "a path has no empty segment",
      `Write ${path.replace(/\/+/g, "/").replace(/\/$/, "") || "/"}`,
    );
  const parameters: { name: string; at: number }[] = [];
  const parts = segments.map((segment, at) => {
    if (!segment.startsWith(":")) return literal(where, segment);
    const name = PARAMETER.exec(segment)?.[1];
    if (name === undefined || FORBIDDEN.has(name))
      throw new DeclarationError(where, `${segment} names no parameter`, "Write a colon and a plain word: /:id");
    if (parameters.some((other) => other.name === name))
      throw new DeclarationError(where, `the parameter ${name} stands twice`, "Give each a name of its own");
    parameters.push({ name, at: at + 1 });
    return `{${name}}`;
  });
  refuseOwn(where, segments);
  return { pattern: `/${parts.join("/")}`, parameters };
}

function literal(where: string, segment: string): string {
  const braces = /^[{[<]?(\w+)[}\]>]?$/.exec(segment)?.[1];
  if (braces !== undefined && braces !== segment)
    throw new DeclarationError(where, `${segment} is not how a parameter is written`, `Write :${braces}`);
  if (!LITERAL.test(segment) || segment === "." || segment === "..")
    throw new DeclarationError(
      where,
      `${JSON.stringify(segment)} would be escaped in a URL`,
      "Write letters, digits, and - . _ ~; a query is declared as { query: … }",
    );
  return segment;
}

function refuseOwn(where: string, [first = "", second = ""]: readonly string[]): void {
  const own = OWN.has(first)
    ? `/${first}`
    : first === "api" && (OWN_API.has(second) || second.startsWith("_"))
      ? `/api/${second}`
      : undefined;
  if (own !== undefined)
    throw new DeclarationError(where, `${own} belongs to Servery`, "Choose another path, for example below /api");
}
