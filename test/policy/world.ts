import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile, createEngine, type Engine } from "servery";
import { readAnswer } from "../harness/read-answer.ts";
import { type AnswerCheck, answerCheckOf } from "../harness/openapi-check.ts";
import type { TestAnswer, TestRequest } from "../harness/open-engine.ts";
import { type CallerName, callers, signedInNames } from "./callers.ts";
import { type Alike, type Cell, type Changed, unlike, wrongTold, wrongWith } from "./cell.ts";
import { policyDeclaration } from "./declaration.ts";
import { data } from "./ask.ts";
import type { Who } from "./verdicts.ts";
import { RowKeeper } from "./row-keeper.ts";
import { ToldRows } from "./told-rows.ts";

const PASSWORD = "correct horse battery staple";

/** What is asked about a caller itself before anything else, now and then. */
const OF_AUTHENTICATION = /_servery_|^SELECT 1 FROM "(?:users|robots)" WHERE "id" = \?$/;

/** The rows of a world, and the tokens of its callers, which are good for a quarter of an hour. */
export interface KeptWorld {
  readonly database: string;
  readonly tokens: readonly (readonly [CallerName, string])[];
}

/** An engine with the rows of the matrix, and every caller signed in. */
export class PolicyWorld {
  /** Answers that the OpenAPI document does not promise. */
  readonly undocumented: string[] = [];
  readonly #engine: Engine;
  readonly #check: (exchange: Parameters<AnswerCheck>[0], caller: CallerName) => void;
  readonly #keeper: RowKeeper;
  readonly #folder: string;
  readonly #sql: string[];
  readonly #told: ToldRows;
  readonly #faults: unknown[];
  #tokens = new Map<CallerName, string>();

  private constructor(parts: {
    readonly engine: Engine;
    readonly keeper: RowKeeper;
    readonly folder: string;
    readonly sql: string[];
    readonly told: ToldRows;
    readonly checks: { readonly whole: AnswerCheck; readonly everybodys: AnswerCheck };
    readonly faults: unknown[];
  }) {
    this.#engine = parts.engine;
    this.#keeper = parts.keeper;
    this.#folder = parts.folder;
    this.#sql = parts.sql;
    this.#told = parts.told;
    const { checks } = parts;
    this.#faults = parts.faults;
    // Administrators are promised the tables that are theirs alone, in the document that they alone get.
    this.#check = (exchange, caller) => (caller === "admin" ? checks.whole : checks.everybodys)(exchange);
  }

  /** Opens a world of its own, or one as another was left when it was kept. */
  static async open(from?: KeptWorld): Promise<PolicyWorld> {
    const folder = mkdtempSync(join(tmpdir(), "servery-policy-"));
    const { post_stats: _view, ...tables } = data;
    const seed = Object.entries(tables).map(([table, rows]) => ({ table, rows }));
    const sql: string[] = [];
    const path = join(folder, "data.db");
    if (from !== undefined) copyFileSync(from.database, path);
    const told = new ToldRows();
    const faults: unknown[] = [];
    const engine = await createEngine(compile(policyDeclaration(seed, (row) => told.tell(row))), {
      database: `sqlite:${path}`,
      observe: (observation) => {
        if (observation.is === "sql") sql.push(observation.sql);
        if (observation.is === "fault") faults.push(observation.cause);
      },
    });
    const keeper = await RowKeeper.open(path);
    const { application } = engine;
    const checks = {
      whole: await answerCheckOf(application, "administrators"),
      everybodys: await answerCheckOf(application),
    };
    const world = new PolicyWorld({ engine, keeper, folder, sql, told, faults, checks });
    if (from !== undefined) world.#tokens = new Map(from.tokens);
    else for (const caller of signedInNames) await world.#enter(engine, caller);
    keeper.keep();
    return world;
  }

