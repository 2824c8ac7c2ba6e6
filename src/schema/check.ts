export const CHECK_OPERATORS = ["eq", "ne", "gt", "gte", "lt", "lte"] as const;
export type CheckOperator = (typeof CHECK_OPERATORS)[number];

/** What a column is compared with: a value, or another column of the same row. */
export type CheckOperand = string | number | boolean | { readonly column: string };

/**
 * A condition on one row, as data: every named column must hold to every comparison.
 * As in SQL, a comparison with a missing value refuses nothing.
 */
export type CheckCondition = {
  readonly [column: string]: { readonly [Operator in CheckOperator]?: CheckOperand };
};

/** One comparison of a condition, resolved to its parts. */
export interface CheckComparison {
  readonly column: string;
  readonly operator: CheckOperator;
  readonly operand: { readonly column: string } | { readonly value: string | number | boolean };
}

/** The comparisons of a condition, one by one. */
export function comparisons(condition: CheckCondition): CheckComparison[] {
  return Object.entries(condition).flatMap(([column, tests]) =>
    (Object.entries(tests) as [CheckOperator, CheckOperand][]).map(([operator, operand]) => ({
      column,
      operator,
      operand: typeof operand === "object" ? { column: operand.column } : { value: operand },
    })),
  );
}
