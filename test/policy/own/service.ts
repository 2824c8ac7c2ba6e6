import type { Context, TransactionContext } from "servery";
import { weightsOfPosts } from "./repository.ts";

/** Rows of any table, as the caller may use them. */
export interface NamedTable {
  list(options: object): Promise<{ readonly id: number }[]>;
  count(): Promise<number>;
  get(key: number): Promise<unknown>;
  create(row: unknown): Promise<unknown>;
  update(key: number, changes: unknown): Promise<unknown>;
  delete(key: number): Promise<unknown>;
}

/** A table by a name that came with the request: custom code of any application could do it. */
export function namedTable({ tables }: TransactionContext, name: string): NamedTable {
  return (tables as unknown as { readonly [name: string]: NamedTable })[name] as NamedTable;
}

/** What the marks of the caller's posts weigh: which posts those are, the caller's own tables say. */
export async function weights(context: Context): Promise<object[]> {
  const posts = await namedTable(context, "posts").list({ sort: "id", limit: 1000, fields: ["id"] });
  return weightsOfPosts(
    context,
    posts.map(({ id }) => id),
  );
}

/** Writes a letter and then something else, in one transaction: where that is refused the letter is written all the same. */
export function goOn(
  context: Context,
  name: string,
  write: (table: NamedTable) => Promise<unknown>,
): Promise<{ readonly refused: unknown }> {
  return context.transaction(async (tx) => {
    await namedTable(tx, "letters").create({ sender: "amber", body: "birch" });
    try {
      await write(namedTable(tx, name));
      return { refused: null };
    } catch (error) {
      return { refused: (error as { readonly code?: string }).code ?? String(error) };
    }
  });
}
