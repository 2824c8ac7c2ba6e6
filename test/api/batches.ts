import { expect } from "vitest";
import type { EngineUnderTest, TestAnswer } from "../harness/open-engine.ts";
import type { JsonRow } from "./answers.ts";
import { contents } from "./depot.ts";

interface OperationAnswer {
  readonly status: number;
  readonly location?: string;
  readonly etag?: string;
  readonly count?: number;
  readonly body?: unknown;
}

/** Sends a batch. */
export const batchTo =
  (depot: EngineUnderTest) =>
  (operations: unknown, headers: Readonly<Record<string, string>> = {}): Promise<TestAnswer> =>
    depot.post("/api/batch", operations, headers);

/** The answers of a batch that was applied. */
export function operationsOf(answer: TestAnswer): readonly OperationAnswer[] {
  expect(answer.status, answer.text).toBe(200);
  return answer.json as OperationAnswer[];
}

/** The answer of one operation and its row. */
export function rowAt(answer: TestAnswer, at: number): JsonRow {
  return operationsOf(answer)[at]?.body as JsonRow;
}

export const post = (path: string, body: unknown, more: object = {}): object => ({
  method: "POST",
  path,
  body,
  ...more,
});
export const patch = (path: string, body: unknown, more: object = {}): object => ({
  method: "PATCH",
  path,
  body,
  ...more,
});

export const TABLES = [
  "users",
  "posts",
  "comments",
  "orders",
  "items",
  "labels",
  "accounts",
  "transfers",
  "tags",
  "ratings",
];
/** A batch that must be refused leaves nothing behind. */
export async function unchangedBy(
  depot: EngineUnderTest,
  operations: unknown,
  check: (answer: TestAnswer) => void,
): Promise<void> {
  const before = await contents(depot, ...TABLES);
  check(await batchTo(depot)(operations));
  expect(await contents(depot, ...TABLES)).toEqual(before);
}
