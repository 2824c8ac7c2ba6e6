/**
 * What a `?q=` asks for, the same on every database: one word that some word of the row must begin with,
 * or a phrase, whose words must stand one behind the other.
 */
export interface SearchTerm {
  readonly words: readonly string[];
  readonly phrase: boolean;
}

/** A pair of quotes, or a word. Marks belong to the letter before them: without them हिन्दी would be three words. */
const PART = /"([^"]*)"|[\p{L}\p{N}\p{M}\p{Co}_]+/gu;
const WORD = /[\p{L}\p{N}\p{M}\p{Co}_]+/gu;
/** What makes a word one: an underscore alone is none, and no index has it. */
const LETTER = /[\p{L}\p{N}\p{Co}]/u;

/** The terms of a text. Whatever is no letter, digit or underscore divides words, so no database's own syntax is left. */
export function searchTerms(text: string): SearchTerm[] {
  return Array.from(text.matchAll(PART), ([part, quoted]): SearchTerm => {
    const words = Array.from((quoted ?? part).matchAll(WORD), ([word]) => word).filter((word) => LETTER.test(word));
    return { words, phrase: quoted !== undefined };
  }).filter(({ words }) => words.length > 0);
}
