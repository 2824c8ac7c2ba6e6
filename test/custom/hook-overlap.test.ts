import { expect, test } from "vitest";
import { RandomSource } from "../database/random-source.ts";
import { openEngine, type TestRequest } from "../harness/open-engine.ts";
import { textOf } from "./hooked-world.ts";
import { overlapWorld, refusedIn, type Told } from "./overlap-world.ts";

const WRITES = 400;

/** What a request is, and what it must come to: decided before it is sent. */
interface Case {
  readonly request: TestRequest;
  readonly kind: "entry" | "list" | "pairing" | "plain";
  readonly names: readonly string[];
  readonly values: readonly number[];
  readonly statuses: readonly number[];
}

function randomCase(number: number, random: RandomSource): Case {
  const name = `n${number}`;
  const value = (): number => random.below(1_000);
  const post = (url: string, json: unknown): TestRequest => ({ method: "POST", url, json });
  const kind = (["entry", "entry", "entry", "list", "pairing", "plain"] as const)[random.below(6)] ?? "plain";
  if (kind === "plain")
    return { request: post("/api/plain", { name }), kind, names: [name], values: [], statuses: [201] };
  if (kind === "entry") {
    const values = [value()];
    const request = post("/api/entries", { name, value: values[0] });
    return { request, kind, names: [name], values, statuses: statusesOf(values, 201) };
  }
  const values = [value(), value()];
  if (kind === "list") {
    const names = [`${name} a`, `${name} b`];
    const rows = names.map((each, at) => ({ name: each, value: values[at] }));
    return { request: post("/api/entries", rows), kind, names, values, statuses: statusesOf(values, 201) };
  }
  const request = post("/api/pairing", { name, first: values[0], second: values[1] });
  return { request, kind, names: [`${name} first`, `${name} second`], values, statuses: statusesOf(values, 200) };
}

/** A fault in one moment may come before or after a refusal in another. */
function statusesOf(values: readonly number[], success: number): number[] {
  const refused = values.map(refusedIn).filter((moment) => moment !== undefined);
  if (refused.length === 0) return [success];
  return [...new Set(refused.map((moment) => (moment === "throw" ? 500 : 409)))];
}

test(`${WRITES} overlapping writes with waiting and refusing hooks, through both doors: every answer matches the rows`, async () => {
  const told: Told[] = [];
  const engine = await openEngine(overlapWorld(told));
  const { url } = await engine.listen();
  const random = new RandomSource(11);
  const cases = Array.from({ length: WRITES }, (_, number) => randomCase(number, random));
  const statuses = await Promise.all(
    cases.map(async ({ request }, number) => {
      if (number % 2 === 0) return (await engine.send(request)).status;
      const headers = { "content-type": "application/json" };
      const answer = await fetch(`${url}${request.url}`, {
        method: "POST",
        headers,
        body: JSON.stringify(request.json),
      });
      await answer.arrayBuffer();
      return answer.status;
    }),
  );
  const wrong = cases.flatMap((each, at) =>
    each.statuses.includes(statuses[at] ?? 0) ? [] : [{ ...each, answered: statuses[at] }],
  );
  expect(wrong).toEqual([]);
  const done = cases.filter(({ kind }, at) => kind !== "plain" && (statuses[at] ?? 500) < 300);
  expect(done.length).toBeGreaterThan(50);
  expect(cases.length - done.length).toBeGreaterThan(100);

  const all = async (path: string): Promise<Record<string, unknown>[]> => {
    const { json } = await engine.get(`/api/${path}?limit=1000&sort=id`);
    return json as Record<string, unknown>[];
  };
  const names = (rows: readonly { readonly name?: unknown }[]): string[] => rows.map(({ name }) => textOf(name)).sort();
  const expected = done.flatMap((each) => each.names.map((name, at) => ({ name, value: each.values[at] ?? 0 })));
  const entries = await all("entries");
  expect(names(entries)).toEqual(names(expected));
  for (const { name, value } of expected) expect(entries.find((row) => row["name"] === name)?.["value"]).toBe(value);
  // What the hooks wrote is there once for each row, and for no other.
  expect(names(await all("trail"))).toEqual(names(expected));
  expect(names(await all("marks"))).toEqual(names(expected));
  expect((await all("totals"))[0]?.["sum"]).toBe(expected.reduce((sum, { value }) => sum + value, 0));
  expect(await all("pairs")).toHaveLength(done.filter(({ kind }) => kind === "pairing").length);
  expect(await all("plain")).toHaveLength(cases.filter(({ kind }) => kind === "plain").length);
  await engine.close();
  expect(names(told)).toEqual(names(expected));
  expect(told.every(({ action }) => action === "create")).toBe(true);
  expect(engine.faults.every((fault) => String(fault).includes("a fault of the hook"))).toBe(true);
  expect(engine.faults).toHaveLength(statuses.filter((status) => status === 500).length);
});

test("overlapping changes and deletes of one row and of many: the books agree with the rows", async () => {
  const told: Told[] = [];
  const engine = await openEngine(overlapWorld(told));
  const rows = Array.from({ length: 20 }, (_, number) => ({ name: `n${number}`, value: 0 }));
  expect((await engine.post("/api/entries", rows)).status).toBe(201);
  const random = new RandomSource(5);
  const writes = Array.from({ length: 200 }, () => {
    const id = 1 + random.below(20);
    const value = random.below(1_000);
    if (random.below(20) === 0) return engine.delete(`/api/entries/${id}`);
    if (random.below(10) === 0)
      return engine.patch(`/api/entries?id[in]=${id}&id[in]=${1 + random.below(20)}`, { value });
    return engine.patch(`/api/entries/${id}`, { value });
  });
  const answers = await Promise.all(writes);
  expect(answers.filter(({ status }) => ![200, 204, 404, 409, 500].includes(status))).toEqual([]);
  const counted = (status: number): number => answers.filter((answer) => answer.status === status).length;
  for (const status of [200, 204, 404, 409, 500]) expect(counted(status), String(status)).toBeGreaterThan(0);
  const entries = (await engine.get("/api/entries?limit=1000")).json as { name: string; value: number }[];
  const trail = (await engine.get("/api/trail?limit=1000&sort=id")).json as { action: string; change: number }[];
  const totals = (await engine.get("/api/totals")).json as [{ sum: number }];
  const sum = entries.reduce((total, { value }) => total + value, 0);
  expect(totals[0].sum).toBe(sum);
  expect(trail.reduce((total, { change }) => total + change, 0)).toBe(sum);
  expect(trail.filter(({ action }) => action === "delete")).toHaveLength(20 - entries.length);
  expect(counted(204)).toBe(20 - entries.length);
  await engine.close();
  expect(told).toHaveLength(trail.length);
  expect(engine.faults).toHaveLength(counted(500));
});
