/** A feature whose coming makes a case possible. */
type Missing =
  | "accounts"
  | "private columns"
  | "row policies"
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
  { id: "J09", needs: "accounts", waits: "no RangeError in the audit copy" },
  { id: "J18", needs: "console", waits: "the difference of two versions does not pollute" },
  {
    id: "T04",
    needs: "PostgreSQL and MariaDB",
    waits: "and every other case: the same status and body on each database",
  },
  {
    id: "T23",
    needs: "row policies",
    waits: "a reference to a single row that the caller may not see",
    today: "a row of a closed table fares like a missing one",
  },
  {
    id: "U04",
    needs: "accounts",
    waits: "one identity for a user name in two forms of Unicode",
    today: "an e-mail address must be composed",
  },
  { id: "U05", needs: "files", waits: "file names" },
  { id: "U05", needs: "console", waits: "free text is escaped" },
  {
    id: "U06",
    needs: "accounts",
    waits: "sign-in and reset match no other account",
    today: "look-alikes neither clash nor are found",
  },
  { id: "U08", needs: "console", waits: "it stays responsive" },
  {
    id: "I04",
    needs: "rate limits",
    waits: "one bucket for all spellings of a path",
    today: "other spellings are 404",
  },
  { id: "I08", needs: "accounts", waits: "the same as a user and with an API key" },
  { id: "I13", needs: "accounts", waits: "tokens, sessions and keys of a deleted user", today: "ids never come back" },
  { id: "I14", needs: "accounts", waits: "ids that mean something to the sign-in" },
  {
    id: "Q01",
    needs: "private columns",
    waits: "a filter by one is answered like an unknown name, byte for byte",
    today: "relations to closed tables are",
  },
  { id: "Q02", needs: "private columns", waits: "a sort by one" },
  { id: "Q03", needs: "private columns", waits: "fields that name one" },
  { id: "Q04", needs: "private columns", waits: "an include that names one" },
  {
    id: "Q06",
    needs: "private columns",
    waits: "keys inside a private json column",
    today: "keys inside a json column are a 400",
  },
  {
    id: "Q07",
    needs: "private columns",
    waits: "a word of a private text finds nothing, in the same time",
    today: "q finds what stands in the columns that are marked for it",
  },
  {
    id: "Q08",
    needs: "row policies",
    waits: "a filter through rows that are not readable",
    today: "a closed table is a relation that does not exist",
  },
  { id: "Q09", needs: "row policies", waits: "rows to many are filtered by their policy first" },
  { id: "Q25", needs: "PostgreSQL and MariaDB", waits: "the same folding on three databases" },
  { id: "Q26", needs: "PostgreSQL and MariaDB", waits: "0 equals no text on MariaDB" },
  { id: "Q29", needs: "search by POST", waits: "the same checks for it" },
  {
    id: "Q30",
    needs: "load",
    waits: "a sort of a million rows without an index: stands with the slow reads' own tests",
  },
  { id: "Q32", needs: "private columns", waits: "a computed column made of a private one" },
  { id: "P05", needs: "accounts", waits: "a cursor of another user" },
  { id: "P06", needs: "private columns", waits: "a cursor shows no private sort key" },
  { id: "P07", needs: "accounts", waits: "rights that go between two pages" },
  { id: "M01", needs: "accounts", waits: "sign-up with a role", today: "unknown fields are a 400, /api/auth a 404" },
  { id: "M02", needs: "accounts", waits: "PATCH of one's own account", today: "unknown fields are a 400" },
  { id: "M03", needs: "row policies", waits: "the policy on the old and the new row" },
  { id: "M06", needs: "accounts", waits: "null for an expiry" },
  {
    id: "M08",
    needs: "row policies",
    waits: "the policy of each row that a filter selects",
    today: "the table's rule",
  },
  { id: "M10", needs: "files", waits: "columns that only the storage writes" },
  { id: "M11", needs: "accounts", waits: "a flag of soft deletes", today: "unknown fields are a 400" },
  {
    id: "B22",
    needs: "private columns",
    waits: "a reference to a private column of an earlier result",
    today: "tables that cannot be read",
  },
  { id: "B23", needs: "accounts", waits: "an operation on /api/auth", today: "routes beside tables are a 400" },
  { id: "B24", needs: "load", waits: "no webhook and no event: there are none yet", today: "no row" },
  { id: "K04", needs: "accounts", waits: "one caller's key used by another" },
  { id: "K13", needs: "accounts", waits: "a replay after the right is gone" },
  { id: "C08", needs: "accounts", waits: "one tag for each caller" },
  { id: "C09", needs: "accounts", waits: "no 304 once the right is gone", today: "no 304 once the row is gone" },
  { id: "C12", needs: "cache and a second node", waits: "gone everywhere within a second" },
  { id: "H03", needs: "accounts", waits: "HEAD asks for the same rights" },
  {
    id: "H10",
    needs: "compression",
    waits: "no gzip of secrets beside what the caller sent",
    today: "no answer is compressed",
  },
  {
    id: "H20",
    needs: "accounts",
    waits: "a named list of origins with sessions",
    today: "no Access-Control-Allow-Credentials at all",
  },
  { id: "H26", needs: "load", waits: "2,000 slow sockets", today: "40 of each kind" },
  { id: "H28", needs: "load", waits: "5,000 silent sockets, and a cap", today: "300" },
  { id: "H31", needs: "accounts", waits: "Cache-Control: no-store for whoever is signed in" },
  { id: "H33", needs: "files", waits: "file names in Content-Disposition", today: "Location, Link and ETag" },
  { id: "H34", needs: "accounts", waits: "the first exact match of a session's cookie", today: "cookies mean nothing" },
];
