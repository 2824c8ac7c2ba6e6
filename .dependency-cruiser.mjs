// The architecture as rules: who may import whom (DESIGN: "arrows point one way"). `scripts/check-layers.mjs` runs them.
// A folder's row lists what it may import as values; `types` adds what it may import with `import type` only.

/** @typedef {{ values: string[], types?: string[], instead: string }} Layer */
/** @type {Record<string, Layer>} in the order of a request, from the bottom up */
export const layers = {
  errors: { values: [], instead: "errors stands at the bottom: pass what it needs as an argument" },
  schema: { values: ["errors"], instead: "a declaration knows no layer that serves it: let the upper layer read it" },
  config: { values: ["errors", "schema"], instead: "config only reads settings: engine.ts hands them on" },
  observability: {
    values: ["errors", "config"],
    instead: "layers report to it, it calls none: declare an observation",
  },
  auth: { values: ["schema", "errors"], instead: "auth is pure: declare a port in auth/ and let engine.ts plug it in" },
  validation: {
    values: ["schema", "errors", "auth"],
    instead: "validation is pure: what needs rows is a rule, and rules live in service/",
  },
  database: {
    values: ["schema", "errors", "observability"],
    instead: "database runs statements: who builds them (repository/) calls it, never the other way",
  },
  cache: { values: ["errors", "observability"], instead: "cache stores bytes under a key: the caller makes both" },
  files: {
    values: ["errors", "observability"],
    instead: "files stores bytes: who may read them is decided in service/",
  },
  realtime: {
    values: ["schema", "auth", "errors", "observability"],
    instead: "ask “may this subscriber see this row?” through a port that engine.ts plugs in",
  },
  repository: {
    values: ["schema", "database", "errors"],
    types: ["service"],
    instead: "repository turns a plan into statements: decisions live in service/, which makes the plan",
  },
  jobs: { values: ["repository", "errors", "observability"], instead: "a job's handler is plugged in by engine.ts" },
  mail: {
    values: ["schema", "config", "repository", "errors", "observability"],
    instead: "mail delivers what it is given: who writes to whom is decided in service/",
  },
  service: {
    values: ["schema", "auth", "repository", "cache", "realtime", "jobs", "mail", "files", "errors", "observability"],
    types: ["validation"],
    instead: "service decides and knows no door and no SQL: call repository/ for rows, let http/ make the answer",
  },
  custom: {
    values: ["schema", "auth", "validation", "service", "errors", "observability"],
    instead:
      "the application's own code goes the way of every request: call a service, and let engine.ts plug in the rest",
  },
  ai: {
    values: ["schema", "validation", "service", "errors", "observability"],
    instead: "ai must not reach repository or database: call a service, under the caller's principal",
  },
  http: {
    values: [
      "schema",
      "auth",
      "validation",
      "service",
      "custom",
      "ai",
      "realtime",
      "files",
      "errors",
      "observability",
      "config",
    ],
    instead: "http must not reach repository or database: call a service",
  },
  deploy: { values: ["config", "errors"], instead: "deploy turns configuration into file texts, nothing else" },
  client: {
    values: [],
    types: ["schema", "errors"],
    instead: "client runs in browsers: of schema and errors it may know types only",
  },
  cli: {
    values: ["config", "schema", "database", "deploy", "client", "errors", "observability"],
    instead: "cli starts things: it asks engine.ts",
  },
};

const driver = "(^|/)node_modules/(better-sqlite3|@photostructure/sqlite|pg|mysql2|mariadb)/|^(node:)?sqlite$";
const valuesOnly = { dependencyTypesNot: ["type-only"] };
/** @param {string[]} folders */
const inside = (folders) => (folders.length === 0 ? [] : [`^src/(${folders.join("|")})/`]);

/** Two rules a folder: what its values may come from, and what its types may come from. */
const layerRules = Object.entries(layers).flatMap(([folder, { values, types = [], instead }]) => {
  // The root files have rules of their own below, with a better message.
  const allowed = (/** @type {string[]} */ extra) => [...inside([folder, ...values, ...extra]), "^src/[^/]+$"];
  const list = [...values, ...types.map((t) => `${t} (types)`)].join(", ") || "nothing";
  const comment = `${instead}. (src/${folder}/ may import: ${list})`;
  const from = { path: `^src/${folder}/` };
  return [
    { name: `layer-${folder}`, comment, from, to: { path: "^src/", pathNot: allowed([]), ...valuesOnly } },
    { name: `layer-${folder}-types`, comment, from, to: { path: "^src/", pathNot: allowed(types) } },
  ];
});

