import type { Who } from "./verdicts.ts";

/** Who asks in the matrix. The keys are those of the first rows. */
export const callers = {
  anonymous: { roles: [] },
  /** Leads one organisation and is a member of another. */
  alice: { table: "users", id: 1, roles: [] },
  bob: { table: "users", id: 2, roles: [] },
  carol: { table: "users", id: 3, roles: [] },
  moderator: { table: "users", id: 4, roles: ["moderator"] },
  auditor: { table: "users", id: 5, roles: ["auditor"] },
  admin: { table: "users", id: 6, roles: ["admin"] },
  /** Owns nothing and belongs nowhere. */
  guest: { table: "users", id: 7, roles: [] },
  /** Alice's key, of another table. */
  robot: { table: "robots", id: 1, roles: [] },
  /** An account that came with an API key, which opens some tables only. */
  key: {
    table: "users",
    id: 8,
    roles: [],
    scopes: { users: "write", posts: "write", comments: "read", marks: "write", letters: "write" },
  },
  /** An auditor's API key for every table, to read alone. */
  reader: { table: "users", id: 9, roles: ["auditor"], scopes: { "*": "read" } },
  /** The administrator in the place of Bob. */
  standIn: { table: "users", id: 2, roles: [], by: "admin" },
} as const satisfies { readonly [name: string]: Who };

export type CallerName = keyof typeof callers;
export const callerNames = Object.keys(callers) as CallerName[];
export const signedInNames = callerNames.filter((name) => name !== "anonymous");
