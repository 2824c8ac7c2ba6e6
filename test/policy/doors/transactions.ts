import type { TestRequest } from "../../harness/open-engine.ts";
import { seenByAll, sourceOf } from "../ask.ts";
import type { Cell, Door } from "../cell.ts";
import { allowedAt, nextKey } from "../changes.ts";
import { writable } from "../shape.ts";
import { createCells, updateCells } from "./writes.ts";

/** The same write in the middle of a transaction that goes on whether it is refused or not. */
function inTransaction({ caller, request, expected }: Cell): Cell[] {
  // The transaction begins with a letter, so that the key of another would not be the next one.
  if ("like" in expected || request.url === "/api/letters") return [];
  const { status, code, changed, stored } = expected;
  const tried: TestRequest = { ...request, url: request.url.replace("/api/", "/api/own/tries/") };
  const kept = { letters: [nextKey("letters")] };
  return [
    {
      caller,
      request: tried,
      expected: {
        status: 200,
        json: { refused: status < 400 ? null : code },
        changed: { ...changed, ...kept },
        ...(stored === undefined ? {} : { stored }),
      },
    },
  ];
}

/** Code of the application that catches a refusal keeps what it did before, and nothing of what was refused. */
export const transactions: Door = {
  name: "transactions",
  cells: () => {
    const source = sourceOf(41);
    return seenByAll.flatMap((seen) =>
      writable.flatMap((table) => [
        ...(allowedAt(seen, table, "create") ? createCells(seen, table, source).flatMap(inTransaction) : []),
        ...(allowedAt(seen, table, "update") ? updateCells(seen, table, source).flatMap(inTransaction) : []),
      ]),
    );
  },
};
