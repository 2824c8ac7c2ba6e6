import { everyone, integer, ref, servery, table, text } from "servery";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { openRaw } from "../validation/raw-file.ts";
import { closeSound, idsOf, problemOf, rowOf, rowsOf, writesOf } from "./answers.ts";

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };
const PLAIN = { created_at: false, updated_at: false } as const;

/** Every way a delete can go on, three levels deep, and a tree in one table. */
const declaration = servery({
  tables: {
    shelves: table({ name: text(20), total: integer().sumOf("books", "pages") }, PLAIN).allow(OPEN),
    books: table({ shelf_id: ref("shelves", { onDelete: "cascade" }), pages: integer() }, PLAIN).allow(OPEN),
    notes: table({ book_id: ref("books", { onDelete: "cascade" }) }, PLAIN).allow(OPEN),
    readers: table({ book_id: ref("books", { onDelete: "set null" }).optional() }, PLAIN).allow(OPEN),
    loans: table({ book_id: ref("books") }, PLAIN).allow(OPEN),
    folders: table(
      { parent_id: ref("folders", { onDelete: "cascade", as: "parent", reverse: "folders" }).optional() },
      PLAIN,
    ).allow(OPEN),
    files: table({ folder_id: ref("folders", { onDelete: "cascade" }) }, PLAIN).allow(OPEN),
  },
});

let library: EngineUnderTest;
beforeAll(async () => {
  library = await openEngine(declaration);
});
afterAll(() => closeSound(library));

async function make(path: string, body: object = {}): Promise<number> {
  return Number(rowOf(await library.post(`/api/${path}`, body))["id"]);
}

describe("deleting a row that others refer to", () => {
  test("cascade takes the children and theirs, set null empties, and no other row changes", async () => {
    const [one, other] = [await make("shelves", { name: "one" }), await make("shelves", { name: "other" })];
    const [book, kept] = [
      await make("books", { shelf_id: one, pages: 10 }),
      await make("books", { shelf_id: other, pages: 5 }),
    ];
    const [note, keptNote] = [await make("notes", { book_id: book }), await make("notes", { book_id: kept })];
    const [reader, keptReader] = [await make("readers", { book_id: book }), await make("readers", { book_id: kept })];
    expect((await library.delete(`/api/shelves/${one}`)).status).toBe(204);
    problemOf(await library.get(`/api/books/${book}`), 404, "not_found");
    problemOf(await library.get(`/api/notes/${note}`), 404, "not_found");
    expect(rowOf(await library.get(`/api/readers/${reader}`))["book_id"]).toBeNull();
    expect(rowOf(await library.get(`/api/readers/${keptReader}`))["book_id"]).toBe(kept);
    expect((await library.get(`/api/notes/${keptNote}`)).status).toBe(200);
    expect(rowOf(await library.get(`/api/shelves/${other}`))["total"]).toBe(5);
  });

  test("a restriction further down refuses the whole delete, and nothing of it stays", async () => {
    const shelf = await make("shelves", { name: "held" });
    const book = await make("books", { shelf_id: shelf, pages: 1 });
    const [note, reader] = [await make("notes", { book_id: book }), await make("readers", { book_id: book })];
    const loan = await make("loans", { book_id: book });
    problemOf(await library.delete(`/api/shelves/${shelf}`), 409, "still_referenced");
    expect((await library.get(`/api/books/${book}`)).status).toBe(200);
    expect((await library.get(`/api/notes/${note}`)).status).toBe(200);
    expect(rowOf(await library.get(`/api/readers/${reader}`))["book_id"]).toBe(book);
    await library.delete(`/api/loans/${loan}`);
    expect((await library.delete(`/api/shelves/${shelf}`)).status).toBe(204);
  });

  test("is done by statements of ours, children first: the database would be silent about them", async () => {
    const shelf = await make("shelves", { name: "seen" });
    const answer = await library.delete(`/api/shelves/${shelf}`);
    const touched = writesOf(answer).map((sql) => /^(?:DELETE FROM|UPDATE) "(\w+)"/.exec(sql)?.[1]);
    expect(touched.at(-1)).toBe("shelves");
    expect(touched.indexOf("notes")).toBeLessThan(touched.indexOf("books"));
    expect(touched).toContain("readers");
    expect(touched).not.toContain("loans");
  });

  test("a tree in one table goes with its root, however deep, and what hangs on it", async () => {
    let parent = await make("folders");
    const root = parent;
    const [beside] = [await make("folders")];
    for (let depth = 0; depth < 30; depth++) parent = await make("folders", { parent_id: parent });
    const [file, keptFile] = [await make("files", { folder_id: parent }), await make("files", { folder_id: beside })];
    expect((await library.delete(`/api/folders/${root}`)).status).toBe(204);
    expect(idsOf(await library.get("/api/folders?limit=100"))).toEqual([beside]);
    expect(idsOf(await library.get("/api/files"))).toEqual([keptFile]);
    problemOf(await library.get(`/api/files/${file}`), 404, "not_found");
  });

  test("a row that is its own parent can go", async () => {
    const own = await make("folders");
    await library.patch(`/api/folders/${own}`, { parent_id: own });
    expect((await library.delete(`/api/folders/${own}`)).status).toBe(204);
  });

  test("an If-Match that fails leaves the children", async () => {
    const shelf = await make("shelves", { name: "tagged" });
    const book = await make("books", { shelf_id: shelf, pages: 3 });
    problemOf(await library.delete(`/api/shelves/${shelf}`, { "if-match": '"other"' }), 412, "precondition_failed");
    expect((await library.get(`/api/books/${book}`)).status).toBe(200);
  });

  test("more than 10,000 rows are refused as a whole", async () => {
    const seeded = await openEngine(declaration);
    await seeded.post("/api/shelves", { name: "huge" });
    const file = await openRaw(seeded.databasePath);
    file.run(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10001) INSERT INTO books (shelf_id, pages) SELECT 1, 1 FROM n",
    );
    file.close();
    problemOf(await seeded.delete("/api/shelves/1"), 400, "limit_exceeded");
    expect((await seeded.get("/api/books?count=exact&limit=1")).headers["x-total-count"]).toBe("10001");
    await seeded.delete("/api/books/1");
    await seeded.delete("/api/books/2");
    expect((await seeded.delete("/api/shelves/1")).status).toBe(204);
    expect(rowsOf(await seeded.get("/api/books"))).toEqual([]);
    await seeded.close();
    expect(seeded.faults).toEqual([]);
  });
});
