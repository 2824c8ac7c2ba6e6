import { everyone, ref, servery, table, text } from "servery";
import { Connection, prepareFile } from "#servery/database/sqlite/connection.js";
import { sqliteDialect, tableStatements } from "#servery/database/sqlite/dialect.js";
import { compileRead } from "#servery/database/sql/compile-read.js";
import { EVERYTHING, type FilterNode } from "#servery/schema/filter.js";
import { columnOf, tableOf } from "#servery/schema/model.js";
import { resolveSchema } from "#servery/schema/resolve-schema.js";
import { storedTable } from "#servery/schema/stored-schema.js";
import { bindCaller } from "#servery/repository/bind-read.js";
import { expect, test } from "vitest";
import { describeEachAdapter } from "./adapters.ts";
import { temporaryFolder } from "./temporary.ts";

const PLAIN = { created_at: false, updated_at: false } as const;
const schema = resolveSchema(
  servery({
    tables: {
      // A table may be called like a name that a statement could give to its own parts.
      page: table({ title: text(10), g0: text(10) }, PLAIN).allow({ read: everyone }),
      marks: table({ page_id: ref("page") }, PLAIN).allow({ read: everyone }),
    },
  }),
);
const [pages, marks] = [tableOf(schema, "page"), tableOf(schema, "marks")];
const title = columnOf(pages, "title");
const relation = marks.relations.get("page");
if (relation === undefined) throw new Error("marks lead to pages");

describeEachAdapter("an aggregate", ({ driver }) => {
  function groupsSeen(visible: FilterNode): unknown {
    const path = `${temporaryFolder()}/test.db`;
    prepareFile({ driver, path });
    const writer = new Connection({ driver, path, role: "writer" });
    for (const model of [pages, marks]) for (const sql of tableStatements(storedTable(model))) writer.exec(sql);
    writer.exec("INSERT INTO page VALUES (1, 'open', 'x'), (2, 'hidden', 'y')");
    writer.exec("INSERT INTO marks VALUES (1, 1), (2, 2), (3, 2)");
    const hop = { relation: relation as NonNullable<typeof relation>, table: pages, visible };
    const { read, binds } = compileRead(
      {
        read: "aggregate",
        table: marks,
        where: EVERYTHING,
        search: undefined,
        groups: [{ key: "page.title", path: [hop], column: title, part: undefined, output: { ...title, name: "g0" } }],
        values: [{ key: "count", name: "count", column: undefined, output: { ...columnOf(marks, "id"), name: "v0" } }],
        having: EVERYTHING,
        sort: [{ output: { ...title, name: "g0" }, descending: false }],
        limit: 10,
        offset: false,
      },
      sqliteDialect,
    );
    const params = bindCaller(binds, ["hidden"]);
    const [row] = writer.query(read.sql, params);
    writer.close();
    expect(read.scans).toBe(true);
    return JSON.parse(`[${String(row?.[0])}]`);
  }

  test("a group through a row that the caller may not see is the group without one", () => {
    expect(groupsSeen(EVERYTHING)).toEqual([
      { "page.title": "hidden", count: 2 },
      { "page.title": "open", count: 1 },
    ]);
    const visible: FilterNode = { is: "compare", column: title, operator: "ne", value: { caller: 0 } };
    expect(groupsSeen(visible)).toEqual([
      { "page.title": null, count: 2 },
      { "page.title": "open", count: 1 },
    ]);
  });
});
