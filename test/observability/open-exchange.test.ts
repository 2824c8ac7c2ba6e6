import { expect, test } from "vitest";
import { OpenExchange } from "#servery/observability/open-exchange.js";
import { Recording } from "#servery/observability/recording.js";
import { withoutSecrets } from "#servery/observability/without-secrets.js";

const arrival = { id: "1", method: "GET", url: "/api/notes", incoming: undefined };
function begun(): OpenExchange {
  const recording = new Recording();
  recording.begin(arrival, 0);
  return new OpenExchange(recording);
}

const statement = { access: "read", sql: "SELECT 1", bound: 0, values: [], rows: 1, at: 0, tookMs: 0 } as const;

test("what a request has set going is no part of it any more once it is answered", async () => {
  const exchange = begun();
  exchange.enter("controller", "list");
  exchange.ran(statement);
  const late = exchange.within({ hop: "service", name: "hooks.after" }, () => Promise.resolve());
  const kept = exchange.close({ status: 200, bytes: 0 })?.exchange();
  await late;
  exchange.ran(statement);
  exchange.within({ hop: "service", name: "later" }, () => undefined);
  expect(kept?.statements).toHaveLength(1);
  expect(kept?.spans.map(({ name }) => name)).toEqual(["list"]);
});

test("an error passes through, and its station has failed", async () => {
  const exchange = begun();
  exchange.enter("controller", "list");
  const broken = new Error("broken");
  expect(() =>
    exchange.within({ hop: "service", name: "now" }, () => {
      throw broken;
    }),
  ).toThrow(broken);
  await expect(exchange.within({ hop: "service", name: "later" }, () => Promise.reject(broken))).rejects.toBe(broken);
  const kept = exchange.close({ status: 500, bytes: 0 })?.exchange();
  expect(kept?.spans.filter(({ failed }) => failed).map(({ name }) => name)).toEqual(["now", "later"]);
});

test("of a long request the first 500 statements are kept", () => {
  const exchange = begun();
  for (let at = 0; at < 600; at++) exchange.ran(statement);
  expect(exchange.close({ status: 200, bytes: 0 })?.exchange().statements).toHaveLength(500);
});

test("a recording that is written over tells nothing of the request before", () => {
  const recording = new Recording();
  recording.begin({ ...arrival, url: "/first" }, 0);
  const first = new OpenExchange(recording);
  first.enter("controller", "first");
  for (let at = 0; at < 40; at++) first.ran({ ...statement, sql: `SELECT ${at}` });
  first.refused("not_found", { rules: [], findings: [{ pointer: "/a", code: "b" }] });
  const before = first.close({ status: 404, bytes: 9 })?.exchange();
  recording.begin({ ...arrival, url: "/second" }, 0);
  const second = new OpenExchange(recording);
  second.enter("http", "second");
  first.enter("service", "late");
  const after = second.close({ status: 200, bytes: 1 })?.exchange();
  expect(before?.statements.map(({ sql }) => sql)).toEqual(Array.from({ length: 40 }, (_, at) => `SELECT ${at}`));
  expect(after).toMatchObject({ url: "/second", status: 200, problem: undefined, findings: [], statements: [] });
  expect(after?.spans.map(({ name }) => name)).toEqual(["second"]);
});

test.each([
  ["/a", "/a"],
  ["/a?token=x", "/a?token=(private)"],
  ["/a?b=1&%74oken=x&CODE=y", "/a?b=1&%74oken=(private)&CODE=(private)"],
  ["/a?%=x&password", "/a?%=x&password=(private)"],
])("%s is kept as %s", (url, kept) => {
  expect(withoutSecrets(url)).toBe(kept);
});
