import { everyone, servery, table, text } from "servery";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { openRaw } from "../validation/raw-file.ts";
import { closeSound, columnOf, findingsOf, type JsonRow, problemOf, rowOf, rowsOf } from "./answers.ts";
import { contents, newIds, openDepot, stored } from "./depot.ts";

let depot: EngineUnderTest;
beforeAll(async () => {
  depot = await openDepot();
});
afterAll(() => closeSound(depot));

const wait = (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, 5);
  });

/** Rows that have a key of their own beside what is unique. */
function openKeyed(): Promise<EngineUnderTest> {
  const open = { read: everyone, create: everyone, update: everyone, delete: everyone };
  const things = table({ code: text(5), serial: text(5).unique(), word: text(5).optional() })
    .primaryKey("code")
    .allow(open);
  return openEngine(servery({ tables: { things } }));
}

describe("PUT with on_conflict", () => {
  test("makes the row: 201 with address and tag; replaces it: 200, same id, same time of creation", async () => {
    const url = "/api/users?on_conflict=email";
    const made = await depot.put(url, { email: "up@example.com", name: "first", score: 5, nick: "uppy" });
    expect([made.status, made.headers["location"]]).toEqual([201, `/api/users/${String(rowOf(made)["id"])}`]);
    await wait();
    const replaced = await depot.put(url, { email: "up@example.com", name: "second" });
    expect([replaced.status, replaced.headers["location"]]).toEqual([200, undefined]);
    const [before, after] = [rowOf(made), rowOf(replaced)];
    // As a PUT of one row: what is left out takes its default, or null.
    expect(after).toMatchObject({
      id: before["id"],
      name: "second",
      score: 0,
      nick: null,
      created_at: before["created_at"],
    });
    expect(String(after["updated_at"]) > String(before["updated_at"])).toBe(true);
    const read = await depot.get(`/api/users/${String(after["id"])}`);
    expect([read.json, read.headers["etag"]]).toEqual([after, replaced.headers["etag"]]);
    const tag = replaced.headers["etag"] as string;
    expect((await depot.patch(`/api/users/${String(after["id"])}`, { score: 1 }, { "if-match": tag })).status).toBe(
      200,
    );
    problemOf(
      await depot.patch(`/api/users/${String(after["id"])}`, { score: 2 }, { "if-match": tag }),
      412,
      "precondition_failed",
    );
  });

  test("an address in another case is the same row, and is stored as it was sent last", async () => {
    const [id] = newIds(await depot.post("/api/users", [{ email: "Case@Example.com", name: "c" }]));
    const answer = await depot.put("/api/users?on_conflict=email", { email: "cASE@example.COM", name: "d" });
    expect([answer.status, rowOf(answer)["id"], rowOf(answer)["email"]]).toEqual([200, id, "cASE@example.COM"]);
  });

  test("several columns together, one of them folding case", async () => {
    const url = "/api/members?on_conflict=team,email";
    const made = rowOf(await depot.put(url, { team: "a", email: "M@x.de", role: "lead" }));
    expect((await depot.put(url, { team: "b", email: "m@x.de" })).status).toBe(201);
    const again = await depot.put(url, { team: "a", email: "m@X.de" });
    expect([again.status, rowOf(again)["id"], rowOf(again)["role"]]).toEqual([200, made["id"], "guest"]);
    expect((await depot.put(url, { team: "A", email: "m@x.de" })).status).toBe(201);
  });

  test("by a key that callers send: of text, and of several columns", async () => {
    expect((await depot.put("/api/tags?on_conflict=code", { code: "t1", word: "one", uses: 3 })).status).toBe(201);
    const answer = await depot.put("/api/tags?on_conflict=code", { code: "t1", word: "uno" });
    expect([answer.status, rowOf(answer)["word"], rowOf(answer)["uses"]]).toEqual([200, "uno", 0]);
    const url = "/api/ratings?on_conflict=user_id,tag_code";
    expect((await depot.put(url, { user_id: 1, tag_code: "t1", stars: 1 })).headers["location"]).toBe(
      "/api/ratings/1,t1",
    );
    expect(rowOf(await depot.put(url, { user_id: 1, tag_code: "t1", stars: 4 }))).toEqual({
      user_id: 1,
      tag_code: "t1",
      stars: 4,
    });
    expect(rowsOf(await depot.get("/api/ratings"))).toHaveLength(1);
    const wide = "/api/wide?on_conflict=big,share,money";
    const row = { big: "9223372036854775807", share: 0.1, money: "0.0001", word: "a" };
    expect((await depot.put(wide, row)).status).toBe(201);
    expect((await depot.put(wide, { ...row, money: 0.0001, word: "b" })).status).toBe(200);
    expect((await depot.put(wide, { ...row, big: "9223372036854775806" })).status).toBe(201);
  });

  test("a list: some are made, some replaced, in its order; twice the same is once made and once replaced", async () => {
    await depot.put("/api/users?on_conflict=email", { email: "l1@example.com", name: "there" });
    const answer = await depot.put("/api/users?on_conflict=email&fields=email,name", [
      { email: "l2@example.com", name: "new" },
      { email: "l1@example.com", name: "changed" },
      { email: "L2@example.com", name: "newer" },
    ]);
    expect([answer.status, answer.headers["location"], answer.headers["etag"]]).toEqual([200, undefined, undefined]);
    expect(answer.json).toEqual([
      { email: "l2@example.com", name: "new" },
      { email: "l1@example.com", name: "changed" },
      { email: "L2@example.com", name: "newer" },
    ]);
    expect(columnOf(await depot.get("/api/users?email[ilike]=l2%25"), "name")).toEqual(["newer"]);
    expect((await depot.put("/api/users?on_conflict=email", [])).json).toEqual([]);
  });

  test("sums: rows that are made, that stay, that change, that move to another parent, each parent once", async () => {
    const [one, two] = newIds(await depot.post("/api/orders", [{}, {}]));
    const url = "/api/items?on_conflict=order_id,product_id";
    const total = async (id: number | undefined): Promise<unknown> => (await stored(depot, `orders/${id}`))["total"];
    await depot.put(url, [
      { order_id: one, product_id: 1, quantity: 1 },
      { order_id: one, product_id: 2, quantity: 1 },
      { order_id: two, product_id: 2, quantity: 1 },
    ]);
    expect([await total(one), await total(two)]).toEqual(["119.99", "100.00"]);
    const answer = await depot.put(url, [
      { order_id: one, product_id: 1, quantity: 3 },
      { order_id: one, product_id: 2, quantity: 2 },
    ]);
    expect([await total(one), await total(two)]).toEqual(["259.97", "100.00"]);
    expect(answer.sql.filter((sql) => sql.startsWith('UPDATE "orders"'))).toHaveLength(1);
    // What was copied at the beginning stays, whatever the product costs now.
    await depot.patch("/api/products/1", { price: "1.00" });
    expect(rowOf(await depot.put(url, { order_id: one, product_id: 1, quantity: 1 }))["unit_price"]).toBe("19.99");
    await depot.patch("/api/products/1", { price: "19.99" });
    expect(await total(one)).toBe("219.99");
    const parts = "/api/parts?on_conflict=code";
    await depot.put(parts, [
      { code: "pa", weight: 1 },
      { code: "pb", weight: 1 },
      { code: "pc", weight: 5, above: "pa" },
    ]);
    const moved = await depot.put(parts, [
      { code: "pc", weight: 7, above: "pb" },
      { code: "pb", weight: 1, above: "pa" },
    ]);
    expect((moved.json as JsonRow[]).map(({ below }) => below)).toEqual([0, 7]);
    expect([(await stored(depot, "parts/pa"))["below"], (await stored(depot, "parts/pb"))["below"]]).toEqual([1, 7]);
  });

  test("rows that a sum changes along get the time; a parent that is left too", async () => {
    await depot.put("/api/parts?on_conflict=code", [
      { code: "ta", weight: 0 },
      { code: "tb", weight: 0 },
      { code: "tc", weight: 5, above: "ta" },
    ]);
    const before = await stored(depot, "parts/ta");
    await wait();
    await depot.put("/api/parts?on_conflict=code", { code: "tc", weight: 5, above: "tb" });
    const after = await stored(depot, "parts/ta");
    expect(after["below"]).toBe(0);
    expect(String(after["updated_at"]) > String(before["updated_at"])).toBe(true);
  });
});

