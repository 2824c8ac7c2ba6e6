import { type Post, posts } from "./posts.ts";
import { Random } from "./random.ts";
import { DAY, END, HOUR, iso, MINUTE } from "./time.ts";
import { differentUsers, FOLLOWERS, joinedAt, someUser, UNTOUCHED, USERS } from "./users.ts";
import { REPLIES } from "./words.ts";

type Comment = { id: number; post_id: number; user_id: number; content: string; created_at: string };
type Like = { id: number; post_id: number; user_id: number; created_at: string };
type Follow = { id: number; follower_id: number; followed_id: number; created_at: string };

export function* comments(): Generator<Comment> {
  const random = new Random(3);
  let id = 0;
  for (const post of published()) {
    // Most posts have none or one, a few have many.
    const count = random.mostlySmall(14);
    for (let written = 0; written < count; written++) {
      const time = Math.min(Date.parse(post.created_at) + random.between(3, 4 * 24 * 60) * MINUTE, END - MINUTE);
      const user = someUser(random, time);
      if (user === post.user_id) continue;
      yield { id: ++id, post_id: post.id, user_id: user, content: random.pick(REPLIES), created_at: iso(time) };
    }
  }
}

/** As many for each post as its `likes` says. */
export function* likes(): Generator<Like> {
  const random = new Random(4);
  let id = 0;
  for (const post of published()) {
    for (const user of differentUsers(random, post.likes, post.user_id)) {
      const time = Math.max(Date.parse(post.created_at), joinedAt(user)) + random.between(1, 72 * 60) * MINUTE;
      yield { id: ++id, post_id: post.id, user_id: user, created_at: iso(Math.min(time, END - MINUTE)) };
    }
  }
}

export function* follows(): Generator<Follow> {
  const random = new Random(5);
  let id = 0;
  for (let followed = 1; followed <= USERS; followed++) {
    for (const follower of differentUsers(random, followersOf(random, followed), followed)) {
      const time = Math.max(joinedAt(followed), joinedAt(follower)) + random.between(1, 20 * 24) * HOUR;
      yield { id: ++id, follower_id: follower, followed_id: followed, created_at: iso(Math.min(time, END - DAY)) };
    }
  }
}

/** A few are known to many; but nobody besides those of the January question reaches one hundred. */
function followersOf(random: Random, id: number): number {
  if (id === UNTOUCHED) return 0;
  return FOLLOWERS.get(id) ?? (id % 9 === 5 ? random.between(30, 60) : random.between(0, 14));
}

function* published(): Generator<Post> {
  for (const post of posts()) if (post.status === "published") yield post;
}
