import { expect, test } from "vitest";
import { columnIn, databaseFile, draftOf, sourceOf, tableIn } from "./databases.ts";
import { HOSTILE_NAMES, IMPOSSIBLE_NAMES, quoted } from "./hostile.ts";

test("every name that can be one is declared as it is", async () => {
  const columns = HOSTILE_NAMES.map((name) => `${quoted(name)} TEXT`).join(", ");
  const file = await databaseFile(...HOSTILE_NAMES.map((name) => `CREATE TABLE ${quoted(name)} (${columns})`));
  const draft = await draftOf(file);
  expect(draft.tables.map((table) => table.name)).toEqual(HOSTILE_NAMES);
  for (const table of draft.tables)
    expect(table.columns.map((column) => "name" in column && column.name)).toEqual(HOSTILE_NAMES);
  const paths = draft.tables.map((table) => table.options.path ?? table.name);
  expect(new Set(paths).size).toBe(HOSTILE_NAMES.length);
  for (const path of paths) expect(path).toMatch(/^[^_/\\?#%][^/\\?#%]*$/);
  expect(paths).not.toContain("auth");
  expect(paths).not.toContain("batch");
});

test("a name that none can have is left out with the reason, and its comment cannot be left", async () => {
  const columns = IMPOSSIBLE_NAMES.map(([name]) => `${quoted(name)} TEXT`).join(", ");
  const tables = IMPOSSIBLE_NAMES.map(([name]) => `CREATE TABLE ${quoted(name)} (a TEXT)`);
  const file = await databaseFile(`CREATE TABLE fine (a TEXT, ${columns})`, ...tables);
  const draft = await draftOf(file);
  expect(draft.tables.map((table) => table.name)).toEqual(["fine"]);
  for (const [name, reason] of IMPOSSIBLE_NAMES) {
    expect(columnIn(draft, "fine", name)).toContain(reason);
    expect(draft.leftOut.find((entry) => entry.leftOut === name)?.reason).toContain(reason);
  }
  const source = await sourceOf(file);
  expect(source).toContain("// Left out: new line (");
  expect(source).not.toContain("__proto__:");
});

test("names that differ in case alone outside ASCII are one name here", async () => {
  const draft = await draftOf(
    await databaseFile('CREATE TABLE t ("Ä" TEXT, "ä" TEXT)', 'CREATE TABLE "Ö" (a)', 'CREATE TABLE "ö" (a)'),
  );
  expect(columnIn(draft, "t", "ä")).toBe("its name differs from Ä in case alone");
  expect(draft.leftOut).toEqual([{ leftOut: "ö", reason: "its name differs from Ö in case alone" }]);
});

test("relations never have the name of a column or of one another", async () => {
  const draft = await draftOf(
    await databaseFile(
      "CREATE TABLE users (id INTEGER PRIMARY KEY, posts TEXT, manager_id INTEGER REFERENCES users)",
      'CREATE TABLE posts (id INTEGER PRIMARY KEY, user TEXT, user_id INTEGER REFERENCES users, editor_id INTEGER REFERENCES users, "the.one" INTEGER REFERENCES users)',
      "CREATE TABLE follows (follower INTEGER REFERENCES users, followed INTEGER REFERENCES users, PRIMARY KEY (follower, followed))",
      'CREATE TABLE "lines.of" (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users)',
    ),
  );
  expect(columnIn(draft, "users", "manager_id")).toMatchObject({ reference: { table: "users" } });
  expect(columnIn(draft, "posts", "user_id")).toMatchObject({ reference: { as: "user_id_ref" } });
  expect(columnIn(draft, "posts", "editor_id")).toMatchObject({ reference: { as: "editor" } });
  expect(columnIn(draft, "posts", "the.one")).toMatchObject({ reference: { as: "the_one_ref" } });
  expect(columnIn(draft, "follows", "follower")).toMatchObject({ reference: { as: "follower_ref" } });
  expect(columnIn(draft, "follows", "followed")).toMatchObject({ reference: { as: "followed_ref" } });
  expect(columnIn(draft, "lines.of", "user_id")).toMatchObject({ reference: { reverse: "lines_of" } });
});

test("a foreign key that no reference can stand for is a note with the reason", async () => {
  const draft = await draftOf(
    await databaseFile(
      "CREATE TABLE a (id INTEGER PRIMARY KEY, code TEXT UNIQUE, x INT, y INT, UNIQUE (x, y))",
      "CREATE TABLE pair (l INT, r INT, PRIMARY KEY (l, r))",
      "CREATE TABLE c (to_code TEXT REFERENCES a (code), to_gone INT REFERENCES gone, l INT, r INT, both INT REFERENCES a REFERENCES pair, nulled INT NOT NULL REFERENCES a ON DELETE SET NULL, kept INT REFERENCES a ON DELETE SET DEFAULT, FOREIGN KEY (l, r) REFERENCES pair)",
      "CREATE TABLE ring1 (id INTEGER PRIMARY KEY REFERENCES ring2 (id))",
      "CREATE TABLE ring2 (id INTEGER PRIMARY KEY REFERENCES ring1 (id))",
      "CREATE TABLE p (id INTEGER PRIMARY KEY, q INT REFERENCES q ON DELETE CASCADE)",
      "CREATE TABLE q (id INTEGER PRIMARY KEY, p INT REFERENCES p ON DELETE CASCADE)",
    ),
  );
  const note = (table: string, column: string): unknown => (columnIn(draft, table, column) as { notes: unknown }).notes;
  expect(note("c", "to_code")).toEqual(["its foreign key to a is not declared: a.code is not its whole key"]);
  expect(note("c", "to_gone")).toEqual([
    "its foreign key to gone is not declared: there is no such table in the declaration",
  ]);
  expect(tableIn(draft, "c").notes).toContain(
    "(l, r): its foreign key to pair is not declared: it has several columns",
  );
  expect(columnIn(draft, "c", "both")).toMatchObject({ reference: { table: "a" } });
  expect(note("c", "nulled")).toEqual(["ON DELETE SET NULL, but the column may not be null: a delete is refused"]);
  expect(note("c", "kept")).toEqual(["ON DELETE SET DEFAULT is not available: a delete is refused"]);
  expect(columnIn(draft, "ring1", "id")).toMatchObject({ reference: { table: "ring2" } });
  expect(columnIn(draft, "ring2", "id")).not.toHaveProperty("reference");
  expect(columnIn(draft, "p", "q")).toMatchObject({ reference: { onDelete: "cascade" } });
  expect(columnIn(draft, "q", "p")).not.toHaveProperty("reference.onDelete");
});

test("tables are told apart by their key, by the rowid, or not at all", async () => {
  const draft = await draftOf(
    await databaseFile(
      "CREATE TABLE bare (a TEXT)",
      "CREATE TABLE taken (rowid TEXT)",
      "CREATE TABLE full (rowid TEXT, _rowid_ TEXT, oid TEXT)",
      "CREATE TABLE counted (id INTEGER PRIMARY KEY)",
      "CREATE TABLE uncounted (id INT PRIMARY KEY)",
      "CREATE TABLE named (code TEXT PRIMARY KEY) WITHOUT ROWID",
      "CREATE TABLE holey (code TEXT PRIMARY KEY)",
      "INSERT INTO holey VALUES (NULL)",
      "CREATE VIRTUAL TABLE found USING fts5(words)",
    ),
  );
  expect(tableIn(draft, "bare")).toMatchObject({ key: [], options: { rowid: true } });
  expect(tableIn(draft, "holey")).toMatchObject({ key: [], options: { rowid: true } });
  expect(tableIn(draft, "counted")).toMatchObject({ key: ["id"], columns: [{ kind: { call: "integer()" } }] });
  expect(tableIn(draft, "uncounted")).toMatchObject({ key: ["id"], columns: [{ kind: { call: "integer()" } }] });
  expect(tableIn(draft, "named")).toMatchObject({ key: ["code"], options: {} });
  const left = draft.leftOut.map((entry) => entry.leftOut);
  expect(tableIn(draft, "taken").options).toEqual({ rowid: true });
  expect(left).toContain("full");
  expect(left).toContain("found");
  expect(left).toContain("found_data");
  expect(left).not.toContain("sqlite_sequence");
});

test("defaults, choices and generated columns are declared where they can be", async () => {
  const draft = await draftOf(
    await databaseFile(
      `CREATE TABLE t (id INTEGER PRIMARY KEY, a INT DEFAULT 5, b TEXT DEFAULT 'it''s', c DATETIME DEFAULT CURRENT_TIMESTAMP,
        d BOOLEAN NOT NULL DEFAULT TRUE, e INT DEFAULT (abs(-3)), f TEXT DEFAULT NULL, g NUMERIC(5,2) DEFAULT (-1.50),
        h TEXT NOT NULL CHECK (h IN ('on', 'off')) DEFAULT 'off', i TEXT CHECK (i IN ('x') OR i IS NULL), j INT AS (a + 1), k INT DEFAULT 'many',
        l TEXT UNIQUE, m INT, n INT, UNIQUE (m, n))`,
      "CREATE UNIQUE INDEX some ON t (b) WHERE a > 1",
    ),
  );
  expect(columnIn(draft, "t", "a")).toMatchObject({ default: 5, optional: true });
  expect(columnIn(draft, "t", "b")).toMatchObject({ default: "it's", unique: false });
  expect(columnIn(draft, "t", "c")).toMatchObject({ filled: true });
  expect(columnIn(draft, "t", "d")).toMatchObject({ default: true, optional: false });
  expect(columnIn(draft, "t", "e")).toMatchObject({ filled: true });
  expect(columnIn(draft, "t", "f")).not.toHaveProperty("default");
  expect(columnIn(draft, "t", "g")).toMatchObject({ default: "-1.5" });
  expect(columnIn(draft, "t", "h")).toMatchObject({ default: "off", kind: { call: 'enumeration("on", "off")' } });
  expect(columnIn(draft, "t", "i")).toMatchObject({ kind: { call: "longText()" } });
  expect(columnIn(draft, "t", "j")).toMatchObject({ filled: true, kind: { call: "integer()" } });
  expect(columnIn(draft, "t", "k")).toMatchObject({ notes: ["the database's own default 'many' is no such value"] });
  expect(columnIn(draft, "t", "l")).toMatchObject({ unique: true });
  expect(tableIn(draft, "t").uniques).toEqual([["m", "n"]]);
});
