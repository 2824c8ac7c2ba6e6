// Says which branches of the code that decides who may do what no test has taken, and ends with 1 where there is one:
//
//     npm run coverage
//
// The pages lie in coverage/ then. Only suites whose requests run inside the test's own process count; those that start
// servers would add nothing but time.
import { runTool } from "./tools.mjs";

/** What decides: who asks, what a rule leaves to them, and how that becomes a condition of a statement. */
const DECIDING = [
  "src/auth/**/*.ts",
  "src/repository/policy-steps.ts",
  "src/service/{new-row-policy,read-plan,read-again}.ts",
  "src/database/sql/compile-filter.ts",
];
/** Enough to take every branch; what else asks the same adds time. */
const SUITES = [
  "auth/",
  "accounts/",
  "policies/",
  "policy/",
  "openapi/",
  "api/filter-tree",
  "api/idempotency",
  "custom/route-rules",
  "hostile/broken-rules",
  "observability/",
  "operators/",
];

const built = DECIDING.map((glob) => glob.replace("src/", "dist/").replace(/\.ts$/, ".js"));
process.exitCode = runTool("vitest", [
  "run",
  ...SUITES.map((suite) => `test/${suite}`),
  "--coverage.enabled",
  "--coverage.provider=custom",
  "--coverage.customProviderModule=./scripts/coverage-provider.mjs",
  ...built.map((glob) => `--coverage.include=${glob}`),
  "--coverage.reporter=text",
  "--coverage.reporter=html",
  "--coverage.reporter=json",
  "--coverage.thresholds.branches=100",
  ...process.argv.slice(2),
]);
