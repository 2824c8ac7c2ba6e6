import {
  type AnyDeclaration,
  compile,
  createEngine,
  email,
  everyone,
  integer,
  longText,
  ref,
  servery,
  slug,
  table,
  text,
} from "servery";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { closeSound, columnOf, filterParameter, idsOf, nextOf, problemOf, rowsOf } from "./answers.ts";

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };
const PLAIN = { created_at: false, updated_at: false } as const;

const library: AnyDeclaration = servery({
  tables: {
    shelves: table({ name: text(30) }, PLAIN).allow(OPEN),
    books: table(
      {
        shelf_id: ref("shelves", { onDelete: "cascade" }).optional(),
        title: text(100).search(),
        blurb: longText().optional().search(),
        note: text(50).optional(),
        pages: integer().default(0),
      },
      PLAIN,
    ).allow(OPEN),
    // A key that is no number, and one of two columns: the index knows rows by numbers of SQLite's own.
    places: table({ path: slug(30).search(), rowid: text(50).optional(), words: text(50).search() }, PLAIN)
      .primaryKey("path")
      .allow(OPEN),
    entries: table({ book: text(10), page: integer(), "oid ]'\"": text(50).search() }, PLAIN)
      .primaryKey("book", "page")
      .allow(OPEN),
    // Without the mark at the end of an index's name this table's would be called like one of FTS5's own for books.
    books_data: table({ mail: email(50).search() }, PLAIN).allow(OPEN),
  },
  seed: () => [
    { table: "shelves", rows: [{ name: "first" }, { name: "second" }] },
    {
      table: "books",
      rows: [
        { shelf_id: 1, title: "Bread and butter", blurb: "On baking bread at home", note: "secret", pages: 10 },
        { shelf_id: 1, title: "Crème brûlée", blurb: "Of cream, sugar and fire", pages: 20 },
        { shelf_id: 2, title: "日本語の本", blurb: "A book in Japanese", pages: 30 },
        {
          shelf_id: 2,
          title: "Breadth first search",
          blurb: "Graphs, trees; bread is not in here twice: bread",
          pages: 40,
        },
        { title: "हिन्दी", blurb: "snake_case and 😀 faces", pages: 50 },
        { title: "Плов", pages: 60 },
      ],
    },
    {
      table: "places",
      rows: [
        { path: "old-town", rowid: "hidden", words: "bridge river" },
        { path: "new-town", words: "river park" },
      ],
    },
    {
      table: "entries",
      rows: [
        { book: "a", page: 1, "oid ]'\"": "alpha one" },
        { book: "a", page: 2, "oid ]'\"": "alpha two" },
      ],
    },
    { table: "books_data", rows: [{ mail: "reader@example.com" }] },
  ],
});

let engine: EngineUnderTest;
beforeAll(async () => {
  engine = await openEngine(library);
});
afterAll(() => closeSound(engine));

async function find(q: string, more = "&sort=id"): Promise<unknown[]> {
  return idsOf(await engine.get(`/api/books?q=${encodeURIComponent(q)}&fields=id${more}`));
}

describe("what a text finds", () => {
  test.each([
    ["each word begins some word of the row", "bre", [1, 4]],
    ["the whole word as well", "bread", [1, 4]],
    ["not what stands inside of a word", "read", []],
    ["in any column", "butter home", [1]],
    ["all words, in any order", "first trees graphs", [4]],
    ["one word that is nowhere, and nothing is found", "bread nowhere", []],
    ["a phrase stands together", '"butter" "baking bread"', [1]],
    ["in that order", '"bread baking"', []],
    ["and is no beginning", '"brea"', []],
    ["a phrase and a beginning", '"bread and" bak', [1]],
    ["without case", "BREAD", [1, 4]],
    ["without accents", "creme BRULEE", [2]],
    ["with accents put together otherwise", "cre\u0300me", [2]],
    ["in Chinese letters from the beginning of a run", "日本", [3]],
    ["and not from within", "本語", []],
    ["in letters with marks", "हिन्", [5]],
    ["in Cyrillic, without case", "пло", [6]],
    ["what is no letter divides words", "sugar,and/fire", [2]],
    ["an underscore holds together what stands together", "snake_ca", [5]],
    ["other columns are not searched", "secret", []],
  ])("%s: %s", async (_, q, ids) => {
    expect(await find(q)).toEqual(ids);
  });

  test("a key of any form", async () => {
    expect(columnOf(await engine.get("/api/places?q=river&sort=path"), "path")).toEqual(["new-town", "old-town"]);
    expect(columnOf(await engine.get("/api/places?q=town bri".replace(" ", "+")), "path")).toEqual(["old-town"]);
    expect(rowsOf(await engine.get("/api/places?q=hidden"))).toEqual([]);
    expect(columnOf(await engine.get("/api/entries?q=alpha"), "page")).toEqual([2, 1]);
    expect(columnOf(await engine.get("/api/entries?q=two"), "page")).toEqual([2]);
    expect(idsOf(await engine.get("/api/books_data?q=reader"))).toEqual([1]);
    expect(idsOf(await engine.get('/api/books_data?q="example.com"'))).toEqual([1]);
  });
});

