import { everyone, integer, servery, table, text } from "servery";
import type { SqlRead, Stored } from "#servery/database/database.js";
import { Connection, prepareFile } from "#servery/database/sqlite/connection.js";
import { sqliteDialect, tableStatements } from "#servery/database/sqlite/dialect.js";
import { MAIN_THREAD_MATCHES, MAIN_THREAD_ROWS, ReadLane } from "#servery/database/sqlite/read-lane.js";
import { compileRead } from "#servery/database/sql/compile-read.js";
import { resolveSchema } from "#servery/schema/resolve-schema.js";
import { storedTable } from "#servery/schema/stored-schema.js";
import { EVERYTHING, type FilterNode } from "#servery/schema/filter.js";
import { tableOf } from "#servery/schema/model.js";
import { expect, test } from "vitest";
import { describeEachAdapter } from "./adapters.ts";
import { temporaryFolder } from "./temporary.ts";

const schema = resolveSchema(
  servery({
    tables: {
      notes: table(
        { title: text(80).search(), likes: integer(), kind: text(9).optional() },
        { created_at: false },
      ).allow({
        read: everyone,
      }),
    },
  }),
);
const notes = tableOf(schema, "notes");
const [id] = notes.key;
if (id === undefined) throw new Error("notes has a key");
const searched = notes.columns.filter((column) => column.search);
const byKey = { path: [], column: id, descending: true };
const search = { columns: searched, slot: 0, ranked: true };
const rows = { table: notes, columns: notes.columns, includes: [], where: EVERYTHING, sort: [byKey], after: undefined };

const ranked = compileRead({ ...rows, read: "list", limit: 20, offset: true, search }, sqliteDialect).read;
const sorted = compileRead(
  { ...rows, read: "list", limit: 20, offset: false, search: { ...search, ranked: false } },
  sqliteDialect,
).read;
const count = compileRead({ ...rows, read: "count", search, estimate: undefined }, sqliteDialect).read;
const numbers = compileRead(
  {
    ...rows,
    read: "aggregate",
    search,
    groups: [],
    values: [{ key: "count", name: "count", column: undefined, output: { ...id, name: "v0" } }],
    having: EVERYTHING,
    sort: [],
    limit: 1,
    offset: false,
  },
  sqliteDialect,
).read;