const otherRules = [
  {
    name: "no-cycle",
    comment: "files that need each other are one file, or miss a third one: move what both need below both",
    from: {},
    to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
  },
  {
    name: "no-root-index",
    comment: "src/index.ts is the door for users: inside src/, import the file that defines it",
    from: { path: "^src/" },
    to: { path: "^(src/index\\.ts$|dist/)" },
  },
  {
    name: "only-cli-and-index-use-engine",
    comment:
      "engine.ts wires the layers and stands above them: take what you need as an argument and let engine.ts pass it",
    from: { path: "^src/", pathNot: "^src/(cli/|index\\.ts$)" },
    to: { path: "^src/engine\\.ts$" },
  },
  {
    name: "the-engine-opens-accounts",
    comment:
      "open-layers.ts, open-accounts.ts and open-operators.ts are the parts of engine.ts that wire services, accounts and operators: ask engine.ts",
    from: { path: "^src/", pathNot: "^src/(engine|open-layers)\\.ts$" },
    to: { path: "^src/open-(layers|accounts|operators)\\.ts$" },
  },
  {
    name: "accounts-open-the-ways-in",
    comment:
      "open-ways-in.ts is the part of open-accounts.ts that wires passkeys, API keys, providers and anonymous accounts",
    from: { path: "^src/", pathNot: "^src/open-accounts\\.ts$" },
    to: { path: "^src/open-ways-in\\.ts$" },
  },
  {
    name: "engine-is-below-its-users",
    comment: "engine.ts wires the layers of a request: client, deploy and cli are its users",
    from: { path: "^src/engine\\.ts$" },
    to: { path: "^src/(client|deploy|cli)/" },
  },
  {
    name: "application-is-compiled-before-it-runs",
    comment: "application.ts compiles a declaration once, without a database: state belongs to engine.ts",
    from: { path: "^src/application\\.ts$" },
    to: { path: "^src/", pathNot: "^src/(schema|auth|validation|http)/" },
  },
  {
    name: "index-exports-the-public-parts",
    comment:
      "the public API comes from engine, schema, errors and auth (types from anywhere): wire the rest in engine.ts",
    from: { path: "^src/index\\.ts$" },
    to: { path: "^src/", pathNot: "^src/((engine|application)\\.ts$|(schema|errors|auth)/)", ...valuesOnly },
  },
  {
    name: "auth-and-validation-are-pure",
    comment:
      "auth and validation decide without files, sockets or drivers: declare a port and let engine.ts plug it in",
    from: { path: "^src/(auth|validation)/" },
    to: { path: `^(node:)?(fs|fs/promises|net|tls|dgram|dns|http|https|http2|child_process)$|${driver}` },
  },
  {
    name: "sqlite-drivers-stay-in-their-folder",
    comment: "SQLite bindings are loaded in src/database/sqlite/ only: use the port in src/database/database.ts",
    from: { path: "^src/", pathNot: "^src/database/sqlite/" },
    to: { path: "(^|/)node_modules/(better-sqlite3|@photostructure/sqlite)/|^(node:)?sqlite$" },
  },
  {
    name: "fastify-stays-in-server",
    comment: "Fastify is known to src/http/server.ts only: everything else takes our own HttpRequest",
    from: { path: "^src/", pathNot: "^src/http/server\\.ts$" },
    to: { path: "(^|/)node_modules/fastify/" },
  },
  {
    name: "ajv-stays-in-validation",
    comment: "Ajv compiles in src/validation/ (or src/schema/) only: take a compiled check as an argument",
    from: { path: "^src/", pathNot: "^src/(validation|schema)/" },
    to: { path: "(^|/)node_modules/ajv" },
  },
  {
    name: "client-runs-in-browsers",
    comment: "client runs in browsers: fetch only, no Node module and no package",
    from: { path: "^src/client/" },
    to: { dependencyTypes: ["core", "npm", "npm-dev", "npm-optional", "npm-peer"] },
  },
  {
    name: "the-console-is-a-user-of-the-client",
    comment: "the console is a user like any other: of src/ it imports the client alone, and asks the API for the rest",
    from: { path: "^console/" },
    to: { path: "^(src|dist)/", pathNot: "^(src|dist)/client/" },
  },
  {
    name: "examples-use-the-public-package",
    comment: 'an example shows what a user can write: import from "servery" only',
    // A converter is a tool of the example's author, not part of what it shows.
    from: { path: "^examples/", pathNot: "\\.mjs$" },
    to: { dependencyTypesNot: ["core"], pathNot: "^(examples/|src/index\\.ts$|dist/index\\.(d\\.ts|js)$)" },
  },
  {
    name: "a-modules-controller-calls-its-service",
    comment:
      "a module's controller asks its service: the service has the rules, and alone calls the repository (or a database)",
    from: { path: "^examples/.*/controller\\.ts$" },
    to: { path: `(^|/)repository(\\.ts$|/)|^(src|dist)/(repository|database)/|${driver}` },
  },
  {
    name: "imports-resolve",
    comment: "nothing stands at this path: correct it, or add the package to package.json",
    from: { path: "^(src|examples)/" },
    // node:sqlite exists from Node 22.13 on; on Node 20 it is looked for and its absence is handled.
    to: { couldNotResolve: true, pathNot: "^(node:)?sqlite$" },
  },
];

const rules = {
  forbidden: [...layerRules, ...otherRules].map((rule) => ({ ...rule, severity: "error" })),
  options: {
    // Type-only imports are seen and told apart: they may point where values may not.
    tsPreCompilationDeps: "specify",
    doNotFollow: { path: "(^|/)(node_modules|dist)/" },
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "types", "node", "default"] },
  },
};

export default rules;
