import type { SortKey } from "../../schema/filter.ts";
import { type FilterCompiler, mayBeNull } from "./compile-filter.ts";
import { bound, type Fragment, raw, sql } from "./fragment.ts";

interface Keyset {
  readonly sort: readonly SortKey[];
  /** For each key whether the cursor's value is null. */
  readonly nulls: readonly boolean[];
  readonly alias: string;
}

/**
 * The rows from the cursor's row on, that row included. NULL is the smallest value.
 *
 * The first key is bounded alone in front of the alternatives, `a <= ? AND (a < ? OR …)`: an index can
 * walk that, while it cannot walk `a < ? OR (a = ? AND …)`.
 */
export function keysetCondition(keyset: Keyset, compiler: FilterCompiler): Fragment {
  const [first] = keyset.sort;
  const steps = from(keyset, 0, compiler);
  if (first === undefined || keyset.nulls[0] === true || mayBeNull(first)) return steps;
  const expression = compiler.sortExpression(first, keyset.alias);
  const guard = sql`${expression} ${first.descending ? "<=" : ">="} ${cursorValue(first, 0, compiler)}`;
  return keyset.sort.length === 1 ? guard : sql`${guard} AND ${steps}`;
}

function from(keyset: Keyset, at: number, compiler: FilterCompiler): Fragment {
  const key = keyset.sort[at];
  if (key === undefined) return raw("1=1");
  const expression = compiler.sortExpression(key, keyset.alias);
  const beyond = strictlyBeyond(key, {
    expression,
    value: cursorValue(key, at, compiler),
    isNull: keyset.nulls[at] === true,
  });
  const here =
    keyset.nulls[at] === true ? sql`${expression} IS NULL` : sql`${expression} = ${cursorValue(key, at, compiler)}`;
  const rest = at === keyset.sort.length - 1 ? here : sql`(${here} AND ${from(keyset, at + 1, compiler)})`;
  return beyond === undefined ? rest : sql`(${beyond} OR ${rest})`;
}

/** Rows behind the cursor in this key alone, or undefined when there can be none. */
function strictlyBeyond(
  key: SortKey,
  cursor: { expression: Fragment; value: Fragment; isNull: boolean },
): Fragment | undefined {
  if (cursor.isNull) return key.descending ? undefined : sql`${cursor.expression} IS NOT NULL`;
  const { value } = cursor;
  if (!key.descending) return sql`${cursor.expression} > ${value}`;
  return mayBeNull(key)
    ? sql`(${cursor.expression} < ${value} OR ${cursor.expression} IS NULL)`
    : sql`${cursor.expression} < ${value}`;
}

function cursorValue({ column }: SortKey, at: number, { dialect }: FilterCompiler): Fragment {
  const value = bound({ from: "after", key: at });
  return { ...value, text: dialect.given(column, value.text) };
}
