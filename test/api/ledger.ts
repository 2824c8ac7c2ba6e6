import { everyone, integer, ref, servery, table, text } from "servery";

/** Owners and their things, written by requests and by a model in JavaScript at once. */

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };
const PLAIN = { created_at: false, updated_at: false } as const;
export const LEAST = -3;
export const MOST = 6;

export const ledger = servery({
  tables: {
    owners: table({ code: text(2).unique(), score: integer({ min: LEAST, max: MOST }).default(0) }, PLAIN).allow(OPEN),
    things: table(
      {
        owner_id: ref("owners", { onDelete: "cascade", as: "owner", reverse: "owned" }).optional(),
        parent_id: ref("things", { onDelete: "set null", as: "parent", reverse: "parts" }).optional(),
        keeper_id: ref("owners", { as: "keeper", reverse: "kept" }).optional(),
        tag: text(2).optional().unique(),
        n: integer({ min: LEAST, max: MOST }).default(0),
      },
      PLAIN,
    ).allow(OPEN),
  },
});

export type Table = "owners" | "things";
export type Fields = Readonly<Record<string, string | number | null>>;
export type Row = Fields & { readonly id: number };
export type State = Readonly<Record<Table, ReadonlyMap<number, Row>>>;

/** One write. `pick` chooses among the rows that are there, so that most writes meet one. */
export type Operation =
  | { readonly is: "create"; readonly table: Table; readonly fields: Fields }
  | { readonly is: "change"; readonly table: Table; readonly id: number; readonly fields: Fields; readonly add: number }
  | { readonly is: "remove"; readonly table: Table; readonly id: number }
  | { readonly is: "change all"; readonly from: number; readonly add: number }
  | { readonly is: "remove all"; readonly from: number }
  | { readonly is: "upsert"; readonly fields: Fields };

const DEFAULTS: Readonly<Record<Table, Fields>> = {
  owners: { score: 0 },
  things: { owner_id: null, parent_id: null, keeper_id: null, tag: null, n: 0 },
};
const NUMBER: Readonly<Record<Table, string>> = { owners: "score", things: "n" };

export const EMPTY: State = { owners: new Map(), things: new Map() };

/** The request of a write. */
export function requestOf(operation: Operation): { method: string; path: string; body?: unknown } {
  switch (operation.is) {
    case "create":
      return { method: "POST", path: `/api/${operation.table}`, body: operation.fields };
    case "change": {
      const { table: name, id, fields, add } = operation;
      const body = add === 0 ? fields : { ...fields, [NUMBER[name]]: { increment: add } };
      return { method: "PATCH", path: `/api/${name}/${id}`, body };
    }
    case "remove":
      return { method: "DELETE", path: `/api/${operation.table}/${operation.id}` };
    case "change all":
      return {
        method: "PATCH",
        path: `/api/things?n[gte]=${operation.from}`,
        body: { n: { increment: operation.add } },
      };
    case "remove all":
      return { method: "DELETE", path: `/api/things?n[gte]=${operation.from}` };
    case "upsert":
      return { method: "PUT", path: "/api/owners?on_conflict=code", body: operation.fields };
  }
}

/** What is stored after a write; undefined when it must be refused. `id` is the number that a new row was given. */
export function applied(state: State, operation: Operation, id: number): State | undefined {
  switch (operation.is) {
    case "create":
      return put(state, operation.table, { ...DEFAULTS[operation.table], ...operation.fields, id });
    case "change": {
      const { table: name, fields, add } = operation;
      const before = state[name].get(operation.id);
      const added = add === 0 ? {} : { [NUMBER[name]]: Number(before?.[NUMBER[name]]) + add };
      return before === undefined ? undefined : put(state, name, { ...before, ...fields, ...added });
    }
    case "remove":
      return state[operation.table].has(operation.id) ? removed(state, operation.table, operation.id) : undefined;
    case "change all":
      return from(state, operation.from).reduce<State | undefined>(
        (so, row) => (so === undefined ? so : put(so, "things", { ...row, n: Number(row["n"]) + operation.add })),
        state,
      );
    case "remove all":
      return from(state, operation.from).reduce<State | undefined>(
        (so, row) => (so?.things.has(row.id) === true ? removed(so, "things", row.id) : so),
        state,
      );
    case "upsert": {
      const before = [...state.owners.values()].find((row) => row["code"] === operation.fields["code"]);
      return put(state, "owners", { ...DEFAULTS.owners, ...operation.fields, id: before?.id ?? id });
    }
  }
}

function from(state: State, least: number): readonly Row[] {
  return [...state.things.values()].filter((row) => Number(row["n"]) >= least);
}

/** The state with a row, unless a rule of the declaration is broken. */
function put(state: State, name: Table, row: Row): State | undefined {
  const number = Number(row[NUMBER[name]]);
  const unique = name === "owners" ? "code" : "tag";
  const others = [...state[name].values()].filter((other) => other.id !== row.id);
  const clashes = row[unique] !== null && others.some((other) => other[unique] === row[unique]);
  const rows = new Map([...state[name], [row.id, row]]);
  const isThere = (target: Table, id: unknown): boolean =>
    id === null || id === undefined || (target === name ? rows : state[target]).has(Number(id));
  const refers =
    isThere("owners", row["owner_id"]) && isThere("owners", row["keeper_id"]) && isThere("things", row["parent_id"]);
  return number < LEAST || number > MOST || clashes || !refers ? undefined : { ...state, [name]: rows };
}

/** The state without a row: an owner takes its things along, a thing sets its parts free, a keeper stays. */
function removed(state: State, name: Table, id: number): State | undefined {
  const gone = new Set(
    name === "things" ? [id] : [...state.things.values()].filter((row) => row["owner_id"] === id).map((row) => row.id),
  );
  const things = new Map(
    [...state.things]
      .filter(([key]) => !gone.has(key))
      .map(([key, row]) => [key, gone.has(Number(row["parent_id"])) ? { ...row, parent_id: null } : row]),
  );
  if (name === "things") return { ...state, things };
  if ([...things.values()].some((row) => row["keeper_id"] === id)) return undefined;
  return { owners: new Map([...state.owners].filter(([key]) => key !== id)), things };
}
