import { describe, expect, test } from "vitest";
import { migratedApplication } from "./world.ts";

/** A table with one column, as a declaration's tables have it. */
function declared(table: string, column: string): string {
  return `[${JSON.stringify(table)}]: table({ [${JSON.stringify(column)}]: text(20) }).allow(all),`;
}

const LONG = "n".repeat(64);

describe("G08 names", () => {
  test.each([
    [LONG, "a", "1 to 63 bytes"],
    ["things", LONG, "1 to 63 bytes"],
    ["sqlite_things", "a", "belong to SQLite"],
    ["things", "a\0b", "control"],
    ["things", "__proto__", "__proto__"],
  ])("%j with %j is refused before there is any SQL", async (table, column, said) => {
    const app = migratedApplication(declared(table, column));
    const ran = await app.migrate("new");
    expect(ran.code).toBe(1);
    expect(ran.text).toContain(said);
    expect(app.files()).toEqual([]);
  });

  test.each([
    ["order", "select"],
    ["Größe", "naïve"],
    ["the table", "it's"],
    ['say "so"', "a;b"],
  ])("%j with %j is made, changed and read", async (table, column) => {
    const app = migratedApplication(declared(table, "before"));
    expect((await app.migrate("new")).code).toBe(0);
    expect((await app.migrate("up")).code).toBe(0);
    app.declare(declared(table, column).replace("text(20)", 'text(30).was("before")'));
    expect((await app.migrate("new")).code).toBe(0);
    expect((await app.migrate("up")).code).toBe(0);
    expect((await app.migrate("status", "--check")).code).toBe(0);
    const quoted = table.replaceAll("'", "''");
    expect(await app.rows(`SELECT name FROM pragma_table_info('${quoted}') WHERE pk = 0 LIMIT 1`)).toEqual([[column]]);
  });
});
