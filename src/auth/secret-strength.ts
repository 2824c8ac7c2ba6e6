/** Shorter secrets are refused, in characters. */
const MIN_SECRET_LENGTH = 32;
/** Fewer different characters than this are refused. */
const MIN_DIFFERENT_CHARACTERS = 10;

/** What people write where a secret belongs. Letters only: digits and signs that stand for letters are read as those. */
const WELL_KNOWN =
  "administrator admin aeiou alphabet application asdfghjkl backend carrots changeit changeme change database default " +
  "development dev dragon dummy enter example foobar generate hello here insert iloveyou jwt keyboard key letmein " +
  "localhost long lorem ipsum dolor master monkey must my passphrase passwort password pass placeholder please " +
  "private prod production qwertyuiop qwertz qwerty random replace root sample secret secure security servery server " +
  "signing some string strong super test testing that the this todo token use user value very welcome with word " +
  "world xxxx your zxcvbnm";
/** Longest first, so that a word is taken whole. */
const words = new RegExp(
  WELL_KNOWN.split(" ")
    .sort((one, other) => other.length - one.length)
    .join("|"),
  "g",
);

/** Signs that stand for a letter in a word that is meant to look harder. */
const LOOKALIKES: Readonly<Record<string, string>> = {
  "0": "o",
  "1": "i",
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  "@": "a",
  $: "s",
  "!": "i",
};

/**
 * Why a secret is too weak to keep, as a sentence that names no part of it; undefined where nothing speaks against it.
 * It finds what people type, not what a program could guess: a secret is drawn at random, never thought up.
 */
export function weakness(secret: string): string | undefined {
  const characters = [...secret];
  if (characters.length < MIN_SECRET_LENGTH) {
    return `It has ${characters.length} characters; ${MIN_SECRET_LENGTH} are the least.`;
  }
  const different = new Set(characters).size;
  if (different < MIN_DIFFERENT_CHARACTERS) {
    return `It has ${different} different characters; ${MIN_DIFFERENT_CHARACTERS} are the least.`;
  }
  if (repeats(characters)) return "It repeats one pattern.";
  if (counts(characters)) return "Its characters follow each other as in the alphabet.";
  if (isMadeOfWords(secret)) return "It is made of well-known words.";
  return undefined;
}

/** Whether the whole text is one part again and again; the last time may be cut off. */
function repeats(characters: readonly string[]): boolean {
  for (let period = 1; period <= characters.length / 2; period++) {
    if (characters.every((character, at) => at < period || character === characters[at - period])) return true;
  }
  return false;
}

/** Whether most characters are the ones next to those before them, as in 0123456789 or zyxw. */
function counts(characters: readonly string[]): boolean {
  const codes = characters.map((character) => Number(character.codePointAt(0)));
  // The first has none before it: a distance to that is not a number.
  const steps = codes.filter((code, at) => Math.abs(code - Number(codes[at - 1])) === 1);
  return steps.length * 2 > characters.length;
}

/** Whether well-known words make up half of the letters or more. */
function isMadeOfWords(secret: string): boolean {
  const lower = secret.toLowerCase();
  // As it stands, and with digits and signs read as the letters that they stand for.
  const readings = [lower, lower.replace(/[013457@$!]/g, (sign) => LOOKALIKES[sign] as string)];
  return readings.some((reading) => {
    const letters = reading.replace(/[^\p{L}\p{N}]/gu, "");
    return letters.replace(words, "").length * 2 <= letters.length;
  });
}
