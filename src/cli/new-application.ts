import { basename, resolve } from "node:path";

/** A file to be made: its name in the folder, and its text. */
export interface NewFile {
  readonly name: string;
  readonly text: string;
}

/** The oldest Node that the package takes, and the longest name that npm takes. */
const NODE = ">=20.19";
const LONGEST_PACKAGE_NAME = 214;

/** The files of a new application in a folder; `version` is the version of Servery that makes it. */
export function newApplication(folder: string, version: string): readonly NewFile[] {
  const name = basename(resolve(folder));
  return [
    { name: "servery.ts", text: declarationText(titleOf(name)) },
    { name: "tsconfig.json", text: TSCONFIG },
    { name: ".gitignore", text: "node_modules/\n.servery/\n" },
    { name: "package.json", text: packageText(packageName(name), version) },
  ];
}

function declarationText(title: string): string {
  return `import { everyone, integer, longText, ref, servery, table, text } from "servery";

// Everybody may do everything, so that you can try it at once. A table without .allow() is for administrators only.
const open = { read: everyone, create: everyone, update: everyone, delete: everyone };

export default servery({
  title: ${JSON.stringify(title)},
  tables: {
    // Every table also has id, created_at and updated_at: GET /api/authors, GET /api/authors/1
    authors: table({
      name: text(100),
    }).allow(open),

    books: table({
      // Each book belongs to an author: GET /api/books?include=author, GET /api/authors/1/books
      author_id: ref("authors"),
      // At most 200 characters, and found by GET /api/books?q=left
      title: text(200).search(),
      // May be left out, and is null then.
      summary: longText().optional(),
      // Indexed: GET /api/books?year[gte]=1970&sort=-year
      year: integer({ min: 0, max: 9999 }).optional().index(),
    }).allow(open),
  },

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
}

/** For editors and `tsc`; Servery itself runs the file without it. It holds whatever package.json says of modules. */
const TSCONFIG = `{
  "compilerOptions": {
    "target": "ES2023",
    "module": "Preserve",
    "moduleResolution": "Bundler",
    "strict": true,
    "noEmit": true,
    "skipLibCheck": true,
    "verbatimModuleSyntax": true,
    "erasableSyntaxOnly": true,
    "allowImportingTsExtensions": true
  }
}
`;

function packageText(name: string, version: string): string {
  const manifest = {
    name,
    private: true,
    type: "module",
    engines: { node: NODE },
    scripts: { dev: "servery dev", start: "servery start", check: "servery check" },
    dependencies: { servery: `^${version}` },
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** `my-shop` → "My shop". */
function titleOf(folder: string): string {
  const words = folder
    .replace(/[\s_-]+/g, " ")
    .replace(/\p{Cc}/gu, "")
    .trim();
  return words === "" ? "My application" : `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

/** A name that npm takes, from any folder's. */
function packageName(folder: string): string {
  const name = folder
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, LONGEST_PACKAGE_NAME);
  // npm refuses to install a package into one of its own name.
  return name === "" || name === "servery" ? "my-application" : name;
}
