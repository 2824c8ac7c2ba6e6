/**
 * The tables as the reference would write them by hand. Used when the reference stands in for Servery
 * (`--subject reference`); beside Servery both servers work on a copy of the file that Servery made.
 */
export const REFERENCE_SCHEMA = `
  CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT NOT NULL,
    email TEXT NOT NULL COLLATE NOCASE UNIQUE,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
  ) STRICT;
  CREATE TABLE posts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE RESTRICT,
    title TEXT NOT NULL,
    content TEXT,
    category TEXT,
    likes INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
  ) STRICT;
  CREATE INDEX posts_newest ON posts (created_at DESC, id DESC);
  CREATE INDEX posts_category ON posts (category, created_at DESC, id DESC);
  CREATE INDEX posts_user ON posts (user_id, created_at DESC, id DESC);
`;