  async #enter(engine: Engine, caller: CallerName): Promise<void> {
    const { by }: Who = callers[caller];
    const token = by === undefined ? await signIn(this, engine, caller) : this.#tokens.get(by as CallerName);
    if (token !== undefined) this.#tokens.set(caller, token);
  }

  /** Closes the world, and leaves its rows and its callers in a folder for others that begin there. */
  async keep(folder: string): Promise<KeptWorld> {
    const database = join(folder, "kept.db");
    this.#keeper.close();
    await this.#engine.close();
    copyFileSync(join(this.#folder, "data.db"), database);
    rmSync(this.#folder, { recursive: true, force: true });
    return { database, tokens: [...this.#tokens] };
  }

  async send(request: TestRequest, caller: CallerName): Promise<TestAnswer> {
    const before = this.#sql.length;
    const { table, id, by }: Who = callers[caller];
    const token = this.#tokens.get(caller);
    const json = request.json === undefined ? undefined : JSON.stringify(request.json);
    const answer = await this.#engine.handle({
      method: request.method ?? "GET",
      url: request.url,
      headers: {
        ...(json === undefined ? {} : { "content-type": "application/json" }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(by === undefined ? {} : { "x-servery-as": `${table}/${id}` }),
        ...request.headers,
      },
      body: json ?? request.body,
    });
    const read = await readAnswer(answer);
    try {
      this.#check({ method: request.method ?? "GET", url: request.url, ...read }, caller);
    } catch (error) {
      this.undocumented.push(String(error));
    }
    // Whoever stands in is told why, and may be: all else is as it is for the account.
    const { "x-servery-explain": _told, ...headers } = read.headers;
    return { ...read, headers: by === undefined ? read.headers : headers, sql: this.#sql.slice(before) };
  }

  /** Asks one cell and puts the rows back; what is wrong with the answer, or undefined. */
  async ask(cell: Cell): Promise<string | undefined> {
    try {
      const wrong = await this.#answers(cell);
      const changed = this.#keeper.changes();
      const stored = "stored" in cell.expected ? cell.expected.stored : undefined;
      const other = stored === undefined ? undefined : this.#keeper.differs(stored);
      const told = "told" in cell.expected ? cell.expected.told : undefined;
      const seen = told === undefined || wrong !== undefined ? undefined : wrongTold(await this.#told.rows(told), told);
      const fault = this.#fault(cell);
      return (
        wrong ??
        seen ??
        other ??
        fault ??
        differs(changed, "changed" in cell.expected ? (cell.expected.changed ?? {}) : {})
      );
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    } finally {
      this.#keeper.putBack();
    }
  }

  /** A rule that denies as it should is no fault, which somebody would be woken for. */
  #fault({ expected }: Cell): string | undefined {
    const [fault] = this.#faults.splice(0);
    return fault === undefined || "faults" in expected
      ? undefined
      : `reported: ${fault instanceof Error ? fault.message : JSON.stringify(fault)}`;
  }

  async #answers(cell: Cell): Promise<string | undefined> {
    const more = await cell.first?.((request, caller = cell.caller) => this.send(request, caller));
    // What came first is part of what the cell starts from.
    const request = {
      ...cell.request,
      ...more,
      headers: { ...cell.request.headers, ...more?.headers },
    };
    // What came first may have met hooks too.
    if ("told" in cell.expected) await this.#told.forget(cell.first === undefined ? 0 : 1);
    const answer =
      cell.pages === true ? await this.#allPages(request, cell.caller) : await this.send(request, cell.caller);
    const { expected } = cell;
    if (!("like" in expected)) return wrongWith(answer, expected);
    const like = { ...expected.like, headers: { ...expected.like.headers, ...more?.headers } };
    // Where no row was asked about, the database need not be asked either: neither way tells by its time. The caller's
    // session may have been looked up.
    const asked = answer.sql.find((sql) => !OF_AUTHENTICATION.test(sql));
    if (expected.status === 400 && asked !== undefined) return `asked the database: ${asked}`;
    return unlike(answer, await this.send(like, cell.caller), expected as Alike);
  }

  async #allPages(request: TestRequest, caller: CallerName): Promise<TestAnswer> {
    const first = await this.send(request, caller);
    const rows = [...((first.json ?? []) as unknown[])];
    let page = first;
    for (let next = nextOf(page); next !== undefined; next = nextOf(page)) {
      page = await this.send({ ...request, url: next }, caller);
      if (page.status !== 200) return page;
      rows.push(...(page.json as unknown[]));
    }
    return { ...first, json: rows };
  }

  async close(): Promise<void> {
    this.#keeper.close();
    await this.#engine.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Opens the account of a caller and answers its access token. */
async function signIn(world: PolicyWorld, engine: Engine, caller: CallerName): Promise<string> {
  const { table, id, roles, scopes } = callers[caller] as Who & { readonly table: string; readonly id: number };
  const identifier = String(data[table]?.[id - 1]?.["email"]);
  await engine.accounts.setPassword({ table, identifier }, PASSWORD);
  await engine.accounts.setRoles({ table, identifier }, roles);
  await engine.accounts.verify({ table, identifier });
  const json = { accounts: table, email: identifier, password: PASSWORD };
  const answer = await world.send({ method: "POST", url: "/api/auth/sign-in", json }, "anonymous");
  const token = (answer.json as { access_token?: string } | undefined)?.access_token;
  if (token === undefined) throw new Error(`${caller} could not sign in: ${answer.status} ${answer.text}`);
  return scopes === undefined ? token : makeKey(engine, token, scopes);
}

/** An API key of an account that has signed in. */
async function makeKey(engine: Engine, token: string, opens: NonNullable<Who["scopes"]>): Promise<string> {
  const scopes = Object.entries(opens).map(([table, access]) => `${table}:${access}`);
  const answer = await engine.handle({
    method: "POST",
    url: "/api/auth/keys",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify({ label: "some tables", scopes, expires_in_days: 1 }),
  });
  const { text, json } = await readAnswer(answer);
  const key = (json as { key?: string } | undefined)?.key;
  if (key === undefined) throw new Error(`no key was made: ${answer.status} ${text}`);
  return key;
}

function differs(changed: Changed, expected: Changed): string | undefined {
  const [is, wanted] = [changed, expected].map((all) => JSON.stringify(inOrder(all)));
  return is === wanted ? undefined : `changed rows: ${is} instead of ${wanted}`;
}

function inOrder(changed: Changed): (readonly [string, number[]])[] {
  return Object.entries(changed)
    .filter(([, keys]) => keys.length > 0)
    .map(([table, keys]) => [table, [...new Set(keys)].toSorted((left, right) => left - right)] as const)
    .toSorted(([left], [right]) => (left < right ? -1 : 1));
}

function nextOf(answer: TestAnswer): string | undefined {
  return /^<([^>]+)>; rel="next"$/.exec(answer.headers["link"] ?? "")?.[1];
}
