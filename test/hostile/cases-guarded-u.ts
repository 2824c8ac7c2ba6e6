import type { HostileCase, Input } from "./case.ts";

const COMPOSED = "jos\u00e9";
const TAKEN_APART = "jose\u0301";

/** Spellings of a name that its composed one is none of. */
const SPELLINGS: readonly string[] = [
  TAKEN_APART,
  // Marks in another order than the canonical one.
  "a\u0301\u0323",
  // Letters that are kept for old texts alone: the sign of the ångström and of the kelvin.
  "\u212b",
  "\u212a",
  "\u1100\u1161",
];

function spelled(of: (name: string) => Omit<Input, "is">): Input[] {
  return SPELLINGS.map((name) => ({ is: JSON.stringify(name), ...of(name) }));
}

const REFUSED = { status: 400, code: "invalid_data", fieldCode: "format" } as const;

/** 3.3, where a text names an account. */
export const casesGuardedU: readonly HostileCase[] = [
  {
    id: "U04",
    about: "a name that people sign in with has one spelling",
    request: { method: "PATCH", path: "/api/staff/1", as: "anna" },
    each: spelled((login) => ({ json: { login } })),
    want: { ...REFUSED, pointer: "/login" },
  },
  {
    id: "U04",
    about: "nor by a PUT",
    request: { method: "PUT", path: "/api/staff/1", as: "anna" },
    each: spelled((login) => ({ json: { login } })),
    want: { ...REFUSED, pointer: "/login" },
  },
  {
    id: "U04",
    about: "a name so long that composing it would take seconds is not composed",
    request: { method: "PATCH", path: "/api/staff/1", as: "anna" },
    each: [{ is: "400,000 marks", json: { login: "\u0301\u0323".repeat(200_000) } }],
    want: { status: 400, code: "invalid_data", pointer: "/login", maxMs: 2_000 },
  },
  {
    id: "U04",
    about: "an address has one spelling",
    request: {},
    each: [
      ...spelled((name) => ({
        method: "POST",
        path: "/api/auth/sign-up",
        json: { username: "u04", email: `${name}@example.com`, password: "long enough a password" },
      })),
      ...spelled((name) => ({
        method: "POST",
        path: "/api/users",
        json: { username: "u04", email: `${name}@example.com` },
      })).map((input) => ({ ...input, is: `${input.is} by the table's own route` })),
      ...spelled((name) => ({
        method: "PATCH",
        path: "/api/users/1",
        as: "alice" as const,
        json: { email: `${name}@example.com` },
      })).map((input) => ({ ...input, is: `${input.is} by a change` })),
    ],
    want: { ...REFUSED, pointer: "/email" },
  },
  {
    id: "U04",
    about: "a text that names no account may be spelled as it likes",
    request: { method: "PATCH", path: "/api/users/1", as: "alice", json: { username: TAKEN_APART } },
    want: { status: 200, diff: { users: { changed: [{ id: 1, username: TAKEN_APART }] } } },
  },
  {
    id: "U04",
    about: "the composed spelling is a name, and the other one signs nobody in",
    request: {},
    each: [
      {
        is: "taken",
        method: "PATCH",
        path: "/api/staff/1",
        as: "anna",
        json: { login: COMPOSED },
        want: {
          status: 200,
          diff: {
            staff: { changed: [{ id: 1, login: COMPOSED }] },
            // Without an address it is the name that mails would go to: another one ends the other sessions.
            _servery_accounts: { changed: [{ table: "staff", epoch: 2 }] },
            _servery_revocations: { added: [{ session: null }] },
          },
        },
      },
      {
        is: "the other one",
        method: "POST",
        path: "/api/auth/sign-in",
        json: { accounts: "staff", login: TAKEN_APART, password: "correct horse battery" },
        want: { status: 401, code: "invalid_credentials", asksDatabase: true },
      },
    ],
    want: { status: 200 },
  },
];
