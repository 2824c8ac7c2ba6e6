import type { SeedRows } from "servery";
import { accounts, transfers } from "./bank.ts";
import { comments, follows, likes } from "./reactions.ts";
import { posts } from "./posts.ts";
import { categories, orderItems, orders, products } from "./shop.ts";
import { users } from "./users.ts";

/** Every row of the example, parents first. Rows are made one by one and never held together. */
export function* socialRows(): SeedRows {
  yield { table: "users", rows: users() };
  yield { table: "posts", rows: posts() };
  yield { table: "comments", rows: comments() };
  yield { table: "likes", rows: likes() };
  yield { table: "follows", rows: follows() };
  yield { table: "categories", rows: categories() };
  yield { table: "products", rows: products() };
  yield { table: "orders", rows: orders() };
  yield { table: "order_items", rows: orderItems() };
  yield { table: "accounts", rows: accounts() };
  yield { table: "transfers", rows: transfers() };
}
