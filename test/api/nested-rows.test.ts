import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { everyKind } from "../openapi/every-kind.ts";
import { closeSound, columnOf, findingsOf, type JsonRow, problemOf, rowOf, rowsOf } from "./answers.ts";
import { contents, openDepot, stored } from "./depot.ts";

let depot: EngineUnderTest;
beforeAll(async () => {
  depot = await openDepot();
});
afterAll(() => closeSound(depot));

describe("POST with rows below", () => {
  test("makes the row and those below in one transaction, and answers them inside it", async () => {
    const answer = await depot.post("/api/posts", {
      user_id: 1,
      title: "parent",
      comments: [{ content: "one" }, { content: "two" }],
    });
    const row = rowOf(answer);
    const id = Number(row["id"]);
    expect(answer.headers["location"]).toBe(`/api/posts/${id}`);
    expect(row["comments"]).toMatchObject([
      { post_id: id, content: "one" },
      { post_id: id, content: "two" },
    ]);
    const { comments, ...plain } = row;
    const read = await depot.get(`/api/posts/${id}`);
    expect(read.json).toEqual(plain);
    expect(rowsOf(await depot.get(`/api/posts/${id}/comments?sort=id`))).toEqual(comments);
    // Its tag names the row in front of the dot, so a change may follow at once.
    const tag = answer.headers["etag"] as string;
    expect(tag.slice(1).split(".")[0]).toBe((read.headers["etag"] as string).slice(1, -1));
    expect((await depot.patch(`/api/posts/${id}`, { likes: 1 }, { "if-match": tag })).status).toBe(200);
    problemOf(await depot.patch(`/api/posts/${id}`, { likes: 2 }, { "if-match": tag }), 412, "precondition_failed");
  });

  test("an empty list is answered as one; fields choose of the row alone", async () => {
    expect(rowOf(await depot.post("/api/posts", { user_id: 1, title: "t", comments: [] }))["comments"]).toEqual([]);
    const row = rowOf(
      await depot.post("/api/posts?fields=title", { user_id: 1, title: "t", comments: [{ content: "c" }] }),
    );
    expect(Object.keys(row)).toEqual(["title", "comments"]);
    expect(Object.keys((row["comments"] as JsonRow[])[0] ?? {})).toEqual([
      "id",
      "post_id",
      "content",
      "created_at",
      "updated_at",
    ]);
  });

  test("three levels deep, with copies, sums and what the server makes; the answer holds the sum", async () => {
    const answer = await depot.post("/api/orders", {
      note: "deep",
      items: [
        { product_id: 1, quantity: 2, labels: [{ word: "a" }, { word: "b" }] },
        { product_id: 2, quantity: 1, labels: [] },
      ],
    });
    const row = rowOf(answer);
    expect(row).toMatchObject({
      total: "139.98",
      items: [
        { order_id: row["id"], unit_price: "19.99", labels: [{ word: "a" }, { word: "b" }] },
        { order_id: row["id"], unit_price: "100.00", labels: [] },
      ],
    });
    const { items: _, ...plain } = row;
    const read = await depot.get(`/api/orders/${String(row["id"])}`);
    expect(read.json).toEqual(plain);
    expect((read.headers["etag"] as string).slice(0, -1)).toBe((answer.headers["etag"] as string).split(".")[0]);
    expect(columnOf(await depot.get(`/api/labels?item.order_id=${String(row["id"])}&sort=id`), "word")).toEqual([
      "a",
      "b",
    ]);
  });

  test("several relations at once, in a list, and below a parent in the path", async () => {
    const list = await depot.post("/api/users", [
      { email: "n1@x.de", name: "n1", posts: [{ title: "p1" }] },
      { email: "n2@x.de", name: "n2" },
    ]);
    const [one, two] = list.json as JsonRow[];
    expect([list.status, ((one as JsonRow)["posts"] as JsonRow[]).length, Object.hasOwn(two ?? {}, "posts")]).toEqual([
      201,
      1,
      false,
    ]);
    const both = await depot.post("/api/accounts", {
      owner: "nested",
      balance: "10.00",
      outgoing: [{ to_id: 1, amount: "4.00" }],
      incoming: [{ from_id: 1, amount: "1.00" }],
    });
    expect(rowOf(both)).toMatchObject({
      balance: "7.00",
      outgoing: [{ amount: "4.00" }],
      incoming: [{ amount: "1.00" }],
    });
    expect((await depot.get(`/api/accounts/${String(rowOf(both)["id"])}`)).json).toMatchObject({ balance: "7.00" });
    const below = rowOf(await depot.post("/api/users/1/posts", { title: "below", comments: [{ content: "c" }] }));
    expect(below).toMatchObject({ user_id: 1, comments: [{ post_id: below["id"] }] });
    const edited = rowOf(
      await depot.post("/api/users/1/edited", { user_id: 1, title: "edited", comments: [{ content: "c" }] }),
    );
    expect(edited).toMatchObject({ editor_id: 1, comments: [{ post_id: edited["id"] }] });
  });

  test("keys of text and of several columns, and a table that hangs on itself", async () => {
    const tag = rowOf(await depot.post("/api/tags", { code: 'a"b', word: "w", ratings: [{ user_id: 1, stars: 5 }] }));
    expect(tag["ratings"]).toEqual([{ user_id: 1, tag_code: 'a"b', stars: 5 }]);
    const tree = rowOf(
      await depot.post("/api/folders", {
        name: "r",
        folders: [{ name: "c", folders: [{ name: "l" }] }, { name: "d" }],
      }),
    );
    expect(tree["folders"]).toMatchObject([{ parent_id: tree["id"], folders: [{ name: "l" }] }, { name: "d" }]);
    const parts = rowOf(
      await depot.post("/api/parts", {
        code: "n",
        weight: 1,
        parts: [{ code: "n1", weight: 2, parts: [{ code: "n2", weight: 3 }] }],
      }),
    );
    expect(parts).toMatchObject({ below: 2, parts: [{ below: 3, parts: [{ below: 0 }] }] });
    const kinds = await openEngine(everyKind);
    expect(
      rowOf(await kinds.post("/api/order%20items", { "unit price": 1, "version list": [{ name: "v" }] })),
    ).toMatchObject({
      "version list": [{ name: "v", item_id: 1 }],
    });
    expect(rowOf(await kinds.post("/api/codes", { "co}de": "x", below: [{ "co}de": "y" }] }))).toMatchObject({
      below: [{ "co}de": "y", parent: "x" }],
    });
    await closeSound(kinds);
  });

  test("a row below may name the parent only through where it stands", async () => {
    const answer = await depot.post("/api/posts", { user_id: 1, title: "t", comments: [{ content: "c", post_id: 1 }] });
    expect(findingsOf(answer)).toEqual(["/comments/0/post_id read_only"]);
    expect(
      findingsOf(
        await depot.post("/api/posts", { user_id: 1, title: "t", comments: [{ content: "c", post_id: null }] }),
      ),
    ).toEqual(["/comments/0/post_id required"]);
    expect(
      findingsOf(await depot.post("/api/folders", { name: "a", folders: [{ name: "b", parent_id: null }] })),
    ).toEqual(["/folders/0/parent_id read_only"]);
  });
});

