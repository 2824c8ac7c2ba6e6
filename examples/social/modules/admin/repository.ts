import type { Context } from "servery";

interface Counts {
  readonly users: number;
  readonly posts: number;
  readonly drafts: number;
  readonly comments: number;
  readonly likes: number;
  readonly follows: number;
  readonly orders: number;
  readonly transfers: number;
}

/** The rule of the route has let only administrators through: the system counts every row, whoever may read it. */
export async function rowCounts(context: Context): Promise<Counts | undefined> {
  const [counts] = await context.system("counts the rows for an administrator").query<Counts>(
    `SELECT (SELECT count(*) FROM users) AS users,
            (SELECT count(*) FROM posts) AS posts,
            (SELECT count(*) FROM posts WHERE status = 'draft') AS drafts,
            (SELECT count(*) FROM comments) AS comments,
            (SELECT count(*) FROM likes) AS likes,
            (SELECT count(*) FROM follows) AS follows,
            (SELECT count(*) FROM orders) AS orders,
            (SELECT count(*) FROM transfers) AS transfers`,
  );
  return counts;
}
