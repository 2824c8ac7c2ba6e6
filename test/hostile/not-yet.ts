/** A feature whose coming makes a case possible. */
type Missing =
  | "search by POST"
  | "files"
  | "console"
  | "compression"
  | "rate limits"
  | "PostgreSQL and MariaDB"
  | "cache and a second node"
  | "load";

export interface NotYet {
  readonly id: string;
  readonly needs: Missing;
  /** The part of the case that waits. */
  readonly waits: string;
  /** The answer of today, where there is a sane one, and a case holds the server to it. */
  readonly today?: string;
}

/** Cases of the groups J, T, U, I, Q, P, M, C and H, or parts of them, that wait for a feature. Nothing is left out in silence. */
export const notYet: readonly NotYet[] = [
  { id: "J18", needs: "console", waits: "the difference of two versions does not pollute" },
  {
    id: "T04",
    needs: "PostgreSQL and MariaDB",
    waits: "and every other case: the same status and body on each database",
  },
  { id: "U05", needs: "files", waits: "file names" },
  { id: "U05", needs: "console", waits: "free text is escaped" },
  { id: "U08", needs: "console", waits: "it stays responsive" },
  {
    id: "I04",
    needs: "rate limits",
    waits: "one bucket for all spellings of a path",
    today: "other spellings are 404",
  },
  { id: "Q25", needs: "PostgreSQL and MariaDB", waits: "the same folding on three databases" },
  { id: "Q26", needs: "PostgreSQL and MariaDB", waits: "0 equals no text on MariaDB" },
  { id: "Q29", needs: "search by POST", waits: "the same checks for it" },
  {
    id: "Q30",
    needs: "load",
    waits: "a sort of a million rows without an index: stands with the slow reads' own tests",
  },
  { id: "M10", needs: "files", waits: "columns that only the storage writes" },
  { id: "B24", needs: "load", waits: "no webhook and no event: there are none yet", today: "no row" },
  { id: "E12", needs: "load", waits: "a public read beside 200 sign-ins is measured, not tested" },
  { id: "B06", needs: "files", waits: "no row is restored: there are no soft deletes" },
  { id: "B07", needs: "console", waits: "no history of a row is read" },
  { id: "C12", needs: "cache and a second node", waits: "gone everywhere within a second" },
  {
    id: "H10",
    needs: "compression",
    waits: "no gzip of secrets beside what the caller sent",
    today: "no answer is compressed",
  },
  { id: "H26", needs: "load", waits: "2,000 slow sockets", today: "40 of each kind" },
  { id: "H28", needs: "load", waits: "5,000 silent sockets, and a cap", today: "300" },
  { id: "H33", needs: "files", waits: "file names in Content-Disposition", today: "Location, Link and ETag" },
];
