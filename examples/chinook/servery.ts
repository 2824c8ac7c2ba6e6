import { readFileSync } from "node:fs";
import { decimal, everyone, integer, ref, type SeedRows, servery, table, text, timestamp } from "servery";

/** Chinook has no times of its own, so lists come by their key, the highest first. */
const PLAIN = { created_at: false, updated_at: false } as const;
const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };

/** Customers and employees are reached in the same way. */
const ADDRESS = {
  Address: text(70).optional(),
  City: text(40).optional(),
  State: text(40).optional(),
  Country: text(40).optional(),
  PostalCode: text(10).optional(),
  Phone: text(24).optional(),
  Fax: text(24).optional(),
};

/** Parents first, so that every reference finds its row. */
const SEED_ORDER = [
  "Artist",
  "Album",
  "Genre",
  "MediaType",
  "Track",
  "Playlist",
  "PlaylistTrack",
  "Employee",
  "Customer",
  "Invoice",
  "InvoiceLine",
];

export default servery({
  title: "Chinook, a shop for music",
  tables: {
    Artist: table({ ArtistId: integer(), Name: text(120).optional() }, PLAIN)
      .primaryKey("ArtistId")
      .allow(OPEN),

    Album: table({ AlbumId: integer(), Title: text(160), ArtistId: ref("Artist") }, PLAIN)
      .primaryKey("AlbumId")
      .allow(OPEN),

    Genre: table({ GenreId: integer(), Name: text(120).optional() }, PLAIN)
      .primaryKey("GenreId")
      .allow(OPEN),

    MediaType: table({ MediaTypeId: integer(), Name: text(120).optional() }, PLAIN)
      .primaryKey("MediaTypeId")
      .allow(OPEN),

    Track: table(
      {
        TrackId: integer(),
        Name: text(200),
        AlbumId: ref("Album").optional(),
        MediaTypeId: ref("MediaType"),
        GenreId: ref("Genre").optional(),
        Composer: text(220).optional(),
        Milliseconds: integer(),
        Bytes: integer().optional(),
        UnitPrice: decimal(10, 2),
      },
      PLAIN,
    )
      .primaryKey("TrackId")
      .allow(OPEN),

    Playlist: table({ PlaylistId: integer(), Name: text(120).optional() }, PLAIN)
      .primaryKey("PlaylistId")
      .allow(OPEN),

    // A key of two columns: GET /api/PlaylistTrack/1,3402
    PlaylistTrack: table({ PlaylistId: ref("Playlist"), TrackId: ref("Track") }, PLAIN)
      .primaryKey("PlaylistId", "TrackId")
      .allow(OPEN),

    Employee: table(
      {
        EmployeeId: integer(),
        LastName: text(20),
        FirstName: text(20),
        Title: text(30).optional(),
        // The default names, ReportsTo_ref and Employee, would say nothing about who leads whom.
        ReportsTo: ref("Employee", { as: "Manager", reverse: "Reports" }).optional(),
        BirthDate: timestamp().optional(),
        HireDate: timestamp().optional(),
        ...ADDRESS,
        Email: text(60).optional(),
      },
      PLAIN,
    )
      .primaryKey("EmployeeId")
      .allow(OPEN),

    Customer: table(
      {
        CustomerId: integer(),
        FirstName: text(40),
        LastName: text(20),
        Company: text(80).optional(),
        ...ADDRESS,
        Email: text(60),
        SupportRepId: ref("Employee").optional(),
      },
      PLAIN,
    )
      .primaryKey("CustomerId")
      .allow(OPEN),

    Invoice: table(
      {
        InvoiceId: integer(),
        CustomerId: ref("Customer"),
        InvoiceDate: timestamp(),
        BillingAddress: text(70).optional(),
        BillingCity: text(40).optional(),
        BillingState: text(40).optional(),
        BillingCountry: text(40).optional(),
        BillingPostalCode: text(10).optional(),
        Total: decimal(10, 2),
      },
      PLAIN,
    )
      .primaryKey("InvoiceId")
      .allow(OPEN),

    InvoiceLine: table(
      {
        InvoiceLineId: integer(),
        InvoiceId: ref("Invoice"),
        TrackId: ref("Track"),
        UnitPrice: decimal(10, 2),
        Quantity: integer(),
      },
      PLAIN,
    )
      .primaryKey("InvoiceLineId")
      .allow(OPEN),
  },
  seed: chinookRows,
});

/** One file of `data/`: the columns once, then the rows as lists. */
interface TableFile {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

function* chinookRows(): SeedRows {
  for (const name of SEED_ORDER) yield { table: name, rows: rowsOf(name) };
}

function* rowsOf(name: string): Iterable<{ readonly [column: string]: string | number | null }> {
  const file = new URL(`./data/${name}.json`, import.meta.url);
  const { columns, rows } = JSON.parse(readFileSync(file, "utf8")) as TableFile;
  for (const row of rows) yield Object.fromEntries(columns.map((column, at) => [column, row[at] ?? null]));
}
