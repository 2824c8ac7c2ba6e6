import { differs } from "../harness/engine-exceptions.ts";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { everyKind, everythingRow } from "../openapi/every-kind.ts";
import {
  closeSound,
  columnOf,
  filterParameter,
  findingsOf,
  idsOf,
  problemOf,
  rowOf,
  rowsOf,
  writesOf,
} from "./answers.ts";
import { contents, newIds, openDepot, stored } from "./depot.ts";

let depot: EngineUnderTest;
beforeAll(async () => {
  depot = await openDepot();
});
afterAll(() => closeSound(depot));

let runs = 0;
/** Posts of a user of their own, so that no test selects those of another. */
async function somePosts(count: number): Promise<{ readonly user: number; readonly ids: readonly number[] }> {
  runs++;
  const user = Number(rowOf(await depot.post("/api/users", { email: `u${runs}@example.com`, name: "u" }))["id"]);
  const rows = Array.from({ length: count }, (_, at) => ({ user_id: user, title: `p${at}`, likes: at }));
  return { user, ids: newIds(await depot.post("/api/posts", rows)) };
}

describe("PATCH with a filter", () => {
  test("changes exactly the rows that match, answers them newest first, and how many they are", async () => {
    const { user, ids } = await somePosts(5);
    const answer = await depot.patch(`/api/posts?user_id=${user}&likes[gte]=3`, { category: "hot" });
    expect([answer.status, answer.headers["x-total-count"], answer.headers["etag"]]).toEqual([200, "2", undefined]);
    expect(rowsOf(answer).map(({ title, category }) => [title, category])).toEqual([
      ["p4", "hot"],
      ["p3", "hot"],
    ]);
    for (const row of rowsOf(answer)) expect(await stored(depot, `posts/${String(row["id"])}`)).toEqual(row);
    expect(columnOf(await depot.get(`/api/posts?user_id=${user}&category[null]=true&sort=id`), "id")).toEqual(
      ids.slice(0, 3),
    );
  });

  test("matching none is a 200 with none, and changes no time", async () => {
    const { user } = await somePosts(1);
    const before = await contents(depot, "posts");
    const answer = await depot.patch(`/api/posts?user_id=${user}&likes=77`, { likes: 1 });
    expect([answer.status, answer.json, answer.headers["x-total-count"]]).toEqual([200, [], "0"]);
    expect(await contents(depot, "posts")).toEqual(before);
  });

  test("of nothing answers the rows as they are", async () => {
    const { user, ids } = await somePosts(2);
    const before = await contents(depot, "posts");
    const answer = await depot.patch(`/api/posts?user_id=${user}&fields=id`, {});
    expect([answer.json, answer.headers["x-total-count"]]).toEqual([[{ id: ids[1] }, { id: ids[0] }], "2"]);
    expect(await contents(depot, "posts")).toEqual(before);
    expect(writesOf(answer)).toEqual([]);
  });

  test("goes by the rows as they were: what the change does to the filter's own column plays no part", async () => {
    const { user } = await somePosts(4);
    const answer = await depot.patch(`/api/posts?user_id=${user}&likes[lt]=2&fields=likes`, {
      likes: { increment: 1 },
    });
    expect(rowsOf(answer)).toEqual([{ likes: 2 }, { likes: 1 }]);
    expect(columnOf(await depot.get(`/api/posts?user_id=${user}&sort=likes`), "likes")).toEqual([1, 2, 2, 3]);
  });

  test("through relations in both directions, and by a tree", async () => {
    const { user, ids } = await somePosts(3);
    await depot.post("/api/comments", [
      { post_id: ids[0], content: "yes" },
      { post_id: ids[1], content: "no" },
    ]);
    const name = `u${runs}@example.com`;
    const some = await depot.patch(`/api/posts?author.email=${name}&comments.content=yes&fields=id`, { category: "a" });
    expect(rowsOf(some)).toEqual([{ id: ids[0] }]);
    const none = await depot.patch(`/api/posts?user_id=${user}&comments[none]=&fields=id`, { category: "b" });
    expect(rowsOf(none)).toEqual([{ id: ids[2] }]);
    const tree = filterParameter({ and: [{ user_id: user }, { not: { comments: { some: { content: "yes" } } } }] });
    expect(idsOf(await depot.patch(`/api/posts?${tree}`, { category: "c" }))).toEqual([ids[2], ids[1]]);
  });

  test("keys of each kind: text with quotes, several columns, 64 bits, numbers with a point", async () => {
    const codes = ['a"b', "c'd", "[1]", "null", "é😀", "5"];
    await depot.post(
      "/api/tags",
      codes.map((code) => ({ code, word: "odd" })),
    );
    expect((await depot.patch("/api/tags?word=odd", { uses: 7 })).headers["x-total-count"]).toBe(String(codes.length));
    expect(columnOf(await depot.get("/api/tags?uses=7&sort=code"), "code")).toEqual(
      codes.toSorted((a, b) => (a < b ? -1 : 1)),
    );
    const ratings = codes.map((code, at) => ({ user_id: 1, tag_code: code, stars: at }));
    await depot.post("/api/ratings", ratings);
    expect(rowsOf(await depot.patch("/api/ratings?stars[gte]=3", { stars: 10 }))).toHaveLength(3);
    const shares = [0.1, 1 / 3, 1e-7, 1.7976931348623157e308, 5e-324, 123456789.12345679, -0.30000000000000004];
    await depot.post(
      "/api/wide",
      shares.map((share, at) => ({
        big: at % 2 === 0 ? "9223372036854775807" : "-9007199254740993",
        share,
        money: "12345678901234.5678",
        word: "old",
      })),
    );
    const changed = await depot.patch("/api/wide?word=old", { word: "new" });
    expect(changed.headers["x-total-count"]).toBe(String(shares.length));
    expect(new Set(columnOf(changed, "share"))).toEqual(new Set(shares));
    expect(rowsOf(await depot.get("/api/wide?word=old"))).toEqual([]);
    expect((await depot.delete("/api/wide?word=new")).headers["x-total-count"]).toBe(String(shares.length));
    expect((await depot.delete("/api/ratings?stars[gte]=0")).headers["x-total-count"]).toBe(String(codes.length));
  });

  test("every kind of column, at once", async () => {
    const kinds = await openEngine(everyKind);
    await kinds.post("/api/maybe", [{}, {}, { text: "third" }]);
    const { fraction: _fraction, whole: _whole, shaped: _shaped, ...row } = everythingRow;
    const values = { ...row, enumeration: "b" };
    const answer = await kinds.patch("/api/maybe?text[null]=true", values);
    expect(answer.headers["x-total-count"], answer.text).toBe("2");
    for (const changed of rowsOf(answer)) expect(changed).toMatchObject(values);
    expect(rowOf(await kinds.get("/api/maybe/3"))["text"]).toBe("third");
    await closeSound(kinds);
  });

  test("sums follow rows that move and rows whose factor changes, also when parents are many", async () => {
    const [one, two, three] = newIds(await depot.post("/api/orders", [{}, {}, {}]));
    await depot.post("/api/items", [
      { order_id: one, product_id: 1, quantity: 1 },
      { order_id: one, product_id: 2, quantity: 1 },
      { order_id: two, product_id: 1, quantity: 2, remark: "move" },
    ]);
    await depot.patch(`/api/items?order_id[in]=${one}&order_id[in]=${two}`, { quantity: { increment: 1 } });
    const totals = (): Promise<unknown[]> =>
      Promise.all([one, two, three].map(async (id) => (await stored(depot, `orders/${id}`))["total"]));
    expect(await totals()).toEqual(["239.98", "59.97", "0.00"]);
    const before = await stored(depot, `orders/${one}`);
    await wait(5);
    await depot.patch("/api/items?remark=move", { order_id: three, remark: null });
    expect(await totals()).toEqual(["239.98", "0.00", "59.97"]);
    expect(await stored(depot, `orders/${one}`)).toEqual(before);
    expect(String((await stored(depot, `orders/${two}`))["updated_at"]) > String(before["updated_at"])).toBe(true);
  });

  test("rows of a table that sums up itself are answered as they are in the end", async () => {
    await depot.post("/api/parts", [
      { code: "top", weight: 1 },
      { code: "mid", above: "top", weight: 2 },
      { code: "low", above: "mid", weight: 3 },
    ]);
    const answer = await depot.patch("/api/parts?weight[gt]=0", { weight: { increment: 10 } });
    const below = Object.fromEntries(rowsOf(answer).map(({ code, below: sum }) => [code, sum]));
    expect(below).toEqual({ top: 12, mid: 13, low: 0 });
    const tag = (await depot.get("/api/parts/top")).headers["etag"] as string;
    const one = await depot.patch("/api/parts/top", { above: "top" }, { "if-match": tag });
    expect([rowOf(one)["below"], one.headers["etag"]]).toEqual([
      23,
      (await depot.get("/api/parts/top")).headers["etag"],
    ]);
    await depot.patch("/api/parts/top", { above: null });
    expect((await depot.delete("/api/parts?code[in]=low&code[in]=mid&code[in]=top")).status).toBe(
      differs("rows that refer to each other go together", { sqlite: 409, postgres: 204 }),
    );
  });
});

