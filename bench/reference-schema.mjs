/** The index of words in Servery's file; the reference uses the same one. */
export const SEARCH_INDEX = "_servery_search_articles_";

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
  CREATE TABLE articles (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    title TEXT NOT NULL,
    content TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
  ) STRICT;
  CREATE VIRTUAL TABLE ${SEARCH_INDEX} USING fts5(
    title, content, content=articles, content_rowid=id,
    tokenize='unicode61 remove_diacritics 2', prefix='1 2 3'
  );
  CREATE TRIGGER articles_words AFTER INSERT ON articles BEGIN
    INSERT INTO ${SEARCH_INDEX} (rowid, title, content) VALUES (new.id, new.title, new.content);
  END;
`;
