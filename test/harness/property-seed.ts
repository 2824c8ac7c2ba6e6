import fc from "fast-check";

/**
 * Random tests begin alike in every run, so that a failure is of the change and not of the day. Another beginning, to
 * look further: SERVERY_TEST_SEED=random, or a number that a failure told.
 */
const asked = process.env["SERVERY_TEST_SEED"];
if (asked !== "random") fc.configureGlobal({ seed: Number(asked ?? "20241028") });
