/** The id of a row as a segment of a path: the parts of a key of several columns are divided by commas. */
export function idSegment(id: unknown): string {
  const parts: readonly unknown[] = Array.isArray(id) ? id : [id];
  const plain = parts.every((part) => typeof part === "string" || typeof part === "number");
  const segment = parts.map((part) => encodeURIComponent(String(part))).join(",");
  // `fetch` resolves dots, escaped or not: `/api/users/../posts` would be another table (WHATWG URL, dot segments).
  if (plain && !/^\.{0,2}$/.test(segment)) return segment;
  throw new TypeError(
    `${JSON.stringify(id)} is no id. An id is a number or a text; a key of several columns is a list.`,
  );
}

/** `/api/accounts/:id/statement` with its parameters in it. */
export function filledPath(pattern: string, params: Readonly<Record<string, unknown>> = {}): string {
  return pattern.replace(/:(\w+)/g, (_whole, name: string) => idSegment(params[name]));
}
