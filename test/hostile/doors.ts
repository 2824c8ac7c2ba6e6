import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { type HostileRequest, messageOf, targetOf } from "./case.ts";
import { hostileWorld } from "./declaration.ts";
import { exchange, rawRequest } from "./raw-socket.ts";
import { DatabaseReader } from "./snapshot.ts";

/** An answer as the oracles read it. */
export interface DoorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** Statements that ran while the request was answered. */
  readonly sql: readonly string[];
  readonly ms: number;
}

/** One way into an engine of its own, with its database beside it. */
export interface Door {
  readonly name: "inside" | "socket";
  readonly engine: EngineUnderTest;
  readonly database: DatabaseReader;
  send(request: HostileRequest): Promise<DoorAnswer>;
  close(): Promise<void>;
}

export interface OpenDoor extends Door {
  /** The port of an engine that listens. */
  readonly port: number;
}

/** The signature of a cursor must be the same behind both doors. */
const SECRET = "hostile-hostile-hostile-hostile-";

/** An engine that is asked through `engine.handle`. */
export async function openInside(): Promise<Door> {
  const { engine, database } = await openWorld([]);
  return {
    name: "inside",
    engine,
    database,
    async send(request) {
      const { headers, body } = messageOf(request);
      const start = performance.now();
      const answer = await engine.send({
        method: request.method ?? "GET",
        url: targetOf(request),
        headers,
        ...(body === undefined ? {} : { body }),
      });
      return {
        status: answer.status,
        headers: answer.headers,
        text: answer.text,
        sql: answer.sql,
        ms: performance.now() - start,
      };
    },
    close: () => closeWorld(engine, database),
  };
}

/** An engine that listens, and is asked with bytes on a new connection each time. */
export async function openSocket(): Promise<OpenDoor> {
  const sql: string[] = [];
  const { engine, database } = await openWorld(sql);
  const { port } = await engine.listen();
  return {
    name: "socket",
    port,
    engine,
    database,
    async send(request) {
      const { headers, body } = messageOf(request);
      const method = request.method ?? "GET";
      const [before, start] = [sql.length, performance.now()];
      const { answers } = await exchange(port, rawRequest({ method, target: targetOf(request), headers, body }), {
        methods: [method],
        answers: 1,
      });
      const [answer] = answers;
      if (answer === undefined) throw new Error("the socket gave no answer");
      return { ...answer, sql: sql.slice(before), ms: performance.now() - start };
    },
    close: () => closeWorld(engine, database),
  };
}

async function openWorld(sql: string[]): Promise<{ engine: EngineUnderTest; database: DatabaseReader }> {
  const engine = await openEngine(hostileWorld, {
    secret: SECRET,
    observe: (observation) => {
      if (observation.is === "sql") sql.push(observation.sql);
    },
  });
  return { engine, database: await DatabaseReader.open(engine.databasePath) };
}

async function closeWorld(engine: EngineUnderTest, database: DatabaseReader): Promise<void> {
  database.close();
  await engine.close();
}
