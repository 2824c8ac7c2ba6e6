import type { RandomSource } from "../database/random-source.ts";
import { type ColumnPlan, type KindName, keys, kinds, type Plan, type ReferencePlan, type TablePlan } from "./plans.ts";

// Few names, so that two declarations often mean the same thing by them; one needs its quotes.
const TABLES = ["posts", "users", 'odd "name', "tags"];
const COLUMNS = ["a", "b", "c d", "select"];
// A plain column may become a reference, and the other way round.
const REFERENCES = ["owner_id", "parent_id", "a"];
const KINDS = Object.keys(kinds) as KindName[];
const PRESENCES = ["required", "optional", "optional", "default", "optional default"] as const;
const MARKS = ["no", "no", "no", "unique", "index", "search"] as const;

/** A plan of one to three tables. */
export function randomPlan(random: RandomSource): Plan {
  const names = some(random, TABLES, 1 + random.below(3));
  return {
    tables: names.map((name) => randomTable(random, name, names)),
    view: random.pick(["none", "all", "counted"]),
  };
}

/** A plan that differs from another in one to four things. */
export function changedPlan(random: RandomSource, plan: Plan): Plan {
  let changed = settled(plan);
  for (let left = 1 + random.below(4); left > 0; left -= 1) changed = changedOnce(random, changed, plan);
  return changed;
}

/** What a name was before is said once. */
function settled(plan: Plan): Plan {
  return {
    ...plan,
    tables: plan.tables.map(({ was: _was, keyWas: _keyWas, ...table }) => ({
      ...table,
      columns: table.columns.map(({ was: _columnWas, ...column }) => column),
      references: table.references.map(({ was: _referenceWas, ...reference }) => reference),
    })),
  };
}

function changedOnce(random: RandomSource, plan: Plan, before: Plan): Plan {
  const names = plan.tables.map(({ name }) => name);
  const free = TABLES.filter((name) => !names.includes(name) && !before.tables.some((table) => table.name === name));
  const at = random.below(plan.tables.length);
  const others = plan.tables.filter((_table, index) => index !== at);
  switch (random.below(12)) {
    case 0:
      return others.length === 0 ? plan : { ...plan, tables: others };
    case 1: {
      const [name] = free;
      return name === undefined ? plan : { ...plan, tables: [randomTable(random, name, names), ...plan.tables] };
    }
    case 2:
      return { ...plan, view: random.pick(["none", "all", "counted"]) };
    case 3: {
      const [name] = free;
      return name === undefined ? plan : renamedTable(plan, at, name);
    }
    default:
      return {
        ...plan,
        tables: plan.tables.map((table, index) => (index === at ? changedTable(random, table, names) : table)),
      };
  }
}

function renamedTable(plan: Plan, at: number, name: string): Plan {
  const old = plan.tables[at] as TablePlan;
  const tables = plan.tables.map((table, index) => ({
    ...table,
    ...(index === at ? { name, was: table.was ?? old.name } : {}),
    references: table.references.map((reference) =>
      reference.table === old.name ? { ...reference, table: name } : reference,
    ),
  }));
  return { ...plan, tables };
}

function changedTable(random: RandomSource, table: TablePlan, names: readonly string[]): TablePlan {
  const column = table.columns.length === 0 ? undefined : random.pick(table.columns);
  const free = COLUMNS.filter((name) => !table.columns.some((other) => other.name === name || other.was === name));
  const withColumn = (change: Partial<ColumnPlan>): TablePlan => ({
    ...table,
    columns: table.columns.map((other) => (other === column ? { ...other, ...change } : other)),
  });
  switch (random.below(15)) {
    case 0: {
      const key = random.pick(keys);
      const keyWas = random.pick([table.key === "pair" ? "p" : table.key, column?.name]);
      return { ...table, key, ...(key === table.key || keyWas === undefined ? {} : { keyWas }) };
    }
    case 1:
      return { ...table, times: !table.times };
    case 2:
      return { ...table, check: random.pick(["none", "positive", "compared"]) };
    case 3:
      return { ...table, pair: !table.pair };
    case 4:
      return { ...table, references: changedReferences(random, table, names) };
    case 5:
      return { ...table, columns: table.columns.filter((other) => other !== column) };
    case 6:
    case 7: {
      const [name] = free;
      return name === undefined ? table : { ...table, columns: [...table.columns, randomColumn(random, name)] };
    }
    case 8:
    case 9: {
      const [name] = free;
      return name === undefined || column === undefined ? table : withColumn({ name, was: column.was ?? column.name });
    }
    case 10:
      return withColumn({ presence: random.pick(PRESENCES) });
    case 11:
    case 12:
      return withColumn({ marked: random.pick(MARKS) });
    default:
      return withColumn({ kind: random.pick(KINDS) });
  }
}

function changedReferences(random: RandomSource, table: TablePlan, names: readonly string[]): ReferencePlan[] {
  if (table.references.length === 0) return [randomReference(random, names)];
  return random.below(3) === 0 ? [] : table.references.map((old) => ({ ...old, table: random.pick(names) }));
}

function randomTable(random: RandomSource, name: string, names: readonly string[]): TablePlan {
  return {
    name,
    key: random.pick(["id", "id", "id", ...keys]),
    times: random.below(3) === 0,
    columns: some(random, COLUMNS, random.below(5)).map((column) => randomColumn(random, column)),
    references: random.below(2) === 0 ? [] : [randomReference(random, names)],
    pair: random.below(5) === 0,
    check: random.pick(["none", "none", "positive", "compared"]),
  };
}

function randomColumn(random: RandomSource, name: string): ColumnPlan {
  return { name, kind: random.pick(KINDS), presence: random.pick(PRESENCES), marked: random.pick(MARKS) };
}

function randomReference(random: RandomSource, names: readonly string[]): ReferencePlan {
  return {
    name: random.pick(REFERENCES),
    table: random.pick(names),
    optional: random.below(3) > 0,
    cascade: random.below(2) === 0,
  };
}

function some<Item>(random: RandomSource, items: readonly Item[], count: number): Item[] {
  const left = [...items];
  return Array.from({ length: Math.min(count, items.length) }, () => left.splice(random.below(left.length), 1)).flat();
}
