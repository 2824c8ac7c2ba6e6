import { ROWID_NAMES } from "../../database/sqlite/existing/read-table.ts";
import { columnsOf, type DraftColumn, type DraftReference, type DraftTable, isLeftOut } from "./draft.ts";
import { firstFree } from "./names.ts";

/** Signs that stand for something else where a URL names a relation. */
const NO_RELATION = /[^\p{L}\p{N}_ $-]+/gu;

/** Names both sides of every reference, so that no relation has the name of a column or of another one. */
export function nameRelations(tables: readonly DraftTable[]): DraftTable[] {
  const taken = new Map(
    tables.map((table) => {
      const given = ["id", ...(table.options.rowid === true ? ROWID_NAMES : [])];
      return [table.name, new Set([...given, ...columnsOf(table).map((column) => column.name)])];
    }),
  );
  return tables.map((table) => {
    const targets = columnsOf(table).map((column) => column.reference?.table);
    const columns = table.columns.map((entry) => {
      if (isLeftOut(entry) || entry.reference === undefined) return entry;
      const { reference } = entry;
      const several = targets.filter((target) => target === reference.table).length > 1;
      return { ...entry, reference: named(entry, reference, { child: table.name, several, taken }) };
    });
    return { ...table, columns };
  });
}

interface Surroundings {
  readonly child: string;
  /** Whether another column refers to the same table. */
  readonly several: boolean;
  readonly taken: ReadonlyMap<string, Set<string>>;
}

function named(
  column: DraftColumn,
  reference: DraftReference,
  { child, several, taken }: Surroundings,
): DraftReference {
  const ofChild = taken.get(child) ?? new Set<string>();
  const ofParent = taken.get(reference.table) ?? new Set<string>();
  const given = toOneName(column.name);
  const as = firstOf(toOneNames(column.name), ofChild);
  ofChild.add(as);
  const givenReverse = several ? `${child}_as_${as}` : child;
  const reverse = firstOf([plain(givenReverse), plain(`${child}_as_${as}`)], ofParent);
  ofParent.add(reverse);
  return {
    ...reference,
    ...(as === given && !several ? {} : { as }),
    ...(reverse === givenReverse ? {} : { reverse }),
  };
}

/** How Servery calls it without `as`: see resolve-relations.ts. */
function toOneName(column: string): string {
  const base = column.replace(/(?:_id|Id)$/, "");
  return base !== column && base !== "" ? base : `${column}_ref`;
}

/** Names for the row that a column refers to, the best one first. */
function toOneNames(column: string): string[] {
  const base = column.replace(/[ _-]*(?:id|ID|Id)$/, "");
  const names = [toOneName(column), base, `${column}_ref`].map(plain);
  // Without the ending that says it is a key, the name is what it refers to.
  return base !== "" && base !== column && names[1] !== ""
    ? [names[1] ?? "", ...names]
    : names.filter((name) => name !== plain(base));
}

function plain(name: string): string {
  return name.replace(NO_RELATION, "_");
}

function firstOf(names: readonly string[], taken: ReadonlySet<string>): string {
  return names.find((name) => !taken.has(name)) ?? firstFree(names[0] ?? "relation", (name) => taken.has(name));
}
