import { decimal, type Insert, integer, type Row, servery, table, text, timestamp } from "servery";
import { expectTypeOf, test } from "vitest";

const PLAIN = { id: false, created_at: false, updated_at: false } as const;

const app = servery({
  adopted: true,
  tables: {
    numbered: table({ name: text(20).optional() }, { ...PLAIN, rowid: true }),
    lines: table(
      {
        LineId: integer(),
        price: decimal(10, 2).stored("real"),
        at: timestamp().stored("text").optional(),
        total: integer().optional().filledByDatabase(),
        count: integer().filledByDatabase(),
      },
      PLAIN,
    ).primaryKey("LineId"),
  },
});
type App = typeof app;

test("a row's number is a number of the row, and of no body", () => {
  expectTypeOf<Row<App, "numbered">>().toEqualTypeOf<{ rowid: number; name: string | null }>();
  expectTypeOf<Insert<App, "numbered">>().toEqualTypeOf<{ name?: string | null }>();
});

test("another form is no other type, and what the database fills is read alone", () => {
  expectTypeOf<Row<App, "lines">>().toEqualTypeOf<{
    LineId: number;
    price: string;
    at: string | null;
    total: number | null;
    count: number;
  }>();
  expectTypeOf<Insert<App, "lines">>().toEqualTypeOf<{ price: string | number; at?: string | null }>();
});
