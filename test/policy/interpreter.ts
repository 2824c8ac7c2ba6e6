import type { Action, Data, Row, Value, Verdicts, Who } from "./verdicts.ts";

/** What the rules of the declaration mean, said a second time over rows in memory: cells expect what this says. */
type Test = boolean | ((row: Row) => boolean);

const holds = (test: Test, row: Row): boolean => (typeof test === "boolean" ? test : test(row));

/** Without a row where all tests are; else a question to each row. */
function some(...tests: readonly Test[]): Test {
  if (tests.includes(true)) return true;
  return tests.some((test) => test !== false) && ((row) => tests.some((test) => holds(test, row)));
}
const not = (test: Test): Test => (typeof test === "boolean" ? !test : (row) => !test(row));
const all = (...tests: readonly Test[]): Test => not(some(...tests.map(not)));

export function verdictsOf(data: Data, who: Who): Verdicts {
  const admin = who.roles.includes("admin");
  const user = who.table === "users" ? who.id : undefined;
  const signedIn = who.id !== undefined;
  const role = (name: string): Test => admin || who.roles.includes(name);
  const mine = (column: string): Test => admin || (user !== undefined && ((row) => row[column] === user));
  const self = (table: string): Test => admin || (who.table === table && ((row) => row["id"] === who.id));
  const members = (row: Row): readonly Row[] =>
    (data["memberships"] ?? []).filter((other) => other["organisation_id"] === row["id"] && other["user_id"] === user);
  const member: Test = admin || (user !== undefined && ((row) => members(row).length > 0));
  const lead: Test = admin || (user !== undefined && ((row) => members(row).some(({ level }) => level === "lead")));
  const is = (column: string, value: Value): Test => admin || ((row) => row[column] === value);
  /** What the row that a column refers to allows. */
  const through = (column: string, table: string, test: Test): Test =>
    typeof test === "boolean"
      ? test
      : (row) => (data[table] ?? []).some((other) => other["id"] === row[column] && test(other));

  const organisation = { read: some(member, role("auditor")), create: admin, update: lead };
  const ledBy = through("organisation_id", "organisations", organisation.update);
  const ofMember = through("organisation_id", "organisations", organisation.read);
  const project = { read: ofMember, create: ledBy, update: ledBy, delete: all(ledBy, is("stage", "closed")) };
  const ledTask = through("project_id", "projects", project.update);
  const readTask = through("project_id", "projects", project.read);
  const post = { read: some(is("state", "public"), mine("user_id"), role("moderator")), update: mine("user_id") };
  const readPost = through("post_id", "posts", post.read);
  const commented = all(mine("user_id"), readPost);
  const moderator = role("moderator");
  const badge = all(who.table !== "robots", some(admin, not(some(is("word", "grove"), is("code", "badge-1")))));
  const tests: { readonly [table: string]: { readonly [action in Action]?: Test } } = {
    users: { read: true, create: true, update: self("users"), delete: self("users") },
    robots: { read: self("robots"), create: admin, sign_up: all(moderator, is("model", "x")), update: self("robots") },
    organisations: organisation,
    memberships: { read: some(mine("user_id"), ofMember), create: ledBy, update: ledBy, delete: ledBy },
    projects: project,
    tasks: { read: readTask, create: readTask, update: some(mine("assignee_id"), ledTask), delete: ledTask },
    posts: { ...post, create: mine("user_id"), delete: some(mine("user_id"), moderator) },
    comments: {
      read: readPost,
      create: commented,
      update: commented,
      delete: some(mine("user_id"), through("post_id", "posts", post.update)),
    },
    marks: { read: true, create: signedIn, update: signedIn, delete: moderator },
    reports: { read: moderator, create: true, update: moderator },
    findings: { read: signedIn, create: true, update: moderator, delete: moderator },
    audits: { read: admin, create: admin, update: admin, delete: admin },
    letters: { create: true },
    badges: { read: all(signedIn, readPost), create: all(who.roles[0] !== "auditor", badge), update: badge },
    errands: { read: readTask, create: readTask, update: readTask },
    post_stats: { read: some(mine("user_id"), role("auditor")) },
  };
  const fields: { readonly [column: string]: { readonly read?: Test; readonly write?: Test } } = {
    "users.email": { read: self("users") },
    "users.karma": { write: admin },
    "users.recovery": { read: false, write: false },
    "robots.serial": { read: false, write: false },
    "organisations.budget": { read: role("auditor"), write: admin },
    "projects.budget": { read: role("auditor"), write: role("auditor") },
    "projects.secret": { read: false, write: false },
    "tasks.estimate": { read: mine("assignee_id"), write: mine("assignee_id") },
    "posts.note": { read: mine("user_id"), write: mine("user_id") },
    "posts.tag": { read: moderator, write: moderator },
    "posts.score": { read: moderator, write: moderator },
    "posts.featured": { write: admin },
    "posts.secret": { read: false, write: false },
    "posts.pin": { read: false, write: mine("user_id") },
    "comments.approved": { write: moderator },
    "badges.rank": { write: is("word", "amber") },
  };
  const field = (table: string, name: string, use: "read" | "write"): Test => fields[`${table}.${name}`]?.[use] ?? true;
  const opens = (table: string, action: Action, of = who.scopes): boolean =>
    of === undefined || (action === "read" ? table in of || "*" in of : (of[table] ?? of["*"]) === "write");
  const testOf = (table: string, action: Action): Test => opens(table, action) && (tests[table]?.[action] ?? false);
  const constant = (test: Test): boolean | undefined => (typeof test === "boolean" ? test : undefined);
  return {
    constant: (table, action) => constant(testOf(table, action)),
    nobody: (table, action) => tests[table]?.[action] === undefined,
    may: (table, action, row) => holds(testOf(table, action), row),
    column: (table, name, use) => field(table, name, use) !== false,
    writes: (table, name) => field(table, name, "write") === true,
    plain: (table, name) => field(table, name, "read") === true,
    cell: (table, name, { row, use }) => holds(field(table, name, use), row),
  };
}
