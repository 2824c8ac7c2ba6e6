/** Whether every word stands somewhere in the text, in any order and in any case. */
export function matches(words: string, text: string): boolean {
  const lower = text.toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word));
}
