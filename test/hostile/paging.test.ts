import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { everyone, integer, servery, table, text } from "servery";
import { type EngineUnderTest, openEngine, type TestAnswer } from "../harness/open-engine.ts";

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };
/** Rows that all have the same sort key. */
const EQUAL = 10_000;
const AFTER_1_000 = 1_000;

type Item = { id: number; rank: number | null; name: string };

/** Many rows with equal keys, and a table in which half of the keys are missing. */
const pages = servery({
  tables: {
    items: table({ name: text(20), rank: integer().optional().index(), same: integer().default(7) }).allow(OPEN),
    others: table({ name: text(20), rank: integer().optional(), same: integer().default(7) }).allow(OPEN),
  },
  *seed() {
    const rows = (count: number) =>
      Array.from({ length: count }, (_, at) => ({
        id: at + 1,
        name: `n${at % 13}`,
        rank: at % 2 === 0 ? null : at % 7,
      }));
    const times = { created_at: "2024-01-01T00:00:00.000Z", updated_at: "2024-01-01T00:00:00.000Z" };
    yield { table: "items", rows: rows(EQUAL).map((row) => ({ ...row, ...times })) };
    yield { table: "others", rows: rows(50).map((row) => ({ ...row, ...times })) };
  },
});

describe("walks over pages", () => {
  let engine: EngineUnderTest;
  beforeAll(async () => {
    engine = await openEngine(pages);
  });
  afterAll(() => engine.close());

  const nextOf = (answer: TestAnswer): string | undefined =>
    /^<([^>]+)>; rel="next"$/.exec(answer.headers["link"] ?? "")?.[1];

  /** Follows the links of a list from its first page; `between` runs after each page. */
  async function walk(url: string, between: (page: number) => Promise<void> = async () => undefined): Promise<Item[]> {
    const found: Item[] = [];
    let next: string | undefined = url;
    for (let page = 0; next !== undefined; page++) {
      expect(page, "pages").toBeLessThan(AFTER_1_000);
      const answer: TestAnswer = await engine.get(next);
      expect(answer.status, `${next}: ${answer.text.slice(0, 200)}`).toBe(200);
      found.push(...(answer.json as Item[]));
      next = nextOf(answer);
      await between(page);
    }
    return found;
  }

  const ids = (items: readonly Item[]): number[] => items.map(({ id }) => id);

  test.each(["sort=same", "sort=-same", "sort=same,-id", "sort=-same,name", "", "sort=created_at"])(
    "P08 10,000 equal keys, %s: every row exactly once",
    async (sort) => {
      const found = await walk(`/api/items?${sort === "" ? "" : `${sort}&`}limit=997&fields=id&cursor=`);
      expect(found).toHaveLength(EQUAL);
      expect(new Set(ids(found)).size).toBe(EQUAL);
    },
  );

  test("P08 the walk by cursor has the order of one long list", async () => {
    const whole = (await engine.get("/api/items?sort=-same,name&limit=1000&fields=id")).json as Item[];
    const found = await walk("/api/items?sort=-same,name&limit=137&fields=id&id[lte]=10000");
    expect(ids(found).slice(0, 1_000)).toEqual(ids(whole));
  });

  test.each(["rank", "-rank", "rank,-name", "-rank,name", "name,-rank,id"])(
    "P10 missing keys, sort=%s: every row exactly once, a missing one is the smallest",
    async (sort) => {
      const found = await walk(`/api/items?sort=${sort}&limit=613&fields=id,rank,name`);
      expect(found).toHaveLength(EQUAL);
      expect(new Set(ids(found)).size).toBe(EQUAL);
      const ranks = sort.startsWith("name") ? [] : found.map(({ rank }) => rank ?? -1);
      expect(ranks).toEqual(ranks.toSorted((a, b) => (sort.startsWith("-") ? b - a : a - b)));
      const mixed = await walk(`/api/others?sort=${sort}&limit=7&fields=id,rank,name`);
      const whole = (await engine.get(`/api/others?sort=${sort}&limit=1000&fields=id,rank,name`)).json as Item[];
      expect(mixed).toEqual(whole);
    },
  );

  test("P09 rows that come and go during the walk: those that stay are there exactly once", async () => {
    const before = new Set(ids(await walk("/api/items?limit=1000&fields=id&sort=rank")));
    const gone = new Set<number>();
    const come = new Set<number>();
    const found = ids(
      await walk("/api/items?limit=200&fields=id&sort=rank", async (page) => {
        if (page > 30) return;
        const victim = 100 + page * 37;
        expect((await engine.delete(`/api/items/${victim}`)).status).toBe(204);
        gone.add(victim);
        for (const rank of [null, 0, 3, 6])
          come.add(((await engine.post("/api/items", { name: "new", rank })).json as Item).id);
      }),
    );
    expect(new Set(found).size, "no row twice").toBe(found.length);
    const stayed = [...before].filter((id) => !gone.has(id));
    const missing = stayed.filter((id) => !new Set(found).has(id));
    expect(missing.slice(0, 5), `${missing.length} rows that stayed were not found`).toEqual([]);
    expect(found.filter((id) => !before.has(id) && !come.has(id))).toEqual([]);
  });

  test("P09 the row that a cursor stands on goes: the walk goes on behind it", async () => {
    const first = await engine.get("/api/others?sort=id&limit=5");
    expect((await engine.delete("/api/others/6")).status).toBe(204);
    const second = await engine.get(nextOf(first) as string);
    expect(ids(second.json as Item[])).toEqual([7, 8, 9, 10, 11]);
  });

  describe("P05 a cursor that was given out", () => {
    const LIST = "/api/others?sort=-rank&limit=5";
    const cursorOf = async (url = LIST): Promise<string> =>
      new URL(nextOf(await engine.get(url)) as string, "http://a").searchParams.get("cursor") as string;
    const REFUSED = "400 invalid_cursor, 0 statements";
    const verdict = ({ status, json, sql }: TestAnswer): string =>
      `${status} ${(json as { code?: string }).code}, ${sql.length} statements`;

    test("serves its own list, whatever its rows look like and however long its pages are", async () => {
      const cursor = await cursorOf();
      for (const url of [LIST, "/api/others?sort=-rank&limit=50", "/api/others?limit=5&sort=-rank&fields=id"])
        expect((await engine.get(`${url}&cursor=${cursor}`)).status, url).toBe(200);
    });

    test("with any one bit flipped is refused", async () => {
      const cursor = await cursorOf();
      const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
      for (let at = 0; at < cursor.length; at++) {
        const value = alphabet.indexOf(cursor.charAt(at));
        for (const bit of value === -1 ? [] : [1, 2, 4, 8, 16, 32]) {
          const flipped = cursor.slice(0, at) + alphabet.charAt(value ^ bit) + cursor.slice(at + 1);
          expect(verdict(await engine.get(`${LIST}&cursor=${flipped}`)), flipped).toBe(REFUSED);
        }
      }
    });

    test("cut short or drawn out is refused", async () => {
      const cursor = await cursorOf();
      for (let length = 1; length < cursor.length; length++)
        expect(verdict(await engine.get(`${LIST}&cursor=${cursor.slice(0, length)}`))).toBe(REFUSED);
      for (const longer of [
        `${cursor}A`,
        `A${cursor}`,
        `${cursor}=`,
        `${cursor}.`,
        `${cursor}%00`,
        `${cursor}%20`,
        cursor.toUpperCase(),
        `${cursor}${cursor}`,
      ]) {
        expect((await engine.get(`${LIST}&cursor=${longer}`)).status, longer).toBe(400);
      }
    });

    test.each([
      "/api/items?sort=-rank&limit=5",
      "/api/others?sort=rank&limit=5",
      "/api/others?limit=5",
      "/api/others?sort=-rank,name&limit=5",
      "/api/others?sort=-rank&limit=5&same=7",
      "/api/others?sort=-rank&limit=5&rank[null]=false",
      '/api/others?sort=-rank&limit=5&filter={"same":7}',
    ])("on another list is refused: %s", async (other) => {
      expect(verdict(await engine.get(`${other}&cursor=${await cursorOf()}`))).toBe(REFUSED);
    });

    test("on the same filter with another value is refused", async () => {
      const cursor = await cursorOf("/api/others?same=7&limit=5");
      expect((await engine.get(`/api/others?same=7&limit=5&cursor=${cursor}`)).status).toBe(200);
      expect(verdict(await engine.get(`/api/others?same=8&limit=5&cursor=${cursor}`))).toBe(REFUSED);
      expect(verdict(await engine.get(`/api/others?same[eq]=7&limit=5&cursor=${cursor}`))).toBe(REFUSED);
    });

    test("of another engine is refused", async () => {
      const other = await openEngine(pages);
      const cursor = await cursorOf();
      expect((await other.get(`${LIST}&cursor=${cursor}`)).status).toBe(400);
      await other.close();
    });
  });

  test("none of this was a fault of the server", () => {
    expect(engine.faults).toEqual([]);
  });
});
