import { decimal, everyone, integer, servery, table, text } from "servery";
import { expect, test } from "vitest";

/** Exactly the same type, `any` and optional members told apart. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Checked by the compiler: `npx tsc --noEmit` fails where a type is another one. */
function same<A, B>(_yes: Same<A, B>): void {}

test("hooks know the columns of their table", () => {
  const app = servery({
    tables: {
      posts: table({ title: text(20), price: decimal(6, 2).optional(), likes: integer().default(0) }, { id: false })
        .primaryKey("title")
        .hooks({
          prepare: ({ values }) => {
            // @ts-expect-error there is no such column
            void values.titel;
            return { price: "1.00", likes: values.likes ?? 0 };
          },
          before: ({ row }) => {
            if (row !== undefined) {
              same<typeof row.title, string>(true);
              same<typeof row.price, string | null>(true);
              same<typeof row.created_at, string>(true);
              // @ts-expect-error the key is another one
              void row.id;
            }
          },
          after: async ({ row }) => {
            same<typeof row.likes, number>(true);
          },
        })
        // @ts-expect-error a hook answers values, not a text
        .hooks({ prepare: () => "x" })
        .allow({ create: everyone }),
    },
  });
  expect(app.tables.posts.spec.hooks).toHaveLength(2);
});
