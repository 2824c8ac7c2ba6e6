import { DeclarationError } from "../errors/declaration-error.ts";
import type { AnyColumn } from "./column.ts";
import { enumeration } from "./column/enumeration.ts";
import { identityKind } from "./column/integer.ts";
import { json } from "./column/json.ts";
import { longText } from "./column/text.ts";
import { timestampKind } from "./column/timestamp.ts";
import { uuid } from "./column/uuid.ts";
import type { Kind } from "./kind.ts";
import type { ColumnModel, ColumnRole, TableModel } from "./model.ts";
import { everyone, nobody, type Rule } from "./rule.ts";

/** Where the changes of audited rows are kept. No declared table has such a name. */
export const AUDIT_TABLE = "_servery_audit";

/** No declared table can have this path: those of declarations do not begin with `_`. */
const AUDIT_PATH = "_audit";

/** Which private columns of a row have changed is kept as the bits of one number. */
const MOST_PRIVATE_COLUMNS = 62;

/** What stands in an entry for the value of a private column, whatever it is. */
export const PRIVATE_VALUE = "[private]";

/** Columns that nobody may read, administrators neither: entries say only whether they changed. */
export function privateColumns({ columns }: Pick<TableModel, "columns">): ColumnModel[] {
  return columns.filter(({ readable }) => isClosed(readable));
}

/** An administrator passes every rule but `nobody`. */
function isClosed(rule: Rule): boolean {
  if (rule.rule === "and") return rule.of.some(isClosed);
  if (rule.rule === "or") return rule.of.every(isClosed);
  return rule.rule === "nobody";
}

/** Adds the table of changes, for reading, where a table of the declaration is audited. Throws `DeclarationError`. */
export function addAuditTable(tables: Map<string, TableModel>): void {
  const audited = [...tables.values()].filter((table) => table.audited);
  for (const table of audited) checkAudited(table);
  if (audited.length > 0) tables.set(AUDIT_TABLE, auditTable());
}

function checkAudited(table: TableModel): void {
  const closed = privateColumns(table);
  if (closed.length > MOST_PRIVATE_COLUMNS)
    throw new DeclarationError(
      `table ${table.name}`,
      `an audited table has at most ${MOST_PRIVATE_COLUMNS} private columns`,
      "Move some to a table of their own",
    );
}

/** The columns as they are answered; the statement that makes the table is among those of the database. */
function auditTable(): TableModel {
  const columns = [
    column("id", identityKind, { role: "generated_key", optional: false }),
    column("table", kindOf(longText()), { optional: false }),
    column("key", kindOf(longText()), { optional: false }),
    column("action", kindOf(enumeration("create", "update", "delete")), { optional: false }),
    column("actor", kindOf(enumeration("anonymous", "account", "system")), { optional: false }),
    column("actor_table", kindOf(longText())),
    column("actor_key", kindOf(longText())),
    column("reason", kindOf(longText())),
    column("request_id", kindOf(longText())),
    column("change", kindOf(uuid()), { optional: false }),
    column("before", kindOf(json())),
    column("after", kindOf(json())),
    column("changed", kindOf(json())),
    column("created_at", timestampKind, { role: "created_at", optional: false }),
  ];
  const byName = new Map(columns.map((one) => [one.name, one]));
  const [id, time] = [columns[0] as ColumnModel, columns[columns.length - 1] as ColumnModel];
  const newest = [time, id].map(({ name }) => ({ name, descending: true }));
  const history = ["table", "key"].map((name) => ({ name, descending: false }));
  return {
    name: AUDIT_TABLE,
    path: AUDIT_PATH,
    adopted: false,
    columns,
    column: byName,
    computed: new Map(),
    shown: columns,
    view: undefined,
    key: [id],
    relations: new Map(),
    referrers: [],
    order: [time, id],
    indexes: [
      { name: `${AUDIT_TABLE}.created_at`, columns: newest, unique: false },
      { name: `${AUDIT_TABLE}.row`, columns: [...history, ...newest], unique: false },
    ],
    checks: [],
    transfers: [],
    sums: [],
    rules: { read: { rule: "administrators" }, create: nobody, update: nobody, delete: nobody },
    owner: undefined,
    accounts: undefined,
    audited: false,
    own: true,
    requiresIfMatch: false,
    hooks: [],
  };
}

function kindOf(declared: AnyColumn): Kind {
  const { kind } = declared.spec;
  if (kind === undefined) throw new Error("a column of the server's own has no kind");
  return kind;
}

function column(
  name: string,
  kind: Kind,
  { role = "filled", optional = true }: { readonly role?: ColumnRole; readonly optional?: boolean } = {},
): ColumnModel {
  return {
    name,
    kind,
    role,
    optional,
    default: undefined,
    unique: false,
    index: false,
    search: false,
    filled: undefined,
    references: undefined,
    readable: everyone,
    writable: everyone,
  };
}
