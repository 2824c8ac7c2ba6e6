/**
 * The scenarios that run on every engine: written once, with the same status and the same body everywhere. A file is left
 * out only where it looks at what one engine alone has.
 */
export const conformance = {
  include: ["test/api/*.test.ts", "test/audit/entries.test.ts", "test/validation/*.test.ts"],
  exclude: [
    // Which statements wait for which others, and the plans of SQLite.
    "test/api/bulk-limits.test.ts",
    // A switch in the file, past the engine.
    "test/api/maintenance.test.ts",
    // A model that knows the next id: of a server ids have gaps.
    "test/api/random-writes.test.ts",
    // What SQLite says of its own index of words.
    "test/api/random-searches.test.ts",
    // Views whose queries are written for SQLite, and values that only its columns can hold.
    "test/api/views.test.ts",
    // What a file refuses by itself.
    "test/validation/alike.test.ts",
  ],
};
