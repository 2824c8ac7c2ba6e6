/** Chinook keeps prices as doubles and times without a zone; an answer has exact texts and UTC. */
const PRICES: ReadonlySet<string> = new Set([
  "UnitPrice",
  "Total",
  "max_UnitPrice",
  "sum_Total",
  "min_Total",
  "max_Total",
]);
const TIMES: ReadonlySet<string> = new Set(["InvoiceDate", "BirthDate", "HireDate", "max_InvoiceDate"]);
const RELATIONS: ReadonlySet<string> = new Set([
  "Album",
  "Genre",
  "Manager",
  "MediaType",
  "Playlist",
  "Reports",
  "Track",
]);

/** A row of the hand-written SQL in the form that the API answers. */
export function asAnswered(row: object): { [column: string]: unknown } {
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [column, valueAsAnswered(column, value)]));
}

function valueAsAnswered(column: string, value: unknown): unknown {
  if (value === null) return null;
  if (PRICES.has(column)) return (value as number).toFixed(2);
  if (TIMES.has(column)) return `${(value as string).replace(" ", "T")}.000Z`;
  if (!RELATIONS.has(column)) return value;
  const nested: unknown = typeof value === "string" ? JSON.parse(value) : value;
  if (Array.isArray(nested)) return nested.map((row: object) => asAnswered(row));
  return nested === null ? null : asAnswered(nested as object);
}
