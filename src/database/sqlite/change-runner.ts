import { type ChildProcess, fork } from "node:child_process";
import { Socket } from "node:net";
import type { AskedStatement, ChangeOutcome, Consent } from "../asked-statement.ts";
import { DatabaseError, type DatabaseFailure } from "../database.ts";
import type { ChangedFile, FromChanger, ToChanger } from "./change-messages.ts";
import { entryUrl } from "./entry-url.ts";

/** A change that has not ended after this time is undone: all other writes wait for it, and no longer than this for a lock. */
const CHANGE_DEADLINE_MS = 4_000;
/** How long a change waits for others to end theirs, in milliseconds. */
const LOCK_WAIT_MS = 2_000;
/** Changes that run or wait at once; more are refused. */
const MOST_CHANGES = 4;
/** Bound for the JavaScript heap of a process, in MiB. */
const HEAP_MB = 128;

/**
 * Makes changes that somebody wrote as SQL in a process each, since a statement that never ends can be ended in no other
 * way. A process that is killed leaves nothing behind: what it has not committed is not there.
 */
export class ChangeRunner {
  readonly #file: ChangedFile;
  readonly #running = new Map<ChildProcess, (failure: DatabaseFailure) => void>();

  constructor(file: ChangedFile) {
    this.#file = file;
  }

  run(statement: AskedStatement, consent: Consent): Promise<ChangeOutcome> {
    if (this.#running.size >= MOST_CHANGES)
      return Promise.reject(new DatabaseError({ kind: "busy", message: `${MOST_CHANGES} changes are running.` }));
    return new Promise((resolve, reject) => {
      const child = fork(entryUrl("change-process"), [], {
        serialization: "advanced",
        execArgv: [`--max-old-space-size=${HEAP_MB}`],
        // The last is the lifeline (LIFELINE_FD): it closes with this process, however it ends.
        stdio: ["ignore", "ignore", "inherit", "ipc", "pipe"],
      });
      const lifeline = child.stdio[4];
      if (lifeline instanceof Socket) lifeline.unref();
      const fail = (failure: DatabaseFailure): void => {
        child.kill("SIGKILL");
        reject(new DatabaseError(failure));
      };
      const late = { kind: "timeout", message: `The change took longer than ${CHANGE_DEADLINE_MS} ms.` } as const;
      const timer = setTimeout(() => fail(late), CHANGE_DEADLINE_MS);
      const ended = (): void => {
        clearTimeout(timer);
        this.#running.delete(child);
        // Nothing where it has answered.
        reject(new DatabaseError({ kind: "unavailable", message: "The process of the change has ended." }));
      };
      this.#running.set(child, fail);
      child.once("exit", ended);
      child.once("error", ended);
      child.once("message", (answer: FromChanger) => {
        clearTimeout(timer);
        if (answer.is === "failed") reject(new DatabaseError(answer.failure));
        else resolve(answer);
      });
      const asked: ToChanger = { file: this.#file, statement, consent, lockWaitMs: LOCK_WAIT_MS };
      // A failure to send shows as the end of the process.
      child.send(asked, () => undefined);
    });
  }

  /** Ends what is running. Fulfilled when the processes are gone. */
  async close(): Promise<void> {
    await Promise.all(
      Array.from(this.#running, async ([child, fail]) => {
        const gone = new Promise<void>((resolve) => {
          child.once("exit", () => resolve());
        });
        fail({ kind: "unavailable", message: "The database was closed." });
        await gone;
      }),
    );
  }
}
