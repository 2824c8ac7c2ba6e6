import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { caseGroups, guardedGroups } from "./all-cases.ts";
import { notYet } from "./not-yet.ts";
import { trialsOf } from "./run-cases.ts";
import { socketCases } from "./socket-cases.ts";

/** The numbers of the catalogue's groups that this suite takes; the catalogue itself has gaps. */
const CATALOGUE: Readonly<Record<string, string>> = {
  J: "1-6 8-11 14-19 22-24",
  T: "1-8 12-18 21-30",
  U: "1-8",
  I: "1-8 11 13-14",
  Q: "1-9 14-20 25-34",
  P: "1-10",
  M: "1-12",
  A: "1-9 13-22 25-28",
  R: "1-10 15-17",
  E: "1-8 12-14",
  B: "1-18 22-30",
  C: "1-12",
  H: "1-11 15-21 26-35",
  K: "1-14",
};

const ids = Object.entries(CATALOGUE).flatMap(([group, runs]) =>
  runs.split(" ").flatMap((run) => {
    const [from = 0, to = from] = run.split("-").map(Number);
    return Array.from({ length: to - from + 1 }, (_, at) => `${group}${String(from + at).padStart(2, "0")}`);
  }),
);

const cases = [...Object.values(caseGroups), ...Object.values(guardedGroups)].flat();

/** Tests elsewhere whose titles begin with an id: a start that is refused is seen from outside of the process. */
const ELSEWHERE = ["../binary/admin.test.ts"];

/** Ids that begin a title of the tests that are no data: races, walks, slow clients. */
const titled = readdirSync(new URL(".", import.meta.url))
  .filter((name) => name.endsWith(".test.ts") && name !== "catalogue.test.ts")
  .concat(ELSEWHERE)
  .flatMap((name) => [...readFileSync(new URL(name, import.meta.url), "utf8").matchAll(/["`]((?:[A-Z]\d\d )+)/g)])
  .flatMap(([, found = ""]) => found.trim().split(" "));

describe("the catalogue", () => {
  const tested = new Set([...cases.map(({ id }) => id), ...socketCases.map(({ id }) => id), ...titled]);

  test("every number is tested, or waits for a feature that is named", () => {
    const waiting = new Set(notYet.map(({ id }) => id));
    expect(ids.filter((id) => !tested.has(id) && !waiting.has(id))).toEqual([]);
    expect(ids.length).toBeGreaterThan(100);
  });

  test("every number that is tested or waits stands in the catalogue", () => {
    expect([...tested, ...notYet.map(({ id }) => id)].filter((id) => !ids.includes(id))).toEqual([]);
  });

  test("a text that must not come back is none that a random id or a time can hold", () => {
    const absent = cases.flatMap(({ want, each = [] }) => [want, ...each.map((one) => one.want)]);
    const texts = absent.flatMap((want) => want?.absent ?? []);
    expect(texts.length).toBeGreaterThan(20);
    expect(texts.filter((text) => /^[\da-fTZ:.-]*$/.test(text))).toEqual([]);
  });

  test("what waits with an answer of today is tested today", () => {
    expect(notYet.filter(({ id, today }) => today !== undefined && !tested.has(id)).map(({ id }) => id)).toEqual([]);
  });

  test("there are as many requests as there were", () => {
    const requests = cases.flatMap(trialsOf).reduce((count, { doors }) => count + doors.length, 0) + socketCases.length;
    expect(requests).toBeGreaterThan(2_500);
  });

  test("no case is there twice", () => {
    const names = cases.flatMap((one) => trialsOf(one).map(({ name }) => `${one.id} ${one.about} ${name}`));
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });
});
