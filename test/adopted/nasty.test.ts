import { expect, test } from "vitest";
import { describeEachAdapter } from "../database/adapters.ts";
import type { EngineUnderTest } from "../harness/open-engine.ts";
import { NASTY, nasty } from "./nasty.ts";
import { adopt, adoptedFile } from "./world.ts";

type Rows = readonly { readonly [column: string]: unknown }[];

const ids = async (app: EngineUnderTest, url: string): Promise<unknown[]> => {
  const { status, text, json } = await app.get(url);
  expect(status, text).toBe(200);
  return (json as Rows).map(({ id }) => id);
};

describeEachAdapter("a file that nobody here designed", ({ preference, driver }) => {
  const open = async () => {
    const file = adoptedFile(NASTY, driver);
    const before = file.schema();
    const app = await adopt(nasty, file, { sqliteDriver: preference });
    return { file, app, unchanged: () => expect(file.schema()).toEqual(before) };
  };

  test("values are answered in the form of their kind", async () => {
    const { app } = await open();
    const { json } = await app.get("/api/kinds/1");
    expect(json).toEqual({
      id: 1,
      flag: true,
      price: "0.99",
      exact: "0.99",
      amount: 1.5,
      at: "2024-01-02T03:04:05.000Z",
      seconds: "2024-01-02T03:04:05.000Z",
      millis: "2024-01-02T03:04:05.678Z",
      day: "2009-01-01",
      born: "2009-01-01",
      uid: "0191f2f0-7c1e-7d3a-9b1c-2f6a1f0e9d11",
      big: "9007199254740993",
      note: "longer than five",
      doc: { a: 1 },
    });
    expect((await app.get("/api/kinds/2")).json).toMatchObject({
      price: "10.00",
      exact: "10.00",
      at: "2024-01-02T03:04:05.500Z",
      seconds: "1969-12-31T23:59:59.000Z",
      millis: "1970-01-01T00:00:00.001Z",
    });
    expect((await app.get("/api/kinds/5?fields=exact,at,day")).json).toEqual({
      exact: "-0.50",
      at: "2024-01-02T03:04:05.500Z",
      day: "2010-05-06",
    });
    expect((await app.get("/api/kinds/4")).text.match(/null/g)).toHaveLength(13);
    expect(app.faults.map(String)).toEqual([]);
  });

  test("a value that is not of its kind answers null, is reported, and ends no list", async () => {
    const { app } = await open();
    const { json } = await app.get("/api/kinds?sort=id");
    expect((json as Rows)[2]).toEqual({
      id: 3,
      ...Object.fromEntries(
        "flag price exact amount at seconds millis day born uid big note doc".split(" ").map((name) => [name, null]),
      ),
    });
    const columns = app.faults.map((fault) => /stored in (\S+) is not/.exec(String(fault))?.[1]);
    expect(columns.toSorted((one, other) => String(one).localeCompare(String(other)))).toEqual([
      "kinds.amount",
      "kinds.at",
      "kinds.big",
      "kinds.born",
      "kinds.day",
      "kinds.doc",
      "kinds.exact",
      "kinds.flag",
      "kinds.millis",
      "kinds.note",
      "kinds.price",
      "kinds.seconds",
      "kinds.uid",
    ]);
    const row = await app.get("/api/kinds/3");
    expect(row.text).not.toContain("servery");
    const tag = row.headers["etag"] ?? "";
    const changed = await app.patch("/api/kinds/3", { note: "fine" }, { "if-match": tag });
    expect([changed.status, changed.json]).toMatchObject([200, { note: "fine", price: null }]);
    expect(
      (await app.get("/api/kinds?filter=%7B%22at%22%3A%7B%22null%22%3Atrue%7D%7D&sort=id&fields=id")).json,
    ).toEqual([{ id: 3 }, { id: 4 }]);
    const csv = await app.get("/api/kinds?sort=id&fields=id,at", { accept: "text/csv" });
    expect(csv.text.split(/\r?\n/)).toEqual(expect.arrayContaining(["id,at", "3,", "4,"]));
  });

  test("filters, sorts, cursors and numbers compare what the file holds as what it means", async () => {
    const { app } = await open();
    expect(await ids(app, "/api/kinds?at=2024-01-02T03:04:05.500Z&sort=id")).toEqual([2, 5]);
    expect(await ids(app, "/api/kinds?at[gt]=2024-01-02T03:04:05Z&sort=id")).toEqual([2, 5]);
    expect(await ids(app, "/api/kinds?price[gte]=0.99&sort=-price")).toEqual([2, 5, 1]);
    expect(await ids(app, "/api/kinds?exact[in]=10&exact[in]=-0.5&sort=exact")).toEqual([5, 2]);
    expect(await ids(app, "/api/kinds?seconds=2024-01-02T03:04:05Z")).toEqual([1]);
    expect(await ids(app, "/api/kinds?millis[lte]=1970-01-01T00:00:00.002Z&sort=millis")).toEqual([2, 5]);
    expect(await ids(app, "/api/kinds?day[lt]=2009-06-01&sort=-day")).toEqual([1, 2]);
    expect((await app.get("/api/kinds?aggregate=sum(price),max(at),min(exact)")).json).toEqual([
      { sum_price: "20.98", max_at: "2024-01-02T03:04:05.500Z", min_exact: "-0.50" },
    ]);
    for (const sort of ["at", "-at", "price", "-exact", "note", "-note", "seconds", "-day", "big", "-flag"]) {
      const seen: unknown[] = [];
      let next: string | undefined = `/api/kinds?sort=${sort}&limit=1&fields=id`;
      while (next !== undefined && seen.length < 9) {
        const page = await app.get(next);
        seen.push(...(page.json as Rows).map(({ id }) => id));
        next = /<([^>]*)>; rel="next"/.exec(page.headers["link"] ?? "")?.[1];
      }
      expect(seen, sort).toEqual(await ids(app, `/api/kinds?sort=${sort}`));
    }
  });

  test("an index of the file serves a filter, whatever the form", async () => {
    const file = adoptedFile(NASTY, driver);
    for (const column of ["price", "at", "seconds", "millis", "day"])
      file.exec(`CREATE INDEX kinds_${column} ON kinds (${column})`);
    const app = await adopt(nasty, file, { sqliteDriver: preference });
    for (const filter of [
      "price=0.99",
      "price[lt]=5",
      "at[gte]=2024-01-02",
      "seconds=2024-01-02T03:04:05Z",
      "millis[gt]=2024-01-02",
      "day=2009-01-01",
    ]) {
      const { sql, json } = await app.get(`/api/kinds?${filter}`);
      expect(json, filter).toEqual(expect.arrayContaining([expect.objectContaining({ id: 1 })]));
      const text = sql[0]?.replaceAll(/\?(?!\*)/g, "'2024-01-02T03:04:05.000Z'") ?? "";
      const plan = file.rows(`EXPLAIN QUERY PLAN ${text}`).map(({ detail }) => String(detail));
      expect(plan, filter).toEqual(
        expect.arrayContaining([expect.stringContaining(`INDEX kinds_${filter.split(/[=[]/)[0] ?? ""}`)]),
      );
    }
  });

  test("writes keep the form of the file", async () => {
    const { app, file, unchanged } = await open();
    const made = await app.post("/api/kinds", {
      flag: true,
      price: "12.30",
      exact: "12345678901234.50",
      at: "2025-06-07T08:09:10+02:00",
      seconds: "2025-06-07T08:09:10Z",
      millis: "2025-06-07T08:09:10.011Z",
      day: "2025-06-07",
      doc: { b: [1] },
    });
    expect([made.status, made.json]).toMatchObject([
      201,
      { id: 6, exact: "12345678901234.50", at: "2025-06-07T06:09:10.000Z", millis: "2025-06-07T08:09:10.011Z" },
    ]);
    expect(file.rows("SELECT flag, price, exact, at, seconds, millis, day, doc FROM kinds WHERE id = 6")).toEqual([
      {
        flag: 1,
        price: 12.3,
        exact: "12345678901234.50",
        at: "2025-06-07 06:09:10",
        seconds: 1_749_283_750,
        millis: 1_749_283_750_011,
        day: "2025-06-07 00:00:00",
        doc: '{"b":[1]}',
      },
    ]);
    expect(
      (await app.patch("/api/kinds/6", { exact: { increment: "0.51" }, price: { increment: "-12.31" } })).json,
    ).toMatchObject({ exact: "12345678901235.01", price: "-0.01" });
    expect((await app.patch("/api/kinds/6", { note: "longer than five" })).status).toBe(400);
    unchanged();
  });

  test("rows without a key are addressed by their number, others by whatever key they have", async () => {
    const { app, file, unchanged } = await open();
    expect((await app.get("/api/no%20key?sort=rowid")).json).toEqual([
      { rowid: 1, name: "one", at: "2024-01-02T03:04:05.000Z" },
      { rowid: 2, name: "two", at: "2024-01-02T03:04:06.000Z" },
      { rowid: 3, name: "three", at: null },
    ]);
    const made = await app.post("/api/no%20key", { name: "four" });
    expect([made.status, made.headers["location"], made.json]).toEqual([
      201,
      "/api/no%20key/4",
      { rowid: 4, name: "four", at: null },
    ]);
    expect((await app.patch("/api/no%20key/4", { name: "4" })).json).toMatchObject({ rowid: 4, name: "4" });
    expect((await app.delete("/api/no%20key/4")).status).toBe(204);
    expect((await app.get("/api/taken")).json).toEqual([{ _rowid_: 1, rowid: "mine", value: 1 }]);
    expect((await app.get("/api/taken/1")).status).toBe(200);
    expect((await app.get("/api/settings/ui,a%2Cb")).json).toEqual({ section: "ui", key: "a,b", value: "comma" });
    const upserted = await app.put("/api/settings?on_conflict=section,key", {
      section: "ui",
      key: "theme",
      value: "light",
    });
    expect([upserted.status, upserted.json]).toMatchObject([200, { value: "light" }]);
    const code = await app.post("/api/codes", { label: "next" });
    expect([code.status, code.json]).toEqual([201, { code: 21, label: "next" }]);
    expect(file.rows("SELECT * FROM codes WHERE code IS NULL")).toEqual([]);
    unchanged();
  });

  test("generated columns and what triggers do are answered as they are, and written by nobody", async () => {
    const { app, file, unchanged } = await open();
    const made = await app.post("/api/lines", { quantity: 2, price: 5 });
    expect([made.status, made.json]).toEqual([
      201,
      { id: 1, quantity: 2, price: 5, total: 10, twice: 4, made: "NOW", changes: 0, shout: "made 2" },
    ]);
    expect((await app.get("/api/lines/1")).headers["etag"]).toBe(made.headers["etag"]);
    const changed = await app.patch("/api/lines/1", { quantity: 3 });
    expect([changed.status, changed.json]).toMatchObject([200, { total: 15, twice: 6, changes: 1 }]);
    expect((await app.post("/api/lines", { quantity: 1, price: 1, total: 9 })).json).toMatchObject({
      errors: [{ pointer: "/total", code: "read_only" }],
    });
    expect((await app.put("/api/lines/1", { ...(changed.json as object), price: 1 })).json).toMatchObject({ total: 3 });
    expect((await app.post("/api/lines", { quantity: 13, price: 1 })).json).toMatchObject({
      status: 409,
      code: "refused_by_database",
    });
    expect((await app.post("/api/lines", { quantity: 14, price: 1 })).json).toMatchObject({
      code: "refused_by_database",
    });
    expect((await app.get("/api/line%20totals")).json).toEqual([{ id: 1, total: 3 }]);
    expect((await app.post("/api/line%20totals", { id: 1, total: 3 })).status).toBe(405);
    expect(file.rows("SELECT what FROM log")).toEqual([{ what: "made 1" }]);
    expect((await app.get("/api/log")).json).toEqual([{ rowid: 1, what: "made 1" }]);
    unchanged();
  });

  test("relations lead both ways, and a delete takes what the file says", async () => {
    const { app, file, unchanged } = await open();
    expect((await app.get("/api/tree/2?include=up,down&fields=id,name")).json).toMatchObject({
      up: { name: "root" },
      down: [{ name: "leaf" }],
    });
    expect((await app.get("/api/people/1/sent?include=to&sort=id")).json).toMatchObject([
      { id: 1, to: { name: "Bob" } },
      { id: 3, to: { name: "ann" } },
    ]);
    expect(await ids(app, "/api/people?sent.to.name=Bob")).toEqual([1]);
    expect((await app.delete("/api/tree/1")).status).toBe(204);
    expect(file.rows("SELECT id FROM tree")).toEqual([{ id: 4 }]);
    expect((await app.delete("/api/people/1")).status).toBe(204);
    expect(file.rows("SELECT * FROM letters")).toEqual([{ id: 2, sender: 2, reader: null }]);
    unchanged();
  });

  test("texts compare by code point, whatever collation their column has", async () => {
    const { app } = await open();
    expect(await ids(app, "/api/people?sort=name")).toEqual([4, 2, 1, 3]);
    expect(await ids(app, "/api/people?name=BOB")).toEqual([]);
    expect(await ids(app, "/api/people?name=Bob")).toEqual([2]);
    expect((await app.post("/api/people", { name: "BOB" })).status).toBe(409);
    const upserted = await app.put("/api/people?on_conflict=name", { name: "Bob" });
    expect([upserted.status, upserted.json]).toMatchObject([200, { id: 2 }]);
  });
});
