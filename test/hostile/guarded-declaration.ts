import {
  and,
  type AnyDeclaration,
  boolean,
  email,
  enumeration,
  everyone,
  integer,
  json,
  longText,
  nobody,
  or,
  owner,
  ref,
  role,
  sameAs,
  type SeedRows,
  self,
  servery,
  signedIn,
  table,
  text,
} from "servery";
import { CANARY } from "./declaration.ts";
import type { Person, World } from "./world.ts";

/** Stands where administrators alone may read. */
export const ADMIN_CANARY = "canary-admins-77aa01";
/** Stands where Alice alone may read, and administrators. */
export const ALICE_CANARY = "canary-alice-5d20be";

const OWNED = { read: owner, create: signedIn, update: owner, delete: owner };

/** What stands in columns that not everybody reads. */
export interface Secrets {
  /** In private columns, which nobody reads. */
  readonly nobodys: string;
  /** In columns of administrators. */
  readonly admins: string;
  /** In a column of Alice's own. */
  readonly alices: string;
  /** A private number, to which the row's id is added. */
  readonly score: number;
}

export const secretsOfTheWorld: Secrets = {
  nobodys: CANARY,
  admins: ADMIN_CANARY,
  alices: ALICE_CANARY,
  score: 771_230_000,
};

/** A world in which rows and columns have owners: what the hostile requests of callers with accounts attack. */
const declarationWith = (secrets: Secrets): AnyDeclaration =>
  servery({
    title: "Guarded",
    tables: {
      users: table({
        username: text(30).unique().search(),
        email: email(100).unique().readable(self),
        hidden: boolean().default(false),
        secret: text(100).optional().private().search(),
        pin: text(100).optional().unique().private().writable(self),
        vault: json().optional().private(),
        score: integer().optional().private(),
        phone: text(100).optional().readable(role("admin")).writable(role("admin")),
        diary: text(100).optional().readable(self).search(),
      })
        .accounts({ verify: false })
        // A hidden user is nobody's business but their own.
        .allow({ read: or(self, () => ({ hidden: false })), create: everyone, update: self, delete: self }),

      // Accounts of another table: their keys are equal to those of users.
      staff: table({ login: text(30).unique(), memo: text(100).optional() })
        .accounts({ identifier: "login", verify: false })
        .allow({ read: self, create: nobody, update: self, delete: nobody }),
      tasks: table({ worker_id: ref("staff").owner(), title: text(100) }).allow(OWNED),

      posts: table({
        title: text(100).search(),
        body: longText().optional().search(),
        status: enumeration("draft", "published").default("draft"),
        views: integer().default(0),
        secret: text(100).optional().private().search(),
        author_id: ref("users", { as: "author" }).owner(),
      }).allow({
        read: or(owner, () => ({ status: "published" })),
        create: signedIn,
        update: owner,
        delete: owner,
      }),

      // Readable where their post is.
      comments: table({
        post_id: ref("posts", { onDelete: "cascade" }),
        user_id: ref("users").owner(),
        body: text(200),
      }).allow({
        read: sameAs("post"),
        create: and(signedIn, sameAs("post", "read")),
        update: owner,
        delete: owner,
      }),

      // Owner's alone; codes are unique beyond what one caller sees.
      notes: table({
        user_id: ref("users").owner(),
        text: text(100),
        code: text(40).optional().unique(),
        amount: integer({ min: 0, max: 1000 }).default(0),
        secret: text(100).optional().private(),
      }).allow(OWNED),

      // The rule looks at a column that the same request may change.
      locks: table({ user_id: ref("users").owner(), label: text(30), open: boolean().default(true) }).allow({
        read: signedIn,
        create: signedIn,
        update: and(owner, () => ({ open: true })),
        delete: owner,
      }),

      // Membership is a filter through a relation.
      teams: table({ name: text(30), tenant: integer().default(0) }).allow({
        read: ({ id, table: accounts }) => accounts === "users" && { members: { user_id: id } },
        create: role("editor"),
        update: role("editor"),
        delete: nobody,
      }),
      members: table({ team_id: ref("teams"), user_id: ref("users") }).allow({
        read: signedIn,
        create: role("editor"),
        update: nobody,
        delete: role("editor"),
      }),
      papers: table({ team_id: ref("teams"), title: text(60) }).allow({
        read: sameAs("team"),
        create: sameAs("team", "read"),
        update: sameAs("team", "read"),
        delete: sameAs("team", "read"),
      }),

      // Administrators alone.
      ledger: table({ label: text(100), amount: integer().default(0), user_id: ref("users").optional() }),
    },
    seed: () => firstRows(secrets),
  });