describe("findings", () => {
  test("have the whole way to the place", async () => {
    const before = await contents(depot, "posts", "comments", "orders", "items", "labels");
    expect(
      findingsOf(
        await depot.post("/api/posts", {
          user_id: 1,
          title: "t",
          comments: [{ content: "ok" }, {}, { content: 5, x: 1 }],
        }),
      ),
    ).toEqual(["/comments/1/content required", "/comments/2/x unknown_field", "/comments/2/content type"]);
    expect(
      findingsOf(
        await depot.post("/api/users", [
          { email: "f1@x.de", name: "n" },
          { email: "f2@x.de", name: "n", posts: [{ title: "t", comments: [{ content: "" }] }, { title: 1 }] },
          { email: "f3@x.de" },
        ]),
      ),
    ).toEqual(["/1/posts/0/comments/0/content required", "/1/posts/1/title type", "/2/name required"]);
    expect(
      findingsOf(
        await depot.post("/api/orders", {
          items: [
            { product_id: 1, quantity: 1 },
            { product_id: 987, quantity: 1 },
          ],
        }),
      ),
    ).toEqual(["/items/1/product_id reference_missing"]);
    const clash = await depot.post("/api/orders", {
      items: [
        { product_id: 1, quantity: 1 },
        { product_id: 1, quantity: 2 },
      ],
    });
    expect(problemOf(clash, 409, "unique").errors).toMatchObject([
      { pointer: "/items/1/order_id" },
      { pointer: "/items/1/product_id" },
    ]);
    expect(
      findingsOf(
        await depot.post("/api/users", {
          email: "f4@x.de",
          name: "n",
          posts: [{ title: "t", starts_at: "2024-02-02T00:00:00.000Z", ends_at: "2024-01-01T00:00:00.000Z" }],
        }),
      ),
    ).toEqual(["/posts/0/ends_at check"]);
    expect(await contents(depot, "posts", "comments", "orders", "items", "labels")).toEqual(before);
    expect(rowsOf(await depot.get("/api/users?email[starts]=f"))).toEqual([]);
  });

  test.each([
    ["no list", { comments: {} }, "/comments type"],
    ["a number", { comments: 5 }, "/comments type"],
    ["null", { comments: null }, "/comments type"],
    ["a text", { comments: "x" }, "/comments type"],
    ["a list of no rows", { comments: [null] }, "/comments/0 type"],
    ["a list of lists", { comments: [[]] }, "/comments/0 type"],
    ["the relation to one", { author: { name: "x" } }, "/author unknown_field"],
    ["a name that every object has", { constructor: [] }, "/constructor unknown_field"],
  ])("%s", async (_, rows, finding) => {
    const answer = await depot.post("/api/posts", { user_id: 1, title: "t", ...rows });
    expect(findingsOf(answer)).toEqual([finding]);
    expect(answer.sql).toEqual([]);
  });

  test("__proto__ is a name like any other", async () => {
    const headers = { "content-type": "application/json" };
    const send = (body: string) => depot.send({ method: "POST", url: "/api/posts", headers, body });
    expect(findingsOf(await send('{"user_id":1,"title":"t","__proto__":[{"content":"c"}]}'))).toEqual([
      "/__proto__ unknown_field",
    ]);
    expect(
      findingsOf(await send('{"user_id":1,"title":"t","comments":[{"content":"c","__proto__":{"content":"d"}}]}')),
    ).toEqual(["/comments/0/__proto__ unknown_field"]);
    expect(findingsOf(await send('{"user_id":1,"title":"t","comments":{"__proto__":[]}}'))).toEqual(["/comments type"]);
  });

  test("rows of other tables belong into a POST alone", async () => {
    const [post] = [Number(rowOf(await depot.post("/api/posts", { user_id: 1, title: "t" }))["id"])];
    expect(findingsOf(await depot.patch(`/api/posts/${post}`, { comments: [] }))).toEqual(["/comments unknown_field"]);
    expect(findingsOf(await depot.put(`/api/posts/${post}`, { user_id: 1, title: "t", comments: [] }))).toEqual([
      "/comments unknown_field",
    ]);
  });
});

