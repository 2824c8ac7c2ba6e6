import type { Comparing, DataRow, Tree, Value, World, WorldRelation } from "./world.ts";

/**
 * What filters, sorts and pages mean, said a second time: over rows that are JavaScript objects, with nothing of the
 * engine in it. The tests hold the two against each other.
 */

/** Code point order: UTF-16 puts U+FF5E behind an emoji, every database puts it in front. */
function byCodePoint(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

/** The exact number of a decimal text, as an integer of 10⁻¹⁸. */
function exact(text: string): bigint {
  const [whole = "0", behind = ""] = text.replace("-", "").split(".");
  const digits = BigInt(whole + behind.padEnd(18, "0"));
  return text.startsWith("-") ? -digits : digits;
}

/** Negative, zero or positive; null is the smallest. */
export function compare(as: Comparing, left: Value, right: Value): number {
  if (left === null || right === null) return Number(left !== null) - Number(right !== null);
  if (as === "text") return byCodePoint(String(left), String(right));
  if (as !== "exact") return Number(left) - Number(right);
  const difference = exact(String(left)) - exact(String(right));
  return difference < 0n ? -1 : Number(difference > 0n);
}

/** ASCII letters alone: ä and Ä stay two letters, K stays no k. */
function folded(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function like(text: string, pattern: string): boolean {
  const parts = pattern.match(/\\[%_\\]|[^]/gu) ?? [];
  const source = parts.map((part) => {
    if (part === "%") return "[^]*";
    return part === "_" ? "[^]" : part.replace(/^\\(?=[^])/, "").replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
  });
  return new RegExp(`^${source.join("")}$`, "u").test(text);
}

const inText: { readonly [operator: string]: (text: string, wanted: string) => boolean } = {
  like,
  ilike: (text, wanted) => like(folded(text), folded(wanted)),
  contains: (text, wanted) => text.includes(wanted),
  icontains: (text, wanted) => folded(text).includes(folded(wanted)),
  starts: (text, wanted) => text.startsWith(wanted),
  ends: (text, wanted) => text.endsWith(wanted),
};

/** One operator on one value: true or false, never anything between. */
export function holds(
  as: Comparing,
  operator: string,
  test: { readonly value: Value; readonly wanted: unknown },
): boolean {
  const { value } = test;
  const is = (wanted: unknown): boolean => value !== null && compare(as, value, wanted as Value) === 0;
  const order = (wanted: unknown): number => (value === null ? Number.NaN : compare(as, value, wanted as Value));
  switch (operator) {
    case "null":
      return (value === null) === test.wanted;
    case "eq":
      return test.wanted === null ? value === null : is(test.wanted);
    case "ne":
      return test.wanted === null ? value !== null : !is(test.wanted);
    case "in":
      return (test.wanted as unknown[]).some(is);
    case "nin":
      return !(test.wanted as unknown[]).some(is);
    case "gt":
      return order(test.wanted) > 0;
    case "gte":
      return order(test.wanted) >= 0;
    case "lt":
      return order(test.wanted) < 0;
    case "lte":
      return order(test.wanted) <= 0;
    default:
      return value !== null && (inText[operator]?.(String(value), String(test.wanted)) ?? false);
  }
}

function related(world: World, relation: WorldRelation, row: DataRow): DataRow[] {
  const value = row[relation.local] ?? null;
  return value === null ? [] : (world[relation.table]?.rows ?? []).filter((other) => other[relation.foreign] === value);
}

/** Whether a row of a table matches a tree of `?filter=`. */
export function matches(world: World, table: string, test: { readonly row: DataRow; readonly tree: Tree }): boolean {
  const here = world[table];
  const { row } = test;
  return Object.entries(test.tree).every(([key, value]): boolean => {
    const each = (tree: unknown): boolean => matches(world, table, { row, tree: tree as Tree });
    if (key === "and") return (value as unknown[]).every(each);
    if (key === "or") return (value as unknown[]).some(each);
    if (key === "not") return !each(value);
    const relation = here?.relations[key];
    if (relation === undefined) {
      const tests = typeof value === "object" && value !== null ? Object.entries(value) : [["eq", value] as const];
      const as = here?.columns[key] ?? "opaque";
      return tests.every(([operator, wanted]) => holds(as, operator, { value: row[key] ?? null, wanted }));
    }
    const others = related(world, relation, row);
    const words = Object.entries(value as Tree);
    const named = words.length > 0 && words.every(([word]) => ["some", "none", "all"].includes(word));
    return (named ? words : ([["some", value]] as const)).every(([word, tree]) => {
      const match = (other: DataRow): boolean => matches(world, relation.table, { row: other, tree: tree as Tree });
      if (word === "all") return others.every(match);
      return others.some(match) === (word === "some");
    });
  });
}

/** The value a sort key like `user.username` has for a row. */
function sortValue(
  world: World,
  table: string,
  key: { readonly row: DataRow | undefined; readonly path: readonly string[] },
): [Comparing, Value] {
  const [name = "", ...rest] = key.path;
  const relation = world[table]?.relations[name];
  if (relation === undefined || rest.length === 0)
    return [world[table]?.columns[name] ?? "opaque", key.row?.[name] ?? null];
  const next = key.row === undefined ? undefined : related(world, relation, key.row)[0];
  return sortValue(world, relation.table, { row: next, path: rest });
}

/** The rows in the order of `-likes,user.username,id`. The last key must tell all rows apart. */
export function sorted(
  world: World,
  table: string,
  order: { readonly rows: readonly DataRow[]; readonly sort: string },
): DataRow[] {
  const keys = order.sort
    .split(",")
    .map((part) => ({ path: part.replace(/^-/, "").split("."), sign: part.startsWith("-") ? -1 : 1 }));
  return order.rows.toSorted((left, right) => {
    for (const { path, sign } of keys) {
      const [as, value] = sortValue(world, table, { row: left, path });
      const difference = compare(as, value, sortValue(world, table, { row: right, path })[1]);
      if (difference !== 0) return difference * sign;
    }
    return 0;
  });
}
