import {
  and,
  boolean,
  decimal,
  email,
  enumeration,
  everyone,
  get,
  integer,
  longText,
  nobody,
  or,
  owner,
  ref,
  role,
  sameAs,
  self,
  servery,
  signedIn,
  slug,
  table,
  text,
  view,
} from "servery";
import { adminRoutes } from "./modules/admin/controller.ts";
import { bankRoutes } from "./modules/bank/controller.ts";
import { reportRoutes } from "./modules/reports/controller.ts";
import { socialRows } from "./seed/rows.ts";

/** What a shop sells, and what it costs, is nobody's but the shop's. */
const CATALOGUE = { read: everyone, create: role("admin"), update: role("admin"), delete: role("admin") };

const published = () => ({ status: "published" });
/** An order is paid as it is: from then on nothing is put in or taken out. */
const ofOpenOrder = and(sameAs("order", "read"), () => ({ order: { status: "open" } }));

/** A social network with a shop and a small bank: the world that the lessons and the documentation speak of. */
export default servery({
  title: "Social",
  tables: {
    users: table({
      // Two people may share a name; what tells them apart is the e-mail address.
      username: text(30),
      // The lessons picture every user with the address, so everyone reads it here. An application of your own says
      // .readable(self): an address is what spam is sent to, and half of what is needed to sign in.
      email: email(100).unique(),
      is_active: boolean().default(true).writable(role("admin")),
      email_verified: boolean().default(false).writable(role("admin")),
    })
      // Who signs up is signed in at once. Hiding whether an address is taken, which is what the mail is for, would hide
      // nothing where everyone reads the addresses.
      .accounts({ verify: false })
      // A user that is created like any other row has no password, so nobody signs in as it.
      .allow({ read: everyone, create: everyone, update: self, delete: self }),

    posts: table({
      user_id: ref("users").owner(),
      title: text(200).search(),
      content: longText().search(),
      category: text(50).optional().index(),
      status: enumeration("draft", "published").default("draft"),
      // Not the author's to say.
      likes: integer({ min: 0 }).default(0).writable(role("admin")),
    })
      .computed("reading_minutes", integer(), ["content"], (row) => Math.ceil(row.content.length / 1000))
      .allow({ read: or(published, owner), create: signedIn, update: owner, delete: owner }),

    comments: table({
      post_id: ref("posts", { onDelete: "cascade" }),
      user_id: ref("users").owner(),
      content: longText({ max: 2_000 }),
    }).allow({
      read: sameAs("post"),
      create: signedIn,
      update: owner,
      // Whoever wrote the post keeps its comments in order: who may delete the one may delete the others.
      delete: or(owner, sameAs("post")),
    }),

    // Who likes what. `posts.likes` is a column, so the way back needs a name of its own.
    likes: table({
      post_id: ref("posts", { onDelete: "cascade", reverse: "liked_by" }),
      user_id: ref("users").owner(),
    })
      .unique("post_id", "user_id")
      .allow({ read: sameAs("post"), create: signedIn, update: nobody, delete: owner }),

    // GET /api/users/1/followers lists the follows that lead to user 1, /following those that start there.
    follows: table({
      follower_id: ref("users", { as: "follower", reverse: "following" }).owner(),
      followed_id: ref("users", { as: "followed", reverse: "followers" }),
    })
      .unique("follower_id", "followed_id")
      .check("nobody_follows_himself", { follower_id: { ne: { column: "followed_id" } } })
      .allow({ read: everyone, create: signedIn, update: nobody, delete: owner }),

    categories: table({ name: text(50), slug: slug(50).unique() }).allow(CATALOGUE),

    products: table({
      name: text(120),
      category_id: ref("categories"),
      price: decimal(10, 2, { min: "0" }),
      stock: integer({ min: 0 }).default(0),
    }).allow(CATALOGUE),

    orders: table({
      user_id: ref("users").owner(),
      // Whoever could write it would pay with a PATCH.
      status: enumeration("open", "paid", "shipped", "cancelled").default("open").writable(role("admin")),
      total: decimal(12, 2).sumOf("order_items", "quantity", "unit_price"),
    }).allow({
      read: owner,
      create: signedIn,
      update: role("admin"),
      delete: and(owner, () => ({ status: "open" })),
    }),

    order_items: table({
      order_id: ref("orders", { onDelete: "cascade" }),
      product_id: ref("products"),
      quantity: integer({ min: 1 }).default(1),
      // The price on the day of the order: a product may become dearer later.
      unit_price: decimal(10, 2).copyOf("product_id", "price"),
    }).allow({ read: sameAs("order"), create: ofOpenOrder, update: ofOpenOrder, delete: ofOpenOrder }),

    // Whoever pays must be able to name the other account, so all are found; what is on them only their owners see.
    accounts: table({
      user_id: ref("users").owner(),
      name: text(50).readable(owner),
      // Money comes by a transfer: nobody writes a sum into his own account.
      balance: decimal(14, 2, { min: "0" }).default("0.00").readable(owner).writable(role("admin")),
      // One currency only: a transfer adds what it takes, and that is right only within one.
      currency: enumeration("EUR").default("EUR"),
    }).allow({ read: signedIn, create: signedIn, update: owner, delete: and(owner, () => ({ balance: "0.00" })) }),

    transfers: table({
      from_account_id: ref("accounts", { as: "from_account", reverse: "outgoing_transfers" }),
      to_account_id: ref("accounts", { as: "to_account", reverse: "incoming_transfers" }),
      amount: decimal(14, 2, { min: "0.01" }),
      note: text(200).optional(),
    })
      .check("between_two_accounts", { from_account_id: { ne: { column: "to_account_id" } } })
      .subtracts("amount", "from_account_id", "balance")
      .adds("amount", "to_account_id", "balance")
      .allow({
        // Both sides see it; only the side that pays makes it.
        read: or(sameAs("from_account", "update"), sameAs("to_account", "update")),
        create: sameAs("from_account", "update"),
        update: nobody,
        delete: nobody,
      }),

    // GET /api/author_stats?sort=-likes, GET /api/users/1/author_stats: read like a table, counted at each read. Its query
    // asks no rule of the tables it reads, so it leaves out by itself what not everyone may know: drafts.
    author_stats: view(
      {
        user_id: ref("users"),
        username: text(30),
        posts: integer(),
        comments: integer(),
        likes: integer(),
      },
      `SELECT id AS user_id, username,
         (SELECT count(*) FROM posts WHERE posts.user_id = users.id AND status = 'published') AS posts,
         (SELECT count(*) FROM comments WHERE comments.user_id = users.id) AS comments,
         (SELECT coalesce(sum(likes), 0) FROM posts WHERE posts.user_id = users.id AND status = 'published') AS likes
       FROM users`,
    )
      .primaryKey("user_id")
      .allow({ read: everyone }),
  },
  routes: [get("/api/hello", () => ({ message: "Hello!" })), ...reportRoutes, ...bankRoutes, ...adminRoutes],
  seed: socialRows,
});
