/** A query as a caller writes it; the types in table-client.ts say what may stand in it. */
export interface ReadQuery {
  readonly where?: object;
  readonly sort?: string | readonly string[] | undefined;
  readonly fields?: readonly string[];
  readonly include?: Readonly<Record<string, true | string | IncludeOptions>>;
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
  readonly cursor?: string | undefined;
  readonly count?: string | undefined;
  readonly q?: string | undefined;
}

interface IncludeOptions extends ReadQuery {
  readonly count?: never;
}

/** The query string of a read, with its `?`. */
export function readQuery(query: ReadQuery): string {
  const { where, sort, fields, include, limit, offset, cursor, count, q } = query;
  const included = include === undefined ? [] : includes(include, "");
  return queryString({
    filter: where && filterText(where),
    sort: list(sort),
    fields: list(fields),
    include: list(included.map(([path]) => path)),
    ...Object.fromEntries(included.flatMap(([path, options]) => optionsOf(path, options))),
    limit,
    offset,
    cursor,
    count,
    q,
  });
}

/** A question about numbers; the types are in aggregate-types.ts. */
export interface AggregateQuery extends Pick<ReadQuery, "where" | "sort" | "limit" | "offset" | "q"> {
  readonly count?: true;
  readonly countDistinct?: readonly string[];
  readonly sum?: readonly string[];
  readonly avg?: readonly string[];
  readonly min?: readonly string[];
  readonly max?: readonly string[];
  readonly groupBy?: readonly string[];
  readonly having?: Readonly<Record<string, unknown>>;
}

export function aggregateQuery(query: AggregateQuery): string {
  const { count, countDistinct, sum, avg, min, max, groupBy, having = {}, where, sort, limit, offset, q } = query;
  const named = { count_distinct: countDistinct, sum, avg, min, max };
  const calls = Object.entries(named).flatMap(([name, columns = []]) => columns.map((column) => `${name}(${column})`));
  return queryString({
    aggregate: [...(count ? ["count"] : []), ...calls].join(","),
    group_by: list(groupBy),
    ...Object.fromEntries(Object.entries(having).flatMap(([key, condition]) => conditions(`having.${key}`, condition))),
    filter: where && filterText(where),
    sort: list(sort),
    limit,
    offset,
    q,
  });
}

/** `{ gte: 10 }` → `name[gte]=10`; a value alone must be equal. */
function conditions(name: string, condition: unknown): [string, unknown][] {
  return typeof condition === "object" && condition !== null
    ? Object.entries(condition).map(([operator, value]) => [`${name}[${operator}]`, value])
    : [[name, condition]];
}

/** The rows that a write means. Whoever means all of them says so by a condition that holds for all. */
export function whereQuery(where: object, fields?: readonly string[]): string {
  if (Object.keys(where).length === 0) throw new TypeError("where: it has no condition.");
  return queryString({ filter: filterText(where), fields: list(fields) });
}

/** A query string with its `?`; what is undefined is left out, a list repeats its name. */
export function queryString(parameters: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(parameters).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value])
      .filter((one) => one !== undefined)
      .map((one) => `${encodeURIComponent(name)}=${encodeURIComponent(String(one))}`),
  );
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
}

/**
 * The filter tree as JSON. JSON leaves out what is undefined and writes null for NaN, and then the filter
 * would mean other rows, or all of them.
 */
function filterText(where: object): string {
  return JSON.stringify(where, (name, value: unknown) => {
    if (value === undefined || (typeof value === "number" && !Number.isFinite(value)))
      throw new TypeError(`where: ${name} is ${String(value)}.`);
    return value;
  });
}

type Included = readonly [path: string, options: ReadQuery];

/** `{ comments: { include: { user: true } } }` → `comments`, `comments.user`, each with its options. */
function includes(include: NonNullable<ReadQuery["include"]>, above: string): Included[] {
  return Object.entries(include).flatMap(([name, value]): Included[] => {
    const path = above + name;
    if (value === "count") return [[`${path}.count`, {}]];
    if (typeof value !== "object") return [[path, {}]];
    const counted: Included[] = value.count === undefined ? [] : [[`${path}.count`, {}]];
    return [[path, value], ...counted, ...(value.include === undefined ? [] : includes(value.include, `${path}.`))];
  });
}

function optionsOf(path: string, { fields, limit, sort }: ReadQuery): [string, unknown][] {
  return [
    [`${path}.fields`, list(fields)],
    [`${path}.limit`, limit],
    [`${path}.sort`, list(sort)],
  ];
}

export function list(words: string | readonly string[] | undefined): string | undefined {
  const text = typeof words === "object" ? words.join(",") : words;
  return text === "" ? undefined : text;
}
