import { Random } from "./random.ts";
import { DAY, HOUR, iso, MINUTE } from "./time.ts";

export const USERS = 200;
export const ALICE = 1;
export const BOB = 2;
/** Has no row anywhere but in users, so that a learner can delete it. */
export const UNTOUCHED = 3;

/** Those who have many followers and posted more than once in January: the two rows of the question, and its trap. */
export const FOLLOWERS: ReadonlyMap<number, number> = new Map([
  [ALICE, 128],
  [7, 100],
  [12, 101],
]);

const FIRST_NAMES =
  "ada adam aisha amir anna arjun astrid ben bruno carla carlos chen chloe clara daan daniel diego dina elena elias emma enzo erik esra eva fatima felix finn grace greta hana hugo ida igor ines isaac ivan jana jin joao jonas julia kai karim lars laura lea leo lina lucas luis maja malik maria marta mateo mei mila mina nadia nils nina noah nora olga oscar".split(
    " ",
  );
const INITIALS = "abcdefghklmnprstvw";

/** When a user joined, in milliseconds; a higher id joined later. */
export function joinedAt(id: number): number {
  if (id === ALICE) return Date.UTC(2024, 0, 15);
  if (id === BOB) return Date.UTC(2024, 0, 20);
  // A busy first fortnight, so that January has people to write; then slower, until the end of September.
  if (id <= 60) return Date.UTC(2024, 0, 20, 6) + (id - UNTOUCHED) * (4 * HOUR + 7 * MINUTE);
  return Date.UTC(2024, 1, 1, 9) + (id - 61) * (DAY + 17 * HOUR + 23 * MINUTE);
}

/** The highest id that had joined by then. */
export function newestUser(time: number): number {
  let id = ALICE;
  while (id < USERS && joinedAt(id + 1) <= time) id++;
  return id;
}

/** Some user who had joined by then, but never the untouched one. */
export function someUser(random: Random, time: number): number {
  const id = random.between(ALICE, newestUser(time));
  return id === UNTOUCHED ? BOB : id;
}

/** That many different users, never `except` and never the untouched one. */
export function* differentUsers(random: Random, count: number, except: number): Generator<number> {
  // The size is a prime number, so steps of any length visit everyone once before they come back.
  const size = USERS - 1;
  const step = random.between(1, size - 1);
  let at = random.between(0, size - 1);
  for (let found = 0; found < count; at = (at + step) % size) {
    const id = at + 1 < UNTOUCHED ? at + 1 : at + 2;
    if (id === except) continue;
    found++;
    yield id;
  }
}

export function* users(): Generator<{
  id: number;
  username: string;
  email: string;
  created_at: string;
  [flag: string]: string | number | boolean;
}> {
  const random = new Random(1);
  for (let id = ALICE; id <= USERS; id++) {
    const username = nameOf(id);
    yield {
      id,
      username,
      email: `${username}@${id <= BOB ? "email.com" : "example.com"}`,
      is_active: id <= BOB || random.next() < 0.95,
      email_verified: id <= BOB || random.next() < 0.7,
      created_at: iso(joinedAt(id)),
    };
  }
}

/** `ada`, `adam`, … and from the second round on with an initial: `ada_c`. */
function nameOf(id: number): string {
  if (id === ALICE) return "alice";
  if (id === BOB) return "bob";
  const at = id - UNTOUCHED;
  const round = Math.floor(at / FIRST_NAMES.length);
  const name = FIRST_NAMES[at % FIRST_NAMES.length] ?? "user";
  return round === 0 ? name : `${name}_${INITIALS[(at + round * 7) % INITIALS.length] ?? "x"}`;
}
