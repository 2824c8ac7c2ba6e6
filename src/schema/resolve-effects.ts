import { DeclarationError } from "../errors/declaration-error.ts";
import type { FilledBy } from "./column.ts";
import { changeTime, type ColumnModel, type TransferModel } from "./model.ts";
import { formOf } from "./stored-form.ts";
import type { TableDraft } from "./table-draft.ts";
import type { TableSpec, TransferSpec } from "./table.ts";

const NUMERIC: ReadonlySet<string> = new Set(["integer", "bigint", "decimal"]);

/** Resolves what a change of one row does to others: sums, copies and transfers. */
export function resolveEffects(draft: TableDraft, spec: TableSpec, drafts: Map<string, TableDraft>): void {
  for (const column of draft.columns) {
    if (column.filled?.by === "sum") addSum({ draft, column, filled: column.filled }, drafts);
    if (column.filled?.by === "copy") checkCopy({ draft, column, filled: column.filled }, drafts);
  }
  draft.transfers = spec.transfers.map((transfer) => resolveTransfer(draft, transfer, drafts));
  const { update, delete: remove } = draft.rules;
  if (draft.transfers.length > 0 && (update.rule === "everyone" || remove.rule === "everyone")) {
    throw new DeclarationError(
      `table ${draft.name}`,
      "its rows were added elsewhere, so they cannot change afterwards",
      "Write .allow({ …, update: nobody, delete: nobody })",
    );
  }
}

/** A column that the service fills, where it stands. */
interface FilledColumn<By extends FilledBy["by"]> {
  readonly draft: TableDraft;
  readonly column: ColumnModel;
  readonly filled: Extract<FilledBy, { by: By }>;
}

function addSum({ draft, column, filled: sum }: FilledColumn<"sum">, drafts: Map<string, TableDraft>): void {
  const where = `table ${draft.name}, column ${column.name}`;
  const child = drafts.get(sum.table);
  const references = child?.columns.filter((candidate) => candidate.references?.table === draft.name) ?? [];
  const reference = references[0];
  if (child === undefined || child.view !== undefined || reference === undefined || references.length > 1) {
    throw new DeclarationError(
      where,
      `.sumOf() needs a table ${sum.table} with one reference to ${draft.name}`,
      "Name the table of the rows to add up",
    );
  }
  const factors = sum.factors.map((factor) => numeric(where, child, factor));
  if (
    scaleOf(column) !== factors.reduce((scale, factor) => scale + scaleOf(factor), 0) ||
    !NUMERIC.has(column.kind.storage.as)
  ) {
    throw new DeclarationError(
      where,
      `${sum.factors.join(" × ")} has not as many digits behind the point as the column`,
      "Give the column the sum of their scales",
    );
  }
  child.sums = [
    ...child.sums,
    { table: draft.name, column: column.name, reference, factors, touches: changeTime(draft) },
  ];
}

function checkCopy({ draft, column, filled: copy }: FilledColumn<"copy">, drafts: Map<string, TableDraft>): void {
  const where = `table ${draft.name}, column ${column.name}`;
  const reference = draft.column.get(copy.reference);
  const source = drafts.get(reference?.references?.table ?? "")?.column.get(copy.column);
  if (reference === undefined || source === undefined) {
    throw new DeclarationError(
      where,
      `.copyOf("${copy.reference}", "${copy.column}") finds no such column`,
      "Name a reference of this table and a column of the table it points at",
    );
  }
  if (
    JSON.stringify(source.kind.output) !== JSON.stringify(column.kind.output) ||
    formOf(source.kind.storage) !== formOf(column.kind.storage) ||
    scaleOf(source) !== scaleOf(column)
  ) {
    throw new DeclarationError(
      where,
      `${copy.column} is a ${source.kind.name} of another form`,
      "Declare both columns alike",
    );
  }
  if (reference.optional || source.optional)
    throw new DeclarationError(where, "what is copied may be missing", "Make both columns required");
}

function resolveTransfer(draft: TableDraft, spec: TransferSpec, drafts: Map<string, TableDraft>): TransferModel {
  const where = `table ${draft.name}, ${spec.sign === 1 ? ".adds" : ".subtracts"}("${spec.amount}", "${spec.reference}", "${spec.column}")`;
  const amount = numeric(where, draft, spec.amount);
  const reference = draft.column.get(spec.reference);
  const target = drafts.get(reference?.references?.table ?? "");
  if (reference === undefined || target === undefined)
    throw new DeclarationError(where, `${spec.reference} is no reference`, "Name a ref() column");
  const column = numeric(where, target, spec.column);
  if (scaleOf(column) !== scaleOf(amount))
    throw new DeclarationError(where, "the two columns have different scales", "Declare both alike");
  const touches = changeTime(target);
  return { sign: spec.sign, amount, reference, table: target.name, column: column.name, touches };
}

function numeric(where: string, draft: TableDraft, name: string): ColumnModel {
  const column = draft.column.get(name);
  if (column === undefined || !NUMERIC.has(column.kind.storage.as)) {
    throw new DeclarationError(where, `${draft.name}.${name} is no whole number or decimal`, "Name a number column");
  }
  if (formOf(column.kind.storage) !== undefined)
    throw new DeclarationError(
      where,
      `${draft.name}.${name} is not stored as a whole number, so it cannot be added up exactly`,
      "Ask for the sum: ?aggregate=sum(…)",
    );
  return column;
}

/** Digits behind the point: decimals are stored as scaled integers, so sums and products need them to agree. */
function scaleOf(column: ColumnModel): number {
  return column.kind.storage.as === "decimal" ? column.kind.storage.scale : 0;
}
