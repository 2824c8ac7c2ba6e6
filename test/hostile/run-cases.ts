import { monitorEventLoopDelay } from "node:perf_hooks";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { HostileCase, HostileRequest, Input, Want } from "./case.ts";
import { cpuSince, type Door, type DoorAnswer, openInside, openSocket } from "./doors.ts";
import { openWorld, type World } from "./world.ts";
import {
  checkBody,
  checkDiff,
  checkDoors,
  checkSql,
  checkStatus,
  comparable,
  LOOP_STALL_MS,
  workOf,
} from "./oracles.ts";

/** A case's request with one of its inputs in it. */
interface Trial {
  readonly name: string;
  readonly request: HostileRequest;
  readonly want: Want;
  readonly doors: readonly Door["name"][];
}

const BOTH: readonly Door["name"][] = ["inside", "socket"];

/** Every request that the cases send. */
export function trialsOf(hostile: HostileCase): Trial[] {
  const doors = hostile.door === undefined ? BOTH : [hostile.door.only];
  const inputs: readonly Input[] = hostile.each ?? [{ is: "" }];
  return inputs.map(({ is, want, ...differs }) => {
    const body = differs.json !== undefined || differs.body !== undefined ? { json: undefined, body: undefined } : {};
    const request = {
      ...hostile.request,
      ...body,
      ...differs,
      headers: { ...hostile.request.headers, ...differs.headers },
    } as HostileRequest;
    return { name: is, request, want: { ...hostile.want, ...want }, doors };
  });
}

/** Runs every input of every case through both doors, with every oracle. */
export function runCases(group: string, cases: readonly HostileCase[], world: World = openWorld): void {
  describe(`group ${group}`, () => {
    const open: { inside?: Door; socket?: Door } = {};
    const delay = monitorEventLoopDelay({ resolution: 10 });
    beforeAll(async () => {
      open.inside = await openInside(world);
      open.socket = await openSocket(world);
      delay.enable();
    });
    afterAll(async () => {
      delay.disable();
      await open.inside?.close();
      await open.socket?.close();
    });
    for (const hostile of cases) {
      describe(`${hostile.id} ${hostile.about}`, () => {
        test.each(trialsOf(hostile).map((trial) => [trial.name, trial] as const))("%s", async (_name, trial) => {
          const answers: DoorAnswer[] = [];
          const failures: unknown[] = [];
          // Both doors are tried even when one fails: otherwise their databases would differ from here on.
          for (const name of trial.doors) {
            delay.reset();
            const processor = process.cpuUsage();
            await knock(open[name] as Door, trial).then(
              (answer) => answers.push(answer),
              (error: unknown) => failures.push(error),
            );
            const stood = workOf({ ms: delay.max / 1e6, cpuMs: cpuSince(processor) });
            expect.soft(stood, "milliseconds the event loop stood still").toBeLessThan(LOOP_STALL_MS);
          }
          if (failures.length > 0) throw failures[0];
          checkDoors(answers);
        });
      });
    }
  });
}

/** One request through one door, and everything that must be true afterwards. */
async function knock(door: Door, trial: Trial): Promise<DoorAnswer> {
  const { request, want } = trial;
  const before = door.database.snapshot();
  const faults = door.engine.faults.length;
  const answer = await door.send(request);
  const after = door.database.snapshot();
  checkStatus(answer, want);
  checkBody(answer, want, request);
  checkSql(answer, want);
  checkDiff({ before, after, request, answer }, want);
  if (want.sameAs !== undefined) await checkSame(door, answer, want.sameAs);
  await checkLocation(door, answer, request);
  // (d) The same process still serves, and knows of no fault of its own.
  expect((await door.send({ path: door.world.plain })).status, "a plain request afterwards").toBe(200);
  expect(door.engine.faults.slice(faults), "faults of the server").toEqual([]);
  expect(Object.keys(Object.prototype), "the prototype of all objects").toEqual([]);
  return answer;
}

/** Two requests of which nothing may tell which it was. */
async function checkSame(door: Door, answer: DoorAnswer, other: NonNullable<Want["sameAs"]>): Promise<void> {
  const { masks, ...request } = other;
  const masked = (of: DoorAnswer): string =>
    masks.reduce((text, mask) => text.replaceAll(mask, "…"), comparable(of).text);
  const second = await door.send(request);
  expect(second.status, "status of the request that must fare alike").toBe(answer.status);
  expect(masked(second), "body of the request that must fare alike").toBe(masked(answer));
}

/** What a create says is there must be there, and be the same. */
async function checkLocation(door: Door, answer: DoorAnswer, { as }: HostileRequest): Promise<void> {
  const { location } = answer.headers;
  if (answer.status !== 201 || location === undefined) return;
  const read = await door.send({ path: location, ...(as === undefined ? {} : { as }) });
  if (read.status === 403) return;
  expect(read.status, `GET ${location}`).toBe(200);
  const row = (tag = ""): string | undefined => tag.replaceAll('"', "").split(".")[0];
  expect(row(read.headers["etag"]), "the tag of what was created").toBe(row(answer.headers["etag"]));
}
