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

/**
 * Makes people and posts from a seed: the same ones on every machine and every run.
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

  return {
    below,
    pick,
    content,
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
