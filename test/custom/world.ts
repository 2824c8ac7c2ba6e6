import { setTimeout } from "node:timers/promises";
import {
  type Context,
  boolean,
  date,
  decimal,
  del,
  everyone,
  get,
  integer,
  nobody,
  patch,
  post,
  put,
  ref,
  refuse,
  reply,
  servery,
  table,
  text,
} from "servery";

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };
const DAY = "2024-10-28T10:30:00.000Z";

/** Something that a handler throws; none of it may reach a caller. */
export const SECRET = "the-password-is-swordfish";

/** The context that the last call of /api/late was left with, for after its deadline. */
export const left: { context: Context | undefined; done: Promise<unknown> | undefined } = {
  context: undefined,
  done: undefined,
};

export const customWorld = servery({
  tables: {
    users: table({ name: text(30).unique() }).allow(OPEN),
    posts: table({
      user_id: ref("users"),
      title: text(50),
      likes: integer({ min: 0 }).default(0),
      price: decimal(6, 2).default("1.00"),
    }).allow(OPEN),
    notes: table({ text: text(20) }, { if_match: true }).allow(OPEN),
    // Callers may read it and nothing else.
    news: table({ text: text(20) }).allow({ read: everyone }),
    secrets: table({ word: text(30).unique() }),
    pairs: table({ a: integer(), b: text(5) }, { created_at: false, updated_at: false })
      .primaryKey("a", "b")
      .allow(OPEN),
  },
  routes: [
    get("/api/hello", () => ({ message: "Hello!" })),
    get("/", () => ({ home: true })),
    get("/hello/:name", ({ params }) => ({ message: `Hello, ${params.name}!` })),
    get("/hello/world", () => ({ message: "the world itself" })),
    get("/api/posts/:id/summary", { params: { id: ref("posts") } }, ({ params, tables }) =>
      tables.posts.get(params.id),
    ),
    post("/api/posts/:id/publication", { params: { id: ref("posts") } }, () => undefined),
    get("/api/a/:x/b/:y", { params: { x: integer({ min: 1, max: 9 }), y: text(3) } }, ({ params }) => params),
    get(
      "/api/search",
      {
        query: {
          q: text(20),
          since: date().optional(),
          limit: integer({ min: 1, max: 50 }).default(10),
          price: decimal(6, 2).optional(),
          draft: boolean().default(false),
        },
      },
      ({ query }) => query,
    ),
    post(
      "/api/orders",
      {
        body: {
          to: ref("users"),
          amount: decimal(6, 2, { min: "0.01" }),
          note: text(10).optional(),
          gift: boolean().default(false),
        },
        headers: ["X-Paid"],
        summary: "Order something",
        description: "Nothing is delivered.",
      },
      ({ body }) => reply(body, { created: `/api/orders/${body.to}`, headers: { "X-Paid": "yes" } }),
    ),
    put("/api/echo", ({ body }) => body),
    patch("/api/nothing", () => undefined),
    del("/api/nothing", async () => undefined),
    get("/api/null", () => null),
    get("/api/day", () => ({ at: new Date(DAY), left: undefined })),
    get("/report.csv", { type: "text/csv", headers: ["Content-Disposition"] }, () =>
      reply("a,b\n1,2\n", { headers: { "Content-Disposition": 'attachment; filename="report.csv"' } }),
    ),
    get("/stream.txt", { type: "text/plain" }, async function* () {
      yield "one ";
      yield "two";
    }),
    get("/api/closed-route", { allow: nobody }, () => ({ never: true })),

    get("/api/rows", { answer: [{ id: integer(), price: decimal(6, 2), note: text(9).optional() }] }, () => [
      { id: 1, price: 1.5 },
    ]),
    get("/api/wrong-answer", { answer: { id: integer() } }, () => ({ id: SECRET as unknown as number })),
    get("/api/no-answer", { answer: { id: integer() } }, () => undefined as unknown as { id: number }),
    get("/api/no-list", { answer: [{ id: integer() }] }, () => ({ id: 1 }) as unknown as { id: number }[]),
    get("/api/function", () => () => SECRET),
    get("/api/bigint", () => ({ big: 1n })),
    get("/api/throw", () => {
      throw new Error(SECRET);
    }),
    get("/api/reject", async () => Promise.reject(new TypeError(SECRET))),
    get("/api/throw-text", () => {
      // oxlint-disable-next-line typescript/only-throw-error -- somebody's code may
      throw SECRET;
    }),
    get("/api/header", () => reply({}, { headers: { "X-Evil": "a\r\nSet-Cookie: b" } })),
    get("/api/own-header", () => reply({}, { headers: { "content-length": "1" } })),
    post("/api/location", { body: { to: text(90) } }, ({ body }) => reply({}, { created: body.to })),
    get("/api/refuse/:reason", ({ params }) => {
      throw refuse(params.reason as "conflict", "So says the shop.", {
        errors: params.reason === "invalid" ? [{ pointer: "/amount", message: "Too much." }] : [],
      });
    }),

    get("/api/late", (call) => {
      left.context = call;
      const work = setTimeout(300).then(async () => call.tables.users.create({ name: "too late" }));
      left.done = work.then(
        () => "written",
        (error: Error) => error.message,
      );
      return work;
    }),
    get("/api/waits/:ms", { params: { ms: integer({ min: 0, max: 200 }) } }, async ({ params, requestId }) => {
      await setTimeout(params.ms);
      return { ms: params.ms, requestId };
    }),
  ],
  seed: () => [
    {
      table: "users",
      rows: ["alice", "bob"].map((name) => ({ name, created_at: DAY, updated_at: DAY })),
    },
    {
      table: "posts",
      rows: [1, 2, 3].map((at) => ({ user_id: 1, title: `Post ${at}`, likes: at, created_at: DAY, updated_at: DAY })),
    },
    { table: "news", rows: [{ text: "news", created_at: DAY, updated_at: DAY }] },
    { table: "secrets", rows: [{ word: "hidden-word", created_at: DAY, updated_at: DAY }] },
    { table: "pairs", rows: [{ a: 1, b: "x" }] },
  ],
});
