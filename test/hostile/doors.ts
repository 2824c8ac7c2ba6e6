import type { Observer } from "servery";
import { type EngineUnderTest, LOOK, openEngine } from "../harness/open-engine.ts";
import { type HostileRequest, messageOf, targetOf } from "./case.ts";
import { exchange, rawRequest } from "./raw-socket.ts";
import { DatabaseReader } from "./snapshot.ts";
import { type Caller, credentials, filled, openWorld, type SignedIn, signEverybodyIn, type World } from "./world.ts";

/** An answer as the oracles read it. */
export interface DoorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** Statements that ran while the request was answered. */
  readonly sql: readonly string[];
  /** Milliseconds by the clock, and those that processors worked in this process, which is the server's too. */
  readonly ms: number;
  readonly cpuMs: number;
}

/** One way into an engine of its own, with its database beside it. */
export interface Door {
  readonly name: "inside" | "socket";
  readonly engine: EngineUnderTest;
  readonly database: DatabaseReader;
  readonly world: World;
  /** Whoever has an account in this world, with the tokens of a first sign-in. */
  readonly signedIn: ReadonlyMap<Caller, SignedIn>;
  send(request: HostileRequest): Promise<DoorAnswer>;
  close(): Promise<void>;
}

export interface OpenDoor extends Door {
  /** The port of an engine that listens. */
  readonly port: number;
}

/** The signature of a cursor must be the same behind both doors. */
const SECRET = "hostile-hostile-hostile-hostile-";

/** The password of everybody who has an account. */
export const PASSWORD = "correct horse battery";

/** Milliseconds that processors worked in this process since then. */
export function cpuSince(then: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(then);
  return (user + system) / 1_000;
}

/** An engine that is asked through `engine.handle`. */
export async function openInside(world: World = openWorld, observe?: Observer): Promise<Door> {
  const { engine, database, signedIn } = await open(world, [], observe);
  return {
    name: "inside",
    engine,
    database,
    world,
    signedIn,
    async send(request) {
      const { headers, body } = addressed(request, signedIn);
      const [start, processor] = [performance.now(), process.cpuUsage()];
      const answer = await engine.send({
        method: request.method ?? "GET",
        url: filled(targetOf(request), signedIn),
        headers,
        ...(body === undefined ? {} : { body }),
      });
      return {
        status: answer.status,
        headers: answer.headers,
        text: answer.text,
        sql: answer.sql,
        ms: performance.now() - start,
        cpuMs: cpuSince(processor),
      };
    },
    close: () => closeWorld(engine, database),
  };
}

/** An engine that listens, and is asked with bytes on a new connection each time. */
export async function openSocket(world: World = openWorld): Promise<OpenDoor> {
  const sql: string[] = [];
  const { engine, database, signedIn } = await open(world, sql);
  const { port } = await engine.listen();
  return {
    name: "socket",
    port,
    engine,
    database,
    world,
    signedIn,
    async send(request) {
      const { headers, body } = addressed(request, signedIn);
      const method = request.method ?? "GET";
      const [before, start, processor] = [sql.length, performance.now(), process.cpuUsage()];
      const { answers } = await exchange(
        port,
        rawRequest({ method, target: filled(targetOf(request), signedIn), headers, body }),
        {
          methods: [method],
          answers: 1,
        },
      );
      const [answer] = answers;
      if (answer === undefined) throw new Error("the socket gave no answer");
      return {
        ...answer,
        sql: sql.slice(before).filter((one) => !LOOK.test(one)),
        ms: performance.now() - start,
        cpuMs: cpuSince(processor),
      };
    },
    close: () => closeWorld(engine, database),
  };
}

/** The message with the credentials of who sends it. */
function addressed(request: HostileRequest, signedIn: Opened["signedIn"]): ReturnType<typeof messageOf> {
  const { json, as, ...rest } = request;
  const body = json === undefined ? {} : { json: JSON.parse(filled(JSON.stringify(json), signedIn)) as unknown };
  const { headers: own, body: bytes } = messageOf({ ...rest, ...body });
  const named = Object.entries(own).map(([name, value]) => [name, filled(value, signedIn)]);
  return { headers: { ...credentials(signedIn, as), ...Object.fromEntries(named) }, body: bytes };
}

interface Opened {
  readonly engine: EngineUnderTest;
  readonly database: DatabaseReader;
  readonly signedIn: ReadonlyMap<Caller, SignedIn>;
}

async function open(world: World, sql: string[], observe?: Observer): Promise<Opened> {
  const engine = await openEngine(world.declaration, {
    secret: SECRET,
    observe: (observation) => {
      if (observation.is === "sql") sql.push(observation.sql);
      observe?.(observation);
    },
  });
  const signedIn = await signEverybodyIn(engine, world, PASSWORD);
  return { engine, database: await DatabaseReader.open(engine.databasePath), signedIn };
}

async function closeWorld(engine: EngineUnderTest, database: DatabaseReader): Promise<void> {
  database.close();
  await engine.close();
}
