import fc from "fast-check";
import { everyone, longText, servery, table, text } from "servery";
import { chooseDriver } from "#servery/database/sqlite/choose-driver.js";
import { expect, test } from "vitest";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { closeSound, idsOf, problemOf, rowOf } from "./answers.ts";

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };
const notes = servery({
  tables: {
    notes: table({ title: text(60).search(), body: longText().optional().search(), other: text(60).optional() }).allow(
      OPEN,
    ),
  },
});

/** Pieces of text that a query language, a tokenizer or a quoting could stumble over. */
const pieces = fc.constantFrom(
  "ab",
  "abc",
  "b",
  "AB",
  "äb",
  "ÄBC",
  "a\u0308b",
  "7",
  "77",
  "日本",
  "日本語",
  "Юля",
  "юл",
  "AND",
  "OR",
  "NOT",
  "NEAR",
  "title:",
  "body",
  "rowid",
  "rank",
  '"',
  "'",
  "*",
  "^",
  "-",
  "+",
  "(",
  ")",
  "{",
  "}",
  ":",
  ",",
  ";",
  "\\",
  "%",
  "😀",
  "\u200b",
  "\t",
);
const texts = fc.array(pieces, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(" ").slice(0, 60));

type Row = { readonly title: string; readonly body: string | null };

/** Words as the index has them: without case and accents. */
function tokens(value: string): string[] {
  const plain = value
    .normalize("NFD")
    .replaceAll(/[\u0300-\u036f]/g, "")
    .toLowerCase();
  return plain.match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Whether words stand one behind the other in a text; the last may be a beginning. */
function has(value: string, words: readonly string[], phrase: boolean): boolean {
  const there = tokens(value);
  return there.some((_, from) =>
    words.every((word, at) => {
      const token = there[from + at];
      return token === word || (!phrase && at === words.length - 1 && token?.startsWith(word) === true);
    }),
  );
}

/** The ids that a text must find, said without an index; undefined where it has no word. */
function found(rows: ReadonlyMap<number, Row>, q: string): number[] | undefined {
  const terms = Array.from(q.matchAll(/"([^"]*)"|[^\s"]+/g), ([part, quoted]) =>
    quoted === undefined
      ? tokens(part).map((word) => ({ words: [word], phrase: false }))
      : [{ words: tokens(quoted), phrase: true }],
  )
    .flat()
    .filter(({ words }) => words.length > 0);
  if (terms.length === 0) return undefined;
  return [...rows]
    .filter(([, row]) =>
      terms.every(({ words, phrase }) => [row.title, row.body ?? ""].some((value) => has(value, words, phrase))),
    )
    .map(([id]) => id)
    .toSorted((left, right) => left - right);
}

const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ is: fc.constant("create" as const), title: texts, body: fc.option(texts) }) },
    { weight: 2, arbitrary: fc.record({ is: fc.constant("patch" as const), at: fc.nat(), title: texts }) },
    { weight: 1, arbitrary: fc.record({ is: fc.constant("patch" as const), at: fc.nat(), body: fc.option(texts) }) },
    { weight: 1, arbitrary: fc.record({ is: fc.constant("touch" as const), at: fc.nat() }) },
    { weight: 2, arbitrary: fc.record({ is: fc.constant("delete" as const), at: fc.nat() }) },
  ),
  { minLength: 10, maxLength: 30 },
);

type Step = typeof steps extends fc.Arbitrary<readonly (infer One)[]> ? One : never;

/** Carries out a write on both sides. */
async function apply(engine: EngineUnderTest, rows: Map<number, Row>, write: Step): Promise<void> {
  if (write.is === "create") {
    const { title, body } = write;
    const made = rowOf(await engine.post("/api/notes", { title, body, other: "zz" }));
    rows.set(Number(made["id"]), { title, body });
    return;
  }
  const id = [...rows.keys()][write.at % Math.max(rows.size, 1)];
  if (id === undefined) return;
  const url = `/api/notes/${id}`;
  if (write.is === "delete") {
    const { status, text: why } = await engine.delete(url);
    if (status !== 204) throw new Error(why);
    rows.delete(id);
  } else if (write.is === "touch") rowOf(await engine.patch(url, { other: "yy" }));
  else {
    const { is: _, at: __, ...change } = write;
    rowOf(await engine.patch(url, change));
    rows.set(id, { ...(rows.get(id) as Row), ...change });
  }
}

/** What the list of a text answers: its ids in order, or undefined where it is refused for having no word. */
async function answered(
  engine: EngineUnderTest,
  query: string,
): Promise<{ ids: unknown[] | undefined; total: unknown }> {
  const answer = await engine.get(`/api/notes?${query}&limit=1000&count=exact`);
  if (answer.status !== 200) problemOf(answer, 400, "invalid_parameter");
  const ids = answer.status === 200 ? (idsOf(answer) as number[]) : undefined;
  return { ids: ids?.toSorted((left, right) => left - right), total: answer.headers["x-total-count"] };
}

test("after any writes any text finds exactly the rows that have it, and nothing fails", async () => {
  const engine = await openEngine(notes);
  const rows = new Map<number, Row>();
  const { driver } = await chooseDriver("auto");
  await fc.assert(
    fc.asyncProperty(steps, fc.array(texts, { minLength: 6, maxLength: 6 }), async (writes, queries) => {
      for (const write of writes) await apply(engine, rows, write);
      for (const q of queries) {
        const ids = found(rows, q);
        const expected = { ids, total: ids === undefined ? undefined : String(ids.length) };
        for (const sort of ["", "&sort=-title"])
          expect(await answered(engine, `q=${encodeURIComponent(q)}${sort}`), JSON.stringify(q)).toEqual(expected);
      }
    }),
    { numRuns: 25, interruptAfterTimeLimit: 12_000, markInterruptAsFailure: false },
  );
  // SQLite's own word on it: the index holds what the table holds, and nothing else.
  const connection = driver.open(engine.databasePath, { readOnly: false });
  connection.exec("INSERT INTO _servery_search_notes_ (_servery_search_notes_, rank) VALUES ('integrity-check', 1)");
  connection.close();
  await closeSound(engine);
}, 150_000);
