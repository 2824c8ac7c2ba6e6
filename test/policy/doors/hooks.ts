import type { TestRequest } from "../../harness/open-engine.ts";
import { closedCell, data, seenByAll } from "../ask.ts";
import type { Ask, Cell, Door } from "../cell.ts";
import { created, dataWith, type Outcome, updated } from "../changes.ts";
import { CANARY } from "../rows.ts";
import { type Seen, seenBy } from "../seen.ts";
import type { Row } from "../verdicts.ts";

const TABLE = "errands";
const projects = (data["projects"] ?? []).map((row) => Number(row["id"]));
const posts = [1, 7, 13, 19, 25, 31];

/** The cell of a write whose post was chosen by a hook; the hook behind it sees the row as it is stored. */
function told(seen: Seen, request: TestRequest, { expected, row }: Outcome): Cell {
  const stored: Row | undefined = row === undefined ? undefined : { ...row, secret: CANARY };
  if (stored === undefined) return { caller: seen.caller, request, expected: { ...expected, told: "nothing" } };
  return {
    caller: seen.caller,
    request,
    expected: { ...expected, told: stored, stored: { table: TABLE, row: stored } },
  };
}

function createCells(seen: Seen): Cell[] {
  const request = (json: object): TestRequest => ({ method: "POST", url: `/api/${TABLE}`, json });
  const first = { project_id: 1, word: "post 1" };
  const closed = closedCell(seen, { table: TABLE, action: "create" }, request(first));
  if (closed !== undefined) return [closed];
  return projects.flatMap((project_id, at) => {
    const post = posts[at % posts.length] ?? 1;
    const json = { project_id, word: `post ${post}` };
    const open = { project_id, word: "amber" };
    return [
      told(seen, request(json), created(seen, TABLE, { ...json, post_id: post })),
      told(seen, request(open), created(seen, TABLE, open)),
    ];
  });
}

/** A change of an errand that an administrator made. */
function updateCells(seen: Seen): Cell[] {
  return projects.flatMap((project_id, at): Cell[] => {
    const post = posts[at % posts.length] ?? 1;
    const made: Row = { id: 1, project_id, post_id: null, word: "amber", created_at: "now", updated_at: "now" };
    const after = seenBy(seen.caller, dataWith(TABLE, made));
    const json = { word: `post ${post}` };
    const request = { method: "PATCH", url: `/api/${TABLE}/1`, json };
    const closed = closedCell(seen, { table: TABLE, action: "update" }, request);
    if (closed !== undefined) return [closed];
    const cell = told(seen, request, updated(after, TABLE, { id: 1, body: { ...json, post_id: post } }));
    const first = async (ask: Ask): Promise<Partial<TestRequest>> => {
      await ask({ method: "POST", url: `/api/${TABLE}`, json: { project_id, word: "amber" } }, "admin");
      return {};
    };
    return [{ ...cell, first, expected: { ...cell.expected, changed: { [TABLE]: [1] } } as Cell["expected"] }];
  });
}

export const hooks: Door = {
  name: "hooks",
  cells: () => seenByAll.flatMap((seen) => [...createCells(seen), ...updateCells(seen)]),
};
