import { readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import { describeEachAdapter } from "../database/adapters.ts";
import { asAnswered } from "../examples/chinook/as-answered.ts";
import { aggregates } from "../examples/chinook/questions/aggregates.ts";
import { filters } from "../examples/chinook/questions/filters.ts";
import { includes } from "../examples/chinook/questions/includes.ts";
import { pages } from "../examples/chinook/questions/pages.ts";
import { relations } from "../examples/chinook/questions/relations.ts";
import type { EngineUnderTest } from "../harness/open-engine.ts";
import { chinook } from "./chinook.ts";
import { adopt, adoptedFile, CHINOOK } from "./world.ts";

const QUESTIONS = [...filters, ...relations, ...includes, ...pages, ...aggregates];

describeEachAdapter("Chinook as it is", ({ preference, driver }) => {
  test("answers what hand-written SQL finds in the file", async () => {
    const pristine = adoptedFile(CHINOOK, driver);
    const file = adoptedFile(CHINOOK, driver);
    const app = await adopt(chinook, file, { sqliteDriver: preference });
    for (const { question, url, sql, total, pages: wanted } of QUESTIONS) {
      const answered = await readPages(app, url, wanted ?? 1);
      expect(rounded(answered.rows), question).toEqual(rounded(pristine.rows(sql).map(asAnswered)));
      const count = total === undefined ? undefined : String(Object.values(pristine.rows(total)[0] ?? {})[0]);
      expect(answered.total, question).toBe(count);
      expect(answered.pages, question).toBe(wanted ?? 1);
    }
    expect(app.faults).toEqual([]);
  });

  test("answers albums and tracks inside their artists, exact prices and times in UTC", async () => {
    const app = await adopt(chinook, adoptedFile(CHINOOK, driver), { sqliteDriver: preference });
    const artists = await app.get("/api/Artist?include=Album.Track&limit=2&sort=ArtistId");
    expect(artists.json).toMatchObject([
      { ArtistId: 1, Name: "AC/DC", Album: [{ AlbumId: 4, Track: expect.any(Array) as unknown }, { AlbumId: 1 }] },
      { ArtistId: 2 },
    ]);
    expect((await app.get("/api/Track/1")).json).toMatchObject({ UnitPrice: "0.99", Milliseconds: 343_719 });
    expect((await app.get("/api/Employee/1")).json).toMatchObject({
      BirthDate: "1962-02-18T00:00:00.000Z",
      HireDate: "2002-08-14T00:00:00.000Z",
      ReportsTo: null,
    });
    expect((await app.get("/api/Employee/1/Reports?fields=EmployeeId&sort=EmployeeId")).json).toEqual([
      { EmployeeId: 2 },
      { EmployeeId: 6 },
    ]);
    expect(app.faults).toEqual([]);
  });

  test("is written, in the form that is there, and keeps its schema byte for byte", async () => {
    const file = adoptedFile(CHINOOK, driver);
    const before = file.schema();
    const app = await adopt(chinook, file, { sqliteDriver: preference });

    const made = await app.post("/api/Invoice", { CustomerId: 2, InvoiceDate: "2026-01-02T03:04:05Z", Total: "5.94" });
    expect([made.status, made.headers["location"]]).toEqual([201, "/api/Invoice/413"]);
    expect(made.json).toMatchObject({ InvoiceId: 413, InvoiceDate: "2026-01-02T03:04:05.000Z", Total: "5.94" });
    expect(file.rows("SELECT InvoiceDate, typeof(Total) AS type, Total FROM Invoice WHERE InvoiceId = 413")).toEqual([
      { InvoiceDate: "2026-01-02 03:04:05", type: "real", Total: 5.94 },
    ]);

    const tag = made.headers["etag"] ?? "";
    const changed = await app.patch("/api/Invoice/413", { Total: { increment: "0.06" } }, { "if-match": tag });
    expect([changed.status, changed.json]).toMatchObject([200, { Total: "6.00" }]);
    expect((await app.patch("/api/Invoice/413", { Total: "1.00" }, { "if-match": tag })).status).toBe(412);
    expect((await app.get("/api/Invoice/413", { "if-none-match": changed.headers["etag"] ?? "" })).status).toBe(304);
    const replaced = await app.put("/api/Invoice/413", {
      CustomerId: 3,
      InvoiceDate: "2026-01-02 03:04:05.678",
      Total: "7.00",
    });
    expect([replaced.status, replaced.json]).toMatchObject([
      200,
      { CustomerId: 3, InvoiceDate: "2026-01-02T03:04:05.678Z", Total: "7.00", BillingCity: null },
    ]);
    expect((await app.delete("/api/Invoice/413")).status).toBe(204);
    expect((await app.get("/api/Invoice/413")).status).toBe(404);
    expect((await app.delete("/api/Artist/1")).status).toBe(409);
    expect((await app.post("/api/Album", { Title: "Nobody's", ArtistId: 9_999 })).status).toBe(400);

    expect(file.schema()).toEqual(before);
    expect(app.faults).toEqual([]);
  });

  test("takes rows by a key of two columns", async () => {
    const file = adoptedFile(CHINOOK, driver);
    const app = await adopt(chinook, file, { sqliteDriver: preference });
    expect((await app.get("/api/PlaylistTrack/1,3402")).json).toEqual({ PlaylistId: 1, TrackId: 3402 });
    const made = await app.post("/api/PlaylistTrack", { PlaylistId: 2, TrackId: 5 });
    expect([made.status, made.headers["location"]]).toEqual([201, "/api/PlaylistTrack/2,5"]);
    expect((await app.post("/api/PlaylistTrack", { PlaylistId: 2, TrackId: 5 })).status).toBe(409);
    const upserted = await app.put("/api/PlaylistTrack?on_conflict=PlaylistId,TrackId", [
      { PlaylistId: 2, TrackId: 5 },
      { PlaylistId: 2, TrackId: 6 },
    ]);
    expect(upserted.status).toBe(200);
    const removed = await app.delete("/api/PlaylistTrack?PlaylistId=2");
    expect([removed.status, removed.headers["x-total-count"]]).toEqual([204, "2"]);
    expect(file.rows("SELECT count(*) AS n FROM PlaylistTrack WHERE PlaylistId = 2")).toEqual([{ n: 0 }]);
    expect(app.faults).toEqual([]);
  });

  test("batches, and answers a repeated key from the file beside it", async () => {
    const file = adoptedFile(CHINOOK, driver);
    const before = file.schema();
    const app = await adopt(chinook, file, { sqliteDriver: preference });
    const batch = [
      { method: "POST", path: "/api/Artist", body: { Name: "Nina Simone" } },
      { method: "POST", path: "/api/Album", body: { Title: "Pastel Blues", ArtistId: { ref: "0.ArtistId" } } },
    ];
    const key = { "idempotency-key": "one-batch" };
    const first = await app.post("/api/batch", batch, key);
    expect([first.status, first.json]).toMatchObject([200, [{ body: { ArtistId: 276 } }, { body: { ArtistId: 276 } }]]);
    const again = await app.post("/api/batch", batch, key);
    expect([again.status, again.text, again.headers["idempotency-replayed"]]).toEqual([200, first.text, "true"]);
    expect(file.rows("SELECT Title FROM Album WHERE ArtistId = 276")).toEqual([{ Title: "Pastel Blues" }]);
    const line = { InvoiceId: 1, TrackId: 1, UnitPrice: "0.99", Quantity: 1 };
    const posted = await app.post("/api/InvoiceLine", line, { "idempotency-key": "one-line" });
    const replayed = await app.post("/api/InvoiceLine", line, { "idempotency-key": "one-line" });
    expect([posted.status, replayed.status, replayed.text]).toEqual([201, 201, posted.text]);
    expect(file.rows("SELECT count(*) AS n FROM InvoiceLine")).toEqual([{ n: 2241 }]);

    // A start that follows finds the answer: it was kept in the file beside.
    await app.close();
    const later = await adopt(chinook, file, { sqliteDriver: preference });
    const kept = await later.post("/api/InvoiceLine", line, { "idempotency-key": "one-line" });
    expect([kept.text, kept.headers["idempotency-replayed"]]).toEqual([posted.text, "true"]);
    expect(file.schema()).toEqual(before);
    expect(readdirSync(dirname(file.path)).toSorted((one, other) => one.localeCompare(other))).toEqual(
      expect.arrayContaining(["file.sqlite", "file.sqlite.servery"]),
    );
    expect(readFileSync(file.path).includes("_servery")).toBe(false);
  });
});

/** The averages among them to twelve digits: one SQLite writes 15 of a number with a point as JSON, another 17. */
function rounded(rows: unknown): unknown {
  return JSON.parse(JSON.stringify(rows), (_key, value: unknown) =>
    typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(12)) : value,
  );
}

/** The one row, or the rows of so many pages of a list, and what the first said of all. */
async function readPages(
  app: EngineUnderTest,
  url: string,
  wanted: number,
): Promise<{ rows: unknown[]; pages: number; total: string | undefined }> {
  const rows: unknown[] = [];
  let pagesRead = 0;
  let total: string | undefined;
  for (let next: string | undefined = url; next !== undefined && pagesRead < wanted; ) {
    const { status, text, json, headers } = await app.get(next);
    if (status !== 200) throw new Error(`${next} answered ${status}: ${text}`);
    rows.push(...(Array.isArray(json) ? (json as unknown[]) : [json]));
    total ??= headers["x-total-count"];
    pagesRead++;
    next = /<([^>]*)>; rel="next"/.exec(headers["link"] ?? "")?.[1];
  }
  return { rows, pages: pagesRead, total };
}
