// Records what SQLite's driver is really asked, in every thread and process that loads this, as JSON lines in a file: a
// witness beside Servery's own following.
const { appendFileSync } = require("node:fs");
const Database = require("better-sqlite3");

const file = process.env.SERVERY_TEST_DRIVER_TRACE;
const probe = new Database(":memory:");
const statements = Object.getPrototypeOf(probe.prepare("SELECT 1"));
probe.close();
for (const name of ["all", "run"]) {
  const real = statements[name];
  statements[name] = function traced(...given) {
    const answer = real.apply(this, given);
    const rows = name === "all" ? answer.length : answer.changes;
    appendFileSync(file, `${JSON.stringify({ sql: this.source, rows })}\n`);
    return answer;
  };
}
