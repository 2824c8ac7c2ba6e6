import { afterAll, beforeAll, describe, expect, test } from "vitest";
import social from "../../examples/social/servery.ts";
import { type OpenExample, openExample, read } from "./open-example.ts";
import { seedRows } from "./seed-rows.ts";
import { answerText } from "../harness/answer-text.ts";

let example: OpenExample;

beforeAll(async () => {
  example = await openExample(social, { email: "alice@email.com", roles: ["admin"] });
});

afterAll(() => example.close());

/** "199.99" → 19999. */
function cents(amount: string): number {
  return Math.round(Number(amount) * 100);
}

async function post(table: string, row: object): Promise<{ status: number; body: { [column: string]: unknown } }> {
  const headers = { "content-type": "application/json" };
  const { status, body } = await example.handle({
    method: "POST",
    url: `/api/${table}`,
    headers,
    body: JSON.stringify(row),
  });
  return {
    status,
    body: JSON.parse(await answerText(body)) as { [column: string]: unknown },
  };
}

describe("the first rows, asked for", () => {
  test("are the pictured ones", async () => {
    expect((await read(example, "/api/users/1")).body).toEqual({
      id: 1,
      username: "alice",
      email: "alice@email.com",
      is_active: true,
      email_verified: true,
      created_at: "2024-01-15T00:00:00.000Z",
      updated_at: "2024-01-15T00:00:00.000Z",
    });
    expect((await read(example, "/api/users/2?fields=id,username,email,created_at")).body).toEqual({
      id: 2,
      username: "bob",
      email: "bob@email.com",
      created_at: "2024-01-20T00:00:00.000Z",
    });
    const pictured = "/api/posts?id[lte]=2&sort=id&fields=id,user_id,title,content,likes,created_at";
    expect((await read(example, pictured)).body).toEqual([
      {
        id: 1,
        user_id: 1,
        title: "Hello world!",
        content: "Hello world!",
        likes: 10,
        created_at: "2024-01-16T00:00:00.000Z",
      },
      {
        id: 2,
        user_id: 2,
        title: "Backend is fun",
        content: "Backend is fun",
        likes: 15,
        created_at: "2024-01-21T00:00:00.000Z",
      },
    ]);
  });

  test("are all there", async () => {
    const counts = new Map<string, number>();
    for (const { table, rows } of social.seed?.() ?? []) counts.set(table, [...rows].length);
    for (const [table, count] of counts) {
      const { headers } = await read(example, `/api/${table}?count=exact&limit=1`);
      expect([table, headers["x-total-count"]]).toEqual([table, String(count)]);
    }
  });

  test("come newest first, twenty of a category", async () => {
    const { body } = await read<{ id: number; category: string; created_at: string }[]>(
      example,
      "/api/posts?category=news",
    );
    expect(body).toHaveLength(20);
    expect(new Set(body.map((row) => row.category))).toEqual(new Set(["news"]));
    expect(body.map((row) => row.created_at)).toEqual(
      body
        .map((row) => row.created_at)
        .sort()
        .reverse(),
    );
  });

  test("answer the January question", async () => {
    const filter = encodeURIComponent(
      JSON.stringify({ posts: { created_at: { gte: "2024-01-01", lt: "2024-02-01" } } }),
    );
    const url = `/api/users?filter=${filter}&include=followers.count&fields=id&limit=200&sort=id`;
    const { body } = await read<{ id: number; followers_count: number }[]>(example, url);
    expect(body.filter((user) => user.followers_count > 100)).toEqual([
      { id: 1, followers_count: 128 },
      { id: 12, followers_count: 101 },
    ]);
    expect(body.filter((user) => user.followers_count === 100).map((user) => user.id)).toEqual([7]);
  });
});

