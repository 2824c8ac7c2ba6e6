import type { Cell } from "../cell.ts";
import type { Seen } from "../seen.ts";

/** What somebody may do who is no administrator. With a star: once signed in; a function's answer nobody knows before. */
const EVERYBODYS = {
  users: "list create update* delete*",
  robots: "list* update*",
  organisations: "list update",
  memberships: "list create update delete",
  projects: "list create update delete",
  tasks: "list create update delete",
  posts: "list create* update* delete*",
  comments: "list create* update* delete*",
  marks: "list create* update* delete*",
  reports: "list* create update*",
  findings: "list* create update* delete*",
  letters: "create",
  badges: "list* create update",
  errands: "list create update",
  post_stats: "list",
};

/** What administrators are told of beside it. */
const ADMINISTRATORS = { robots: "create*", organisations: "create*", audits: "list* create* update* delete*" };

function operationsOf(tables: { readonly [table: string]: string }): string[] {
  return Object.entries(tables).flatMap(([table, actions]) => actions.split(" ").map((action) => `${table}.${action}`));
}

/** The document tells what somebody may do, and no more to whoever reads it, but for administrators. */
export function documentCell({ caller }: Seen): Cell {
  const more = caller === "admin" ? operationsOf(ADMINISTRATORS) : [];
  const operations = [...operationsOf(EVERYBODYS), ...more];
  return { caller, request: { url: "/openapi.json" }, expected: { status: 200, operations } };
}
