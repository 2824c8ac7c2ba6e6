import { DeclarationError } from "../errors/declaration-error.ts";
import { didYouMean } from "../errors/nearest-name.ts";
import type { AnyColumn } from "./column.ts";
import type { ComputedSpec } from "./computed.ts";
import { declaredKind } from "./declared-kind.ts";
import type { ColumnModel, ComputedModel } from "./model.ts";
import { everyone, nobody } from "./rule.ts";
import type { TableDraft } from "./table-draft.ts";
import type { TableSpec } from "./table.ts";

/** The computed columns of a draft whose stored ones are known, by name. */
export function resolveComputed(draft: TableDraft, spec: TableSpec): Map<string, ColumnModel> {
  return new Map(spec.computed.map((computed) => [computed.name, resolveOne(draft, computed)]));
}

/** Says why a computed column cannot stand where a stored one is meant. */
export function refuseComputed(where: string, name: string, computed: Iterable<{ readonly name: string }>): void {
  for (const column of computed) {
    if (column.name !== name) continue;
    throw new DeclarationError(where, `${name} is computed, and the database does not have it`, "Name a stored column");
  }
}

function resolveOne(draft: TableDraft, computed: ComputedSpec): ColumnModel {
  const where = `table ${draft.name}, column ${computed.name}`;
  if (draft.column.has(computed.name))
    throw new DeclarationError(where, "two columns have this name", "Rename the computed one");
  const { spec } = computed.column;
  const option = optionOf(computed.column);
  if (option !== undefined)
    throw new DeclarationError(where, `a computed column takes no ${option}: it is not stored`, `Remove ${option}`);
  const kind = declaredKind(spec.kind, { required: false });
  if (kind === undefined)
    throw new DeclarationError(where, "a computed column cannot be a reference", "Name a kind, like integer()");
  if (Object.prototype.toString.call(computed.value) !== "[object Function]")
    throw new DeclarationError(
      where,
      "a computed column is made by a function that does not wait",
      "Write a plain function of the row",
    );
  const needs = computed.needs.map((name) => {
    const column = draft.column.get(name);
    if (column !== undefined) return column;
    const instead = didYouMean(name, draft.column.keys()).trim() || "Name a stored column";
    throw new DeclarationError(where, `it needs ${name}, which is no stored column`, instead);
  });
  const value = computed.value as ComputedModel["value"];
  return {
    name: computed.name,
    kind,
    role: "computed",
    // Where the function fails the answer holds null.
    optional: true,
    default: undefined,
    unique: false,
    index: false,
    search: false,
    filled: undefined,
    references: undefined,
    readable: everyone,
    writable: nobody,
    computed: { needs, value, nullable: spec.optional },
  };
}

/** The first thing that the kind's declaration says of a stored column alone. */
function optionOf({ spec }: AnyColumn): string | undefined {
  if (spec.unique) return ".unique()";
  if (spec.search) return ".search()";
  if (spec.index) return ".index()";
  if (spec.filled !== undefined) return ".generated(), .sumOf() or .copyOf()";
  if (spec.default !== undefined) return ".default()";
  if (spec.readable.rule !== "everyone" || spec.writable !== undefined) return ".private(), .readable() or .writable()";
  return undefined;
}
