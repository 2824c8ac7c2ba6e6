import { email, everyone, type Observation, servery, table, text } from "servery";
import { type EngineUnderTest, openEngine, type TestAnswer } from "../harness/open-engine.ts";
import { openRaw } from "../validation/raw-file.ts";
import { PASSWORD } from "./declaration.ts";

export type Answered = TestAnswer;

export interface Asked {
  readonly method?: string;
  readonly url: string;
  readonly json?: unknown;
  /** An access token. */
  readonly session?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

const users = table({ email: email(100).unique() })
  .accounts({ verify: false })
  .allow({ read: everyone, create: everyone, delete: everyone });
const declaration = servery({ tables: { users, notes: table({ title: text(100) }) } });

/** Somebody who has signed in. */
export interface Person {
  readonly id: number;
  readonly session: string;
}

/** Users, over an engine whose clock stands still unless a test moves it. */
export class AccountWorld {
  now = Date.parse("2030-01-01T00:00:00.000Z");
  readonly observed: Observation[] = [];
  #engine: EngineUnderTest | undefined;

  static async open({
    publicUrl = "https://servery.test",
  }: {
    readonly publicUrl?: string;
  } = {}): Promise<AccountWorld> {
    const world = new AccountWorld();
    world.#engine = await openEngine(declaration, {
      publicUrl,
      now: () => world.now,
      observe: (observation) => void world.observed.push(observation),
    });
    return world;
  }

  get engine(): EngineUnderTest {
    if (this.#engine === undefined) throw new Error("the world is not open");
    return this.#engine;
  }

  send({ session, headers, ...asked }: Asked): Promise<Answered> {
    const method = asked.method ?? (asked.json === undefined ? "GET" : "POST");
    const authorization = session === undefined ? {} : { authorization: `Bearer ${session}` };
    return this.engine.send({ ...asked, method, headers: { ...authorization, ...headers } });
  }

  post(url: string, json?: unknown, session?: string): Promise<Answered> {
    return this.send({ method: "POST", url, json, session });
  }

  /** Makes a user who has signed in. */
  async person(address: string): Promise<Person> {
    const made = await this.post("/api/auth/sign-up", { email: address, password: PASSWORD });
    if (made.status !== 201) throw new Error(made.text);
    const { access_token: session, user } = made.json as { access_token: string; user: { id: number } };
    return { id: user.id, session };
  }

  disable(address: string): Promise<void> {
    return this.engine.accounts.disable({ identifier: address });
  }

  async remove(id: number): Promise<void> {
    const answer = await this.send({ method: "DELETE", url: `/api/users/${id}` });
    if (answer.status !== 204) throw new Error(answer.text);
  }

  async rows(sql: string): Promise<readonly (readonly unknown[])[]> {
    const file = await openRaw(this.engine.databasePath);
    const rows = file.rows(sql);
    file.close();
    return rows;
  }

  async run(sql: string): Promise<void> {
    const file = await openRaw(this.engine.databasePath);
    file.run(sql);
    file.close();
  }

  /** Ends the world. Rejected where the server has reported a fault of its own. */
  async close(): Promise<void> {
    await this.engine.close();
    if (this.engine.faults.length > 0) throw new AggregateError(this.engine.faults, "the server made mistakes");
  }
}
