import type { OwnTable } from "./own-table-statements.ts";

/**
 * SQL of the outbox: mails that are written down first and delivered afterwards. Times are milliseconds since 1970.
 * A mail is `waiting` until it is `sent` or `given_up`. Whoever sends it moves its `due_at` into the future and counts
 * the attempt, and only if both are as they were read: so one of two processes gets it, and it is due again where that
 * one dies.
 */

/** The table's name; names that begin like this belong to Servery. */
export const OUTBOX = "_servery_outbox";

export const createOutbox: OwnTable["create"] = (own) => [
  `CREATE TABLE ${OUTBOX} (id ${own.text} PRIMARY KEY NOT NULL, recipient ${own.text} NOT NULL, subject ${own.text} NOT NULL, body ${own.text} NOT NULL, html ${own.text}, state ${own.text} NOT NULL, attempts ${own.integer} NOT NULL, posted_at ${own.integer} NOT NULL, due_at ${own.integer} NOT NULL, error ${own.text})${own.end}`,
  `CREATE INDEX "${OUTBOX}.due_at" ON ${OUTBOX} (due_at) WHERE state = 'waiting'`,
  `CREATE INDEX "${OUTBOX}.posted_at" ON ${OUTBOX} (posted_at, id)`,
];

/** Bound: the id, recipient, subject, text, HTML, the time, and the time again. */
export const postMail = `INSERT INTO ${OUTBOX} (id, recipient, subject, body, html, state, attempts, posted_at, due_at) VALUES (?, ?, ?, ?, ?, 'waiting', 0, ?, ?)`;

/** Bound: the id. */
export const dropMail = `DELETE FROM ${OUTBOX} WHERE id = ?`;

/** Bound: the time, and how many at most. Answers `[id, attempts, due_at]`, the longest due first. */
export const findDueMails = `SELECT id, attempts, due_at FROM ${OUTBOX} WHERE state = 'waiting' AND due_at <= ? ORDER BY due_at, id LIMIT ?`;

/** Answers when the next mail is due, also one that is being sent, or null. */
export const findNextDue = `SELECT min(due_at) FROM ${OUTBOX} WHERE state = 'waiting'`;

const AS_IT_WAS = "WHERE id = ? AND attempts = ? AND due_at = ? AND state = 'waiting'";

/** Bound: until when it is taken, then the id, the attempts and the due time that were read. Answers the mail. */
export const claimMail = `UPDATE ${OUTBOX} SET attempts = attempts + 1, due_at = ? ${AS_IT_WAS} RETURNING recipient, subject, body, html`;

/** Bound: when to try again, the attempts that count, why it failed, then as `claimMail`. */
export const postponeMail = `UPDATE ${OUTBOX} SET due_at = ?, attempts = ?, error = ? ${AS_IT_WAS}`;

/** Bound: `sent` or `given_up`, why it failed or null, then as `claimMail`. */
export const endMail = `UPDATE ${OUTBOX} SET state = ?, error = ? ${AS_IT_WAS}`;

/** As `endMail`; what the mail said goes, since it may hold a link that opens an account. */
export const endMailWithoutText = `UPDATE ${OUTBOX} SET state = ?, error = ?, body = '', html = NULL ${AS_IT_WAS}`;

/** Bound: how many stay. More than one goes with each that ends, so that the table stays bounded. */
export const dropOldMails = `DELETE FROM ${OUTBOX} WHERE id IN (SELECT id FROM ${OUTBOX} WHERE state <> 'waiting' ORDER BY posted_at DESC, id DESC LIMIT 5 OFFSET ?)`;

/** Bound: how many at most. Answers `[id, recipient, subject, body, html, state, attempts, posted_at, error]`, the newest first. */
export const findRecentMails = `SELECT id, recipient, subject, body, html, state, attempts, posted_at, error FROM ${OUTBOX} ORDER BY posted_at DESC, id DESC LIMIT ?`;
