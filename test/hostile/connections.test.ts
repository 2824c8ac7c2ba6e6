import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openSocket, type OpenDoor } from "./doors.ts";

const GET = "GET /api/posts/1 HTTP/1.1\r\nHost: a\r\n\r\n";
const NOT_WHOLE = "GET /api/po";
/** While a server closes it has patience for 10 s: what ends sooner was not held by that. */
const PATIENCE_MS = 9_000;

function post(title: string, headers = ""): string {
  const body = JSON.stringify({ title });
  return `POST /api/posts HTTP/1.1\r\nHost: a\r\n${headers}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

/** A connection, what came back on it, and whether it is over. */
interface Talk {
  readonly socket: Socket;
  readonly statuses: () => number[];
  readonly over: Promise<unknown>;
}

let door: OpenDoor;
let talks: Talk[];
beforeEach(async () => {
  door = await openSocket();
  talks = [];
});
afterEach(async () => {
  for (const { socket } of talks) socket.destroy();
  await door.close();
});

async function talk(bytes = ""): Promise<Talk> {
  const socket = connect({ port: door.port, host: "127.0.0.1", allowHalfOpen: true });
  let text = "";
  socket.setEncoding("latin1").on("data", (chunk: string) => (text += chunk));
  socket.on("error", () => undefined);
  const over = new Promise((resolve) => {
    socket.once("end", resolve).once("close", resolve);
  });
  await once(socket, "connect");
  socket.write(bytes);
  const statuses = (): number[] => [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  const one = { socket, statuses, over };
  talks.push(one);
  return one;
}

function titles(like: string): unknown[] {
  return door.database.rows(`SELECT title FROM posts WHERE title LIKE '${like}' ORDER BY id`).map(([title]) => title);
}

describe("a client that shuts its half of the connection", () => {
  test.each([
    ["a read", GET, [200]],
    ["a write", post("half"), [201]],
    ["a write and a read", post("half") + GET, [201, 200]],
    ["a write without its whole body", post("half").slice(0, -3), [400]],
    ["a head without its end", NOT_WHOLE, [400]],
    ["nothing", "", []],
  ])("gets what is owed for %s, and then the other half is shut", async (_is, bytes, statuses) => {
    const one = await talk(bytes);
    one.socket.end();
    await one.over;
    expect(one.statuses()).toEqual(statuses);
    expect(titles("half")).toEqual(statuses.includes(201) ? ["half"] : []);
    expect(door.engine.faults).toEqual([]);
  });
});

describe("bytes that are no request, behind one that is", () => {
  test.each([
    ["rubbish", "JUNK JUNK\r\n\r\n"],
    ["chunks that are none", "POST /api/posts HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"],
    ["no Host, and a request behind it", `GET / HTTP/1.1\r\n\r\n${post("smuggled")}`],
  ])("%s: the write keeps its own answer, and nothing behind runs", async (_is, behind) => {
    const one = await talk(post("first") + behind);
    await one.over;
    expect([one.statuses(), titles("first"), titles("smuggled")]).toEqual([[201, 400], ["first"], []]);
    expect(door.engine.faults).toEqual([]);
  });
});

describe("when the server closes", () => {
  /** Closes as a stop does, while the clients hold on. */
  async function closing(): Promise<number> {
    const start = performance.now();
    await door.engine.close();
    return performance.now() - start;
  }

  test("connections that are idle or have said nothing do not hold it", async () => {
    await talk();
    const idle = await talk(GET);
    while (idle.statuses().length === 0) await sleep(5);
    expect(await closing()).toBeLessThan(PATIENCE_MS);
    await Promise.all(talks.map(({ over }) => over));
    expect(talks.map(({ statuses }) => statuses())).toEqual([[], [200]]);
  });

  test("requests on their way are answered, and their connections go with the answer", async () => {
    const written = await talk(post("on its way"));
    const arriving = await talk(post("arriving", "Expect: 100-continue\r\n").slice(0, -3));
    // Its head was read, and what came before it.
    while (arriving.statuses().length === 0) await sleep(5);
    const closed = closing();
    await sleep(50);
    arriving.socket.write(post("arriving").slice(-3));
    expect(await closed).toBeLessThan(PATIENCE_MS);
    await Promise.all(talks.map(({ over }) => over));
    expect([written.statuses(), arriving.statuses()]).toEqual([[201], [100, 201]]);
    expect(titles("%on its way%").concat(titles("arriving"))).toEqual(["on its way", "arriving"]);
  });

  test("requests that never arrive are given up", { timeout: 150_000 }, async () => {
    const head = await talk(NOT_WHOLE);
    const body = await talk(post("never").slice(0, -3));
    await sleep(50);
    // A head has 10 s to arrive, so has whoever is still talking.
    expect(await closing()).toBeLessThan(20_000);
    await Promise.all([head.over, body.over]);
    expect(titles("never")).toEqual([]);
    expect(door.engine.faults).toEqual([]);
  });
});

test("a client that asks 20,000 times and reads nothing keeps nobody from being served", async () => {
  const one = await talk();
  one.socket.pause();
  for (let at = 0; at < 10; at++) one.socket.write("GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n".repeat(2_000));
  for (let at = 0; at < 20; at++) expect((await door.send({ path: "/api/posts/1" })).status).toBe(200);
  expect(door.engine.faults).toEqual([]);
});
