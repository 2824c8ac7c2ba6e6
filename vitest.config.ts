import { defineConfig } from "vitest/config";
import { conformance } from "./test/harness/conformance.ts";

// Tests import what ships: `servery` and `#servery/…` are the built files in dist/, loaded by Node itself and not
// transformed, so that worker threads and child processes started by them see the same modules as the test does.
export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "sqlite",
          include: ["test/**/*.test.ts"],
          // Minutes of work that only a change of a policy check makes worth while: MUTANTS=1 npx vitest run test/mutants
          exclude:
            process.env["MUTANTS"] === "1"
              ? []
              : ["test/mutants/policy-checks.test.ts", "test/mutants/mutation-score.test.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "postgres",
          ...conformance,
          env: { SERVERY_TEST_DATABASE: "postgres" },
          globalSetup: ["test/harness/postgres-server.ts"],
        },
      },
    ],
    setupFiles: ["test/harness/property-seed.ts"],
    // One process a file: a test may crash, leak or change its environment without touching the next one.
    pool: "forks",
    // Load and timing tests share the machine: more than two workers measure each other.
    maxWorkers: 2,
    // Many times what anything needs: a limit ends what hangs, and says nothing of how fast a machine is.
    testTimeout: 150_000,
    hookTimeout: 150_000,
    expect: { poll: { timeout: 60_000 } },
    teardownTimeout: 60_000,
    server: { deps: { external: [/\/dist\//] } },
  },
});
