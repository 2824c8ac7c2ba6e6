import { Column, type Plain } from "../column.ts";

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** A day of the calendar, `2024-01-15`, without a time and without a zone. */
export function date(): Column<string, string, Plain, "ordered"> {
  return new Column({
    name: "date",
    storage: { as: "date" },
    input: { type: "string", format: "date" },
    output: { type: "string", format: "date" },
    typescript: "string",
    textual: false,
    ordered: true,
    expects: "a date like 2024-01-15",
    store: (value) => value as string,
    parse: (text) => (isDate(text) ? text : undefined),
  });
}

/** Whether the text is a real day: `new Date("2024-02-30")` silently becomes the first of March. */
export function isDate(text: string): boolean {
  const parts = DATE.exec(text);
  if (parts === null) return false;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 && leap ? 29 : (DAYS_IN_MONTH[month - 1] ?? 0);
  // There is no year 0: PostgreSQL and MariaDB refuse it.
  return year >= 1 && day >= 1 && day <= days;
}
