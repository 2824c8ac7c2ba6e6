import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { splitStatements } from "#servery/database/migration/split-statements.js";
import { describeEachAdapter } from "../database/adapters.ts";

function texts(sql: string): string[] {
  return splitStatements(sql).map((statement) => statement.sql);
}

/** Undefined for a text with a quote that is never closed. */
function partsOf(sql: string): string[] | undefined {
  try {
    return texts(sql);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

describe("a text is divided where SQLite divides it", () => {
  test.each<[string, string[]]>([
    ["", []],
    [";;; \n ;", []],
    ["-- nothing; at all", []],
    ["/* nothing; at all", []],
    ["SELECT 1", ["SELECT 1"]],
    ["SELECT 1;SELECT 2", ["SELECT 1", "SELECT 2"]],
    ["SELECT ';' ; SELECT 'it''s; so'", ["SELECT ';'", "SELECT 'it''s; so'"]],
    ['SELECT 1 AS "a;""b" ; SELECT 2', ['SELECT 1 AS "a;""b"', "SELECT 2"]],
    ["SELECT 1 AS `a;``b` ; SELECT 2", ["SELECT 1 AS `a;``b`", "SELECT 2"]],
    ["SELECT 1 AS [a;'b] ; SELECT 2", ["SELECT 1 AS [a;'b]", "SELECT 2"]],
    ["SELECT 1 -- ; it's\n, 2; SELECT 3", ["SELECT 1 -- ; it's\n, 2", "SELECT 3"]],
    ["SELECT 1 /* ; ' */ , 2; SELECT 3", ["SELECT 1 /* ; ' */ , 2", "SELECT 3"]],
    ["SELECT '--', '/*'; SELECT '*/'", ["SELECT '--', '/*'", "SELECT '*/'"]],
    ["SELECT 1 - -1; SELECT 4 / 2", ["SELECT 1 - -1", "SELECT 4 / 2"]],
    ["SELECT x'3b' ; SELECT 1e3", ["SELECT x'3b'", "SELECT 1e3"]],
    ["\uFEFFSELECT 1;\r\nSELECT 2\r\n", ["SELECT 1", "SELECT 2"]],
    ["CREATE TABLE trigger (begin, end); SELECT 1", ["CREATE TABLE trigger (begin, end)", "SELECT 1"]],
    ['CREATE TABLE "trigger" (a); END', ['CREATE TABLE "trigger" (a)', "END"]],
  ])("%j", (sql, expected) => {
    expect(texts(sql)).toEqual(expected);
  });

  test("a trigger is one statement, with CASE … END, names like keywords and comments in it", () => {
    const trigger = [
      "create temp trigger a after update of end on posts when case new.n when 1 then 1 else 0 end begin",
      "  update posts set title = case when new.id > 1 then ';end;' else 'b' end where id = new.id; -- end;",
      "  select new.end; /* ; end ; */",
      "  insert into log values (new.title);",
      "end",
    ].join("\n");
    expect(texts(`SELECT 1; ${trigger}; SELECT 2;`)).toEqual(["SELECT 1", trigger, "SELECT 2"]);
    expect(texts(trigger)).toEqual([trigger]);
  });

  test("lines are counted, and those of an unclosed quote are named", () => {
    expect(splitStatements("-- a\n\nSELECT 1;\n  SELECT\n 2;").map(({ line }) => line)).toEqual([3, 4]);
    expect(() => splitStatements("SELECT 1;\nSELECT 'a;\nSELECT 2")).toThrow(/line 2: .*'.*never closed/);
    for (const open of ['"', "`", "["]) expect(() => splitStatements(`SELECT ${open}a`)).toThrow("never closed");
  });
});

describeEachAdapter("what is divided runs", ({ driver }) => {
  const name = fc.oneof(
    fc.constantFrom("end", "begin", "a;b", "it's", "--", "/*", "x y", "é", "a$1"),
    fc.string({ minLength: 1, maxLength: 6, unit: fc.constantFrom(..."ab;'\"`-/*\n ]") }),
  );
  const value = fc.string({ maxLength: 8, unit: fc.constantFrom(..."ab;'\"`-/*\n []é😀") });
  const gap = fc.constantFrom(" ", "\n", " -- it's; \n", " /* ;' \" */ ", "\t\r\n");

  test("any names, values and comments: the same rows are there as were written", () => {
    const rows = fc.array(fc.record({ value, gap, trailing: gap }), { maxLength: 8 });
    fc.assert(
      fc.property(name, rows, fc.constantFrom('"', "`"), (table, inserted, quote) => {
        const quoted = `${quote}${table.replaceAll(quote, quote + quote)}${quote}`;
        const text = (plain: string): string => `'${plain.replaceAll("'", "''")}'`;
        const statements = [
          `CREATE TABLE ${quoted} (v)`,
          `CREATE TABLE log (v)`,
          `CREATE TRIGGER t AFTER INSERT ON ${quoted} BEGIN SELECT CASE WHEN 1 THEN ';' END; INSERT INTO log VALUES (NEW.v); END`,
          ...inserted.map((row) => `INSERT${row.gap}INTO ${quoted}${row.gap}VALUES (${text(row.value)})`),
        ];
        const gaps = inserted[0]?.trailing ?? " ";
        const split = texts(statements.map((statement) => `${gaps}${statement}${gaps};${gaps}`).join(gaps));
        expect(split).toEqual(statements);
        const connection = driver.open(":memory:", { readOnly: false });
        for (const statement of split) connection.exec(statement);
        const found = connection.prepare("SELECT v FROM log ORDER BY rowid").rows([]);
        connection.close();
        expect(found).toEqual(inserted.map((row) => [row.value]));
      }),
      { numRuns: 300 },
    );
  });

  test("any text: either it is refused, or nothing but spaces, comments and semicolons is left out", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40, unit: fc.constantFrom(..."ab;'\"`-/*\n []éTRIGGERCREATE ") }), (text) => {
        const parts = partsOf(text);
        if (parts === undefined) return;
        // What stands in a comment may look like a part, so the comments before a part are passed over first.
        const gap = /^(?:[;\s\uFEFF]|--[^\n]*(?:\n|$)|\/\*[^]*?(?:\*\/|$))*/;
        let rest = text.replace(gap, "");
        for (const part of parts) {
          expect(rest.slice(0, part.length)).toBe(part);
          rest = rest.slice(part.length).replace(gap, "");
        }
        expect(rest).toBe("");
      }),
      { numRuns: 2_000 },
    );
  });
});
