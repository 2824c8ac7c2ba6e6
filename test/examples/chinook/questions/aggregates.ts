import type { Question } from "../question.ts";

/** Numbers over rows: counts, sums and averages, for groups that a join would make. */
export const aggregates: readonly Question[] = [
  {
    question: "How many invoices are there, and what do they come to?",
    url: "/api/Invoice?aggregate=count,sum(Total),min(Total),max(Total),max(InvoiceDate)",
    sql: `SELECT count(*) AS count, sum(Total) AS sum_Total, min(Total) AS min_Total, max(Total) AS max_Total,
          max(InvoiceDate) AS max_InvoiceDate FROM Invoice`,
  },
  {
    question: "Which countries bring more than 40, the best first?",
    url: "/api/Invoice?aggregate=sum(Total),count&group_by=BillingCountry&having.sum_Total[gt]=40&sort=-sum_Total",
    sql: `SELECT BillingCountry, sum(Total) AS sum_Total, count(*) AS count FROM Invoice GROUP BY 1
          HAVING round(sum(Total), 2) > 40 ORDER BY round(sum(Total), 2) DESC, BillingCountry`,
  },
  {
    question: "What was sold each month of 2023?",
    url: "/api/Invoice?aggregate=sum(Total),count_distinct(CustomerId)&group_by=month(InvoiceDate)&InvoiceDate[gte]=2023-01-01&InvoiceDate[lt]=2024-01-01",
    sql: `SELECT strftime('%Y-%m', InvoiceDate) AS month_InvoiceDate, sum(Total) AS sum_Total,
          count(DISTINCT CustomerId) AS count_distinct_CustomerId FROM Invoice WHERE InvoiceDate LIKE '2023-%' GROUP BY 1 ORDER BY 1`,
  },
  {
    question: "How long are the tracks of each genre and medium, on average, page by page?",
    url: "/api/Track?aggregate=count,avg(Milliseconds),max(UnitPrice),count(Composer)&group_by=Genre.Name,MediaType.Name&limit=9",
    pages: 5,
    sql: `SELECT Genre.Name AS "Genre.Name", MediaType.Name AS "MediaType.Name", count(*) AS count,
          avg(Milliseconds) AS avg_Milliseconds, max(UnitPrice) AS max_UnitPrice, count(Composer) AS count_Composer
          FROM Track JOIN Genre USING (GenreId) JOIN MediaType USING (MediaTypeId) GROUP BY 1, 2 ORDER BY 1, 2`,
  },
  {
    question: "Whose customers are they? Two steps of relations, those without a state first.",
    url: "/api/Invoice?aggregate=count,sum(Total)&group_by=Customer.SupportRep.LastName,BillingState&sort=BillingState,-count&limit=1000",
    sql: `SELECT Employee.LastName AS "Customer.SupportRep.LastName", BillingState, count(*) AS count, sum(Total) AS sum_Total
          FROM Invoice JOIN Customer USING (CustomerId) JOIN Employee ON EmployeeId = SupportRepId
          GROUP BY 1, 2 ORDER BY BillingState, count(*) DESC, 1`,
  },
];
