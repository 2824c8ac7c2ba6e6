import { Random } from "./random.ts";
import { HOUR, iso, MINUTE } from "./time.ts";
import { ALICE, BOB, FOLLOWERS, someUser } from "./users.ts";
import { CATEGORIES, SENTENCES, SUBJECTS } from "./words.ts";

export const POSTS = 2_000;

/** The posts that are drawn in the lessons. */
const PICTURED = [
  { id: 1, user_id: ALICE, title: "Hello world!", likes: 10, day: 16 },
  { id: 2, user_id: BOB, title: "Backend is fun", likes: 15, day: 21 },
];

/** Who wrote which post of January, among those whose followers are counted there; each of them wrote several. */
const JANUARY_AUTHORS: ReadonlyMap<number, number> = new Map([
  [14, ALICE],
  [37, ALICE],
  [20, 7],
  [31, 7],
  [44, 7],
  [58, 7],
  [26, 12],
  [52, 12],
]);

const FEBRUARY = Date.UTC(2024, 1, 1);
/** From the evening of 21 January to that of 27 October. */
const FIRST = Date.UTC(2024, 0, 21, 18);
const STEP = 3 * HOUR + 22 * MINUTE;

export type Post = {
  id: number;
  user_id: number;
  title: string;
  content: string;
  category: string | null;
  status: "draft" | "published";
  likes: number;
  created_at: string;
};

export function* posts(): Generator<Post> {
  for (const { day, ...post } of PICTURED) {
    yield {
      ...post,
      content: post.title,
      category: null,
      status: "published",
      created_at: iso(Date.UTC(2024, 0, day)),
    };
  }
  const random = new Random(2);
  for (let id = PICTURED.length + 1; id <= POSTS; id++) yield somePost(random, id);
}

function somePost(random: Random, id: number): Post {
  const time = FIRST + (id - PICTURED.length - 1) * STEP + random.between(0, 90) * MINUTE;
  const { name, title } = random.pick(CATEGORIES);
  const subject = random.pick(SUBJECTS);
  const sentences = Array.from({ length: random.between(1, 4) }, () => random.pick(SENTENCES));
  const draft = random.next() < 0.08;
  return {
    id,
    user_id: authorOf(random, id, time),
    title: random.pick(title).replace("%", subject),
    content: sentences.join(" "),
    category: random.next() < 0.1 ? null : name,
    status: draft ? "draft" : "published",
    // Few posts are liked by many.
    likes: draft ? 0 : random.mostlySmall(32),
    created_at: iso(time),
  };
}

function authorOf(random: Random, id: number, time: number): number {
  const chosen = JANUARY_AUTHORS.get(id);
  if (chosen !== undefined) return chosen;
  let author = someUser(random, time);
  while (time < FEBRUARY && (author === BOB || FOLLOWERS.has(author))) author = someUser(random, time);
  return author;
}
