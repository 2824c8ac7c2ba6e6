import { decimal, everyone, integer, ref, servery, table, text, timestamp } from "servery";

const PLAIN = { id: false, created_at: false, updated_at: false } as const;
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

/** Chinook as its author made it, in the words that an adopted file is declared with. */
export const chinook = servery({
  title: "Chinook, adopted",
  adopted: true,
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
        UnitPrice: decimal(10, 2).stored("real"),
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
        BirthDate: timestamp().stored("text").optional(),
        HireDate: timestamp().stored("text").optional(),
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
        InvoiceDate: timestamp().stored("text"),
        BillingAddress: text(70).optional(),
        BillingCity: text(40).optional(),
        BillingState: text(40).optional(),
        BillingCountry: text(40).optional(),
        BillingPostalCode: text(10).optional(),
        Total: decimal(10, 2).stored("real"),
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
        UnitPrice: decimal(10, 2).stored("real"),
        Quantity: integer(),
      },
      PLAIN,
    )
      .primaryKey("InvoiceLineId")
      .allow(OPEN),
  },
});
