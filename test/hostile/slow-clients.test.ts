import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { openSocket } from "./doors.ts";

/** Headers must be there after 10 s, a whole request after 30 s; sockets are looked at every 2 s. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
/** The look at the sockets, and a machine with other work. */
const SLACK_MS = 15_000;
const CLIENTS = 40;

interface Ended {
  readonly afterMs: number;
  readonly said: string;
}

/** Sends `first` at once and then a byte of `rest` every 500 ms, until the server ends the connection. */
function dribble(port: number, first: string, rest: string): Promise<Ended> {
  const start = performance.now();
  const socket: Socket = connect({ port, host: "127.0.0.1" });
  const said: Buffer[] = [];
  let at = 0;
  socket.write(first);
  const timer = setInterval(() => {
    if (at < rest.length && socket.writable) socket.write(rest.charAt(at++));
  }, 500);
  return new Promise((resolve) => {
    socket.on("data", (chunk) => said.push(chunk));
    socket.once("error", () => undefined);
    socket.once("close", () => {
      clearInterval(timer);
      resolve({ afterMs: performance.now() - start, said: Buffer.concat(said).toString() });
    });
  });
}

test("H26 H27 H28 clients that send a byte now and then, or nothing, are ended in time, and others are served meanwhile", {
  timeout: 300_000,
}, async () => {
  const door = await openSocket();
  const many = (first: string, rest: string): Promise<Ended[]> =>
    Promise.all(Array.from({ length: CLIENTS }, () => dribble(door.port, first, rest)));
  const slow = Promise.all([
    many("GET /api/posts HTTP/1.1\r\nHost: a\r\nX: ", "a".repeat(1_000)),
    many(
      "POST /api/posts HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n",
      `{"title":"${"a".repeat(980)}`,
    ),
    many("", ""),
  ]);
  const times: number[] = [];
  for (let at = 0; at < 100; at++) {
    const { status, ms } = await door.send({ path: "/api/posts/1" });
    expect(status).toBe(200);
    times.push(ms);
    await sleep(20);
  }
  expect(times.toSorted((a, b) => a - b)[95], "the slowest twentieth, in milliseconds").toBeLessThan(500);
  const before = door.database.snapshot().get("posts")?.rows.size;
  const [headers, bodies, silent] = await slow;
  for (const { afterMs, said } of [...headers, ...silent]) {
    expect(afterMs).toBeLessThan(HEADERS_MS + SLACK_MS);
    expect(said).toMatch(/^(?:HTTP\/1\.1 408 |$)/);
  }
  for (const { afterMs, said } of bodies) {
    expect(afterMs).toBeLessThan(REQUEST_MS + SLACK_MS);
    expect(said).toMatch(/^HTTP\/1\.1 408 .*"code":"request_timeout"/s);
  }
  expect(door.database.snapshot().get("posts")?.rows.size).toBe(before);
  expect(door.engine.faults).toEqual([]);
  await door.close();
});