const DAY = "2024-01-01T00:00:00.000Z";
const times = { created_at: DAY, updated_at: DAY };

/** What is private to a user, as canaries that say whose they are. */
function privateOf(id: number, { nobodys, admins, alices, score }: Secrets): object {
  return {
    secret: `${nobodys} secretword${id}`,
    pin: `${nobodys}-pin-${id}`,
    vault: { key: `${nobodys}-vault-${id}` },
    score: score + id,
    phone: `${admins}-phone-${id}`,
    diary: id === 1 ? alices : `diary of ${id}`,
    ...times,
  };
}

function* firstRows(secrets: Secrets): SeedRows {
  const names = ["alice", "bob", "eve", "root", "ghost", "mallory"];
  yield {
    table: "users",
    rows: names.map((username, at) => ({
      id: at + 1,
      username,
      email: `${username}@example.com`,
      hidden: username === "ghost",
      ...privateOf(at + 1, secrets),
    })),
  };
  yield { table: "staff", rows: [{ id: 1, login: "anna", memo: "staff-memo-1", ...times }] };
  yield { table: "tasks", rows: [{ id: 1, worker_id: 1, title: "staff-task-1", ...times }] };
  // Of each author a published post and a draft; ghost, whom nobody sees, has one that everybody does.
  yield {
    table: "posts",
    rows: [1, 2, 3, 4, 5].flatMap((author) =>
      (["published", "draft"] as const).map((status, at) => ({
        id: author * 2 - 1 + at,
        title: status === "draft" ? `hidden-draft-${author}` : `Post of ${author}`,
        body: status === "draft" ? `hiddenword body` : "plain body",
        status,
        views: author * 10,
        secret: `${secrets.nobodys} secretword`,
        author_id: author,
        ...times,
      })),
    ),
  };
  yield {
    table: "comments",
    rows: [
      { id: 1, post_id: 1, user_id: 2, body: "Comment 1", ...times },
      { id: 2, post_id: 3, user_id: 1, body: "Comment 2", ...times },
      { id: 3, post_id: 4, user_id: 2, body: "hidden-comment", ...times },
      { id: 4, post_id: 9, user_id: 5, body: "Comment of ghost", ...times },
    ],
  };
  yield {
    table: "notes",
    rows: [
      { id: 1, user_id: 1, text: "Note of alice", code: "alice-code", amount: 10, ...times },
      { id: 2, user_id: 2, text: "hidden-note", code: "hidden-code", amount: 500, ...times },
      { id: 3, user_id: 1, text: "Second of alice", amount: 20, ...times },
    ].map((row) => ({ ...row, secret: `${secrets.nobodys}-note` })),
  };
  yield {
    table: "locks",
    rows: [
      { id: 1, user_id: 1, label: "open", open: true, ...times },
      { id: 2, user_id: 1, label: "shut", open: false, ...times },
      { id: 3, user_id: 2, label: "bob's", open: true, ...times },
    ],
  };
  yield {
    table: "teams",
    rows: [
      { id: 1, name: "red", tenant: 1, ...times },
      { id: 2, name: "hidden-team", tenant: 2, ...times },
    ],
  };
  yield {
    table: "members",
    rows: [
      { id: 1, team_id: 1, user_id: 1, ...times },
      { id: 2, team_id: 2, user_id: 2, ...times },
    ],
  };
  yield {
    table: "papers",
    rows: [
      { id: 1, team_id: 1, title: "Paper of red", ...times },
      { id: 2, team_id: 2, title: "hidden-paper", ...times },
    ],
  };
  yield { table: "ledger", rows: [{ id: 1, label: `${secrets.admins}-ledger`, amount: 5, user_id: 1, ...times }] };
}

const people: readonly Person[] = [
  { name: "alice", identifier: "alice@example.com", roles: [] },
  { name: "bob", identifier: "bob@example.com", roles: [] },
  { name: "eve", identifier: "eve@example.com", roles: ["editor"] },
  { name: "admin", identifier: "root@example.com", roles: ["admin"] },
  { name: "anna", table: "staff", identifier: "anna", roles: [] },
];

/** The world with other secrets: whoever may not read them cannot tell it from the first. */
export function guardedWorldWith(secrets: Secrets): World {
  return { declaration: declarationWith(secrets), people, plain: "/api/posts/1" };
}

export const guardedWorld: World = guardedWorldWith(secretsOfTheWorld);
