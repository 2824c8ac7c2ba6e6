/**
 * What an adopted file holds in a column was never held to the column's kind. A value that is not of it answers null,
 * and somebody should know: the database writes a mark in its place, which names the column, and the mark becomes null
 * and a finding before anybody sees it.
 *
 * The mark begins like no text that SQLite writes by itself: it escapes quotes, backslashes and controls, and no letter.
 * So inside a text of a row there is no mark: its first quote and its backslash would be escaped.
 */
const BEGINNING = '"\\u0073ervery-broken:';
const MARK = /"\\u0073ervery-broken:((?:[^"\\]|\\.)*)"/g;

/** The mark of a column, as a JSON text that SQLite leaves as it is. */
export function markOf(table: string, column: string): string {
  return `${BEGINNING}${JSON.stringify(`${table}.${column}`).slice(1)}`;
}

/** A JSON text with null in place of each mark; `found` is told the columns. */
export function withoutMarks(json: string, found: (column: string) => void = () => undefined): string {
  if (!json.includes(BEGINNING)) return json;
  return json.replace(MARK, (_mark, name: string) => {
    found(JSON.parse(`"${name}"`) as string);
    return "null";
  });
}
