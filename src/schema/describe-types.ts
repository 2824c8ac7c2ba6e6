import {
  type ColumnModel,
  declaredTables,
  isNamed,
  isRequired,
  isWritable,
  type SchemaModel,
  type TableModel,
  tableOf,
} from "./model.ts";

/** What filters of any table are made of. */
const CONDITIONS = `interface Presence {
  null?: boolean;
}
interface Ordering<Value> extends Presence {
  eq?: Value;
  ne?: Value;
  gt?: Value;
  gte?: Value;
  lt?: Value;
  lte?: Value;
  in?: readonly Value[];
  nin?: readonly Value[];
}
interface Texts<Value> extends Ordering<Value> {
  like?: string;
  ilike?: string;
  contains?: string;
  icontains?: string;
  starts?: string;
  ends?: string;
}
type ToOne<Filter> = Filter | { some?: Filter; none?: Filter };
type ToMany<Filter> = Filter | { some?: Filter; none?: Filter; all?: Filter };
`;

/**
 * A declaration file (`.d.ts`) with the rows, inserts, updates and filters of every table, for programs that do not
 * import the declaration. The same schema gives the same text.
 */
export function describeTypes(schema: SchemaModel): string {
  const names = typeNames(schema);
  const tables = declaredTables(schema);
  const parts = tables.map((table) => tableTypes(schema, table, names));
  const members = tables.map(({ name }) => {
    const type = names.get(name) ?? "";
    return `  ${property(name)}: { row: ${type}Row; insert: ${type}Insert; update: ${type}Update; filter: ${type}Filter };`;
  });
  return [
    "// The types of an application's API, written by `servery export types`. Do not edit: write it again.",
    "",
    ...parts,
    "/** Every table by its name. */",
    "export interface Tables {",
    ...members,
    "}",
    "",
    CONDITIONS,
  ].join("\n");
}

function tableTypes(schema: SchemaModel, table: TableModel, names: ReadonlyMap<string, string>): string {
  const type = names.get(table.name) ?? "";
  const members =
    table.document === undefined ? [] : ["  /** The members of the document. */", "  [member: string]: unknown;"];
  const row = [...table.shown.filter(isSeen).map((column) => `  ${rowMember(column)}`), ...members];
  const columns = table.columns
    .filter(isNamed)
    .filter(isSent)
    .map((column) => {
      const mark = isRequired(column) ? "" : "?";
      return `  ${property(column.name)}${mark}: ${orNull(column, inputType(column))};`;
    });
  const sent = [...columns, ...members];
  // Nobody writes the rows of a view.
  const insert =
    table.view === undefined ? block(`interface ${type}Insert`, sent) : `export type ${type}Insert = never;`;
  const update = table.view === undefined ? `Partial<${type}Insert>` : "never";
  return [
    `/** A row of ${comment(table.name)} as an answer holds it. */\n${block(`interface ${type}Row`, row)}`,
    `/** The body that creates a row. */\n${insert}`,
    `/** The body that changes a row in part. */\nexport type ${type}Update = ${update};`,
    `/** What \`?filter=\` takes, as JSON. Every member must hold. */\n${block(`interface ${type}Filter`, filterMembers(schema, table, names))}`,
    "",
  ].join("\n");
}

/** Whether some caller reads it: nobody reads a private column, nor what is made of one. */
function isSeen({ readable, computed }: ColumnModel): boolean {
  return readable.rule !== "nobody" && (computed?.needs.every((needed) => isSeen(needed)) ?? true);
}

/** Whether a caller's body may hold the column. An owner may be sent, if it is the caller. */
function isSent(column: ColumnModel): boolean {
  return (isWritable(column) || column.role === "owner") && isSeen(column);
}

/** What a rule hides from some is not there for them, or null in the rows that it fails in. */
function rowMember(column: ColumnModel): string {
  const isOpen = column.readable.rule === "everyone";
  return `${property(column.name)}${isOpen ? "" : "?"}: ${orNull({ optional: column.optional || !isOpen }, column.kind.typescript)};`;
}

function filterMembers(schema: SchemaModel, table: TableModel, names: ReadonlyMap<string, string>): string[] {
  const filter = (name: string): string => `${names.get(tableOf(schema, name).name) ?? ""}Filter`;
  const own = filter(table.name);
  const members = new Map<string, string>([
    ["and", `readonly ${own}[]`],
    ["or", `readonly ${own}[]`],
    ["not", own],
    ...[...table.relations.values()].map(
      ({ name, table: target, many }) => [name, `${many ? "ToMany" : "ToOne"}<${filter(target)}>`] as const,
    ),
    // A column may be called like a word of the tree.
    ...table.columns
      .filter(isNamed)
      .filter(isSeen)
      .map((column) => [column.name, condition(column)] as const),
  ]);
  return [
    ...[...members].map(([name, type]) => `  ${property(name)}?: ${type};`),
    ...(table.document === undefined
      ? []
      : ["  /** A path into the document: `author.city`. */", "  [path: string]: unknown;"]),
  ];
}

function block(head: string, lines: readonly string[]): string {
  return lines.length === 0 ? `export ${head} {}` : `export ${head} {\n${lines.join("\n")}\n}`;
}

function condition(column: ColumnModel): string {
  const { kind, optional } = column;
  if (!kind.ordered) return "null | Presence";
  const value = inputType(column);
  return `${optional ? "null | " : ""}${value} | ${kind.textual ? "Texts" : "Ordering"}<${value}>`;
}

function orNull({ optional }: Pick<ColumnModel, "optional">, type: string): string {
  return optional && type !== "unknown" ? `${type} | null` : type;
}

/** What a body may hold: a decimal is sent as text or as a number, and answered as text. */
function inputType({ kind }: ColumnModel): string {
  const { type } = kind.input;
  const takesNumbers = Array.isArray(type) && (type.includes("number") || type.includes("integer"));
  return takesNumbers && kind.typescript === "string" ? "string | number" : kind.typescript;
}

/** `order_items` → `OrderItems`. What no type can be called is left out, and a name that was taken gets a number. */
function typeNames(schema: SchemaModel): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const { name: table } of declaredTables(schema)) {
    const words = table.split(/[^\p{ID_Continue}$]+|_/u).filter((word) => word !== "");
    const joined = words.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`).join("");
    const plain = /^\p{ID_Start}/u.test(joined) ? joined : `Table${joined}`;
    let name = plain;
    for (let number = 2; taken.has(name); number++) name = `${plain}${number}`;
    taken.add(name);
    names.set(table, name);
  }
  return names;
}

function property(name: string): string {
  return /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(name) ? name : JSON.stringify(name);
}

/** A name must not end the comment that it stands in. */
function comment(name: string): string {
  return name.replaceAll("*/", "* /").replace(/\s+/g, " ");
}
