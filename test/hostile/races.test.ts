import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type OpenDoor, openSocket } from "./doors.ts";
import { exchange, rawRequest } from "./raw-socket.ts";

/** Requests that arrive at the same time. */
const AT_ONCE = 50;

describe("races", () => {
  let door: OpenDoor;
  beforeAll(async () => {
    door = await openSocket();
  });
  afterAll(() => door.close());

  const all = <T>(make: (at: number) => Promise<T>): Promise<T[]> =>
    Promise.all(Array.from({ length: AT_ONCE }, (_, at) => make(at)));
  const tally = (statuses: readonly number[]): Record<number, number> => {
    const counts: Record<number, number> = {};
    for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  };

  test.each(["inside", "socket"] as const)(
    "C07 50 PATCHes with one tag, %s: exactly one succeeds, and its value is the stored one",
    async (way) => {
      const first = await door.send({ path: "/api/settings/1" });
      const headers = { "if-match": first.headers["etag"] as string, "content-type": "application/json" };
      const base = way === "inside" ? 1_000 : 2_000;
      const answers = await all(async (at) => {
        const json = { value: base + at };
        if (way === "inside") return door.engine.patch("/api/settings/1", json, headers);
        const body = new TextEncoder().encode(JSON.stringify(json));
        const bytes = rawRequest({ method: "PATCH", target: "/api/settings/1", headers, body });
        const { answers: got } = await exchange(door.port, bytes, { answers: 1 });
        return { status: got[0]?.status ?? 0, text: got[0]?.text ?? "" };
      });
      expect(tally(answers.map(({ status }) => status))).toEqual({ 200: 1, 412: AT_ONCE - 1 });
      const winner = answers.findIndex(({ status }) => status === 200);
      expect(JSON.parse((await door.send({ path: "/api/settings/1" })).text)).toMatchObject({ value: base + winner });
    },
  );

  test("C07 a PATCH, a PUT and a DELETE with one tag: exactly one succeeds", async () => {
    const made = await door.engine.post("/api/settings", { name: "fought over" });
    const headers = { "if-match": made.headers["etag"] as string };
    const url = made.headers["location"] as string;
    const answers = await all(async (at) => {
      if (at % 3 === 0) return door.engine.patch(url, { value: at }, headers);
      return at % 3 === 1
        ? door.engine.put(url, { name: "put", value: at }, headers)
        : door.engine.delete(url, headers);
    });
    expect(answers.filter(({ status }) => status < 300)).toHaveLength(1);
    for (const { status } of answers) expect([200, 204, 404, 412]).toContain(status);
  });

  test("C10 50 rows at once are all in the sum, exactly", async () => {
    const cart = await door.engine.post("/api/carts", { note: "race" });
    const { id } = cart.json as { id: number };
    const answers = await all(() =>
      door.engine.post("/api/cart_items", { cart_id: id, quantity: 3, unit_price: "0.10" }),
    );
    expect(tally(answers.map(({ status }) => status))).toEqual({ 201: AT_ONCE });
    expect((await door.engine.get(`/api/carts/${id}`)).json).toMatchObject({ total: "15.00" });
  });

  test("C10 50 increments at once add up to 50, and 50 that take away never go below", async () => {
    const made = await door.engine.post("/api/samples", { label: "race", small: 0, whole: 0 });
    const url = made.headers["location"] as string;
    const ups = await all(() => door.engine.patch(url, { whole: { increment: 1 } }));
    expect(tally(ups.map(({ status }) => status))).toEqual({ 200: AT_ONCE });
    const downs = await all(() => door.engine.patch(url, { small: { increment: -1 } }));
    expect(tally(downs.map(({ status }) => status))).toEqual({ 200: 10, 400: AT_ONCE - 10 });
    expect((await door.engine.get(url)).json).toMatchObject({ whole: AT_ONCE, small: -10 });
  });

  test("C10 50 rows moved and 50 deleted at once leave the sum of what is there", async () => {
    const [from, to] = await Promise.all(
      ["from", "to"].map(async (note) => ((await door.engine.post("/api/carts", { note })).json as { id: number }).id),
    );
    const items = await all(
      async () =>
        (
          (await door.engine.post("/api/cart_items", { cart_id: from, quantity: 1, unit_price: "0.01" })).json as {
            id: number;
          }
        ).id,
    );
    await Promise.all(
      items.flatMap((id, at) => [
        door.engine.patch(`/api/cart_items/${id}`, { cart_id: to }),
        ...(at % 2 === 0 ? [door.engine.delete(`/api/cart_items/${id}`)] : []),
      ]),
    );
    expect((await door.engine.get(`/api/carts/${from}`)).json).toMatchObject({ total: "0.00" });
    expect((await door.engine.get(`/api/carts/${to}`)).json).toMatchObject({ total: "0.25" });
    expect((await door.engine.get(`/api/cart_items?cart_id=${to}&count=exact`)).headers["x-total-count"]).toBe("25");
  });

  test("C11 50 deletes of one row: one finds it", async () => {
    const made = await door.engine.post("/api/folders", { name: "gone" });
    const answers = await all(() => door.engine.delete(made.headers["location"] as string));
    expect(tally(answers.map(({ status }) => status))).toEqual({ 204: 1, 404: AT_ONCE - 1 });
  });

  test("C05 50 creates of one key: one creates it", async () => {
    const plain = await all((at) => door.engine.post("/api/pages", { path: "one", title: `t${at}` }));
    expect(tally(plain.map(({ status }) => status))).toEqual({ 201: 1, 409: AT_ONCE - 1 });
    const guarded = await all((at) =>
      door.engine.post("/api/pages", { path: "two", title: `t${at}` }, { "if-none-match": "*" }),
    );
    expect(tally(guarded.map(({ status }) => status))).toEqual({ 201: 1, 412: AT_ONCE - 1 });
  });

  test("T24 50 users with one address in different case: one gets it", async () => {
    const answers = await all((at) =>
      door.engine.post("/api/users", { email: at % 2 === 0 ? "Race@example.com" : "rACE@EXAMPLE.com", name: "x" }),
    );
    expect(tally(answers.map(({ status }) => status))).toEqual({ 201: 1, 409: AT_ONCE - 1 });
  });

  test("T23 a parent deleted while children come: no child is left without it", async () => {
    const made = await door.engine.post("/api/users", { email: "parent@example.com", name: "x" });
    const { id } = made.json as { id: number };
    const answers = await all((at) =>
      at === 25
        ? door.engine.delete(`/api/users/${id}`)
        : door.engine.post("/api/posts", { title: `child ${at}`, author_id: id }),
    );
    const parent = (await door.engine.get(`/api/users/${id}`)).status;
    const children = JSON.parse((await door.engine.get(`/api/posts?author_id=${id}&limit=100`)).text) as unknown[];
    expect(children).toHaveLength(answers.filter(({ status }) => status === 201).length);
    expect(parent === 404 ? children : []).toEqual([]);
    for (const { status } of answers) expect([201, 204, 400, 409]).toContain(status);
  });

  test("I13 ids of deleted rows never come back", async () => {
    const ids: number[] = [];
    for (let at = 0; at < 5; at++) {
      const { id } = (await door.engine.post("/api/folders", { name: "next" })).json as { id: number };
      ids.push(id);
      expect((await door.engine.delete(`/api/folders/${id}`)).status).toBe(204);
    }
    expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => a - b));
  });

  test("none of this was a fault of the server", () => {
    expect(door.engine.faults).toEqual([]);
  });
});
