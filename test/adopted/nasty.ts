import {
  bigint,
  boolean,
  date,
  decimal,
  everyone,
  integer,
  json,
  longText,
  real,
  ref,
  servery,
  table,
  text,
  timestamp,
  uuid,
  view,
} from "servery";

/** A file as other tools leave it: every way of having a key, a form and a name, and values that no column should hold. */
export const NASTY = `
  CREATE TABLE "no key" (name TEXT, at DATETIME);
  INSERT INTO "no key" VALUES ('one', '2024-01-02 03:04:05'), ('two', '2024-01-02T03:04:06Z'), ('three', 'soon');
  CREATE TABLE taken (rowid TEXT, value INTEGER);
  INSERT INTO taken VALUES ('mine', 1);
  CREATE TABLE settings (section TEXT, key TEXT, value, PRIMARY KEY (section, key)) WITHOUT ROWID;
  INSERT INTO settings VALUES ('ui', 'theme', 'dark'), ('ui', 'a,b', 'comma');
  CREATE TABLE codes (code INT PRIMARY KEY, label TEXT NOT NULL);
  INSERT INTO codes VALUES (10, 'ten'), (20, 'twenty');
  CREATE TABLE kinds (
    id INTEGER PRIMARY KEY AUTOINCREMENT, flag BOOLEAN, price NUMERIC, exact TEXT, amount REAL, at DATETIME,
    seconds INTEGER, millis INTEGER, day DATETIME, born DATE, uid TEXT, big INTEGER, note VARCHAR(5), doc JSON, bin BLOB
  );
  INSERT INTO kinds VALUES
    (1, 1, 0.99, '0.99', 1.5, '2024-01-02 03:04:05', 1704164645, 1704164645678, '2009-01-01 00:00:00', '2009-01-01',
     '0191f2f0-7c1e-7d3a-9b1c-2f6a1f0e9d11', 9007199254740993, 'longer than five', '{"a":1}', x'00'),
    (2, 0, 10, '10', 2, '2024-01-02T03:04:05.500Z', -1, 1, '2008-01-01 00:00:00', '2008-01-01', NULL, 1, 'b', '[]', NULL),
    (3, 'yes', 'cheap', '1e5', 1e999, '2024-02-30 00:00:00', 'never', 1e300, 'someday', '2009-02-30',
     'no uuid', 'huge', x'00ff', '{broken', NULL),
    (4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (5, 1, 9.995, '-0.5', 7, '2024-01-02 03:04:05.5', 1, 2, '2010-05-06 11:12:13', '2010-05-06', NULL, 2, 'B', '1', NULL);
  CREATE TABLE tree (id INTEGER PRIMARY KEY, name TEXT NOT NULL, parent INTEGER REFERENCES tree ON DELETE CASCADE);
  INSERT INTO tree VALUES (1, 'root', NULL), (2, 'branch', 1), (3, 'leaf', 2), (4, 'other', NULL);
  CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE UNIQUE);
  INSERT INTO people VALUES (1, 'ann'), (2, 'Bob'), (3, 'bob''s'), (4, 'Ann Lee');
  CREATE TABLE letters (
    id INTEGER PRIMARY KEY,
    sender INTEGER NOT NULL REFERENCES people ON DELETE CASCADE,
    reader INTEGER REFERENCES people ON DELETE SET NULL
  );
  INSERT INTO letters VALUES (1, 1, 2), (2, 2, 1), (3, 1, 1);
  CREATE TABLE lines (
    id INTEGER PRIMARY KEY, quantity INTEGER NOT NULL, price INTEGER NOT NULL,
    total INTEGER GENERATED ALWAYS AS (quantity * price) VIRTUAL,
    twice INTEGER GENERATED ALWAYS AS (quantity * 2) STORED,
    made TEXT DEFAULT (upper('now')), changes INTEGER NOT NULL DEFAULT 0, shout TEXT
  );
  CREATE TABLE log (what TEXT);
  CREATE TRIGGER lines_made AFTER INSERT ON lines BEGIN
    UPDATE lines SET shout = 'made ' || new.quantity WHERE id = new.id; INSERT INTO log VALUES ('made ' || new.id); END;
  CREATE TRIGGER lines_changed AFTER UPDATE OF quantity ON lines BEGIN
    UPDATE lines SET changes = changes + 1 WHERE id = new.id; END;
  CREATE TRIGGER lines_left_out BEFORE INSERT ON lines WHEN new.quantity = 13 BEGIN SELECT RAISE(IGNORE); END;
  CREATE TRIGGER lines_refused BEFORE INSERT ON lines WHEN new.quantity = 14 BEGIN SELECT RAISE(ABORT, 'no'); END;
  CREATE VIEW "line totals" AS SELECT id, total FROM lines;
`;

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };
const PLAIN = { id: false, created_at: false, updated_at: false } as const;
const ROWID = { ...PLAIN, rowid: true } as const;

export const nasty = servery({
  adopted: true,
  tables: {
    "no key": table({ name: text(20).optional(), at: timestamp().stored("text").optional() }, ROWID).allow(OPEN),
    taken: table({ rowid: text(20).optional(), value: integer().optional() }, ROWID).allow(OPEN),
    settings: table({ section: text(20), key: text(20), value: text(20).optional() }, PLAIN)
      .primaryKey("section", "key")
      .allow(OPEN),
    codes: table({ code: integer(), label: text(20) }, PLAIN)
      .primaryKey("code")
      .allow(OPEN),
    kinds: table(
      {
        id: integer(),
        flag: boolean().optional(),
        price: decimal(10, 2).stored("real").optional(),
        exact: decimal(18, 2).stored("text").optional(),
        amount: real().optional(),
        at: timestamp().stored("text").optional(),
        seconds: timestamp().stored("unix").optional(),
        millis: timestamp().stored("unix_ms").optional(),
        day: date().stored("timestamp").optional(),
        born: date().optional(),
        uid: uuid().optional(),
        big: bigint().optional(),
        note: text(5).optional(),
        doc: json().optional(),
      },
      PLAIN,
    )
      .primaryKey("id")
      .allow(OPEN),
    tree: table(
      {
        id: integer(),
        name: text(20),
        parent: ref("tree", { as: "up", reverse: "down", onDelete: "cascade" }).optional(),
      },
      PLAIN,
    )
      .primaryKey("id")
      .allow(OPEN),
    people: table({ id: integer(), name: text(20).optional().unique() }, PLAIN)
      .primaryKey("id")
      .allow(OPEN),
    letters: table(
      {
        id: integer(),
        sender: ref("people", { as: "from", reverse: "sent", onDelete: "cascade" }),
        reader: ref("people", { as: "to", reverse: "received", onDelete: "set null" }).optional(),
      },
      PLAIN,
    )
      .primaryKey("id")
      .allow(OPEN),
    lines: table(
      {
        id: integer(),
        quantity: integer(),
        price: integer(),
        total: integer().optional().filledByDatabase(),
        twice: integer().optional().filledByDatabase(),
        made: text(20).optional().filledByDatabase(),
        changes: integer().filledByDatabase(),
        shout: longText().optional().filledByDatabase(),
      },
      PLAIN,
    )
      .primaryKey("id")
      .allow(OPEN),
    log: table({ what: text(40).optional() }, ROWID).allow(OPEN),
    "line totals": view({ id: integer(), total: integer() }, "SELECT * FROM ignored")
      .primaryKey("id")
      .allow({ read: everyone }),
  },
});
