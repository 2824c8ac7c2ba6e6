import { pause } from "./processes.ts";

/** One answered POST. */
export interface Posted {
  readonly title: string;
  readonly status: number;
  /** Of the row, where it was created. */
  readonly id: number | undefined;
  /** Of the problem, where it was refused. */
  readonly code: string | undefined;
}

export interface Posting {
  /** Every answer so far. */
  readonly answers: readonly Posted[];
  /** Sends no more; fulfilled when nothing is on its way. Rejected when a connection broke that should have held. */
  readonly end: () => Promise<void>;
  /** From now on a broken connection is what is expected: it only ends its caller. */
  readonly expectDeath: () => void;
}

/** Posts rows with titles that nobody else has, each caller one after the other, until it is ended. */
export function keepPosting(
  url: string,
  { callers, label, contentLength = 100 }: { callers: number; label: string; contentLength?: number },
): Posting {
  const answers: Posted[] = [];
  const state = { ended: false, deathExpected: false };
  const content = "x".repeat(contentLength);
  const call = async (caller: number) => {
    for (let at = 0; !state.ended; at += 1) {
      const title = `${label}, caller ${caller}, post ${at}`;
      try {
        answers.push(await post(url, { user_id: 1, title, content }));
      } catch (error) {
        if (state.deathExpected) return;
        throw error;
      }
    }
  };
  const done = Promise.all(Array.from({ length: callers }, (_, caller) => call(caller)));
  // What breaks early is thrown by `end`, not as a rejection that nobody awaits yet.
  done.catch(() => undefined);
  return {
    answers,
    end: async () => {
      state.ended = true;
      await done;
    },
    expectDeath: () => {
      state.deathExpected = true;
    },
  };
}

/** Posts one row. Rejects when there is no whole answer. */
export async function post(
  url: string,
  row: { readonly user_id: number; readonly title: string; readonly content: string },
): Promise<Posted> {
  const response = await fetch(`${url}/api/posts`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(row),
    signal: AbortSignal.timeout(60_000),
  });
  const { id, code } = (await response.json()) as { id?: number; code?: string };
  return { title: row.title, status: response.status, id, code };
}

/** Every post of the server, as id and title, page by page. */
export async function allPosts(url: string): Promise<readonly { readonly id: number; readonly title: string }[]> {
  const all: { id: number; title: string }[] = [];
  for (let last = 0; ; ) {
    const page = `${url}/api/posts?id%5Bgt%5D=${last}&sort=id&limit=1000&fields=id,title`;
    const response = await fetch(page, { signal: AbortSignal.timeout(60_000) });
    if (response.status !== 200) throw new Error(`${page} answers ${response.status}: ${await response.text()}`);
    const rows = (await response.json()) as { id: number; title: string }[];
    all.push(...rows);
    if (rows.length < 1000) return all;
    last = rows.at(-1)?.id ?? last;
  }
}

/** Waits until a posting has so many answers of a kind; ends after the limit, in milliseconds. */
export async function untilAnswered(posting: Posting, wanted: { status: number; count: number }, limitMs: number) {
  const count = () => posting.answers.filter(({ status }) => status === wanted.status).length;
  for (const start = performance.now(); count() < wanted.count; await pause(5)) {
    if (performance.now() - start > limitMs) {
      throw new Error(`${count()} answers with ${wanted.status} within ${limitMs} ms`);
    }
  }
}
