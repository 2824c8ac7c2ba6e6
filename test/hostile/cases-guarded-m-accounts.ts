import type { HostileCase, Input } from "./case.ts";

const newcomer = { username: "m11", email: "m11@example.com" };
const unknown = { status: 400, code: "invalid_data", fieldCode: "unknown_field", asksDatabase: false } as const;

/** Columns by which other servers hide rows and number their versions, and what is kept of an account beside its row. */
const SERVERS_OWN: Readonly<Record<string, unknown>> = {
  deleted: false,
  deleted_at: null,
  is_deleted: 0,
  archived: true,
  version: 2,
  _version: 2,
  __v: 1,
  _rev: "1-x",
  etag: "x",
  lock_version: 0,
  rowid: 5,
  disabled: false,
  disabled_at: null,
  epoch: 0,
  totp_step: 0,
  generation: 1,
};

function beside(row: object): Input[] {
  return Object.entries(SERVERS_OWN).map(([name, value]) => ({
    is: name,
    json: { ...row, [name]: value },
    want: { pointer: `/${name}` },
  }));
}

const days = (value: unknown): Input => ({
  is: JSON.stringify(value),
  json: { label: "m06", scopes: ["notes:read"], expires_in_days: value },
});

/** 3.7, of what is kept beside the row of an account. */
export const casesGuardedMAccounts: readonly HostileCase[] = [
  {
    id: "M06",
    about: "an API key that never ends",
    request: { method: "POST", path: "/api/auth/keys", as: "alice" },
    each: [null, 0, -1, 1e9, 1.5, "never", "30", false, [], {}].map(days),
    want: { status: 400, code: "invalid_data", pointer: "/expires_in_days", asksDatabase: false },
  },
  {
    id: "M06",
    about: "an expiry that the server decides",
    request: { method: "POST", path: "/api/auth/keys", as: "alice" },
    each: ["expires_at", "revoked_at", "last_used_at", "id", "key", "account"].map((name) => ({
      is: name,
      json: { label: "m06", scopes: ["notes:read"], [name]: null },
      want: { pointer: `/${name}` },
    })),
    want: { status: 400, code: "invalid_data", asksDatabase: false },
  },
  {
    id: "M06",
    about: "null for what an administrator says of an account",
    request: { method: "PATCH", path: "/api/auth/accounts/2", as: "admin" },
    each: ["roles", "disabled", "verified_at", "password", "epoch"].map((name) => ({
      is: name,
      json: { [name]: null },
      want: { pointer: `/${name}` },
    })),
    want: { status: 400, code: "invalid_data", asksDatabase: false },
  },
  {
    id: "M11",
    about: "a soft delete or a version in a sign-up",
    request: { method: "POST", path: "/api/auth/sign-up" },
    each: beside({ ...newcomer, password: "long enough a password" }),
    want: unknown,
  },
  {
    id: "M11",
    about: "in a new row of an account",
    request: { method: "POST", path: "/api/users" },
    each: beside(newcomer),
    want: unknown,
  },
  {
    id: "M11",
    about: "in one's own row",
    request: { method: "PATCH", path: "/api/users/1", as: "alice" },
    each: beside({}),
    want: unknown,
  },
  {
    id: "M11",
    about: "in one's own row, replaced",
    request: { method: "PUT", path: "/api/users/1", as: "alice" },
    each: beside({ username: "alice", email: "alice@example.com" }),
    want: unknown,
  },
  {
    id: "M11",
    about: "in another's row, by an administrator",
    request: { method: "PATCH", path: "/api/users/2", as: "admin" },
    each: beside({}),
    want: unknown,
  },
];