describe("what the service fills", () => {
  test("the price of an item is that of its product, the total of an order the sum of its items", async () => {
    type Item = { quantity: number; unit_price: string; product: { price: string } };
    const orders = await read<{ id: number; total: string; order_items: Item[] }[]>(
      example,
      "/api/orders?limit=200&include=order_items.product",
    );
    expect(orders.body).toHaveLength(120);
    for (const { id, total, order_items: items } of orders.body) {
      expect(items.map((item) => item.unit_price)).toEqual(items.map((item) => item.product.price));
      expect([id, cents(total)]).toEqual([
        id,
        items.reduce((sum, item) => sum + item.quantity * cents(item.unit_price), 0),
      ]);
    }
  });

  test("the transfers of the seed have moved money and made none", async () => {
    const before = seedRows<{ id: number; balance: string }>(social, "accounts");
    const transfers = seedRows<{ from_account_id: number; to_account_id: number; amount: string }>(social, "transfers");
    const expected = new Map(before.map(({ id, balance }) => [id, cents(balance)]));
    for (const { from_account_id: from, to_account_id: to, amount } of transfers) {
      expected.set(from, (expected.get(from) ?? 0) - cents(amount));
      expected.set(to, (expected.get(to) ?? 0) + cents(amount));
    }
    const { body } = await read<{ id: number; balance: string }[]>(example, "/api/accounts?limit=100&sort=id");
    expect(body.map(({ id, balance }) => [id, cents(balance)])).toEqual([...expected]);
    expect(body.slice(0, 3).map((account) => account.balance)).toEqual(["1000.00", "500.00", "2500.00"]);
  });

  test("a transfer of more than there is changes neither account", async () => {
    const accounts = "/api/accounts?id[in]=1&id[in]=2";
    const before = (await read(example, accounts)).body;
    const refused = await post("transfers", { from_account_id: 1, to_account_id: 2, amount: "1000.01" });
    expect(refused.status).toBe(400);
    expect((await read(example, accounts)).body).toEqual(before);
  });
});

describe("what is made of the rows", () => {
  type Stats = { user_id: number; username: string; posts: number; comments: number; likes: number };

  test("the statistics of an author count what the tables hold", async () => {
    const { body } = await read<Stats[]>(example, "/api/author_stats?sort=user_id&limit=200");
    const posts = seedRows<{ user_id: number; likes: number; status: string }>(social, "posts").filter(
      ({ status }) => status === "published",
    );
    const comments = seedRows<{ user_id: number }>(social, "comments");
    const users = seedRows<{ id: number; username: string }>(social, "users");
    expect(body).toEqual(
      users.map(({ id, username }) => {
        const own = posts.filter((post) => post.user_id === id);
        const likes = own.reduce((sum, post) => sum + post.likes, 0);
        const said = comments.filter((comment) => comment.user_id === id).length;
        return { user_id: id, username, posts: own.length, comments: said, likes };
      }),
    );
    expect((await read(example, "/api/users/1/author_stats")).body).toEqual(body.slice(0, 1));
  });

  test("a post says how long it takes to read", async () => {
    const { body } = await read<{ content: string; reading_minutes: number }[]>(example, "/api/posts?limit=100");
    for (const post of body) expect(post.reading_minutes).toBe(Math.ceil(post.content.length / 1000));
  });
});

describe("the rules", () => {
  test("a post needs a title and a content, and begins as a draft without likes", async () => {
    const created = await post("posts", { user_id: 1, title: "My First Post", content: "Hello world!" });
    expect(created).toMatchObject({ status: 201, body: { id: 2001, category: null, status: "draft", likes: 0 } });
    expect((await post("posts", { user_id: 1, content: "Hello world!" })).body).toMatchObject({
      status: 400,
      error: "Title required",
    });
    expect((await post("posts", { user_id: 1, title: "My First Post" })).body).toMatchObject({
      status: 400,
      error: "Content required",
    });
    expect((await post("posts", { user_id: 9999, title: "My First Post", content: "Hello world!" })).status).toBe(400);
  });

  test("nobody follows himself, and nobody anybody twice", async () => {
    expect((await post("follows", { follower_id: 3, followed_id: 3 })).status).toBe(400);
    expect((await post("follows", { follower_id: 2, followed_id: 3 })).status).toBe(201);
    expect((await post("follows", { follower_id: 2, followed_id: 3 })).status).toBe(409);
  });

  test("a transfer goes between two accounts, and stays", async () => {
    expect((await post("transfers", { from_account_id: 1, to_account_id: 1, amount: "1.00" })).status).toBe(400);
    const headers = { "content-type": "application/json" };
    expect(
      (await example.handle({ method: "PATCH", url: "/api/transfers/1", headers, body: '{"note":"Rent"}' })).status,
    ).toBe(403);
    expect((await example.handle({ method: "DELETE", url: "/api/transfers/1" })).status).toBe(403);
  });

  test("a post takes its comments and likes with it", async () => {
    expect((await example.handle({ method: "DELETE", url: "/api/posts/2" })).status).toBe(204);
    for (const table of ["comments", "likes"])
      expect((await read(example, `/api/${table}?post_id=2`)).body).toEqual([]);
  });
});