describe("limits and rules", () => {
  test("three levels, and 1,000 rows of all of them together", async () => {
    const leaf = { name: "4" };
    const deep = { name: "1", folders: [{ name: "2", folders: [{ name: "3", folders: [leaf] }] }] };
    problemOf(await depot.post("/api/folders", deep), 400, "limit_exceeded");
    expect(
      (await depot.post("/api/folders", { name: "1", folders: [{ name: "2", folders: [{ name: "3" }] }] })).status,
    ).toBe(201);
    const below = (count: number): object => ({
      name: "w",
      folders: Array.from({ length: count }, () => ({ name: "w" })),
    });
    problemOf(await depot.post("/api/folders", below(1000)), 400, "limit_exceeded");
    problemOf(await depot.post("/api/folders", [below(499), below(500)]), 400, "limit_exceeded");
    expect((await depot.post("/api/folders", [below(499), below(499)])).status).toBe(201);
    expect((await depot.get("/api/folders?name=w&count=exact&limit=1")).headers["x-total-count"]).toBe("1000");
  });

  test("a table that is closed is no relation; one that nobody may create is told as that", async () => {
    const user = { email: "closed@x.de", name: "n" };
    expect(findingsOf(await depot.post("/api/users", { ...user, secrets: [{ word: "x" }] }))).toEqual([
      "/secrets unknown_field",
    ]);
    problemOf(await depot.post("/api/users", { ...user, listed: [{ word: "x" }] }), 403, "forbidden");
    problemOf(await depot.post("/api/users", { ...user, listed: [] }), 403, "forbidden");
    expect(rowsOf(await depot.get("/api/users?email=closed@x.de"))).toEqual([]);
  });

  test("If-None-Match: * speaks of the row itself", async () => {
    const body = { code: "once", word: "w", ratings: [{ user_id: 1, stars: 1 }] };
    expect((await depot.post("/api/tags", body, { "if-none-match": "*" })).status).toBe(201);
    problemOf(await depot.post("/api/tags", body, { "if-none-match": "*" }), 412, "precondition_failed");
    const twice = {
      code: "twice",
      word: "w",
      ratings: [
        { user_id: 1, stars: 1 },
        { user_id: 1, stars: 2 },
      ],
    };
    problemOf(await depot.post("/api/tags", twice, { "if-none-match": "*" }), 409, "unique");
    problemOf(await depot.get("/api/tags/twice"), 404, "not_found");
  });

  test("the last row that is refused leaves nothing: no row, no sum, no transfer", async () => {
    const tables = ["orders", "items", "labels", "accounts", "transfers"];
    const before = await contents(depot, ...tables);
    const sequence = (await stored(depot, "accounts/1"))["balance"];
    expect(
      (
        await depot.post("/api/accounts", {
          owner: "last",
          balance: "1.00",
          outgoing: [
            { to_id: 1, amount: "1.00" },
            { to_id: 1, amount: "0.01" },
          ],
        })
      ).status,
    ).toBe(400);
    expect(
      findingsOf(
        await depot.post("/api/orders", {
          items: [
            { product_id: 1, quantity: 1, labels: [{ word: "x" }] },
            { product_id: 2, quantity: 1001 },
          ],
        }),
      ),
    ).toEqual(["/items/1/quantity out_of_range"]);
    expect(await contents(depot, ...tables)).toEqual(before);
    expect((await stored(depot, "accounts/1"))["balance"]).toBe(sequence);
  });
});
