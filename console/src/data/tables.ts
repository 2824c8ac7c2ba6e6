import type { ApiDescription, Endpoint, Parameter, Schema } from "../api/open-api.ts";
import { isFromToken, typesOf } from "../explorer/form-body.ts";

/** A row, as the API answers it. */
export type Row = Readonly<Record<string, unknown>>;

export interface Column {
  readonly name: string;
  readonly kind: string;
  /** What it takes, in words. */
  readonly expects: string;
  readonly optional: boolean;
  /** How a change of it is written; undefined where nothing can be changed. */
  readonly change: Schema | undefined;
  /** Its parameter of the list; undefined where it neither filters nor sorts. */
  readonly filter: Parameter | undefined;
  readonly references: { readonly table: string; readonly column: string } | undefined;
  /** The document of a row: every member that is none of these columns. */
  readonly beside?: readonly string[];
}

export interface Table {
  readonly name: string;
  readonly path: string;
  readonly view: boolean;
  readonly key: readonly string[];
  readonly columns: readonly Column[];
  readonly create: Endpoint | undefined;
  readonly removes: boolean;
  /** Tables whose rows go along when a row of this one is deleted. */
  readonly cascades: readonly string[];
}

/** What `GET /api/server/schema` tells of a table, as far as this page asks. */
export interface DeclaredTable {
  readonly name: string;
  readonly path: string;
  readonly view: boolean;
  readonly documents?: boolean;
  readonly key: readonly string[];
  readonly columns: readonly DeclaredColumn[];
}

interface DeclaredColumn {
  readonly name: string;
  readonly kind: string;
  readonly expects: string;
  readonly optional: boolean;
  readonly private: boolean;
  readonly references: { readonly table: string; readonly column: string; readonly on_delete: string } | null;
}

/** The tables as they were declared, with what the API lets the caller do to each. */
export function declaredTables(declared: readonly DeclaredTable[], api: ApiDescription): readonly Table[] {
  return declared.map((table) => {
    const known = tableOfApi(table.path, api);
    const columns = table.columns
      .filter((column) => !column.private)
      .map(({ name, kind, expects, optional, references }) => ({
        ...columnOfApi(name, table.path, api),
        kind,
        expects,
        optional,
        references: references ?? undefined,
      }));
    return {
      ...known,
      name: table.name,
      view: table.view,
      key: table.key,
      columns: table.documents === true ? withDocument(columns) : columns,
      cascades: cascades(table, declared),
    };
  });
}

/** Documents are shown as one value, behind the columns that stand beside them. */
function withDocument(columns: readonly Column[]): readonly Column[] {
  const document: Column = {
    name: "document",
    kind: "json",
    expects: "an object",
    optional: false,
    change: undefined,
    filter: undefined,
    references: undefined,
    beside: columns.map(({ name }) => name),
  };
  return [...columns, document];
}

/** What a row has in a column. */
export function valueIn({ name, beside }: Column, row: Row): unknown {
  if (beside === undefined) return row[name];
  return Object.fromEntries(Object.entries(row).filter(([member]) => !beside.includes(member)));
}

function cascades({ name }: DeclaredTable, all: readonly DeclaredTable[]): readonly string[] {
  return all
    .filter(({ columns }) =>
      columns.some(({ references }) => references?.table === name && references.on_delete === "cascade"),
    )
    .map((table) => table.name);
}

/** The tables as the API describes them, for whoever may not read the declaration. */
export function describedTables(api: ApiDescription): readonly Table[] {
  return [...api.endpoints.values()]
    .filter(({ id, path }) => id.endsWith(".list") && /^\/api\/[^/{]+$/.test(path) && !path.startsWith("/api/auth"))
    .filter(({ parameters }) => parameters.some(({ operators }) => operators.length > 0))
    .map(({ path }) => tableOfApi(path.slice("/api/".length), api));
}

function tableOfApi(path: string, api: ApiDescription): Table {
  const list = api.endpoints.get(`${path}.list`);
  const read = api.endpoints.get(`${path}.read`);
  const create = api.endpoints.get(`${path}.create`);
  const filters = (list?.parameters ?? []).filter(({ operators }) => operators.length > 0);
  const columns = filters.map(({ name }) => columnOfApi(name, path, api));
  return {
    name: path,
    path,
    view: create === undefined,
    key: (read?.parameters ?? []).filter((one) => one.in === "path").flatMap(({ name }) => name.split(",")),
    columns: create?.body?.additionalProperties === true ? withDocument(columns) : columns,
    create,
    removes: api.endpoints.has(`${path}.delete`),
    cascades: [],
  };
}

function columnOfApi(name: string, path: string, api: ApiDescription): Column {
  const filter = api.endpoints.get(`${path}.list`)?.parameters.find((one) => one.name === name && one.in === "query");
  const written = api.endpoints.get(`${path}.update`)?.body?.properties?.[name];
  const change = written === undefined || written.readOnly === true || isFromToken(written) ? undefined : written;
  const schema = written ?? filter?.schema ?? {};
  const refers = /Refers to ([^ .]+)\.([^ .]+)\./.exec(schema.description ?? "");
  return {
    name,
    kind: kindOf(schema),
    expects: kindOf(schema),
    optional: typesOf(schema).includes("null"),
    change,
    filter: filter !== undefined && filter.operators.length > 0 ? filter : undefined,
    references: refers?.[1] === undefined ? undefined : { table: refers[1], column: refers[2] ?? "id" },
  };
}

function kindOf(schema: Schema): string {
  if (schema.enum !== undefined) return "enumeration";
  const type = typesOf(schema).find((one) => one !== "null") ?? "json";
  const formats: Readonly<Record<string, string>> = {
    "date-time": "timestamp",
    date: "date",
    email: "email",
    uuid: "uuid",
  };
  if (type === "string") return formats[schema.format ?? ""] ?? "text";
  return type === "number" ? "real" : type;
}

const NUMBERS = new Set(["id", "integer", "bigint", "decimal", "real"]);

export function isNumber({ kind }: Column): boolean {
  return NUMBERS.has(kind);
}

/** Where a row lies: the parts of its key, divided by commas. Undefined where the answer does not hold them all. */
export function keyOf(table: Table, row: Row): string | undefined {
  const parts = table.key.map((name) => row[name]);
  if (parts.length === 0 || parts.some((part) => part === undefined || part === null)) return undefined;
  return parts.map((part) => encodeURIComponent(String(part))).join(",");
}

export function rowPath(table: Table, key: string): string {
  return `/api/${encodeURIComponent(table.path)}/${key}`;
}

/** The column that says best which row it is. */
export function namingColumn(table: Table): string | undefined {
  const texts = table.columns.filter(({ filter }) => filter?.operators.includes("icontains") === true);
  const named = ["name", "title", "username", "label", "slug", "email"].map((name) =>
    texts.find((column) => column.name === name),
  );
  return (named.find((column) => column !== undefined) ?? texts.find(({ kind }) => kind !== "enumeration"))?.name;
}
