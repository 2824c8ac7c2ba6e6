import { join } from "node:path";
import { expect, test } from "vitest";
import { openRaw } from "../validation/raw-file.ts";
import { pause, type Served, startServery, temporaryFolder } from "./processes.ts";

const KEYS = 10_000;
const CALLERS = 32;
const KILLS = 6;
/** Requests that race for one key, and for how many keys they do. */
const RACERS = 20;
const RACES = 100;

/** What one key asks for. */
interface Task {
  readonly key: string;
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  /** Rows that it makes, and how often it counts post 1 up. */
  readonly rows: number;
  readonly likes: number;
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly replayed: boolean;
}

/** The same numbers on every run: what differs is when the process dies. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

function taskOf(at: number): Task {
  const key = `key-${at}`;
  const row = (title: string): object => ({ user_id: 1, title });
  const like = { likes: { increment: 1 } };
  switch (at % 10) {
    case 7:
      return { key, method: "PATCH", path: "/api/posts/1", body: like, rows: 0, likes: 1 };
    case 8:
      return { key, method: "POST", path: "/api/posts", body: [row(`${key} a`), row(`${key} b`)], rows: 2, likes: 0 };
    case 9: {
      const operations = [
        { method: "POST", path: "/api/posts", body: row(key) },
        { method: "PATCH", path: "/api/posts/{0.id}", body: { content: { ref: "0.title" } } },
        { method: "PATCH", path: "/api/posts/1", body: like },
      ];
      return { key, method: "POST", path: "/api/batch", body: operations, rows: 1, likes: 1 };
    }
    default:
      return { key, method: "POST", path: "/api/posts", body: row(key), rows: 1, likes: 0 };
  }
}

/** A server that dies and comes back under another address. */
class Mortal {
  readonly #path: string;
  #served: Promise<Served>;

  constructor(path: string) {
    this.#path = path;
    this.#served = startServery(path);
  }

  /** SIGKILL, and a new start. */
  async restart(): Promise<void> {
    const dying = this.#served;
    this.#served = dying.then(async (server) => {
      await server.kill();
      return startServery(this.#path);
    });
    await this.#served;
  }

  async stop(): Promise<void> {
    await (await this.#served).kill();
  }

  /** One try. Undefined when nobody knows what became of it. */
  async send({ key, method, path, body }: Task): Promise<Answer | undefined> {
    const { url } = await this.#served;
    try {
      const response = await fetch(url + path, {
        method,
        headers: { "content-type": "application/json", "idempotency-key": key },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(60_000),
      });
      const text = await response.text();
      return { status: response.status, text, replayed: response.headers.has("idempotency-replayed") };
    } catch {
      await pause(5);
      return undefined;
    }
  }

  /** As a careful client does: the same request with the same key until there is an answer. */
  async insist(task: Task): Promise<Answer> {
    for (;;) {
      const answer = await this.send(task);
      if (answer !== undefined && answer.status !== 409 && answer.status !== 503) return answer;
      await pause(2);
    }
  }
}

test(`${KEYS} keys with retries, races and ${KILLS} sudden deaths: none is done twice, none is lost`, {
  timeout: 600_000,
}, async () => {
  const path = join(temporaryFolder(), "posts.db");
  const server = new Mortal(path);
  const first = await server.insist({ ...taskOf(0), key: "post-1", body: { user_id: 1, title: "post 1" } });
  expect(first.status).toBe(201);
  const tasks = Array.from({ length: KEYS }, (_, at) => taskOf(at));
  const chance = random(20_241_028);
  const state = { next: 0, done: 0 };
  const wrong: unknown[] = [];

  /** Everything that was answered under one key is one answer, and at most one of them was no replay. */
  const compare = (task: Task, answers: readonly Answer[]): void => {
    const [one] = answers;
    const fresh = answers.filter(({ replayed }) => !replayed).length;
    if (fresh > 1 || answers.some(({ status, text }) => status >= 300 || status !== one?.status || text !== one.text))
      wrong.push({ key: task.key, answers });
  };
  const call = async (): Promise<void> => {
    for (let at = state.next++; at < KEYS; at = state.next++) {
      const task = tasks[at] as Task;
      const racers = at % (KEYS / RACES) === 0 ? RACERS : 1;
      const retries = chance() < 0.3 ? 1 + Math.floor(chance() * 3) : 0;
      const answers = await Promise.all(Array.from({ length: racers }, async () => server.insist(task)));
      for (let again = 0; again < retries; again++) answers.push(await server.insist(task));
      compare(task, answers);
      state.done++;
    }
  };
  const callers = Array.from({ length: CALLERS }, call);
  for (let kill = 1; kill <= KILLS; kill++) {
    while (state.done < (KEYS / (KILLS + 1)) * kill) await pause(2);
    await server.restart();
  }
  await Promise.all(callers);

  // After the last death too, every key has its answer.
  await server.restart();
  const sample = tasks.filter((_, at) => at % 50 === 0);
  for (const task of sample) if (!(await server.insist(task)).replayed) wrong.push({ key: task.key, lost: true });
  await server.stop();
  expect(wrong.slice(0, 3)).toEqual([]);

  const file = await openRaw(path);
  const count = (sql: string): number => Number(file.rows(sql)[0]?.[0]);
  const wanted = tasks.reduce((sum, { rows, likes }) => ({ rows: sum.rows + rows, likes: sum.likes + likes }), {
    rows: 1,
    likes: 0,
  });
  expect({
    rows: count("SELECT count(*) FROM posts"),
    titles: count("SELECT count(DISTINCT title) FROM posts"),
    likes: count("SELECT likes FROM posts WHERE id = 1"),
    halfBatches: count("SELECT count(*) FROM posts WHERE title LIKE 'key-%9' AND content IS NOT title"),
    kept: count("SELECT count(*) FROM _servery_kept_answers"),
    sound: file.rows("PRAGMA integrity_check"),
  }).toEqual({
    rows: wanted.rows,
    titles: wanted.rows,
    likes: wanted.likes,
    halfBatches: 0,
    kept: KEYS + 1,
    sound: [["ok"]],
  });
  file.close();
});
