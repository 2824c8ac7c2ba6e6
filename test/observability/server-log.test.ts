import { expect, test } from "vitest";
import { ServerLog } from "#servery/observability/server-log.js";
import type { Observation } from "servery";

type Answered = Extract<Observation, { is: "answered" }>;

function logged(options: { readonly every: number; readonly slowMs: number }, told: readonly Observation[]): unknown[] {
  const lines: string[] = [];
  const log = new ServerLog({ write: (line: string) => void lines.push(line) }, options);
  for (const observation of told) log.observe(observation);
  expect(lines.every((line) => line.endsWith("\n") && line.indexOf("\n") === line.length - 1)).toBe(true);
  return lines.map((line) => JSON.parse(line) as unknown);
}

function answered(parts: Partial<Answered>): Answered {
  return {
    is: "answered",
    requestId: "a-1",
    method: "GET",
    url: "/api/notes/1",
    route: "/api/notes/{id}",
    status: 200,
    tookMs: 1.234,
    bytes: 12,
    error: undefined,
    explanation: undefined,
    ...parts,
  };
}

test("what failed or was slow is written, and a sample of the others", () => {
  const fine = Array.from({ length: 20 }, (_, at) => answered({ requestId: `a-${at}` }));
  const lines = logged({ every: 10, slowMs: 500 }, [
    ...fine,
    answered({ requestId: "slow", tookMs: 500 }),
    answered({ requestId: "failed", status: 503 }),
  ]);
  expect(lines).toMatchObject([
    { level: 30, request_id: "a-0", route: "/api/notes/{id}", status: 200, took_ms: 1.23, bytes: 12 },
    { level: 30, request_id: "a-10" },
    { level: 40, request_id: "slow" },
    { level: 50, request_id: "failed" },
  ]);
  expect(logged({ every: 0, slowMs: 500 }, fine)).toEqual([]);
});

test("a caller's text ends no line, and a secret in a URL is not written", () => {
  const url = '/a"\n{"level":60}\u2028?token=abc&x=\u0000';
  const [line] = logged({ every: 1, slowMs: 500 }, [answered({ method: 'G"\n', url, route: undefined })]);
  expect(line).toMatchObject({ method: 'G"\n', url: url.replace("abc", "(private)") });
});

test("a fault has its cause and its request, and no secrets that a library hung on it", () => {
  const cause = Object.assign(new Error("broken"), { params: ["canary"], config: { password: "canary" } });
  const [line] = logged({ every: 0, slowMs: 500 }, [{ is: "fault", requestId: "a-1", cause }]);
  expect(line).toMatchObject({ level: 50, request_id: "a-1", err: { message: "broken", type: "Error" } });
  expect(JSON.stringify(line)).not.toContain("canary");
});

test("rows without policies, refusals and refused passkeys are written", () => {
  const lines = logged({ every: 1, slowMs: 500 }, [
    { is: "system", reason: "nightly", requestId: "a-1" },
    { is: "refused", requestId: "a-2", code: "forbidden", rules: [], truth: undefined },
    { is: "passkey_refused", reason: "unknown", passkey: "p", detail: "d" },
    { is: "sql", access: "read", sql: "SELECT 1", bound: 0 },
  ]);
  expect(lines).toMatchObject([
    { reason: "nightly", request_id: "a-1" },
    { code: "forbidden", request_id: "a-2" },
    { level: 40, passkey: "p" },
  ]);
});
