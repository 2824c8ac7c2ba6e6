/** One cell as it was written: a quoted empty cell is an empty text, a bare one is no value. */
export interface CsvCell {
  readonly text: string;
  readonly quoted: boolean;
}

const QUOTED = /"((?:[^"]|"")*)"/y;
const BARE = /[^",\r\n]*/y;

/** The cells of one row of CSV (RFC 4180), without its newline; or the sentence that says what is wrong. */
export function csvCells(row: string): readonly CsvCell[] | string {
  const text = row.endsWith("\r") ? row.slice(0, -1) : row;
  const cells: CsvCell[] = [];
  let at = 0;
  for (;;) {
    const quoted = text[at] === '"';
    const form = quoted ? QUOTED : BARE;
    form.lastIndex = at;
    const match = form.exec(text);
    const where = `Cell ${cells.length + 1}`;
    if (match === null) return `${where} has a quote that nothing closes.`;
    at = form.lastIndex;
    cells.push({ text: quoted ? (match[1] as string).replaceAll('""', '"') : match[0], quoted });
    if (at === text.length) return cells;
    if (text[at] !== ",") return quoted ? `${where} goes on behind its closing quote.` : bareMistake(where, text[at]);
    at += 1;
  }
}

function bareMistake(where: string, letter: string | undefined): string {
  return letter === '"'
    ? `${where} has a quote inside: put the cell into quotes, and double the quotes in it.`
    : `${where} has a line break outside of quotes.`;
}
