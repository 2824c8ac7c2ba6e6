import { afterEach, beforeEach, describe, expect, test } from "vitest";
import social from "../../examples/social/servery.ts";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { signedInAs } from "../harness/sign-in.ts";

let engine: EngineUnderTest;

beforeEach(async () => {
  engine = await signedInAs(await openEngine(social), { email: "alice@email.com" });
});

afterEach(async () => {
  await engine.close();
  if (engine.faults.length > 0) throw new Error("the server made a mistake", { cause: engine.faults });
});

type Post = { user_id: number; likes: number; status: string; created_at: string };

async function allPosts(): Promise<Post[]> {
  const pages = [0, 1_000].map((offset) => engine.get(`/api/posts?limit=1000&offset=${offset}&sort=id`));
  return (await Promise.all(pages)).flatMap(({ json }) => json as Post[]);
}

describe("the reports", () => {
  test("top authors are those whose published posts have the most likes", async () => {
    const sums = new Map<number, { posts: number; likes: number }>();
    for (const post of (await allPosts()).filter(({ status }) => status === "published")) {
      const { posts, likes } = sums.get(post.user_id) ?? { posts: 0, likes: 0 };
      sums.set(post.user_id, { posts: posts + 1, likes: likes + post.likes });
    }
    const ranked = [...sums].sort(([a, left], [b, right]) => right.likes - left.likes || a - b).slice(0, 5);
    const answer = await engine.get("/api/reports/top-authors?limit=5");
    expect(answer.json).toMatchObject(ranked.map(([user_id, sum]) => ({ user_id, ...sum })));
    const [first] = answer.json as { posts: number; likes: number; likes_per_post: number }[];
    expect(first?.likes_per_post).toBeCloseTo((first?.likes ?? 0) / (first?.posts ?? 1), 0);
    expect((await engine.get("/api/reports/top-authors")).json).toHaveLength(10);
    for (const limit of ["0", "51", "x", ""])
      expect((await engine.get(`/api/reports/top-authors?limit=${limit}`)).status).toBe(400);
  });

  test("posts per month has all twelve months", async () => {
    const { json } = await engine.get("/api/reports/posts-per-month?year=2024");
    const months = json as { month: string; posts: number }[];
    expect(months.map(({ month }) => month)).toEqual(
      Array.from({ length: 12 }, (_, at) => `2024-${String(at + 1).padStart(2, "0")}`),
    );
    const posts = await allPosts();
    for (const { month, posts: counted } of months)
      expect([month, counted]).toEqual([month, posts.filter(({ created_at }) => created_at.startsWith(month)).length]);
    const empty = (await engine.get("/api/reports/posts-per-month?year=2001")).json as { posts: number }[];
    expect(empty.reduce((sum, month) => sum + month.posts, 0)).toBe(0);
  });

  test("/api/hello", async () => {
    expect((await engine.get("/api/hello")).json).toEqual({ message: "Hello!" });
  });
});

describe("the bank", () => {
  let bob: EngineUnderTest;
  beforeEach(async () => {
    bob = await signedInAs(engine, { email: "bob@email.com" });
  });

  const pay = (from: number, to: number, amount: string) =>
    engine.post("/api/bank/transfers", { from_account_id: from, to_account_id: to, amount });
  /** Each owner sees his own. */
  const balances = async (): Promise<unknown[]> =>
    [await engine.get("/api/accounts/1?fields=balance"), await bob.get("/api/accounts/2?fields=balance")].map(
      ({ json }) => (json as { balance: unknown }).balance,
    );

  test("moves money, and says so in both statements", async () => {
    const made = await pay(1, 2, "250");
    expect([made.status, made.headers["location"]]).toEqual([201, "/api/transfers/25"]);
    expect(await balances()).toEqual(["750.00", "750.00"]);
    expect((await engine.get("/api/bank/accounts/1/statement")).json).toMatchObject({
      account: { id: 1, balance: "750.00", currency: "EUR" },
      lines: [{ transfer: 25, amount: "-250.00" }],
    });
    expect((await bob.get("/api/bank/accounts/2/statement")).json).toMatchObject({
      lines: [{ transfer: 25, amount: "250.00" }],
    });
  });

  test.each<[string, unknown, [number, string]]>([
    ["too much", { from_account_id: 1, to_account_id: 2, amount: "1000.01" }, [409, "1000.00 EUR are left"]],
    ["the same account", { from_account_id: 1, to_account_id: 1, amount: "1" }, [400, "on this account already"]],
    ["no account to pay to", { from_account_id: 1, to_account_id: 999, amount: "1" }, [400, "to pay to"]],
    ["no account to pay from", { from_account_id: 999, to_account_id: 1, amount: "1" }, [400, "to pay from"]],
    ["nothing", { from_account_id: 1, to_account_id: 2, amount: "0.00" }, [400, "Amount takes"]],
    ["less than nothing", { from_account_id: 1, to_account_id: 2, amount: "-5" }, [400, "Amount takes"]],
    ["half a cent", { from_account_id: 1, to_account_id: 2, amount: "0.005" }, [400, "Amount takes"]],
  ])("%s is refused and moves nothing", async (_what, body, [status, words]) => {
    const answer = await engine.post("/api/bank/transfers", body);
    expect([answer.status, (answer.json as { error: string }).error]).toEqual([status, expect.stringContaining(words)]);
    expect(await balances()).toEqual(["1000.00", "500.00"]);
    expect((await engine.get("/api/transfers/25")).status).toBe(404);
  });

  test("nobody pays from the account of another, or reads its statement", async () => {
    expect((await pay(2, 1, "1")).status).toBe(403);
    expect((await engine.get("/api/bank/accounts/2/statement")).status).toBe(403);
    expect((await engine.get("/api/accounts/2")).json).toMatchObject({ user_id: 2, name: null, balance: null });
    const nobody = { authorization: undefined } as unknown as Record<string, string>;
    for (const url of ["/api/bank/accounts/1/statement", "/api/accounts/1"])
      expect((await engine.get(url, nobody)).status).toBe(401);
    expect(await balances()).toEqual(["1000.00", "500.00"]);
  });

  test("overlapping transfers never pay more than there is", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => pay(1, 2, "150.00")));
    const paid = answers.filter(({ status }) => status === 201).length;
    expect([paid, answers.filter(({ status }) => status === 409).length]).toEqual([6, 14]);
    expect(await balances()).toEqual(["100.00", "1400.00"]);
  });

  test("a statement of no account is a 404", async () => {
    for (const id of ["999", "x", "1.0", "-1"])
      expect((await engine.get(`/api/bank/accounts/${id}/statement`)).status).toBe(404);
  });
});
