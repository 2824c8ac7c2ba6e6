import type { OwnTable } from "./own-table-statements.ts";

/**
 * SQL of the answers that are kept for an Idempotency-Key. They are written in the write's own transaction, so that
 * a write and its kept answer are there together or not at all.
 */

/** The table's name; names that begin like this belong to Servery. */
export const KEPT_ANSWERS = "_servery_kept_answers";

export const createKeptAnswers: OwnTable["create"] = (own) => [
  `CREATE TABLE ${KEPT_ANSWERS} (id ${own.text} PRIMARY KEY NOT NULL, request ${own.text} NOT NULL, kept ${own.text} NOT NULL, kept_at ${own.text} NOT NULL)${own.end}`,
  `CREATE INDEX "${KEPT_ANSWERS}.kept_at" ON ${KEPT_ANSWERS} (kept_at)`,
];

/** Bound: the id, and since when answers are kept. Answers `[request, kept]`. */
export const findKeptAnswer = `SELECT request, kept FROM ${KEPT_ANSWERS} WHERE id = ? AND kept_at >= ?`;

/** Bound: the id, the request, the rows, the time. One that has expired gives way. */
export const keepAnswer = `INSERT INTO ${KEPT_ANSWERS} (id, request, kept, kept_at) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET request = excluded.request, kept = excluded.kept, kept_at = excluded.kept_at`;

/** Bound: since when answers are kept. More than one goes with each that comes, so that the table stays bounded. */
export const dropExpiredAnswers = `DELETE FROM ${KEPT_ANSWERS} WHERE id IN (SELECT id FROM ${KEPT_ANSWERS} WHERE kept_at < ? ORDER BY kept_at LIMIT 5)`;
