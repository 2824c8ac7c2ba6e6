import type { Context } from "servery";

interface AuthorRow {
  readonly user_id: number;
  readonly username: string;
  readonly posts: number;
  readonly likes: number;
}

/** The system asks no rule, so drafts are left out here: they count for nobody. */
export function authorsByLikes(context: Context, limit: number) {
  return context.system("ranks all authors by the likes of their posts").query<AuthorRow>(
    `SELECT users.id AS user_id, users.username, count(*) AS posts, sum(posts.likes) AS likes
       FROM posts JOIN users ON users.id = posts.user_id
      WHERE posts.status = 'published'
      GROUP BY users.id
      ORDER BY likes DESC, users.id
      LIMIT ?`,
    [limit],
  );
}

export function postsByMonth(context: Context, year: number) {
  return context.system("counts the posts of all authors").query<{ month: string; posts: number }>(
    `SELECT substr(created_at, 1, 7) AS month, count(*) AS posts
       FROM posts
      WHERE status = 'published' AND created_at >= ? AND created_at < ?
      GROUP BY month`,
    [`${year}-01-01`, `${year + 1}-01-01`],
  );
}
