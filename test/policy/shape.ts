import type { Value } from "./verdicts.ts";

/** What the matrix knows of a column beside its rules. */
export interface ColumnShape {
  readonly is: "text" | "number" | "boolean";
  /** The value of a row that was created without one; without it the column is required. */
  readonly start?: Value;
  readonly search?: true;
  /** Filled from the caller. */
  readonly owner?: true;
  /** Filled by the server. */
  readonly server?: true;
}

export interface RelationShape {
  readonly table: string;
  readonly many: boolean;
  readonly local: string;
  readonly foreign: string;
}

export interface TableShape {
  readonly columns: { readonly [name: string]: ColumnShape };
  readonly relations: { readonly [name: string]: RelationShape };
}

const number = { is: "number" } as const;
const text = { is: "text" } as const;
const words = { is: "text", search: true } as const;
const owner = { is: "number", owner: true } as const;
const server = { is: "text", server: true } as const;
const optionalNumber = { is: "number", start: null } as const;
const optionalText = { is: "text", start: null } as const;
const counted = (start: number): ColumnShape => ({ is: "number", start });
const flag = { is: "boolean", start: false } as const;

const columns: { readonly [table: string]: { readonly [name: string]: ColumnShape } } = {
  users: { username: text, email: text, karma: counted(0), recovery: optionalText },
  robots: { model: text, email: text, serial: optionalText },
  organisations: { name: words, parent_id: optionalNumber, budget: counted(0) },
  memberships: { organisation_id: number, user_id: number, level: text },
  projects: {
    organisation_id: number,
    parent_id: optionalNumber,
    name: words,
    stage: { is: "text", start: "open" },
    budget: counted(0),
    secret: optionalText,
  },
  tasks: {
    project_id: number,
    assignee_id: optionalNumber,
    title: words,
    done: flag,
    hours: counted(0),
    estimate: optionalNumber,
  },
  posts: {
    user_id: owner,
    slug: text,
    title: words,
    content: { ...words, start: null },
    state: { is: "text", start: "draft" },
    likes: counted(0),
    note: { ...words, start: null },
    tag: { ...words, start: null },
    score: optionalNumber,
    featured: flag,
    secret: optionalText,
    pin: optionalText,
  },
  comments: { post_id: number, user_id: owner, content: words, stars: counted(3), approved: flag },
  marks: { post_id: number, user_id: number, word: text, weight: counted(1) },
  reports: { post_id: number, reason: words },
  findings: { report_id: number, word: text },
  audits: { post_id: optionalNumber, word: text },
  letters: { sender: text, body: text },
  vaults: { post_id: number, word: text },
  badges: { post_id: number, code: text, word: text, rank: optionalNumber },
};

/** Child table, reference column, the name on its own side, parent table, the name on the other side. */
const references = [
  ["organisations", "parent_id", "parent", "organisations", "children"],
  ["memberships", "organisation_id", "organisation", "organisations", "memberships"],
  ["memberships", "user_id", "user", "users", "memberships"],
  ["projects", "organisation_id", "organisation", "organisations", "projects"],
  ["projects", "parent_id", "parent", "projects", "children"],
  ["tasks", "project_id", "project", "projects", "tasks"],
  ["tasks", "assignee_id", "assignee", "users", "tasks"],
  ["posts", "user_id", "user", "users", "posts"],
  ["comments", "post_id", "post", "posts", "comments"],
  ["comments", "user_id", "user", "users", "comments"],
  ["marks", "post_id", "post", "posts", "marks"],
  ["marks", "user_id", "user", "users", "marks"],
  ["reports", "post_id", "post", "posts", "reports"],
  ["findings", "report_id", "report", "reports", "findings"],
  ["audits", "post_id", "post", "posts", "audits"],
  ["vaults", "post_id", "post", "posts", "vaults"],
  ["badges", "post_id", "post", "posts", "badges"],
  ["post_stats", "user_id", "user", "users", "post_stats"],
] as const;

function relationsOf(table: string): { readonly [name: string]: RelationShape } {
  const found: { [name: string]: RelationShape } = {};
  for (const [child, column, own, parent, reverse] of references) {
    if (child === table) found[own] = { table: parent, many: false, local: column, foreign: "id" };
    if (parent === table) found[reverse] = { table: child, many: true, local: "id", foreign: column };
  }
  return found;
}

const tableShape = (table: string, own: TableShape["columns"]): TableShape => ({
  columns: { id: { is: "number", server: true }, ...own, created_at: server, updated_at: server },
  relations: relationsOf(table),
});

/** Tables with code of their own, which begin empty. Only the door of hooks goes there. */
const hooked: { readonly [table: string]: TableShape } = {
  errands: {
    ...tableShape("errands", { project_id: number, post_id: optionalNumber, word: text }),
    relations: {
      project: { table: "projects", many: false, local: "project_id", foreign: "id" },
      post: { table: "posts", many: false, local: "post_id", foreign: "id" },
    },
  },
};

/** Tables, columns and relations of the declaration, as a reader of it would write them down. */
export const shapes: { readonly [table: string]: TableShape } = Object.fromEntries([
  ...Object.entries(columns).map(([table, own]): [string, TableShape] => [table, tableShape(table, own)]),
  ["post_stats", { columns: { user_id: number, posts: number, likes: number }, relations: relationsOf("post_stats") }],
]);

/** Tables that can be written, and have a key called id. */
export const writable: readonly string[] = Object.keys(columns);

export function shapeOf(table: string): TableShape {
  const shape = shapes[table] ?? hooked[table];
  if (shape === undefined) throw new Error(`no table ${table}`);
  return shape;
}

/** The reference columns of a table with the tables they lead to. */
export function referencesOf(table: string): { readonly column: string; readonly table: string }[] {
  return Object.values(shapeOf(table).relations)
    .filter(({ many }) => !many)
    .map((relation) => ({ column: relation.local, table: relation.table }));
}
