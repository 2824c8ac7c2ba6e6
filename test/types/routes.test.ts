import {
  type Context,
  type CustomRoute,
  boolean,
  decimal,
  get,
  integer,
  json,
  post,
  ref,
  reply,
  type Row,
  servery,
  table,
  text,
} from "servery";
import { expect, test } from "vitest";
import { z } from "zod";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Checked by the compiler: `npx tsc --noEmit` fails where a type is another one. */
function same<A, B>(_yes: Same<A, B>): void {}

type MethodOf<R> = R extends CustomRoute<infer M> ? M : never;
type PathOf<R> = R extends CustomRoute<string, infer P> ? P : never;
type InputOf<R> = R extends CustomRoute<string, string, infer I> ? I : never;
type OutputOf<R> = R extends CustomRoute<string, string, unknown, infer O> ? O : never;

const hello = get("/api/hello", () => ({ message: "Hello!" }));
const named = get("/hello/:name/:at", async ({ params }) => ({ ...params, day: new Date(0) }));
const search = get(
  "/api/search",
  {
    query: { q: text(20), limit: integer().default(3), price: decimal(6, 2).optional() },
    answer: [{ id: integer(), price: decimal(6, 2) }],
  },
  ({ query }) => {
    same<typeof query, { q: string; limit: number; price: string | null }>(true);
    return [{ id: 1, price: 2 }];
  },
);
const order = post(
  "/api/orders/:id",
  {
    params: { id: ref("users") },
    body: z.object({ at: z.string().transform(Number), gift: z.boolean().default(false) }),
  },
  ({ params, body }) => {
    same<typeof params, { id: string | number }>(true);
    same<typeof body, { at: number; gift: boolean }>(true);
    return reply({ id: body.at }, { created: "/x" });
  },
);
const nothing = post("/api/nothing", () => undefined);
const csv = get("/x.csv", { type: "text/csv" }, () => "a,b");

const app = servery({
  tables: { users: table({ name: text(20), on: boolean().default(true) }) },
  routes: [hello, named, search, order, nothing, csv],
});

test("a route's types are what the typed client reads", () => {
  same<MethodOf<typeof hello>, "GET">(true);
  same<PathOf<typeof named>, "/hello/:name/:at">(true);
  same<InputOf<typeof hello>, {}>(true);
  same<OutputOf<typeof hello>, { message: string }>(true);
  same<InputOf<typeof named>, { readonly params: { readonly name: string; readonly at: string } }>(true);
  same<OutputOf<typeof named>, { day: string; name: string; at: string }>(true);
  same<InputOf<typeof search>, { readonly query: { q: string; limit?: number; price?: string | number | null } }>(true);
  same<OutputOf<typeof search>, { id: number; price: string }[]>(true);
  same<
    InputOf<typeof order>,
    { readonly params: { id: string | number }; readonly body: { at: string; gift?: boolean | undefined } }
  >(true);
  same<OutputOf<typeof order>, { id: number }>(true);
  same<InputOf<typeof nothing>, { readonly body?: unknown }>(true);
  same<OutputOf<typeof nothing>, undefined>(true);
  same<OutputOf<typeof csv>, string>(true);
  // The declaration keeps each of them.
  same<NonNullable<(typeof app)["routes"]>[2], typeof search>(true);
  expect(app.routes).toHaveLength(6);
});

test("what does not fit does not compile", () => {
  // @ts-expect-error -- an answer of another type
  get("/x", { answer: { id: integer() } }, () => ({ id: "1" }));
  // @ts-expect-error -- a text where JSON is declared
  get("/x", { answer: [{ id: integer() }] }, () => "1");
  // @ts-expect-error -- an object where a text is declared
  get("/x", { type: "text/csv" }, () => ({ a: 1 }));
  // @ts-expect-error -- a misspelt option
  get("/x", { querry: { id: integer() } }, () => 1);
  // @ts-expect-error -- a parameter that the path has not
  get("/x/:id", ({ params }) => params.name);
  // @ts-expect-error -- a column that the body has not
  post("/x", { body: { id: integer() } }, ({ body }) => body.name);
  expect(app.title).toBeUndefined();
});

test("a context knows the tables of the application that it names, and any without a name", () => {
  type App = typeof app;
  const inside = async ({ tables, system, transaction }: Context<App>): Promise<void> => {
    same<Awaited<ReturnType<typeof tables.users.list>>, Row<App, "users">[]>(true);
    same<Awaited<ReturnType<typeof tables.users.get>>, Row<App, "users"> | undefined>(true);
    await tables.users.create({ name: "a" });
    await transaction(async (tx) => tx.tables.users.update(1, { on: false }));
    await system("why").tables.users.list({ filter: { name: { starts: "a" } } });
    // @ts-expect-error -- a column that the table has not
    await tables.users.create({ nam: "a" });
    // @ts-expect-error -- a table that is not there
    await tables.posts.list();
  };
  const untyped = (context: Context): Promise<void> => inside(context);
  const route = get("/x", async (call) => inside(call));
  expect([typeof untyped, route.spec.path]).toEqual(["function", "/x"]);
});

test("a json column has the types of its validator", () => {
  const typed = servery({ tables: { things: table({ data: json(z.object({ a: z.number() })) }) } });
  same<Row<typeof typed, "things">["data"], { a: number }>(true);
  expect(Object.keys(typed.tables)).toEqual(["things"]);
});
