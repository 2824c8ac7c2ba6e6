import {
  decimal,
  everyone,
  type Filter,
  type Insert,
  integer,
  longText,
  type KeyType,
  ref,
  type Row,
  servery,
  table,
  type TableName,
  text,
  type Update,
  view,
} from "servery";
import { expect, test } from "vitest";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Checked by the compiler: `npx tsc --noEmit` fails where a type is another one. */
function same<A, B>(_yes: Same<A, B>): void {}

const app = servery({
  tables: {
    users: table({ username: text(30) }).allow({ read: everyone }),
    posts: table(
      { user_id: ref("users"), content: longText().optional(), price: decimal(10, 2) },
      { updated_at: false },
    )
      .computed("reading_minutes", integer(), ["content", "id"], (row) => {
        same<(typeof row)["content"], string | null>(true);
        same<keyof typeof row, "id" | "content">(true);
        return Math.ceil((row.content?.length ?? 0) / 1000);
      })
      .computed("gross", decimal(10, 2).optional(), ["price"], (row) =>
        row.price === "0.00" ? null : Number(row.price),
      )
      .allow({ read: everyone }),
    author_stats: view({ user_id: ref("users"), posts: integer(), best: text(9).optional() }, "SELECT 1")
      .primaryKey("user_id")
      .computed("many", integer(), ["posts", "user_id"], (row) => row.posts)
      .allow({ read: everyone }),
  },
});
type App = typeof app;

test("a row has its computed columns, a filter and a body have not", () => {
  same<TableName<App>, "users" | "posts" | "author_stats">(true);
  same<
    Row<App, "posts">,
    {
      id: number;
      created_at: string;
      user_id: number;
      content: string | null;
      price: string;
      reading_minutes: number;
      gross: string | null;
    }
  >(true);
  same<Insert<App, "posts">, { user_id: number; price: string | number; content?: string | null }>(true);
  const filter: Filter<App, "posts"> = { price: { gt: "1.00" } };
  // @ts-expect-error the database does not have it
  const wrong: Filter<App, "posts"> = { reading_minutes: 1 };
  expect([filter, wrong]).toHaveLength(2);
});

test("a view has the columns that it declares, and takes no body", () => {
  same<Row<App, "author_stats">, { user_id: number; posts: number; best: string | null; many: number }>(true);
  same<Insert<App, "author_stats">, never>(true);
  same<Update<App, "author_stats">, never>(true);
  same<KeyType<App, "author_stats">, number>(true);
  const filter: Filter<App, "author_stats"> = { posts: { gte: 1 }, and: [{ best: { like: "a%" } }] };
  expect(filter).toBeDefined();
});

test("what does not fit does not compile", () => {
  const posts = table({ price: decimal(10, 2) });
  // @ts-expect-error there is no such column
  posts.computed("a", integer(), ["nope"], () => 1);
  // @ts-expect-error price is not among the columns that it needs
  posts.computed("b", integer(), ["id"], (row) => Number(row.price));
  // @ts-expect-error a text is no integer
  posts.computed("c", integer(), ["price"], (row) => row.price);
  // @ts-expect-error null needs .optional()
  posts.computed("d", integer(), [], () => null);
  const stats = view({ n: integer() }, "SELECT 1 AS n");
  // @ts-expect-error a view is read
  stats.allow({ read: everyone, create: everyone });
  // @ts-expect-error a view has no id
  stats.computed("e", integer(), ["id"], () => 1);
  // @ts-expect-error the column is not there
  stats.primaryKey("id");
  expect(stats.spec.key).toBeUndefined();
  // A function that waits is refused where it is declared.
  // @ts-expect-error a computed column cannot wait
  expect(() => servery({ tables: { posts: posts.computed("f", integer(), [], async () => 1) } })).not.toThrow();
});
