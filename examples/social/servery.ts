import {
  boolean,
  decimal,
  email,
  enumeration,
  everyone,
  get,
  integer,
  longText,
  nobody,
  ref,
  servery,
  slug,
  table,
  text,
  view,
} from "servery";
import { bankRoutes } from "./modules/bank/controller.ts";
import { reportRoutes } from "./modules/reports/controller.ts";
import { socialRows } from "./seed/rows.ts";

/** Until there are accounts, everybody may do everything. */
const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };

/** A social network with a shop and a small bank: the world that the lessons and the documentation speak of. */
export default servery({
  title: "Social",
  tables: {
    users: table({
      // Two people may share a name; what tells them apart is the e-mail address.
      username: text(30),
      email: email(100).unique(),
      is_active: boolean().default(true),
      email_verified: boolean().default(false),
    }).allow(OPEN),

    posts: table({
      user_id: ref("users"),
      title: text(200).search(),
      content: longText().search(),
      category: text(50).optional().index(),
      status: enumeration("draft", "published").default("draft"),
      likes: integer({ min: 0 }).default(0),
    })
      .computed("reading_minutes", integer(), ["content"], (row) => Math.ceil(row.content.length / 1000))
      .allow(OPEN),

    comments: table({
      post_id: ref("posts", { onDelete: "cascade" }),
      user_id: ref("users"),
      content: longText({ max: 2_000 }),
    }).allow(OPEN),

    // Who likes what. `posts.likes` is a column, so the way back needs a name of its own.
    likes: table({
      post_id: ref("posts", { onDelete: "cascade", reverse: "liked_by" }),
      user_id: ref("users"),
    })
      .unique("post_id", "user_id")
      .allow(OPEN),

    // GET /api/users/1/followers lists the follows that lead to user 1, /following those that start there.
    follows: table({
      follower_id: ref("users", { as: "follower", reverse: "following" }),
      followed_id: ref("users", { as: "followed", reverse: "followers" }),
    })
      .unique("follower_id", "followed_id")
      .check("nobody_follows_himself", { follower_id: { ne: { column: "followed_id" } } })
      .allow(OPEN),

    categories: table({ name: text(50), slug: slug(50).unique() }).allow(OPEN),

    products: table({
      name: text(120),
      category_id: ref("categories"),
      price: decimal(10, 2, { min: "0" }),
      stock: integer({ min: 0 }).default(0),
    }).allow(OPEN),

    orders: table({
      user_id: ref("users"),
      status: enumeration("open", "paid", "shipped", "cancelled").default("open"),
      total: decimal(12, 2).sumOf("order_items", "quantity", "unit_price"),
    }).allow(OPEN),

    order_items: table({
      order_id: ref("orders", { onDelete: "cascade" }),
      product_id: ref("products"),
      quantity: integer({ min: 1 }).default(1),
      // The price on the day of the order: a product may become dearer later.
      unit_price: decimal(10, 2).copyOf("product_id", "price"),
    }).allow(OPEN),

    accounts: table({
      user_id: ref("users"),
      name: text(50),
      balance: decimal(14, 2, { min: "0" }).default("0.00"),
      // One currency only: a transfer adds what it takes, and that is right only within one.
      currency: enumeration("EUR").default("EUR"),
    }).allow(OPEN),

    transfers: table({
      from_account_id: ref("accounts", { as: "from_account", reverse: "outgoing_transfers" }),
      to_account_id: ref("accounts", { as: "to_account", reverse: "incoming_transfers" }),
      amount: decimal(14, 2, { min: "0.01" }),
      note: text(200).optional(),
    })
      .check("between_two_accounts", { from_account_id: { ne: { column: "to_account_id" } } })
      .subtracts("amount", "from_account_id", "balance")
      .adds("amount", "to_account_id", "balance")
      .allow({ read: everyone, create: everyone, update: nobody, delete: nobody }),

    // GET /api/author_stats?sort=-likes, GET /api/users/1/author_stats: read like a table, counted at each read.
    author_stats: view(
      {
        user_id: ref("users"),
        username: text(30),
        posts: integer(),
        comments: integer(),
        likes: integer(),
      },
      `SELECT id AS user_id, username,
         (SELECT count(*) FROM posts WHERE posts.user_id = users.id) AS posts,
         (SELECT count(*) FROM comments WHERE comments.user_id = users.id) AS comments,
         (SELECT coalesce(sum(likes), 0) FROM posts WHERE posts.user_id = users.id) AS likes
       FROM users`,
    )
      .primaryKey("user_id")
      .allow({ read: everyone }),
  },
  routes: [get("/api/hello", () => ({ message: "Hello!" })), ...reportRoutes, ...bankRoutes],
  seed: socialRows,
});
