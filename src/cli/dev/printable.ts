/** What a terminal takes for a command, what turns the direction of letters, and what begins a line. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/**
 * A text of somebody else's on one line. Escape codes in a URL would otherwise be carried out by the terminal of whoever
 * reads along, and a line break would make a line that looks like one of ours.
 */
export function printable(text: string, mostLetters: number): string {
  const short = text.length > mostLetters ? `${text.slice(0, mostLetters)}…` : text;
  return short.replaceAll(UNPRINTABLE, (letter) => `\\u{${(letter.codePointAt(0) ?? 0).toString(16)}}`);
}
