import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compile, integer, ref, role, servery, signedIn, table, text } from "servery";
import { RuleFunctions, type FilterReader } from "#servery/auth/policy/rule-functions.js";
import { accountCaller } from "#servery/auth/policy/rule-caller.js";
import { tableOf } from "#servery/schema/model.js";
import { closeSound } from "../api/answers.ts";
import { type EngineUnderTest, openEngine, type TestAnswer } from "../harness/open-engine.ts";

const PASSWORD = "correct horse battery";
const noted = { status: text(20), archived: text(20).optional() };

/** Notes that stay as they are once they are final or archived, and folders that close with their first final note. */
const declaration = servery({
  tables: {
    users: table({ name: text(30).unique() })
      .accounts({ identifier: "name", verify: false })
      .allow({ read: signedIn, create: signedIn }),
    notes: table({ ...noted, user_id: ref("users").owner().readable(role("editor")) }).allow({
      read: () => true,
      create: signedIn,
      update: () => ({ not: { status: "final" }, archived: null }),
    }),
    folders: table({ name: text(30) }).allow({ read: signedIn, create: signedIn }),
    pages: table({ ...noted, folder_id: ref("folders") }).allow({
      read: signedIn,
      create: signedIn,
      update: () => ({ folder: { not: { pages: { some: { status: "final" } } } } }),
    }),
  },
});

describe("a rule's function", () => {
  let engine: EngineUnderTest;
  let ann: Record<string, string>;
  beforeAll(async () => {
    engine = await openEngine(declaration);
    await engine.accounts.create({ row: { name: "ann" }, password: PASSWORD });
    const answer = await engine.post("/api/auth/sign-in", { name: "ann", password: PASSWORD });
    ann = { authorization: `Bearer ${(answer.json as { access_token: string }).access_token}` };
    await engine.post("/api/folders", { name: "one" }, ann);
  });
  afterAll(async () => {
    await closeSound(engine);
  });

  async function made(path: string, row: object): Promise<string> {
    const { status, headers } = await engine.post(path, row, ann);
    expect(status).toBe(201);
    return headers["location"] as string;
  }
  const changed = (url: string, row: object): Promise<TestAnswer> => engine.patch(url, row, ann);

  test("that answers true opens every row, also to somebody without an account", async () => {
    const url = await made("/api/notes", { status: "draft" });
    expect((await engine.get(url)).status).toBe(200);
  });

  test("with `not` and null holds for the row as it was and as it would be", async () => {
    const url = await made("/api/notes", { status: "draft" });
    expect((await changed(url, { status: "ready" })).status).toBe(200);
    for (const row of [{ status: "final" }, { archived: "shelf" }]) expect((await changed(url, row)).status).toBe(403);
    expect((await engine.get(url, ann)).json).toMatchObject({ status: "ready", archived: null });
    const final = await made("/api/notes", { status: "final" });
    expect((await changed(final, { status: "draft" })).status).toBe(403);
  });

  test("that leads back to the written table under a `not` is asked again of what would be there", async () => {
    const url = await made("/api/pages", { status: "draft", folder_id: 1 });
    expect((await changed(url, { status: "ready" })).status).toBe(200);
    expect((await changed(url, { status: "final" })).status).toBe(403);
    expect((await engine.get(url, ann)).json).toMatchObject({ status: "ready" });
  });

  test("does not open a column: an owner that the caller can neither see nor choose does not exist for it", async () => {
    const hidden = await engine.post("/api/notes", { status: "draft", user_id: 1 }, ann);
    const unknown = await engine.post("/api/notes", { status: "draft", user_ix: 1 }, ann);
    expect([hidden.status, unknown.status]).toEqual([400, 400]);
    const finding = ({ json }: TestAnswer): unknown => (json as { errors: { code: string }[] }).errors[0]?.code;
    expect(finding(hidden)).toBe(finding(unknown));
  });
});

const { schema } = compile(declaration);

/** What the functions of a declaration with one rule say, and what was reported. */
function asked(answer: unknown, reader?: FilterReader): { readonly results: readonly unknown[]; readonly why: string } {
  const rows = table({ level: integer() }).allow({ read: () => answer as never });
  const made = compile(servery({ tables: { rows } }));
  const whys: string[] = [];
  const report = (cause: unknown): void => void whys.push(String((cause as Error).cause));
  if (reader !== undefined)
    return { results: new RuleFunctions(made.schema, reader).ask(EVE, report).results, why: whys.join() };
  const { access } = made.policies.anonymous(report);
  return { results: [access.tables.get("rows")?.actions.read], why: whys.join() };
}
const EVE = accountCaller({ table: "users", key: 1, roles: [], session: undefined });
const NO_ROW = { is: "constant", value: false };

const NO_FILTER = "TypeError: it answered neither a filter of plain objects nor true or false";

test.each([
  [7, NO_FILTER],
  [null, NO_FILTER],
  [["level"], NO_FILTER],
  [new Map([["level", 1]]), NO_FILTER],
  [{}, "TypeError: its filter has no condition; true says that every row is meant"],
  [Promise.resolve(true), "TypeError: it answered a promise, and a rule answers at once"],
])("a function that answers %o denies, and is reported", (answer, why) => {
  expect(asked(answer)).toEqual({ results: [NO_ROW], why });
});

test("a value that does not fit its column denies, and is reported", () => {
  expect(asked({ level: "high" })).toEqual({
    results: [NO_ROW],
    why: 'TypeError: a value does not fit its column: "high"',
  });
});

test.each([
  [false, ["1", "2"]],
  [true, "1"],
])("values that are read for another place than they are bound at deny (list: %s)", (list, text_) => {
  const column = tableOf(schema, "users").columns[0] as never;
  const reader: FilterReader = {
    take: () => ({ signature: "", values: [text_] }),
    parse: () => ({
      node: { is: "compare", column, operator: "eq", value: { slot: 0 } },
      slots: [{ list, parse: Number }],
    }),
  };
  expect(asked({ level: 1 }, reader)).toEqual({
    results: [false],
    why: "TypeError: a list and one value stand in each other's place",
  });
});

test("a caller's 64-bit key is a text for rules, as in answers", () => {
  const big = accountCaller({ table: "users", key: 9_007_199_254_740_993n, roles: [], session: undefined });
  expect([big.id, EVE.id]).toEqual(["9007199254740993", 1]);
});