describe("what is refused", () => {
  test("without on_conflict, twice, by what is not unique, by what the server makes", async () => {
    const row = { email: "no@example.com", name: "n" };
    expect(problemOf(await depot.put("/api/users", row), 400, "missing_parameter").detail).toMatch(/email or nick/);
    problemOf(await depot.put("/api/users?on_conflict=email&on_conflict=nick", row), 400, "repeated_parameter");
    for (const wrong of ["name", "id", "email,nick", "", "EMAIL", "__proto__", "email;--"])
      problemOf(await depot.put(`/api/users?on_conflict=${encodeURIComponent(wrong)}`, row), 400, "invalid_parameter");
    problemOf(await depot.put("/api/posts?on_conflict=id", { title: "x", user_id: 1 }), 405, "method_not_allowed");
    problemOf(await depot.put("/api/users?on_conflict=email&name=x", row), 400, "unknown_parameter");
    expect(rowsOf(await depot.get("/api/users?email=no@example.com"))).toEqual([]);
  });

  test("findings with their place: in the body, in the list, of the database", async () => {
    const url = "/api/users?on_conflict=nick";
    expect(findingsOf(await depot.put(url, { email: "n@example.com", name: "n" }))).toEqual(["/nick required"]);
    expect(
      findingsOf(
        await depot.put(url, [
          { email: "n@example.com", name: "n", nick: "a" },
          { email: "n", nick: null },
        ]),
      ),
    ).toEqual(["/1/name required", "/1/email format"]);
    expect(findingsOf(await depot.put(url, { id: 1, email: "n@example.com", name: "n", nick: "a" }))).toEqual([
      "/id read_only",
    ]);
    expect(
      findingsOf(
        await depot.put("/api/ratings?on_conflict=user_id,tag_code", [{ user_id: 1, tag_code: "nope", stars: 1 }]),
      ),
    ).toEqual(["/0/tag_code reference_missing"]);
    problemOf(await depot.send({ method: "PUT", url }), 400, "body_required");
    expect(findingsOf(await depot.put("/api/parts?on_conflict=code", { code: "x", weight: 1, parts: [] }))).toEqual([
      "/parts unknown_field",
    ]);
  });

  test("another unique column that clashes undoes the whole list", async () => {
    await depot.post("/api/users", { email: "holder@example.com", name: "h", nick: "held" });
    const before = await contents(depot, "users");
    const answer = await depot.put("/api/users?on_conflict=email", [
      { email: "made@example.com", name: "m" },
      { email: "other@example.com", name: "o", nick: "held" },
    ]);
    expect(problemOf(answer, 409, "unique").errors).toMatchObject([{ pointer: "/1/nick", code: "unique" }]);
    expect(await contents(depot, "users")).toEqual(before);
  });

  test("another key than that of the row that is there", async () => {
    const keyed = await openKeyed();
    await keyed.post("/api/things", { code: "A", serial: "s1" });
    expect(findingsOf(await keyed.put("/api/things?on_conflict=serial", { code: "B", serial: "s1" }))).toEqual([
      "/code read_only",
    ]);
    expect(rowsOf(await keyed.get("/api/things"))).toMatchObject([{ code: "A", serial: "s1" }]);
    expect((await keyed.put("/api/things?on_conflict=serial", { code: "A", serial: "s1", word: "w" })).status).toBe(
      200,
    );
    await closeSound(keyed);
  });

  test("what the rule does not allow, only once it turns out which of both it is", async () => {
    expect((await depot.put("/api/frozen?on_conflict=word", { word: "ice" })).status).toBe(201);
    const refused = await depot.put("/api/frozen?on_conflict=word", [{ word: "new" }, { word: "ice" }]);
    problemOf(refused, 403, "forbidden");
    expect(columnOf(await depot.get("/api/frozen"), "word")).toEqual(["ice"]);
    problemOf(await depot.put("/api/listed?on_conflict=word", { word: "none" }), 403, "forbidden");
    const file = await openRaw(depot.databasePath);
    file.run(
      "INSERT INTO listed (word, created_at, updated_at) VALUES ('there', '2024-01-01T00:00:00.000Z', '2024-01-01T00:00:00.000Z')",
    );
    file.close();
    expect((await depot.put("/api/listed?on_conflict=word", { word: "there" })).status).toBe(200);
    expect(findingsOf(await depot.put("/api/listed?on_conflict=word", { word: "there", user_id: 987_654 }))).toEqual([
      "/user_id reference_missing",
    ]);
  });

  test("rows that the caller may not read are not replaced, as no filter would find them", async () => {
    expect((await depot.put("/api/drop_box?on_conflict=word", { word: "note" })).status).toBe(201);
    const answer = await depot.put("/api/drop_box?on_conflict=word", { word: "note" });
    problemOf(answer, 403, "forbidden");
    expect(answer.text).not.toMatch(/created_at|"id"/);
  });

  test("a table that is closed for both tells nothing of itself, and one with if_match is not written past it", async () => {
    const answer = await depot.put("/api/secrets?on_conflict=nope", { wrod: 1 });
    problemOf(answer, 401, "sign_in_required");
    expect(answer.text).not.toMatch(/word|user_id/);
    expect(answer.sql).toEqual([]);
    const tag = (await depot.post("/api/guarded", { word: "g" })).headers["etag"] as string;
    problemOf(await depot.put("/api/guarded?on_conflict=word", { word: "g" }), 428, "precondition_required");
    problemOf(
      await depot.put("/api/guarded?on_conflict=word", { word: "g" }, { "if-match": tag }),
      428,
      "precondition_required",
    );
    for (const name of ["if-match", "if-none-match"])
      problemOf(
        await depot.put("/api/tags?on_conflict=code", { code: "x", word: "x" }, { [name]: "*" }),
        400,
        "invalid_precondition",
      );
  });
});

test("50 at once of one address: one makes the row, and it is there once", async () => {
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, at) =>
      depot.put("/api/users?on_conflict=email", {
        email: at % 2 === 0 ? "race@example.com" : "RACE@example.com",
        name: `n${at}`,
      }),
    ),
  );
  const made = answers.filter(({ status }) => status === 201).length;
  expect([made, answers.filter(({ status }) => status === 200).length]).toEqual([1, 49]);
  expect(rowsOf(await depot.get("/api/users?email[ilike]=race@example.com"))).toHaveLength(1);
});
