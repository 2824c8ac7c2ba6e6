/** The declaration that `servery init` writes: small, whole, and private where people's own things begin. */
export function initialDeclaration(title: string): string {
  return `${BEGINNING}  title: ${JSON.stringify(title)},\n${TABLES}${ROWS}`;
}

const BEGINNING = `import { email, everyone, integer, longText, owner, ref, role, self, servery, signedIn, table, text } from "servery";

// Everybody reads the library, whoever is signed in adds to it, and administrators alone take something out. Who may do
// what is part of every query; a table without .allow() is for administrators only.
const library = { read: everyone, create: signedIn, update: signedIn, delete: role("admin") };

export default servery({
`;

const TABLES = `  tables: {
    // Those who sign up: POST /api/auth/sign-up with a name, an email and a password. \`servery dev\` prints the mail that
    // verifies the address.
    users: table({
      name: text(60),
      // Others see the name alone. An address is nobody's but its owner's.
      email: email().unique().readable(self),
    })
      .accounts()
      .allow({ read: everyone, create: everyone, update: self, delete: self }),

    // Every table also has id, created_at and updated_at: GET /api/authors, GET /api/authors/1
    authors: table({
      name: text(100),
    }).allow(library),

    books: table({
      // Each book belongs to an author: GET /api/books?include=author, GET /api/authors/1/books
      author_id: ref("authors"),
      // At most 200 characters, and found by GET /api/books?q=left
      title: text(200).search(),
      // May be left out, and is null then.
      summary: longText().optional(),
      // Indexed: GET /api/books?year[gte]=1970&sort=-year
      year: integer({ min: 0, max: 9999 }).optional().index(),
    }).allow(library),

    reviews: table({
      book_id: ref("books", { onDelete: "cascade" }),
      // Filled with whoever creates the review; only the owner changes it: GET /api/books?include=reviews.user
      user_id: ref("users", { onDelete: "cascade" }).owner(),
      stars: integer({ min: 1, max: 5 }),
      content: longText().optional(),
    })
      .unique("book_id", "user_id")
      .allow({ read: everyone, create: signedIn, update: owner, delete: owner }),
  },
`;

const ROWS = `
  // The first rows of a new database, parents first. Delete the folder .servery to begin again.
  seed: () => [
    { table: "authors", rows: [{ name: "Ursula K. Le Guin" }, { name: "Italo Calvino" }] },
    {
      table: "books",
      rows: [
        { author_id: 1, title: "The Left Hand of Darkness", year: 1969 },
        { author_id: 1, title: "The Dispossessed", year: 1974 },
        { author_id: 2, title: "Invisible Cities", year: 1972 },
      ],
    },
  ],
});
`;
