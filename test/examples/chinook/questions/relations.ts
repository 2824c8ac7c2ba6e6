import { type Question, tree } from "../question.ts";

/** Filters and orders that look at the rows of another table. */
export const relations: readonly Question[] = [
  {
    question: "Which tracks are by AC/DC?",
    url: "/api/Track?Album.Artist.Name[eq]=AC%2FDC&sort=TrackId",
    sql: `SELECT Track.* FROM Track JOIN Album USING (AlbumId) JOIN Artist USING (ArtistId)
          WHERE Artist.Name = 'AC/DC' ORDER BY TrackId LIMIT 20`,
  },
  {
    question: "Which artists have an album with Greatest in its title? Each of them once.",
    url: "/api/Artist?Album.Title[contains]=Greatest&sort=Name",
    sql: `SELECT DISTINCT Artist.* FROM Artist JOIN Album USING (ArtistId) WHERE instr(Title, 'Greatest') > 0
          ORDER BY Name, ArtistId LIMIT 20`,
  },
  {
    question: "Which artists have no album?",
    url: "/api/Artist?Album[none]=&sort=Name&limit=100&count=exact",
    sql: `SELECT Artist.* FROM Artist LEFT JOIN Album USING (ArtistId) WHERE AlbumId IS NULL
          ORDER BY Name, ArtistId LIMIT 100`,
    total: "SELECT count(*) FROM Artist WHERE ArtistId NOT IN (SELECT ArtistId FROM Album)",
  },
  {
    question: "Which albums have only tracks of more than six minutes?",
    url: "/api/Album?Track[all].Milliseconds[gt]=360000&sort=Title&limit=100",
    sql: `SELECT Album.* FROM Album JOIN Track USING (AlbumId) GROUP BY AlbumId HAVING min(Milliseconds) > 360000
          ORDER BY Title, AlbumId LIMIT 100`,
  },
  {
    question: "Which albums have no track of more than 0.99 and none without a composer?",
    url: "/api/Album?Track[none].UnitPrice[gt]=0.99&Track[none].Composer[null]=true&sort=AlbumId&limit=300",
    sql: `SELECT * FROM Album
          WHERE AlbumId NOT IN (SELECT AlbumId FROM Track WHERE UnitPrice > 0.99 OR Composer IS NULL)
          ORDER BY AlbumId LIMIT 300`,
  },
  {
    question: "Which artists play no rock at all, but have an album with the soundtrack genre or with jazz?",
    url: `/api/Artist?limit=100&sort=ArtistId&${tree({
      Album: {
        none: { Track: { Genre: { Name: "Rock" } } },
        some: { Track: { some: { Genre: { Name: { in: ["Jazz", "Soundtrack"] } } } } },
      },
    })}`,
    sql: `WITH Played AS (
            SELECT Album.ArtistId, Genre.Name FROM Album JOIN Track USING (AlbumId) JOIN Genre USING (GenreId)
          )
          SELECT * FROM Artist
          WHERE ArtistId IN (SELECT ArtistId FROM Played WHERE Name IN ('Jazz', 'Soundtrack'))
            AND ArtistId NOT IN (SELECT ArtistId FROM Played WHERE Name = 'Rock')
          ORDER BY ArtistId LIMIT 100`,
  },
  {
    question: "Which customers ever bought something for more than 0.99? Each of them once.",
    url: "/api/Customer?Invoice.InvoiceLine.UnitPrice[gt]=0.99&sort=CustomerId&limit=100",
    sql: `SELECT DISTINCT Customer.* FROM Customer JOIN Invoice USING (CustomerId) JOIN InvoiceLine USING (InvoiceId)
          WHERE UnitPrice > 0.99 ORDER BY CustomerId`,
  },
  {
    question: "Who leads somebody, and is led by the general manager?",
    url: "/api/Employee?Manager.Title=General%20Manager&Reports[some]=&sort=LastName",
    sql: `SELECT DISTINCT Led.* FROM Employee AS Led JOIN Employee AS Boss ON Boss.EmployeeId = Led.ReportsTo
          JOIN Employee AS Report ON Report.ReportsTo = Led.EmployeeId
          WHERE Boss.Title = 'General Manager' ORDER BY Led.LastName, Led.EmployeeId`,
  },
  {
    question: "Which albums come first by the names of their artists, and for one artist the last title first?",
    url: "/api/Album?sort=Artist.Name,-Title&limit=40",
    sql: `SELECT Album.* FROM Album JOIN Artist USING (ArtistId)
          ORDER BY Artist.Name, Album.Title DESC, Album.AlbumId DESC LIMIT 40`,
  },
  {
    question: "In which order do the customers' states stand, when none is the smallest of all?",
    url: "/api/Customer?sort=-State,City&fields=State,City,CustomerId&limit=100",
    sql: "SELECT State, City, CustomerId FROM Customer ORDER BY State DESC NULLS LAST, City, CustomerId",
  },
];
