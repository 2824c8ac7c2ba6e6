import { expect } from "vitest";
import type { EngineUnderTest, TestAnswer } from "../harness/open-engine.ts";

/** A row, or any JSON object, of an answer. */
export interface JsonRow {
  readonly [key: string]: unknown;
}

/** The parts of a problem document. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly request_id: string;
  readonly error: string;
  readonly errors?: readonly { readonly pointer: string; readonly code: string; readonly message: string }[];
}

/** The row of a 200 or 201; any other answer fails and shows its text. */
export function rowOf(answer: TestAnswer): JsonRow {
  expect([200, 201], answer.text).toContain(answer.status);
  return answer.json as JsonRow;
}

/** The rows of a 200; any other answer fails and shows its text. */
export function rowsOf(answer: TestAnswer): JsonRow[] {
  expect(answer.status, answer.text).toBe(200);
  return answer.json as JsonRow[];
}

/** One column of every row of a 200. */
export function columnOf(answer: TestAnswer, column: string): unknown[] {
  return rowsOf(answer).map((row) => row[column]);
}

export function idsOf(answer: TestAnswer): unknown[] {
  return columnOf(answer, "id");
}

/** The problem document of an answer with that status and code. */
export function problemOf(answer: TestAnswer, status: number, code: string): ProblemBody {
  const body = answer.json as ProblemBody;
  expect([answer.status, body?.code], answer.text).toEqual([status, code]);
  expect(answer.headers["content-type"]).toBe("application/problem+json; charset=utf-8");
  return body;
}

/** What a 400 for a body says, as `pointer code`. */
export function findingsOf(answer: TestAnswer): string[] {
  return (problemOf(answer, 400, "invalid_data").errors ?? []).map(({ pointer, code }) => `${pointer} ${code}`);
}

/** The address of the next page in a Link header. */
export function nextOf(answer: TestAnswer): string | undefined {
  return /^<([^>]+)>; rel="next"$/.exec(answer.headers["link"] ?? "")?.[1];
}

/** Statements of an answer that change rows. */
export function writesOf(answer: TestAnswer): string[] {
  return answer.sql.filter((sql) => /^(?:INSERT|UPDATE|DELETE)\b/.test(sql));
}

/** `?filter=` with the tree, encoded. */
export function filterParameter(tree: unknown): string {
  return `filter=${encodeURIComponent(JSON.stringify(tree))}`;
}

/** Closes an engine that must have met no fault of its own. */
export async function closeSound(engine: EngineUnderTest): Promise<void> {
  await engine.close();
  expect(engine.faults).toEqual([]);
}