describe("beside everything else", () => {
  test("the best match comes first, then the newest", async () => {
    // It has the word three times, the other row twice.
    expect(await find("bread", "")).toEqual([4, 1]);
    await engine.post("/api/books", { title: "Twins" });
    await engine.post("/api/books", { title: "Twins" });
    const [second, first] = (await find("twins", "")) as number[];
    expect(second).toBe((first ?? 0) + 1);
    expect(rowsOf(await engine.get("/api/books?q=twins"))).toHaveLength(2);
  });

  test("with a sort it is a list like any other, with a cursor", async () => {
    const first = await engine.get("/api/books?q=bread&sort=-pages&limit=1&fields=id");
    expect(idsOf(first)).toEqual([4]);
    const next = nextOf(first) ?? "";
    expect(next).toContain("cursor=");
    expect(idsOf(await engine.get(next))).toEqual([1]);
    problemOf(await engine.get(next.replace("q=bread", "q=crumb")), 400, "invalid_cursor");
    expect(first.sql).toHaveLength(1);
  });

  test("without one the next page goes by number, and a cursor is refused with a hint", async () => {
    const first = await engine.get("/api/books?q=bread&limit=1&fields=id");
    const next = nextOf(first) ?? "";
    expect(next).toBe("/api/books?q=bread&limit=1&fields=id&offset=1");
    const second = await engine.get(next);
    expect([idsOf(first), idsOf(second)]).toEqual([[4], [1]]);
    expect(nextOf(second)).toBeUndefined();
    expect(idsOf(await engine.get("/api/books?q=bread&offset=5"))).toEqual([]);
    const refused = await engine.get("/api/books?q=bread&cursor=");
    expect(problemOf(refused, 400, "invalid_parameter").detail).toContain("offset");
    expect(refused.sql).toEqual([]);
  });

  test("filters, trees, relations, count, include and nested routes", async () => {
    expect(await find("bread", "&pages[gt]=10")).toEqual([4]);
    expect(await find("bread", `&${filterParameter({ or: [{ pages: 10 }, { shelf: { name: "first" } }] })}`)).toEqual([
      1,
    ]);
    expect(await find("bread", "&shelf.name=second")).toEqual([4]);
    for (const count of ["exact", "estimated"]) {
      const counted = await engine.get(`/api/books?q=bread&limit=1&count=${count}`);
      expect(counted.headers["x-total-count"]).toBe("2");
    }
    const [row] = rowsOf(await engine.get("/api/books?q=first&include=shelf&fields=title"));
    expect(row).toEqual({ title: "Breadth first search", shelf: { id: 2, name: "second" } });
    const nested = await engine.get("/api/shelves/1/books?q=bread&sort=shelf.name");
    expect(idsOf(nested)).toEqual([1]);
    problemOf(await engine.get("/api/shelves/99/books?q=bread"), 404, "not_found");
  });

  test("one compiled form serves every text", async () => {
    const [one, two] = [await engine.get("/api/books?q=bread"), await engine.get('/api/books?q="no such" words')];
    expect(one.sql).toEqual(two.sql);
    expect(one.sql.join()).not.toMatch(/bread/);
  });
});

describe("the index follows the rows", () => {
  test("a change of one column, of another, to null and back, and a delete", async () => {
    const { id } = (await engine.post("/api/books", { title: "Walnut", blurb: "kernel" })).json as { id: number };
    const url = `/api/books/${id}`;
    expect(await find("walnut kernel")).toEqual([id]);
    await engine.patch(url, { title: "Hazelnut" });
    expect([await find("walnut"), await find("hazelnut kernel")]).toEqual([[], [id]]);
    await engine.patch(url, { pages: 3 });
    expect(await find("hazelnut kernel")).toEqual([id]);
    await engine.patch(url, { blurb: null });
    expect([await find("kernel"), await find("hazelnut")]).toEqual([[], [id]]);
    await engine.put(url, { title: "Hazelnut", blurb: "shell" });
    expect(await find("hazelnut shell")).toEqual([id]);
    await engine.delete(url);
    expect(await find("hazelnut")).toEqual([]);
  });

  test("a write that is refused leaves no word, and what a delete takes along leaves none either", async () => {
    const shelf = ((await engine.post("/api/shelves", { name: "third" })).json as { id: number }).id;
    await engine.post(`/api/shelves/${shelf}/books`, { title: "Ephemeral" });
    problemOf(await engine.post("/api/books", { title: "Ephemeral", shelf_id: 999 }), 400, "invalid_data");
    expect(await find("ephemeral")).toHaveLength(1);
    await engine.delete(`/api/shelves/${shelf}`);
    expect(await find("ephemeral")).toEqual([]);
  });

  test("the file of another declaration of the words is another file", async () => {
    const database = engine.databaseUrl;
    const other = compile(servery({ tables: { books: table({ title: text(100) }).allow(OPEN) } }));
    await expect(createEngine(other, { database })).rejects.toThrow(/another declaration/);
  });
});

describe("what is refused", () => {
  test.each([
    ["q=", "invalid_parameter", "word"],
    ["q=%20%2A%22", "invalid_parameter", "word"],
    [`q=${"a+".repeat(11)}`, "limit_exceeded", "10 words"],
    [`q=${"a".repeat(201)}`, "limit_exceeded", "200 characters"],
    ["q=a&q=b", "repeated_parameter", "twice"],
  ])("?%s", async (query, code, words) => {
    const answer = await engine.get(`/api/books?${query}`);
    expect(problemOf(answer, 400, code).detail).toContain(words);
    expect(answer.sql).toEqual([]);
  });

  test("a table without words, and one row", async () => {
    const answer = await engine.get("/api/shelves?q=first");
    expect(problemOf(answer, 400, "invalid_parameter").detail).toContain("shelves has no column that q searches");
    problemOf(await engine.get("/api/books/1?q=bread"), 400, "unknown_parameter");
  });
});
