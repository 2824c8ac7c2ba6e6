import { get, integer, real, ref, text } from "servery";
import { postsOfYear, topAuthors } from "./service.ts";

const author = {
  user_id: ref("users"),
  username: text(30),
  posts: integer(),
  likes: integer(),
  likes_per_post: real(),
};
const month = { month: text(7), posts: integer() };

/** What is asked, what is answered, and who answers it. */
export const reportRoutes = [
  get(
    "/api/reports/top-authors",
    {
      summary: "The authors whose posts have the most likes",
      query: { limit: integer({ min: 1, max: 50 }).default(10) },
      answer: [author],
    },
    (call) => topAuthors(call, call.query.limit),
  ),

  get(
    "/api/reports/posts-per-month",
    {
      summary: "How many posts each month of a year has",
      query: { year: integer({ min: 2000, max: 2100 }).default(2024) },
      answer: [month],
    },
    (call) => postsOfYear(call, call.query.year),
  ),
];