describe("DELETE with a filter", () => {
  test("deletes exactly the rows that match: 204, and how many they were", async () => {
    const { user, ids } = await somePosts(5);
    const answer = await depot.delete(`/api/posts?user_id=${user}&likes[lt]=3`);
    expect([answer.status, answer.text, answer.headers["x-total-count"]]).toEqual([204, "", "3"]);
    expect(idsOf(await depot.get(`/api/posts?user_id=${user}&sort=id`))).toEqual(ids.slice(3));
    expect((await depot.delete(`/api/posts?user_id=${user}&likes[lt]=3`)).headers["x-total-count"]).toBe("0");
  });

  test("takes what hangs on the rows along, empties references, and sums anew", async () => {
    const [one, two] = newIds(await depot.post("/api/orders", [{}, {}]));
    const items = newIds(
      await depot.post("/api/items", [
        { order_id: one, product_id: 1, quantity: 1, remark: "go" },
        { order_id: one, product_id: 2, quantity: 1 },
        { order_id: two, product_id: 1, quantity: 1, remark: "go" },
      ]),
    );
    await depot.post(
      "/api/labels",
      items.map((id) => ({ item_id: id, word: "w" })),
    );
    expect((await depot.delete("/api/items?remark=go")).headers["x-total-count"]).toBe("2");
    expect((await stored(depot, `orders/${one}`))["total"]).toBe("100.00");
    expect((await stored(depot, `orders/${two}`))["total"]).toBe("0.00");
    expect(columnOf(await depot.get("/api/labels"), "item_id")).toEqual([items[1]]);
    expect((await depot.delete(`/api/orders?id[in]=${one}&id[in]=${two}`)).status).toBe(204);
    expect(rowsOf(await depot.get("/api/labels"))).toEqual([]);

    const { user, ids } = await somePosts(2);
    const editors = newIds(
      await depot.post("/api/users", [
        { email: "e1@x.de", name: "ed" },
        { email: "e2@x.de", name: "ed" },
      ]),
    );
    for (const [at, id] of ids.entries()) await depot.patch(`/api/posts/${id}`, { editor_id: editors[at] });
    const before = await stored(depot, `posts/${ids[0]}`);
    await wait(5);
    expect((await depot.delete("/api/users?name=ed")).headers["x-total-count"]).toBe("2");
    expect(columnOf(await depot.get(`/api/posts?user_id=${user}`), "editor_id")).toEqual([null, null]);
    const after = await stored(depot, `posts/${ids[0]}`);
    expect(String(after["updated_at"]) > String(before["updated_at"])).toBe(true);
  });

  test("a filter through rows that the delete takes along selects before anything goes", async () => {
    const { user, ids } = await somePosts(3);
    await depot.post("/api/comments", [
      { post_id: ids[0], content: "spam" },
      { post_id: ids[0], content: "spam" },
      { post_id: ids[1], content: "ham" },
    ]);
    const answer = await depot.delete(`/api/posts?user_id=${user}&comments.content=spam`);
    expect(answer.headers["x-total-count"]).toBe("1");
    expect(idsOf(await depot.get(`/api/posts?user_id=${user}&sort=id`))).toEqual([ids[1], ids[2]]);
    expect(rowsOf(await depot.get("/api/comments?content=spam"))).toEqual([]);
  });

  test("a tree whose roots are selected goes with all that hangs below, and a row below counts once", async () => {
    const [root, other] = newIds(await depot.post("/api/folders", [{ name: "root" }, { name: "other" }]));
    const [child] = newIds(await depot.post("/api/folders", [{ name: "root", parent_id: root }]));
    await depot.post("/api/folders", [
      { name: "leaf", parent_id: child },
      { name: "leaf", parent_id: other },
    ]);
    expect((await depot.delete("/api/folders?name=root")).headers["x-total-count"]).toBe("2");
    expect(columnOf(await depot.get("/api/folders?sort=id"), "name")).toEqual(["other", "leaf"]);
  });

  test("a row that others refer to refuses all of them", async () => {
    const { user } = await somePosts(1);
    const free = Number(rowOf(await depot.post("/api/users", { email: "free@example.com", name: "u" }))["id"]);
    problemOf(await depot.delete(`/api/users?id[in]=${free}&id[in]=${user}`), 409, "still_referenced");
    expect((await depot.get(`/api/users/${free}`)).status).toBe(200);
  });
});

