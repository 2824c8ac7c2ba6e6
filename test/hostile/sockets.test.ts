import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type OpenDoor, openSocket } from "./doors.ts";
import { checkProblem } from "./oracles.ts";
import { exchange, type RawAnswer } from "./raw-socket.ts";
import { difference, type Snapshot } from "./snapshot.ts";
import { smugglingCases } from "./smuggling-cases.ts";
import { socketCases } from "./socket-cases.ts";

/** After the last answer that is wanted: long enough for one more that is not, or for the server to hang up. */
const AFTERWARDS_MS = 150;

describe("bytes on a socket", () => {
  let door: OpenDoor;
  beforeAll(async () => {
    door = await openSocket();
  });
  afterAll(() => door.close());

  /** What must hold after anything that came over the wire. */
  async function expectUnharmed({ before, faults }: { before: Snapshot; faults: number }): Promise<void> {
    expect(difference(before, door.database.snapshot(), "with counters"), "the database was changed").toEqual({});
    expect((await door.send({ path: "/api/posts/1" })).status).toBe(200);
    expect(door.engine.faults.slice(faults), "faults of the server").toEqual([]);
  }

  const now = (): { before: Snapshot; faults: number } => ({
    before: door.database.snapshot(),
    faults: door.engine.faults.length,
  });

  function expectProblem(answer: RawAnswer): void {
    checkProblem(answer, {});
    expect(answer.headers).not.toHaveProperty("server");
    expect(answer.headers["x-content-type-options"]).toBe("nosniff");
  }

  test.each([...socketCases, ...smugglingCases].map((one) => [one.id, one.is, one] as const))(
    "%s %s",
    async (_id, _is, one) => {
      const before = now();
      const options = {
        ...(one.methods === undefined ? {} : { methods: one.methods }),
        // A connection that must be closed is waited for, however long a busy machine takes.
        ...(one.closed === true ? {} : { answers: one.answers.length, afterwardsMs: AFTERWARDS_MS }),
      };
      const { answers, closed, rest } = await exchange(door.port, one.bytes, options);
      expect(
        answers.map(({ status }) => status),
        `${answers.map(({ text }) => text.slice(0, 200)).join("\n")}${rest.slice(0, 200)}`,
      ).toHaveLength(one.answers.length);
      for (const [at, wanted] of one.answers.entries()) expect([wanted].flat()).toContain(answers[at]?.status);
      expect(rest, "bytes that belong to no answer").toBe("");
      expect(closed, "the server ended the connection").toBe(one.closed ?? closed);
      for (const answer of one.bare === true ? [] : answers.filter(({ status }) => status >= 400))
        expectProblem(answer);
      await expectUnharmed(before);
    },
  );

  test("J22 a body that stops short, and a client that goes away: no row, no fault", async () => {
    const before = now();
    for (const body of ['{"title":"half', '{"title":"whole"}', ""]) {
      const socket = connect({ port: door.port, host: "127.0.0.1" });
      await new Promise<void>((resolve) => {
        socket.write(
          `POST /api/posts HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n${body}`,
          () => resolve(),
        );
      });
      await sleep(20);
      socket.destroy();
    }
    const cut = await exchange(
      door.port,
      "POST /api/posts HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{",
      { waitMs: 50 },
    );
    expect(cut.answers).toEqual([]);
    await sleep(100);
    await expectUnharmed(before);
  });

  test("H30 200 clients that go away before their answer: each request ends whole or not at all, and the next are served", async () => {
    const { faults } = now();
    const sockets = Array.from({ length: 200 }, (_, at) => {
      const socket = connect({ port: door.port, host: "127.0.0.1" });
      socket.once("error", () => undefined);
      const json = JSON.stringify({ title: `gone ${at}` });
      socket.write(
        at % 2 === 0
          ? "GET /api/posts?count=exact&offset=3 HTTP/1.1\r\nHost: a\r\n\r\n"
          : `POST /api/posts HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${json.length}\r\n\r\n${json}`,
      );
      setTimeout(() => socket.destroy(), at % 10);
      return once(socket, "close");
    });
    await Promise.all(sockets);
    await sleep(300);
    expect(door.engine.faults.slice(faults)).toEqual([]);
    const titles = door.database
      .rows("SELECT title FROM posts WHERE title LIKE 'gone %'")
      .map(([title]) => String(title));
    expect(new Set(titles).size, "no request ran twice").toBe(titles.length);
    const created = await door.send({ method: "POST", path: "/api/posts", json: { title: "afterwards" } });
    expect(created.status).toBe(201);
    expect((await door.send({ path: "/api/posts", query: "count=exact" })).status).toBe(200);
  });

  test("H03 HEAD answers with the headers of GET and no body", async () => {
    for (const path of [
      "/api/posts",
      "/api/posts/1",
      "/api/posts?limit=2",
      "/api/posts/999",
      "/api/posts?nope=1",
      "/health/live",
      "/openapi.json",
      "/api/vault",
      "/api/posts/1/comments",
      "/api/posts/1?include=comments",
    ]) {
      const bytes = (method: string): string => `${method} ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`;
      const got = (await exchange(door.port, bytes("GET"))).answers[0];
      const head = await exchange(door.port, bytes("HEAD"), { methods: ["HEAD"] });
      const plain = (headers: RawAnswer["headers"] | undefined): Record<string, string | undefined> => ({
        ...headers,
        date: undefined,
        "x-request-id": undefined,
      });
      // The length of a problem moves with the length of its request id.
      const problem = (got?.status ?? 0) >= 400 ? { "content-length": undefined } : {};
      expect({ ...plain(head.answers[0]?.headers), ...problem }, path).toEqual({ ...plain(got?.headers), ...problem });
      expect(head.answers[0]?.status).toBe(got?.status);
      expect(head.rest).toBe("");
    }
  });

  test("H28 300 connections that say nothing do not keep others from being served", async () => {
    const silent = Array.from({ length: 300 }, () => connect({ port: door.port, host: "127.0.0.1" }));
    await Promise.all(silent.map((socket) => once(socket, "connect")));
    const times: number[] = [];
    for (let at = 0; at < 20; at++) {
      const { status, ms } = await door.send({ path: "/api/posts/1" });
      expect(status).toBe(200);
      times.push(ms);
    }
    expect(times.toSorted((a, b) => a - b)[10], "the median, in milliseconds").toBeLessThan(500);
    for (const socket of silent) socket.destroy();
  });
});
