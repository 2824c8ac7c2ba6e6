import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { everyone, integer, longText, servery, table, text, view } from "servery";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { closeSound, problemOf, rowsOf } from "./answers.ts";

const OPEN = { read: everyone, create: everyone } as const;
const NDJSON = { accept: "application/x-ndjson" };
const CSV = { accept: "text/csv" };
/** More than the first page and the second together hold. */
const NOTES = 1_300;

let engine: EngineUnderTest;

beforeAll(async () => {
  engine = await openEngine(
    servery({
      tables: {
        notes: table({ title: text(50).search(), body: longText().optional().search(), stars: integer().default(0) })
          .computed("cry", text(60), ["title"], (row) => `=${row.title}!`)
          .allow(OPEN),
        guarded: table({ title: text(50) })
          .hooks({ before: () => undefined })
          .allow(OPEN),
        note_stars: view(
          { stars: integer(), notes: integer() },
          "SELECT stars, count(*) AS notes FROM notes GROUP BY stars",
        )
          .primaryKey("stars")
          .allow({ read: everyone }),
      },
    }),
  );
  const rows = Array.from({ length: NOTES }, (_, at) => ({
    title: `Note ${at}`,
    body: at % 2 === 0 ? "rain ".repeat(1 + (at % 7)) : null,
    stars: at % 5,
  }));
  const body = rows.map((row) => JSON.stringify(row)).join("\n");
  const headers = { "content-type": "application/x-ndjson" };
  await engine.send({ method: "POST", url: "/api/notes", headers, body });
});

afterAll(() => closeSound(engine));

/** All pages of the JSON list, one after the other. */
async function listed(query: string, rows: number): Promise<unknown[]> {
  const pages: unknown[] = [];
  for (let offset = 0; offset < rows; offset += 1_000)
    pages.push(...rowsOf(await engine.get(`/api/notes?${query}&limit=1000&offset=${offset}`)));
  return pages;
}

async function exported(url: string): Promise<unknown[]> {
  const { status, text: body } = await engine.get(url, NDJSON);
  expect(status, body).toBe(200);
  return body
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as unknown);
}

describe("a search", () => {
  test.each(["q=rain", "q=rain&sort=stars,-id", "q=rain&sort=body", "q=rain&stars[gt]=1"])("%s", async (query) => {
    const rows = await listed(query, NOTES);
    expect(rows.length).toBeGreaterThan(300);
    expect(await exported(`/api/notes?${query}`)).toEqual(rows);
    expect(await exported(`/api/notes?${query}&offset=150&limit=120`)).toEqual(rows.slice(150, 270));
  });
});

describe("computed columns", () => {
  test("are in every line and cell, guarded like stored text", async () => {
    const rows = await listed("sort=id", NOTES);
    expect(await exported("/api/notes?sort=id")).toEqual(rows);
    expect(rows.at(-1)).toMatchObject({ title: `Note ${NOTES - 1}`, cry: `=Note ${NOTES - 1}!` });
    const csv = await engine.get("/api/notes?sort=id&fields=cry,stars&limit=2", CSV);
    expect(csv.text).toBe("cry,stars\r\n'=Note 0!,0\r\n'=Note 1!,1\r\n");
  });

  test("are not for an import", async () => {
    const headers = { "content-type": "text/csv" };
    const answer = await engine.send({ method: "POST", url: "/api/notes", headers, body: "title,cry\na,b\n" });
    expect(problemOf(answer, 400, "invalid_data").errors).toMatchObject([{ pointer: "", code: "read_only" }]);
  });
});

describe("groups, views and hooks", () => {
  test("groups are JSON alone", async () => {
    expect(rowsOf(await engine.get("/api/notes?aggregate=count&group_by=stars"))).toHaveLength(5);
    for (const headers of [CSV, NDJSON])
      expect(problemOf(await engine.get("/api/notes?aggregate=count", headers), 406, "not_acceptable").detail).toBe(
        "Groups are answered as application/json alone.",
      );
  });

  test("a view is exported like a table, and takes no rows", async () => {
    const csv = await engine.get("/api/note_stars?sort=stars", CSV);
    expect(csv.text).toBe(`stars,notes\r\n${[0, 1, 2, 3, 4].map((stars) => `${stars},260\r\n`).join("")}`);
    const answer = await engine.send({
      method: "POST",
      url: "/api/note_stars",
      headers: { "content-type": "text/csv" },
      body: "stars,notes\n9,9\n",
    });
    problemOf(answer, 405, "method_not_allowed");
  });

  test("a table with hooks takes JSON alone, since nothing may pass them by", async () => {
    const send = (type: string, body: string) =>
      engine.send({ method: "POST", url: "/api/guarded", headers: { "content-type": type }, body });
    const refused = problemOf(await send("text/csv", "title\na\n"), 415, "unsupported_media_type");
    expect(refused.detail).toBe("guarded has hooks, which run for rows in JSON only.");
    expect((await send("application/json", '{"title":"a"}')).status).toBe(201);
    expect(rowsOf(await engine.get("/api/guarded"))).toHaveLength(1);
  });
});
