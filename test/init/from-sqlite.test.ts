import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { ask, servery } from "../binary/process.ts";
import { chinookFile, databaseFile, inDatabase, temporaryFolder } from "./databases.ts";
import { NORTH } from "./north.ts";

async function init(folder: string, file: string): Promise<string> {
  const running = servery(["init", folder, "--from", `sqlite:${file}`]);
  expect([await running.ended, running.output()]).toEqual([0, running.output()]);
  return running.output();
}

async function catalog(file: string): Promise<unknown> {
  return inDatabase(file, (connection) => connection.prepare("SELECT * FROM sqlite_master").rows([]));
}

test("two commands lead from the file to its API", async () => {
  const file = chinookFile();
  const before = readFileSync(file);
  const schema = await catalog(file);
  const folder = join(dirname(file), "shop");
  const text = await init(folder, file);
  expect(readFileSync(file).equals(before)).toBe(true);
  expect(text).toContain("Chinook_Sqlite.sqlite: 11 tables, 15,607 rows.");
  expect(text).toContain("  Album                3    347  ArtistId → Artist\n");
  expect(text).toContain("Everybody may read and write every row.");
  expect(text).not.toContain("Left out");
  expect(readFileSync(join(folder, "servery.config.ts"), "utf8")).toContain(
    'database: "sqlite:../Chinook_Sqlite.sqlite"',
  );

  const running = servery(["dev", folder], { PORT: "0" });
  const url = await running.url();
  const artists = await ask(`${url}/api/Artist?include=Album.Track&limit=2`);
  expect(artists).toMatchObject({
    status: 200,
    body: [{ ArtistId: 275, Album: [{ AlbumId: 347 }] }, { ArtistId: 274 }],
  });
  expect((await ask(`${url}/api/Employee/1`)).body).toMatchObject({ BirthDate: "1962-02-18T00:00:00.000Z" });
  expect((await ask(`${url}/api/InvoiceLine/1`)).body).toMatchObject({ UnitPrice: "0.99" });
  expect((await ask(`${url}/api/PlaylistTrack/1,3402`)).body).toEqual({ PlaylistId: 1, TrackId: 3402 });
  const posted = await ask(`${url}/api/Artist`, { method: "POST", json: { Name: "Nobody" } });
  expect(posted).toEqual({ status: 201, body: { ArtistId: 276, Name: "Nobody" } });
  expect((await ask(`${url}/api/Artist/276`, { method: "DELETE" })).status).toBe(204);
  expect(await catalog(file)).toEqual(schema);
});

test("spaces, pictures and views answer, and what is left out is told", async () => {
  const file = await databaseFile(...NORTH);
  const folder = temporaryFolder();
  const text = await init(folder, file);
  expect(text).toContain("  Categories.Picture: its values are bytes.\n");
  expect(text).toContain("  Broken Report: SQLite cannot read it: no such table: main.Gone.\n");

  const running = servery(["dev", folder], { PORT: "0" });
  const url = await running.url();
  const details = `${url}/api/Order%20Details`;
  expect((await ask(`${details}/10248,1?include=Order.Customer`)).body).toMatchObject({
    UnitPrice: "14.00",
    Order: { OrderDate: "2016-07-04", Customer: { CompanyName: "Anna's" } },
  });
  expect((await ask(`${url}/api/Orders/10248/Order%20Details?sort=ProductID`)).body).toMatchObject([
    { ProductID: 1 },
    { ProductID: 2 },
  ]);
  expect((await ask(`${url}/api/Order%20Subtotals/10249`)).body).toMatchObject({ OrderID: 10_249 });
  expect((await ask(`${url}/api/Categories/1`)).body).toEqual({
    CategoryID: 1,
    CategoryName: "Drinks",
    Description: "Wet",
  });
  expect((await ask(`${url}/api/Stamps`, { method: "POST", json: {} })).status).toBe(403);
  const line = { OrderID: 10_249, ProductID: 2, UnitPrice: "21.35" };
  expect(await ask(details, { method: "POST", json: line })).toMatchObject({
    status: 201,
    body: { ...line, Quantity: 1 },
  });
  expect((await ask(`${url}/api/Orders/10249`)).body).toMatchObject({ Freight: "13.61" });
});