describeEachAdapter("the lane of a search", ({ driver }) => {
  /** A lane over notes that all have the word "all", every hundredth "some", and one "one". */
  function openLane(size: number, mainThreadMs = 10_000) {
    const path = `${temporaryFolder()}/test.db`;
    prepareFile({ driver, path });
    const writer = new Connection({ driver, path, role: "writer" });
    for (const sql of tableStatements(storedTable(notes))) writer.exec(sql);
    writer.exec(`WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT ${size})
      INSERT INTO notes (title, likes, updated_at) SELECT 'all' || iif(n % 100, '', ' some') || iif(n = 7, ' one', ''), n % 9, '2024-01-01T00:00:00.000Z' FROM n`);
    const connection = new Connection({ driver, path, role: "main" });
    const asked: Stored[][] = [];
    const readElsewhere = async (_: string, params: readonly Stored[]) => {
      asked.push([...params]);
      return Promise.resolve({ rows: [["elsewhere"]], milliseconds: 100 });
    };
    const lane = new ReadLane({ connection, readElsewhere, mainThreadMs });
    const laneOf = async (read: SqlRead, params: readonly Stored[]) => {
      const answer = lane.read(read, params);
      return answer instanceof Promise ? (await answer)[0]?.[0] : "here";
    };
    const close = () => {
      connection.close();
      writer.close();
    };
    return { laneOf, connection, writer, asked, close };
  }

  const shapes: [string, SqlRead, readonly Stored[]][] = [
    ["ranked", ranked, [0]],
    ["sorted", sorted, []],
    ["counted", count, []],
  ];

  test.each(shapes)("%s: the text decides, run by run, in a large table", async (_, read, rest) => {
    const { laneOf, asked, close } = openLane(MAIN_THREAD_ROWS + 1);
    for (let round = 0; round < 2; round++) {
      expect(await laneOf(read, ['"one" *', ...rest])).toBe("here");
      expect(await laneOf(read, ['"some" *', ...rest])).toBe("here");
      expect(await laneOf(read, ['"all" *', ...rest])).toBe("elsewhere");
      expect(await laneOf(read, ['"a" *', ...rest])).toBe("elsewhere");
      expect(await laneOf(read, ['"nothing"', ...rest])).toBe("here");
    }
    expect(asked.map(([text]) => text)).toEqual(['"all" *', '"a" *', '"all" *', '"a" *']);
    close();
  });

  test.each(shapes)("%s: in a small table everything stays here", async (_, read, rest) => {
    const { laneOf, asked, close } = openLane(MAIN_THREAD_MATCHES + 500);
    for (const text of ['"one"', '"all" *']) expect(await laneOf(read, [text, ...rest])).toBe("here");
    expect(asked).toEqual([]);
    close();
  });

  test("a look that takes long sends the shape away as well", async () => {
    // Every run counts as slow with this bound, and so does every look.
    const { laneOf, close } = openLane(MAIN_THREAD_ROWS + 1, -1_000);
    expect(await laneOf(ranked, ['"nothing"', 0])).toBe("here");
    let left = 0;
    for (let round = 0; round < 5_000 && left === 0; round++)
      if ((await laneOf(ranked, ['"some" *', 0])) === "elsewhere") left = round;
    expect(left).toBeGreaterThan(0);
    expect(await laneOf(ranked, ['"nothing"', 0])).toBe("elsewhere");
    close();
  });

  test("numbers over a search are grouped elsewhere in a large table, and here in a small one", async () => {
    const [large, small] = [openLane(MAIN_THREAD_ROWS + 1), openLane(500)];
    expect(numbers.scans).toBe(true);
    expect(await large.laneOf(numbers, ['"one"'])).toBe("elsewhere");
    expect(await small.laneOf(numbers, ['"one"'])).toBe("here");
    large.close();
    small.close();
  });

  test("a condition that scans for each match is not made harmless by the search", async () => {
    const { laneOf, close } = openLane(MAIN_THREAD_ROWS + 1);
    const kind = notes.column.get("kind");
    if (kind === undefined) throw new Error("notes has a kind");
    const relation = { name: "alike", many: true, table: "notes", local: "likes", foreign: "kind" };
    const where: FilterNode = { is: "related", relation, table: notes, match: "some", of: EVERYTHING };
    const { read } = compileRead({ ...rows, where, read: "list", limit: 20, offset: true, search }, sqliteDialect);
    expect(await laneOf(read, ['"one"', 0])).toBe("elsewhere");
    close();
  });

  test("the plan begins with the index of words and looks rows up by their key", () => {
    const { connection, close } = openLane(50);
    for (const [, read, rest] of shapes) {
      const plan = connection
        .query(`EXPLAIN QUERY PLAN ${read.sql}`, ['"one"', ...rest])
        .map(([, , , line]) => String(line));
      const tables = plan.filter((line) => /VIRTUAL TABLE|\bt\d+\b/.test(line) && /^(?:SCAN|SEARCH)/.test(line));
      expect(tables[0]).toMatch(/^SCAN t\d+ VIRTUAL TABLE INDEX/);
      expect(
        tables.slice(1).every((line) => /^(?:SEARCH t\d+ USING INTEGER PRIMARY KEY|SCAN t\d+$)/.test(line)),
        plan.join("\n"),
      ).toBe(true);
    }
    close();
  });

  test("fewer columns than the index has are searched when the plan says so", () => {
    const both = tableOf(
      resolveSchema(
        servery({
          tables: {
            pages: table(
              { head: text(20).search(), 'bo"dy x': text(20).search() },
              { created_at: false, updated_at: false },
            ).allow({ read: everyone }),
          },
        }),
      ),
      "pages",
    );
    const path = `${temporaryFolder()}/test.db`;
    prepareFile({ driver, path });
    const writer = new Connection({ driver, path, role: "writer" });
    for (const sql of tableStatements(storedTable(both))) writer.exec(sql);
    writer.exec("INSERT INTO pages VALUES (1, 'alpha', 'beta'), (2, 'beta', 'alpha')");
    const columns = both.columns.filter((column) => column.search);
    const found = (chosen: typeof columns): unknown[] => {
      const compiled = compileRead(
        {
          read: "list",
          table: both,
          columns: both.key,
          includes: [],
          where: EVERYTHING,
          sort: [{ path: [], column: both.key[0] ?? id, descending: false }],
          limit: 9,
          offset: false,
          after: undefined,
          search: { columns: chosen, slot: 0, ranked: false },
        },
        sqliteDialect,
      );
      const params = compiled.binds.map((bind) => ("as" in bind && bind.as !== undefined ? bind.as("ALPHA") : null));
      return JSON.parse(`[${String(writer.query(compiled.read.sql, params)[0]?.[0] ?? "")}]`) as unknown[];
    };
    expect(found(columns)).toEqual([{ id: 1 }, { id: 2 }]);
    expect(found(columns.slice(0, 1))).toEqual([{ id: 1 }]);
    expect(found(columns.slice(1))).toEqual([{ id: 2 }]);
    writer.close();
  });
});
