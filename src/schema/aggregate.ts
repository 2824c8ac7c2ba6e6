/** What can be asked about the rows of a group. */
export const AGGREGATE_FUNCTIONS = ["count", "count_distinct", "sum", "avg", "min", "max"] as const;
export type AggregateFunction = (typeof AGGREGATE_FUNCTIONS)[number];

/** What a date or a time can be cut to. */
export const DATE_PARTS = ["year", "month", "day", "hour"] as const;
export type DatePart = (typeof DATE_PARTS)[number];
