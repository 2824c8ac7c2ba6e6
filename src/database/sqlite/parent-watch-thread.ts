// A thread of a reader process: it ends the process when the parent is gone, even while SQLite is busy in a read that
// never ends. Neither a signal handler nor the closed IPC channel could, since both need the busy thread.
import { readSync } from "node:fs";
import { LIFELINE_FD } from "./read-messages.ts";

/** How long to wait before looking again where the pipe does not let a read wait, in milliseconds. */
const RETRY_MS = 200;

function watch(): void {
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  const byte = new Uint8Array(1);
  for (;;) {
    try {
      // The parent never writes: this waits until the other end is closed, by whatever way the parent ended.
      if (readSync(LIFELINE_FD, byte) === 0) break;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) break;
      Atomics.wait(sleeper, 0, 0, RETRY_MS);
    }
  }
  process.kill(process.pid, "SIGKILL");
}

watch();
