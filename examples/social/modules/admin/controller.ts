import { get, integer, role } from "servery";
import { stats } from "./service.ts";

const counts = {
  users: integer(),
  posts: integer(),
  drafts: integer(),
  comments: integer(),
  likes: integer(),
  follows: integer(),
  orders: integer(),
  transfers: integer(),
};

/** What is asked, who may ask it, and who answers it. */
export const adminRoutes = [
  get(
    "/api/admin/stats",
    { summary: "How many rows there are of what", allow: role("admin"), answer: counts },
    (call) => stats(call),
  ),
];
