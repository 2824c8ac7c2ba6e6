// A connection of a test's own to a PostgreSQL server, in a thread: its questions are answered while the test waits.
import { parentPort, workerData } from "node:worker_threads";
import pg from "pg";

const { url, signal } = workerData;
const flag = new Int32Array(signal);
const WHOLE = new Set([20, 21, 23]);
const types = {
  getTypeParser: (oid) => {
    if (oid === 16) return (text) => (text === "t" ? 1 : 0);
    return WHOLE.has(oid) || oid === 701 ? Number : (text) => text;
  },
};
const client = new pg.Client({ connectionString: url, types });
const connected = client.connect().then(() => client.query("SET TIME ZONE 'UTC'"));

parentPort.on("message", (question) => void answer(question));

async function answer({ text, values, port }) {
  let told;
  try {
    await connected;
    if (text === undefined) await client.end();
    const { rows, rowCount } =
      text === undefined ? { rows: [], rowCount: 0 } : await client.query({ text, values, rowMode: "array" });
    told = { rows, count: rowCount };
  } catch (error) {
    told = { refusal: error.message };
  }
  port.postMessage(told);
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
  if (text === undefined) parentPort.close();
}
