import { RandomSource } from "../database/random-source.ts";
import type { Data, Row, Value } from "./verdicts.ts";

const SEED = 20241028;
const COUNTS = {
  users: 9,
  robots: 3,
  organisations: 6,
  memberships: 13,
  projects: 18,
  tasks: 48,
  posts: 40,
  comments: 60,
  marks: 48,
  reports: 16,
  findings: 14,
  audits: 12,
  letters: 6,
  vaults: 4,
  badges: 12,
};

/** A canary: no answer may ever hold it. */
export const CANARY = "canary4711";

const WORDS = ["amber", "birch", "cedar", "dune", "ember", "fjord", "grove"];
const NAMES = ["alice", "bob", "carol", "dave", "erin", "root", "guest", "frank", "grace"];

/** Who belongs to which organisation, and as what. Organisation 6 has no members; the guest (7) is nowhere. */
const MEMBERS: readonly (readonly [number, number, string])[] = [
  [1, 1, "lead"],
  [2, 1, "member"],
  [2, 2, "lead"],
  [3, 2, "member"],
  [3, 3, "lead"],
  [4, 3, "member"],
  [4, 8, "lead"],
  [1, 8, "member"],
  [5, 5, "member"],
  [5, 8, "member"],
  [1, 4, "member"],
  [6, 8, "member"],
  [6, 9, "member"],
];

type Make = (source: RandomSource, at: number) => { readonly [column: string]: Value };

const orNull = (source: RandomSource, value: Value): Value => (source.below(4) === 0 ? null : value);
const word = (source: RandomSource): string => `${source.pick(WORDS)} ${source.pick(WORDS)}`;
/** A user that has rows: not the guest. */
const user = (source: RandomSource): number => source.pick([1, 1, 2, 2, 3, 4, 8]);

const makers: { readonly [table in keyof typeof COUNTS]: Make } = {
  users: (source, at) => ({
    username: NAMES[at - 1] ?? "",
    email: `${NAMES[at - 1]}@example.com`,
    karma: source.below(5),
    recovery: `${CANARY} ${at}`,
  }),
  robots: (_source, at) => ({ model: `model ${at}`, email: `robot${at}@example.com`, serial: `${CANARY} ${at}` }),
  organisations: (source, at) => ({
    name: `${word(source)} ${at}`,
    parent_id: at === 1 ? null : 1 + source.below(at - 1),
    budget: 10 * source.below(6),
  }),
  memberships: (_source, at) => {
    const [organisation_id, user_id, level] = MEMBERS[at - 1] as readonly [number, number, string];
    return { organisation_id, user_id, level };
  },
  projects: (source, at) => ({
    organisation_id: 1 + (at % 6),
    parent_id: at < 4 ? null : orNull(source, 1 + source.below(at - 1)),
    name: word(source),
    stage: source.pick(["open", "closed"]),
    budget: 10 * source.below(6),
    secret: `${CANARY} ${at}`,
  }),
  tasks: (source) => ({
    project_id: 1 + source.below(COUNTS.projects),
    assignee_id: orNull(source, user(source)),
    title: word(source),
    done: source.below(2) === 0,
    hours: source.below(9),
    estimate: orNull(source, source.below(9)),
  }),
  posts: (source, at) => ({
    user_id: user(source),
    slug: `post-${at}`,
    title: word(source),
    content: orNull(source, word(source)),
    state: source.pick(["draft", "public"]),
    likes: source.below(9),
    note: orNull(source, source.pick(WORDS)),
    tag: orNull(source, source.pick(WORDS)),
    score: orNull(source, source.below(9)),
    featured: source.below(2) === 0,
    secret: `${CANARY} ${at}`,
    pin: CANARY,
  }),
  comments: (source) => ({
    post_id: 1 + source.below(COUNTS.posts),
    user_id: user(source),
    content: word(source),
    stars: 1 + source.below(5),
    approved: source.below(2) === 0,
  }),
  marks: (source) => ({
    post_id: 1 + source.below(COUNTS.posts),
    user_id: user(source),
    word: source.pick(WORDS),
    weight: source.below(9),
  }),
  reports: (source) => ({ post_id: 1 + source.below(COUNTS.posts), reason: word(source) }),
  findings: (source) => ({ report_id: 1 + source.below(COUNTS.reports), word: source.pick(WORDS) }),
  audits: (source) => ({ post_id: orNull(source, 1 + source.below(COUNTS.posts)), word: source.pick(WORDS) }),
  letters: (source, at) => ({ sender: source.pick(NAMES), body: `${CANARY} ${at}` }),
  vaults: (source, at) => ({ post_id: 1 + source.below(COUNTS.posts), word: `${CANARY} ${at}` }),
  badges: (source, at) => ({
    post_id: 1 + source.below(COUNTS.posts),
    code: `badge-${at}`,
    word: source.pick(["amber", "dune", "grove"]),
    rank: source.below(9),
  }),
};

/** The rows of every table, the same in every run; keys count from 1. */
export function firstRows(): Data {
  const source = new RandomSource(SEED);
  const made: { [table: string]: Row[] } = {};
  for (const [table, count] of Object.entries(COUNTS)) {
    const make = makers[table as keyof typeof COUNTS];
    made[table] = Array.from({ length: count }, (_, at) => {
      const minute = String(source.below(60)).padStart(2, "0");
      const time = `2024-10-28T10:${minute}:00.000Z`;
      return { id: at + 1, ...make(source, at + 1), created_at: time, updated_at: time };
    });
  }
  return { ...made, post_stats: postStats(made["posts"] ?? []) };
}

/** What the view makes of the posts. */
export function postStats(posts: readonly Row[]): Row[] {
  const users = [...new Set(posts.map((row) => Number(row["user_id"])))];
  return users.map((user_id) => {
    const theirs = posts.filter((row) => row["user_id"] === user_id);
    return { user_id, posts: theirs.length, likes: theirs.reduce((sum, row) => sum + Number(row["likes"]), 0) };
  });
}
