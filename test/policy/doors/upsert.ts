import { closedCell, data, seenByAll, sourceOf } from "../ask.ts";
import type { RandomSource } from "../../database/random-source.ts";
import { callers } from "../callers.ts";
import type { Cell, Door } from "../cell.ts";
import { allowedAt, created, type Outcome, updated } from "../changes.ts";
import { closedStatus, type Seen } from "../seen.ts";
import { type Body, newBody } from "./writes.ts";

/** The column by which a PUT finds its row, and what the first rows have in it. */
const FOUND_BY: readonly (readonly [table: string, column: string, start: string, rows: number])[] = [
  ["posts", "slug", "post-", 40],
  ["badges", "code", "badge-", 12],
];

const refused = (status: 401 | 403): Outcome => ({
  expected: { status, code: status === 401 ? "sign_in_required" : "forbidden" },
});

/** What comes of a PUT that finds its row by a unique column. */
function upserted(seen: Seen, at: { readonly table: string; readonly column: string }, body: Body): Outcome {
  const { table, column } = at;
  // Whose row it is may be said by administrators alone, whether it is there or not.
  const { roles, ...who } = callers[seen.caller] as {
    readonly roles: readonly string[];
    readonly table?: string;
    readonly id?: number;
  };
  const isOwn = who.table === "users" && body["user_id"] === who.id;
  if (body["user_id"] !== undefined && !isOwn && !roles.includes("admin"))
    return { expected: { status: 400, code: "invalid_data", findings: ["/user_id read_only"] } };
  const found = (data[table] ?? []).find((row) => row[column] === body[column]);
  if (found === undefined) return created(seen, table, body);
  // To replace a row is to find it by its values, which is reading.
  const closed = closedStatus(seen, table, "update") ?? closedStatus(seen, table, "read");
  if (closed !== undefined) return refused(closed);
  if (!seen.verdicts.may(table, "read", found)) return { expected: { status: 409, code: "unique" } };
  return updated(seen, table, { id: Number(found["id"]), body, replace: true });
}

function upsertCells(seen: Seen, source: RandomSource): Cell[] {
  const post = Number(seen.rows("posts")[0]?.["id"] ?? 1);
  // Each is refused for one reason at most: which of several is told is no matter of policies.
  const ruled: { readonly [table: string]: () => Body } = {
    posts: () => ({ user_id: source.pick([1, 2, 3]) }),
    badges: () => ({ post_id: post, word: "amber", rank: 5 }),
  };
  return FOUND_BY.flatMap(([table, column, start, rows]) =>
    Array.from({ length: 24 }, (_, at): Cell => {
      const value = at % 6 > 3 ? `fresh-${at}` : `${start}${1 + source.below(rows)}`;
      const json: Body = { ...newBody(source, table), [column]: value, ...(at % 3 === 2 ? ruled[table]?.() : {}) };
      const request = { method: "PUT", url: `/api/${table}?on_conflict=${column}`, json };
      const isOpen = allowedAt(seen, table, "create") || allowedAt(seen, table, "update");
      if (!isOpen) return closedCell(seen, { table, action: "create" }, request) as Cell;
      return { caller: seen.caller, request, expected: upserted(seen, { table, column }, json).expected };
    }),
  );
}

export const upsert: Door = {
  name: "upsert",
  cells: () => {
    const source = sourceOf(14);
    return seenByAll.flatMap((seen) => upsertCells(seen, source));
  },
};
