import fc from "fast-check";
import { expect, test } from "vitest";
import { openEngine, type EngineUnderTest, type TestAnswer } from "../harness/open-engine.ts";
import { applied, EMPTY, LEAST, ledger, MOST, type Operation, requestOf, type Row, type State } from "./ledger.ts";

/** Writes said a second time in JavaScript: alone, in batches, and several at once. */

const RUNS = 60;
const ROUNDS = 12;

const tables = fc.constantFrom("owners" as const, "things" as const);
const ids = fc.integer({ min: 1, max: 12 });
const codes = fc.constantFrom("a", "b", "ä", "c");
const numbers = fc.integer({ min: LEAST - 1, max: MOST + 1 });
const adds = fc.constantFrom(0, 1, -1, 4, -5);
const some = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(values, { freq: 3 });
const owner = fc.record({ code: codes, score: numbers }, { requiredKeys: ["code"] });
const thing = fc.record(
  { owner_id: some(ids), parent_id: some(ids), keeper_id: some(ids), tag: some(codes), n: numbers },
  { requiredKeys: [] },
);
const fieldsOf = { owners: owner, things: thing };

const operations: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 6, arbitrary: owner.map((fields) => ({ is: "create" as const, table: "owners" as const, fields })) },
  { weight: 8, arbitrary: thing.map((fields) => ({ is: "create" as const, table: "things" as const, fields })) },
  {
    weight: 5,
    arbitrary: tables.chain((table) =>
      fc
        .record({ id: ids, fields: fieldsOf[table], add: adds })
        .map(({ id, fields, add }) => ({ is: "change" as const, table, id, fields: { ...fields }, add })),
    ),
  },
  { weight: 3, arbitrary: fc.record({ is: fc.constant("remove" as const), table: tables, id: ids }) },
  {
    weight: 2,
    arbitrary: fc.record({ is: fc.constant("change all" as const), from: numbers, add: fc.constantFrom(1, -1) }),
  },
  { weight: 1, arbitrary: fc.record({ is: fc.constant("remove all" as const), from: numbers }) },
  { weight: 3, arbitrary: owner.map((fields) => ({ is: "upsert" as const, fields })) },
);

/** What is sent at once: one write, or a batch of them. */
type Sent = readonly Operation[];
const requests: fc.Arbitrary<Sent> = fc.oneof(
  { weight: 3, arbitrary: operations.map((operation) => [operation]) },
  { weight: 1, arbitrary: fc.array(operations, { minLength: 2, maxLength: 4 }) },
);

async function send(engine: EngineUnderTest, sent: Sent): Promise<TestAnswer> {
  const [only] = sent;
  if (only === undefined || sent.length > 1) return engine.post("/api/batch", sent.map(requestOf));
  const { method, path, body } = requestOf(only);
  return engine.send({ method, url: path, ...(body === undefined ? {} : { json: body }) });
}

/** The numbers that the rows of an answer have, for each write of the request; 0 where it answered none. */
function idsOf(sent: Sent, answer: TestAnswer): readonly number[] {
  const parts = sent.length === 1 ? [answer.json] : (answer.json as { body?: unknown }[]).map(({ body }) => body);
  return parts.map((part) => Number((part as { id?: number } | undefined)?.id ?? 0));
}

function afterAll(state: State, sent: Sent, answer: TestAnswer): State | undefined {
  const ok = answer.status < 300;
  const numbered = ok ? idsOf(sent, answer) : sent.map((_, at) => 1_000_000 + at);
  const after = sent.reduce<State | undefined>(
    (so, operation, at) => (so === undefined ? so : applied(so, operation, numbered[at] ?? 0)),
    state,
  );
  if (ok) return after;
  // Refused by the server: right only when the model refuses it too.
  return after === undefined ? state : undefined;
}

async function stored(engine: EngineUnderTest): Promise<string> {
  const [owners, things] = await Promise.all(
    ["owners", "things"].map(async (name) => (await engine.get(`/api/${name}?limit=1000&sort=id`)).json as Row[]),
  );
  return JSON.stringify({ owners, things });
}

function written(state: State): string {
  const rows = (name: "owners" | "things", columns: readonly string[]): unknown =>
    [...state[name].values()]
      .toSorted((one, other) => one.id - other.id)
      .map((row) => Object.fromEntries(columns.map((column) => [column, row[column]])));
  return JSON.stringify({
    owners: rows("owners", ["id", "code", "score"]),
    things: rows("things", ["id", "owner_id", "parent_id", "keeper_id", "tag", "n"]),
  });
}

function orders<Item>(items: readonly Item[]): Item[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, at) => orders(items.toSpliced(at, 1)).map((rest) => [item, ...rest]));
}

test("every write does what the model does, and requests at once are as if one came after the other", async () => {
  let [refused, done] = [0, 0];
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(requests, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: ROUNDS }),
      async (rounds) => {
        const engine = await openEngine(ledger);
        try {
          let state = EMPTY;
          for (const round of rounds) {
            const answers = await Promise.all(round.map(async (sent) => ({ sent, answer: await send(engine, sent) })));
            const statuses = answers.map(({ answer }) => answer.status);
            expect(Math.max(...statuses)).toBeLessThan(500);
            refused += statuses.filter((status) => status >= 400).length;
            done += statuses.filter((status) => status < 300).length;
            const now = await stored(engine);
            const possible = orders(answers)
              .map((order) =>
                order.reduce<State | undefined>(
                  (so, { sent, answer }) => (so === undefined ? so : afterAll(so, sent, answer)),
                  state,
                ),
              )
              .find((after) => after !== undefined && written(after) === now);
            const said = answers.map(({ sent, answer }) => ({ sent, status: answer.status, answer: answer.json }));
            expect(possible, JSON.stringify({ before: written(state), said, now }, null, 1)).toBeDefined();
            state = possible ?? state;
          }
          expect(engine.faults).toEqual([]);
        } finally {
          await engine.close();
        }
      },
    ),
    { numRuns: RUNS },
  );
  // A model that refused everything, or nothing, would have shown little.
  expect(Math.min(refused, done)).toBeGreaterThan(RUNS);
}, 600_000);
