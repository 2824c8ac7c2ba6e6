import { createServer, type IncomingHttpHeaders } from "node:http";
import {
  boolean,
  decimal,
  del,
  email,
  everyone,
  get,
  integer,
  json,
  longText,
  post,
  ref,
  servery,
  table,
  text,
  view,
} from "servery";
import { type Client, type ClientOptions, createClient } from "servery/client";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };

/** A small blog with each thing that a client must find its way to: a composite key, another path, two keys to one table. */
export const blog = servery({
  tables: {
    users: table({ username: text(30), email: email(100).unique() }).allow(OPEN),
    posts: table({
      user_id: ref("users", { as: "user" }),
      editor_id: ref("users", { as: "editor", reverse: "edited" }).optional(),
      title: text(200),
      content: longText().optional(),
      category: text(50).optional(),
      likes: integer({ min: 0 }).default(0),
      price: decimal(10, 2).optional(),
      extra: json<{ colour: string }>().optional(),
    })
      .check("edited_by_another", { user_id: { ne: { column: "editor_id" } } })
      .allow(OPEN),
    comments: table({
      post_id: ref("posts", { onDelete: "cascade" }),
      user_id: ref("users"),
      content: text(500),
      approved: boolean().default(false),
    }).allow(OPEN),
    ratings: table(
      { user_id: ref("users"), label: text(20), stars: integer({ min: 1, max: 5 }) },
      { path: "stars", created_at: false, updated_at: false },
    )
      .primaryKey("user_id", "label")
      .allow(OPEN),
    get: table({ word: text(20) })
      .computed("letters", integer(), ["word"], ({ word }) => word.length)
      .allow(OPEN),
    titles: view(
      { user_id: ref("users"), posts: integer() },
      "SELECT user_id, count(*) AS posts FROM posts WHERE id <= 5 GROUP BY user_id",
    )
      .primaryKey("user_id")
      .allow({ read: everyone }),
    closed: table({ word: text(20) }),
  },
  routes: [
    get("/api/hello", () => ({ message: "Hello!" })),
    get(
      "/api/words/:word/times/:times",
      { params: { word: text(20), times: integer() }, query: { upper: boolean().default(false) } },
      ({ params, query }) =>
        Array.from({ length: params.times }, () => (query.upper ? params.word.toUpperCase() : params.word)),
    ),
    get("/api/plain", { type: "text/plain" }, () => "plain"),
    post("/api/sums", { body: { left: integer(), right: integer() }, answer: { sum: integer() } }, ({ body }) => ({
      sum: body.left + body.right,
    })),
    del("/api/nothing", () => undefined),
  ],
});
export type Blog = typeof blog;

export interface BlogUnderTest {
  readonly engine: EngineUnderTest;
  readonly url: string;
  readonly api: Client<Blog>;
  /** Throws where the engine had a fault of its own. */
  close(): Promise<void>;
}

/** The blog over a socket, with two users and five posts: Post 1 … Post 5, with 1 … 5 likes. */
export async function openBlog(options: ClientOptions = {}): Promise<BlogUnderTest> {
  const engine = await openEngine(blog);
  const { url } = await engine.listen();
  const api = createClient<Blog>(url, options);
  const alice = await api.users.create({ username: "alice", email: "alice@example.com" });
  const bob = await api.users.create({ username: "bob", email: "bob@example.com" });
  for (let n = 1; n <= 5; n++) {
    const user_id = n % 2 === 1 ? alice.id : bob.id;
    await api.posts.create({ user_id, title: `Post ${n}`, category: n <= 3 ? "food" : null, likes: n });
  }
  const close = async (): Promise<void> => {
    await engine.close();
    if (engine.faults.length > 0) throw new Error("the server made mistakes", { cause: engine.faults });
  };
  return { engine, url, api, close };
}

/** What a request looked like when it arrived. */
export interface Arrived {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

export interface Door {
  readonly url: string;
  readonly arrived: readonly Arrived[];
  /** The next answers, instead of the engine's; `pass` leaves one to the engine. */
  answerNext(...answers: (DoorAnswer | "pass")[]): void;
  close(): Promise<void>;
}

export interface DoorAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The engine carries the request out before this answer is given instead of its own. */
  readonly behind?: true;
}

/** A proxy in front of an engine: it notes what arrives, and can answer in the engine's place as proxies do. */
export async function openDoor(target: string): Promise<Door> {
  const arrived: Arrived[] = [];
  const instead: (DoorAnswer | "pass")[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      arrived.push({ method, url, headers });
      const next = instead.shift();
      const own = next === "pass" ? undefined : next;
      const pass = async (): Promise<DoorAnswer> => {
        const { host: _host, connection: _connection, "content-length": _length, ...kept } = headers;
        const sent = { method, headers: kept as Record<string, string> };
        const answer = await fetch(target + url, {
          ...sent,
          ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
        });
        return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() };
      };
      const write = ({ status, headers: answered = {}, body }: DoorAnswer): void => {
        const { "content-length": _old, ...rest } = answered;
        response.writeHead(status, rest).end(body);
      };
      if (own === undefined || own.behind) void pass().then((passed) => write(own ?? passed));
      else write(own);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`,
    arrived,
    answerNext: (...answers) => void instead.push(...answers),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
