import { type Question, tree } from "../question.ts";

/** Every operator, and trees of them. */
export const filters: readonly Question[] = [
  {
    question: "Which customers live in Brazil?",
    url: "/api/Customer?Country=Brazil",
    sql: "SELECT * FROM Customer WHERE Country = 'Brazil' ORDER BY CustomerId DESC LIMIT 20",
  },
  {
    question: "Which customers live outside of California, those without a state among them?",
    url: "/api/Customer?State[ne]=CA&sort=CustomerId&limit=100",
    sql: "SELECT * FROM Customer WHERE State IS NOT 'CA' ORDER BY CustomerId",
  },
  {
    question: "Which tracks last from 40 to 44 minutes?",
    url: "/api/Track?Milliseconds[gt]=2400000&Milliseconds[lte]=2640000&sort=-Milliseconds&fields=TrackId,Name,Milliseconds&limit=200",
    sql: `SELECT TrackId, Name, Milliseconds FROM Track WHERE Milliseconds > 2400000 AND Milliseconds <= 2640000
          ORDER BY Milliseconds DESC, TrackId DESC LIMIT 200`,
  },
  {
    question: "Which invoices are from 8.94 up to, but not including, 13.86? The dearest first, then the oldest.",
    url: "/api/Invoice?Total[gte]=8.94&Total[lt]=13.86&sort=-Total,InvoiceId&limit=100",
    sql: "SELECT * FROM Invoice WHERE Total >= 8.94 AND Total < 13.86 ORDER BY Total DESC, InvoiceId LIMIT 100",
  },
  {
    question: "What was sold in February 2022?",
    url: "/api/Invoice?InvoiceDate[gte]=2022-02-01&InvoiceDate[lt]=2022-03-01T00:00:00Z&sort=InvoiceDate",
    sql: `SELECT * FROM Invoice WHERE InvoiceDate >= '2022-02-01' AND InvoiceDate < '2022-03-01'
          ORDER BY InvoiceDate, InvoiceId LIMIT 20`,
  },
  {
    question: "Who are the artists 1, 22 and 90? There is none with the number 9999.",
    url: "/api/Artist?ArtistId[in]=22&ArtistId[in]=1&ArtistId[in]=9999&ArtistId[in]=90",
    sql: "SELECT * FROM Artist WHERE ArtistId IN (1, 22, 90, 9999) ORDER BY ArtistId DESC",
  },
  {
    question: "Which customers live in none of these states, or in no state at all?",
    url: "/api/Customer?State[nin]=CA&State[nin]=SP&State[nin]=ON&sort=LastName,FirstName&limit=100",
    sql: `SELECT * FROM Customer WHERE State IS NULL OR State NOT IN ('CA', 'SP', 'ON')
          ORDER BY LastName, FirstName, CustomerId`,
  },
  {
    question: "Which tracks are called B?g and something behind it, with a capital B?",
    url: "/api/Track?Name[like]=B_g%25&sort=Name&fields=Name,TrackId",
    sql: "SELECT Name, TrackId FROM Track WHERE Name GLOB 'B?g*' ORDER BY Name, TrackId LIMIT 20",
  },
  {
    question: "How many tracks have love in their name, however it is written, and which are the first fifty?",
    url: "/api/Track?Name[ilike]=%25LOVE%25&sort=TrackId&limit=50&count=exact",
    sql: "SELECT * FROM Track WHERE lower(Name) LIKE '%love%' ORDER BY TrackId LIMIT 50",
    total: "SELECT count(*) FROM Track WHERE lower(Name) LIKE '%love%'",
  },
  {
    question: "Which tracks have a per cent sign in their name?",
    url: "/api/Track?Name[contains]=%25&limit=100",
    sql: "SELECT * FROM Track WHERE instr(Name, '%') > 0 ORDER BY TrackId DESC LIMIT 100",
  },
  {
    question: "Which albums are called live, LIVE or Live?",
    url: "/api/Album?Title[icontains]=live&sort=Title&limit=100",
    sql: "SELECT * FROM Album WHERE instr(lower(Title), 'live') > 0 ORDER BY Title, AlbumId LIMIT 100",
  },
  {
    question: "Which tracks begin with The and end with Blues?",
    url: "/api/Track?Name[starts]=The%20&Name[ends]=Blues",
    sql: "SELECT * FROM Track WHERE substr(Name, 1, 4) = 'The ' AND substr(Name, -5) = 'Blues' ORDER BY TrackId DESC LIMIT 20",
  },
  {
    question: "How many tracks have no composer, and which of them are the longest?",
    url: "/api/Track?Composer[null]=true&sort=-Milliseconds&limit=5&count=exact&fields=Name,Milliseconds",
    sql: "SELECT Name, Milliseconds FROM Track WHERE Composer IS NULL ORDER BY Milliseconds DESC, TrackId DESC LIMIT 5",
    total: "SELECT count(*) FROM Track WHERE Composer IS NULL",
  },
  {
    question: "Which customers have a company, and either no fax or a number that begins with +1?",
    url: `/api/Customer?${tree({ Company: { null: false }, or: [{ Fax: null }, { Fax: { starts: "+1" } }] })}&sort=CustomerId`,
    sql: `SELECT * FROM Customer WHERE Company IS NOT NULL AND (Fax IS NULL OR substr(Fax, 1, 2) = '+1')
          ORDER BY CustomerId LIMIT 20`,
  },
  {
    question: "Which invoices went to Germany or to France in 2023 or cost more than 20, but not those to California?",
    url: `/api/Invoice?limit=100&${tree({
      or: [
        { BillingCountry: { in: ["Germany", "France"] }, InvoiceDate: { gte: "2023-01-01", lt: "2024-01-01" } },
        { Total: { gt: "20" } },
      ],
      not: { BillingState: "CA" },
    })}`,
    sql: `SELECT * FROM Invoice
          WHERE ((BillingCountry IN ('Germany', 'France') AND strftime('%Y', InvoiceDate) = '2023') OR Total > 20)
            AND BillingState IS NOT 'CA'
          ORDER BY InvoiceId DESC LIMIT 100`,
  },
];