describe("what is refused", () => {
  test.each([
    "",
    "?",
    "?filter={}",
    `?${filterParameter({ and: [] })}`,
    `?${filterParameter({ not: { or: [] } })}`,
    `?${filterParameter({ or: [{}, { id: 1 }] })}`,
    `?${filterParameter({ and: [{ and: [{}] }, { not: { or: [] } }] })}`,
    `?${filterParameter({ comments: { all: {} } })}`,
    `?${filterParameter({ comments: { none: { or: [] } } })}`,
    "?comments[all]=",
  ])("nothing is meant by %s: 400, and no row goes", async (query) => {
    const before = await contents(depot, "posts");
    for (const answer of [
      await depot.delete(`/api/posts${query}`),
      await depot.patch(`/api/posts${query}`, { likes: 0 }),
    ]) {
      problemOf(answer, 400, "filter_required");
      expect(answer.sql).toEqual([]);
    }
    expect(await contents(depot, "posts")).toEqual(before);
  });

  test.each(["sort=id", "limit=1", "offset=1", "cursor=", "count=exact", "include=author", "nope=1", "on_conflict=id"])(
    "?%s beside a condition is unknown_parameter",
    async (parameter) => {
      const url = `/api/posts?likes=0&${parameter}`;
      for (const answer of [await depot.delete(url), await depot.patch(url, { likes: 0 })]) {
        problemOf(answer, 400, "unknown_parameter");
        expect(answer.sql).toEqual([]);
      }
    },
  );

  test("fields of a delete, columns that differ from row to row, a wrong body, a wrong column", async () => {
    problemOf(await depot.delete("/api/posts?likes=0&fields=id"), 400, "unknown_parameter");
    expect(findingsOf(await depot.patch("/api/posts?likes=0", { id: 1 }))).toEqual(["/id read_only"]);
    expect(findingsOf(await depot.patch("/api/posts?likes=0", { created_at: "2024-01-01T00:00:00.000Z" }))).toEqual([
      "/created_at read_only",
    ]);
    expect(findingsOf(await depot.patch("/api/posts?likes=0", [{ likes: 1 }]))).toEqual([" type"]);
    expect(findingsOf(await depot.patch("/api/posts?likes=0", { titel: "x" }))).toEqual(["/titel unknown_field"]);
    expect(findingsOf(await depot.patch("/api/posts?likes=0", { user_id: 987_654 }))).toEqual([
      "/user_id reference_missing",
    ]);
    problemOf(await depot.patch("/api/posts?lieks=0", { likes: 1 }), 400, "unknown_parameter");
    problemOf(await depot.send({ method: "PATCH", url: "/api/posts?likes=0" }), 400, "body_required");
  });

  test("a unique column for two rows, and a check that one of them breaks, leave both", async () => {
    const ids = newIds(
      await depot.post("/api/users", [
        { email: "n1@x.de", name: "nick" },
        { email: "n2@x.de", name: "nick" },
      ]),
    );
    const answer = await depot.patch("/api/users?name=nick", { nick: "same" });
    expect(problemOf(answer, 409, "unique").errors).toMatchObject([{ pointer: "/nick" }]);
    const { user } = await somePosts(3);
    expect(findingsOf(await depot.patch(`/api/posts?user_id=${user}`, { likes: { increment: -1 } }))).toEqual([
      "/likes out_of_range",
    ]);
    expect(columnOf(await depot.get(`/api/posts?user_id=${user}&sort=id`), "likes")).toEqual([0, 1, 2]);
    for (const id of ids) expect((await stored(depot, `users/${id}`))["nick"]).toBeNull();
  });

  test("a table with if_match, preconditions, and tables that are closed in one way or another", async () => {
    const before = await contents(depot, "guarded", "posts", "frozen", "users");
    problemOf(await depot.patch("/api/guarded?word=x", { word: "y" }), 428, "precondition_required");
    problemOf(await depot.delete("/api/guarded?word=x", { "if-match": "*" }), 428, "precondition_required");
    problemOf(await depot.delete("/api/posts?likes=0", { "if-match": "*" }), 400, "invalid_precondition");
    problemOf(await depot.delete("/api/frozen?word=x"), 403, "forbidden");
    problemOf(await depot.delete("/api/secrets?wrd=x"), 401, "sign_in_required");
    // Whoever may not read must not learn by a filter what is there.
    await depot.post("/api/drop_box", { word: "hidden" });
    for (const word of ["hidden", "absent"]) {
      problemOf(await depot.patch(`/api/drop_box?word=${word}`, { word: "z" }), 403, "forbidden");
      problemOf(await depot.delete(`/api/drop_box?word=${word}`), 403, "forbidden");
    }
    problemOf(await depot.delete("/api/users?secrets.word=x"), 400, "unknown_parameter");
    problemOf(await depot.delete("/api/users?secrets[none]="), 400, "unknown_parameter");
    expect(await contents(depot, "guarded", "posts", "frozen", "users")).toEqual(before);
  });
});
