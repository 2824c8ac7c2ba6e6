import { email, everyone, integer, ref, servery, table, text } from "servery";

/** The pictured tables know when a row came, not when it changed. */
const PICTURED = { updated_at: false } as const;
const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };

/** The smallest social network: two tables, two rows each, as the first lesson draws them. */
export default servery({
  title: "Social, the first picture",
  tables: {
    users: table({ username: text(30), email: email(100).unique() }, PICTURED).allow(OPEN),

    posts: table({ user_id: ref("users"), message: text(200), likes: integer({ min: 0 }).default(0) }, PICTURED).allow(
      OPEN,
    ),
  },
  seed: () => [
    {
      table: "users",
      rows: [
        { id: 1, username: "alice", email: "alice@email.com", created_at: "2024-01-15T00:00:00.000Z" },
        { id: 2, username: "bob", email: "bob@email.com", created_at: "2024-01-20T00:00:00.000Z" },
      ],
    },
    {
      table: "posts",
      rows: [
        { id: 1, user_id: 1, message: "Hello world!", likes: 10, created_at: "2024-01-16T00:00:00.000Z" },
        { id: 2, user_id: 2, message: "Backend is fun", likes: 15, created_at: "2024-01-21T00:00:00.000Z" },
      ],
    },
  ],
});
