import { Worker } from "node:worker_threads";
import { expect, onTestFinished, test } from "vitest";
import type { Write } from "#servery/database/database.js";
import { fileIdentity } from "#servery/database/sqlite/database-file.js";
import { openSqlite } from "#servery/database/sqlite/sqlite-database.js";
import {
  AnswerReader,
  type FromWriter,
  type HeldCall,
  type ToWriter,
  WriteEncoder,
} from "#servery/database/sqlite/write-messages.js";
import { describeEachAdapter } from "./adapters.ts";
import { change, readRows, verdict, write } from "./statements.ts";
import { closing, temporaryFolder } from "./temporary.ts";

const add = (n: number): Write => write(change("INSERT INTO t VALUES (?)", [n]));

describeEachAdapter("the writer thread itself", ({ preference, driver }) => {
  /** A thread without the main thread's side, which would keep wrong calls from it. */
  async function openThread() {
    const path = `${temporaryFolder()}/test.db`;
    const database = closing(await openSqlite({ path, driver: preference }));
    await database.define(["CREATE TABLE t (n INTEGER) STRICT"]);
    const workerData = { path, driver: driver.name, identity: fileIdentity(path) };
    const worker = new Worker(new URL(import.meta.resolve("#servery/database/sqlite/writer-thread.js")), {
      workerData,
    });
    onTestFinished(async () => void (await worker.terminate()));
    const encoder = new WriteEncoder();
    const send = async (message: ToWriter): Promise<FromWriter> => {
      const answered = new Promise<FromWriter>((resolve) => {
        worker.once("message", resolve);
      });
      worker.postMessage(message);
      return answered;
    };
    const hold = async (number: number, call: HeldCall): Promise<string> => {
      const message = await send({ is: "held", number, call });
      if (message.is !== "held") return message.is;
      const { answer } = message;
      return answer.is === "failed" ? answer.failure.message : answer.is;
    };
    return {
      hold,
      send,
      holdWrite: async (number: number, each: Write) =>
        hold(number, { is: "write", message: encoder.encode([each], 0).message }),
      write: async (each: Write) => {
        const message = await send(encoder.encode([each], 0).message);
        return message.is === "answers" ? verdict(new AnswerReader(message.answers).next(each)) : message.is;
      },
      rows: async () => (await readRows(database, "SELECT n FROM t ORDER BY n")).flat(),
    };
  }

  test("takes no call of another transaction than the one that is open", async () => {
    const thread = await openThread();
    const notOpen = "This transaction is not open.";
    expect(await thread.holdWrite(1, add(0))).toBe(notOpen);
    expect(await thread.hold(1, { is: "begin" })).toBe("done");
    expect(await thread.hold(2, { is: "begin" })).toBe("Another transaction is open.");
    for (const is of ["commit", "rollback"] as const) expect(await thread.hold(2, { is })).toBe(notOpen);
    expect(await thread.hold(2, { is: "read", sql: "SELECT 1", params: [] })).toBe(notOpen);
    expect(await thread.holdWrite(2, write(change("INSERT INTO t VALUES (? + 100)", [1])))).toBe(notOpen);
    expect(await thread.holdWrite(1, add(1))).toBe("written");
    expect(await thread.rows()).toEqual([]);
    expect(await thread.hold(1, { is: "commit" })).toBe("done");
    for (const is of ["commit", "rollback"] as const) expect(await thread.hold(1, { is })).toBe(notOpen);
    expect(await thread.holdWrite(1, add(2))).toBe(notOpen);
    // The texts that came with refused writes have kept their numbers.
    expect(await thread.write(write(change("INSERT INTO t VALUES (? + 100)", [3])))).toBe("ok");
    expect(await thread.rows()).toEqual([1, 103]);
  });

  test("applies no group and no schema inside a transaction", async () => {
    const thread = await openThread();
    await thread.hold(1, { is: "begin" });
    await thread.holdWrite(1, add(1));
    expect(await thread.write(add(2))).toBe("failed: other");
    expect(await thread.send({ is: "define", statements: ["CREATE TABLE u (n)"] })).toMatchObject({
      is: "defined",
      failure: { kind: "other" },
    });
    await thread.hold(1, { is: "rollback" });
    expect(await thread.rows()).toEqual([]);
    expect(await thread.write(add(3))).toBe("ok");
    expect(await thread.rows()).toEqual([3]);
  });
});
