import {
  and,
  type AnyDeclaration,
  boolean,
  email,
  enumeration,
  everyone,
  integer,
  longText,
  nobody,
  or,
  owner,
  ref,
  role,
  type RuleCaller,
  type RuleFilter,
  sameAs,
  self,
  servery,
  signedIn,
  slug,
  table,
  text,
  view,
} from "servery";
import { ownRoutes } from "./own/controller.ts";
import { CANARY } from "./rows.ts";

/** The key of a user; an account of another table has none, even where its number is the same. */
const userKey = (caller: RuleCaller): string | number | undefined => (caller.table === "users" ? caller.id : undefined);
const isAssignee = (caller: RuleCaller): { assignee_id: string | number | undefined } => ({
  assignee_id: userKey(caller),
});
const leadsIt = (caller: RuleCaller): RuleFilter => ({ memberships: { user_id: userKey(caller), level: "lead" } });

const registrars = ({ roles }: RuleCaller): RuleFilter | boolean => roles.includes("moderator") && { model: "x" };

const sound = and(
  ({ table: accounts }) => accounts !== "robots",
  () => ({ not: { word: "grove" }, code: { ne: "badge-1" } }),
);

const tables = {
  users: table({
    username: text(30),
    email: email(100).unique().readable(self),
    karma: integer().default(0).writable(role("admin")),
    recovery: text(40).optional().private(),
  })
    .accounts({ verify: false })
    .allow({ read: everyone, create: everyone, update: self, delete: self }),

  robots: table({ model: text(30), email: email(100).unique(), serial: text(40).optional().private() })
    .accounts()
    // Strangers might be let in, so that these rows are made by signing up alone.
    .allow({ read: self, create: registrars, update: self }),

  organisations: table({
    name: text(40).search(),
    parent_id: ref("organisations", { as: "parent", reverse: "children" }).optional(),
    budget: integer().default(0).readable(role("auditor")).writable(role("admin")),
  }).allow({
    read: or((caller) => ({ memberships: { user_id: userKey(caller) } }), role("auditor")),
    create: role("admin"),
    update: leadsIt,
    delete: nobody,
  }),

  memberships: table({
    organisation_id: ref("organisations"),
    user_id: ref("users"),
    level: enumeration("member", "lead"),
  }).allow({
    read: or((caller) => ({ user_id: userKey(caller) }), sameAs("organisation")),
    create: sameAs("organisation", "update"),
    update: sameAs("organisation", "update"),
    delete: sameAs("organisation", "update"),
  }),

  projects: table({
    organisation_id: ref("organisations"),
    parent_id: ref("projects", { as: "parent", reverse: "children" }).optional(),
    name: text(40).search(),
    stage: enumeration("open", "closed").default("open"),
    budget: integer().default(0).readable(role("auditor")).writable(role("auditor")),
    secret: text(40).optional().private(),
  }).allow({
    read: sameAs("organisation"),
    create: sameAs("organisation", "update"),
    update: sameAs("organisation", "update"),
    delete: and(sameAs("organisation", "update"), () => ({ stage: "closed" })),
  }),

  tasks: table({
    project_id: ref("projects", { onDelete: "cascade" }),
    assignee_id: ref("users", { as: "assignee", reverse: "tasks" }).optional(),
    title: text(60).search(),
    done: boolean().default(false),
    hours: integer().default(0),
    estimate: integer().optional().readable(isAssignee).writable(isAssignee),
  }).allow({
    read: sameAs("project"),
    create: sameAs("project", "read"),
    update: or(isAssignee, sameAs("project", "update")),
    delete: sameAs("project", "update"),
  }),

  posts: table({
    user_id: ref("users").owner(),
    slug: slug(40).unique(),
    title: text(60).search(),
    content: longText().optional().search(),
    state: enumeration("draft", "public").default("draft"),
    likes: integer().default(0),
    note: text(40).optional().search().readable(owner).writable(owner),
    tag: text(20).optional().search().readable(role("moderator")).writable(role("moderator")),
    score: integer().optional().readable(role("moderator")).writable(role("moderator")),
    featured: boolean().default(false).writable(role("admin")),
    secret: text(40).optional().private(),
    pin: text(10).optional().private().writable(owner),
  }).allow({
    read: or(
      () => ({ state: "public" }),
      (caller) => ({ user_id: userKey(caller) }),
      role("moderator"),
    ),
    create: owner,
    update: owner,
    delete: or(owner, role("moderator")),
  }),

  comments: table({
    post_id: ref("posts", { onDelete: "cascade" }),
    user_id: ref("users").owner(),
    content: text(60).search(),
    stars: integer().default(3),
    approved: boolean().default(false).writable(role("moderator")),
  }).allow({
    read: sameAs("post"),
    create: and(owner, sameAs("post", "read")),
    update: and(owner, sameAs("post", "read")),
    delete: or(owner, sameAs("post", "update")),
  }),

  // Everybody reads them, also those whose post is hidden.
  marks: table({
    post_id: ref("posts", { onDelete: "cascade" }),
    user_id: ref("users"),
    word: text(20),
    weight: integer().default(1),
  }).allow({ read: everyone, create: signedIn, update: signedIn, delete: role("moderator") }),

  reports: table({ post_id: ref("posts", { onDelete: "cascade" }), reason: text(60).search() }).allow({
    read: role("moderator"),
    create: everyone,
    update: role("moderator"),
  }),

  // Whoever may not read a report cannot refer to it, not even to the one it has just made.
  findings: table({ report_id: ref("reports", { onDelete: "cascade" }), word: text(20) }).allow({
    read: signedIn,
    create: everyone,
    update: role("moderator"),
    delete: role("moderator"),
  }),

  // No rule at all: administrators.
  audits: table({ post_id: ref("posts", { onDelete: "cascade" }).optional(), word: text(40) }),

  letters: table({ sender: text(60), body: text(60) }).allow({ create: everyone }),

  vaults: table({ post_id: ref("posts"), word: text(40) }).allow({}),

  // To make one, to change it and to read it are each closed to somebody who may do the others.
  badges: table({
    post_id: ref("posts", { onDelete: "cascade" }),
    code: text(20).unique(),
    word: text(20),
    rank: integer()
      .optional()
      .writable(() => ({ word: "amber" })),
  }).allow({
    read: and(signedIn, sameAs("post")),
    create: and(({ roles }) => !roles.includes("auditor"), sound),
    update: sound,
  }),

  // Its own code chooses a post by its number: "post 12".
  errands: table({
    project_id: ref("projects"),
    post_id: ref("posts").optional(),
    word: text(20),
    secret: text(40).default(CANARY).private(),
  }).allow({ read: sameAs("project"), create: sameAs("project", "read"), update: sameAs("project", "read") }),

  post_stats: view(
    { user_id: ref("users"), posts: integer(), likes: integer() },
    "SELECT user_id, count(*) AS posts, sum(likes) AS likes FROM posts GROUP BY user_id",
  )
    .primaryKey("user_id")
    .allow({ read: or((caller) => ({ user_id: userKey(caller) }), role("auditor")) }),
};

export interface FirstRows {
  readonly table: string;
  readonly rows: readonly object[];
}

/** Is told of each errand that was written, as its hook sees it. */
export type Tell = (row: object) => void;

/** The application of the matrix with its first rows. */
export function policyDeclaration(seed: readonly FirstRows[], tell: Tell): AnyDeclaration {
  const errands = tables.errands.hooks({
    prepare: ({ values }) => {
      const { word } = values;
      const chosen = typeof word === "string" ? /^post (\d+)$/.exec(word)?.[1] : undefined;
      return chosen === undefined ? undefined : { post_id: Number(chosen) };
    },
    after: ({ row }) => tell(row),
  });
  return servery({ tables: { ...tables, errands }, routes: ownRoutes, seed: () => seed as never });
}
