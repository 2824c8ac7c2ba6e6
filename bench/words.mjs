const list = (/** @type {string} */ words) => words.split(" ");

export const CATEGORIES = list("news sport music travel food science technology art books games");
const FIRST = list("alice ben carla david elena farid grace hugo ines jonas kira liam");
const LAST = list("adler brown chen diaz evans fischer garcia haddad ito jensen kaya lopez");
const WORDS = list(
  "the a this every our their first last small great quiet early late new old river market kitchen garden station " +
    "harbour street window letter story season morning evening winter summer city village teacher student player " +
    "writer neighbour finds opens builds carries follows answers remembers changes keeps loses starts finishes " +
    "explains visits measures with without after before between under near across because although while slowly " +
    "quickly often never together again",
);

/** Syllables of the rare words: three each, so that none of them begins as another word does. */
const SYLLABLES = list("ba do fe gi ku la mo ne pi ru sa tu ve zi");
const RARE = Array.from({ length: 2_000 }, (_, at) =>
  [at, at / 14, at / 196].map((place) => SYLLABLES[Math.floor(place) % 14]).join(""),
);
/** In one article of two, in one of a thousand, and everything between. */
export const DICTIONARY = [...new Set(WORDS), ...RARE];

/**
 * Makes people, posts and articles from a seed: the same ones on every machine and every run.
 * @param {number} seed
 */
export function createWriter(seed) {
  const next = mulberry32(seed);
  const below = (/** @type {number} */ limit) => Math.floor(next() * limit);
  const pick = (/** @type {string[]} */ from) => /** @type {string} */ (from[below(from.length)]);
  const words = (/** @type {number} */ count) => Array.from({ length: count }, () => pick(WORDS)).join(" ");
  const sentence = () => capital(words(6 + below(9)));

  /** 250 to 350 letters; one in fifty has quotes, a line break and signs beyond ASCII, which JSON must carry. */
  function content() {
    const wanted = 230 + below(80);
    let text = sentence();
    while (text.length < wanted) text += `. ${sentence()}`;
    return below(50) === 0 ? `${text}.\n“Très bien”, said ${pick(FIRST)} \\ "${words(2)}" 🙂` : `${text}.`;
  }

  /** One word in eight is a rare one, and of those the n-th comes as often as 1/n: that is how words are in texts. */
  const mixed = (/** @type {number} */ count) =>
    Array.from({ length: count }, () =>
      below(8) > 0 ? pick(WORDS) : RARE[Math.floor((RARE.length + 1) ** next()) - 1],
    ).join(" ");

  return {
    below,
    pick,
    content,
    article: () => ({ title: capital(mixed(3 + below(6))), content: `${capital(mixed(40 + below(20)))}.` }),
    title: () => capital(words(3 + below(6))),
    /** @param {number} id */
    person: (id) => {
      const first = pick(FIRST);
      const last = pick(LAST);
      return { username: `${first}_${last}_${id}`, email: `${first}.${last}.${id}@example.com` };
    },
  };
}

const capital = (/** @type {string} */ text) => text.charAt(0).toUpperCase() + text.slice(1);

/** A small generator with a full 32-bit period (mulberry32): Math.random cannot be seeded. @param {number} seed */
function mulberry32(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
