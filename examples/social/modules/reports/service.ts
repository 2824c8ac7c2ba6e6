import type { Context } from "servery";
import { authorsByLikes, postsByMonth } from "./repository.ts";

/** The most popular authors, with what one of their posts earns on average. */
export async function topAuthors(context: Context, limit: number) {
  const authors = await authorsByLikes(context, limit);
  return authors.map((author) => ({ ...author, likes_per_post: Math.round((author.likes / author.posts) * 10) / 10 }));
}

/** All twelve months: one without posts is there too, with a 0. */
export async function postsOfYear(context: Context, year: number) {
  const counted = await postsByMonth(context, year);
  const posts = new Map(counted.map((row) => [row.month, row.posts]));
  return Array.from({ length: 12 }, (_, at) => {
    const month = `${year}-${String(at + 1).padStart(2, "0")}`;
    return { month, posts: posts.get(month) ?? 0 };
  });
}
