import { DeclarationError } from "../../errors/declaration-error.ts";
import type { Json } from "../../schema/stored.ts";
import type { DraftColumn } from "../declare/draft.ts";
import { chooseJsonKind, factsOf } from "./choose-json-kind.ts";
import type { JsonRow } from "./read-collections.ts";

/** How the rows of a collection are named: by the `id` that every table has by itself, or by a column of its own. */
export interface KeyChoice {
  readonly column: DraftColumn | undefined;
  readonly notes: readonly string[];
}

/** Chooses by the ids that are there. Throws a `DeclarationError` for ids that name no row of their own. */
export function chooseKey(where: string, rows: readonly JsonRow[]): KeyChoice {
  const ids = rows.map((row) => (Object.hasOwn(row, "id") ? row["id"] : undefined));
  refuseOdd(where, ids);
  const texts = ids.some((id) => typeof id === "string");
  if (!texts) {
    const missing = ids.filter((id) => id === undefined || id === null).length;
    return {
      column: undefined,
      notes: missing === 0 ? [] : [`rows without an id got one behind the highest (${missing} of ${rows.length})`],
    };
  }
  const { kind } = chooseJsonKind(factsOf(rows, "id"));
  const made = kind.uses === "uuid";
  const column = {
    name: "id",
    kind: made ? { call: "uuid().generated()", uses: "uuid" } : kind,
    optional: false,
    unique: false,
    filled: false,
    notes: made ? [] : ["the ids are texts, so a POST names its own"],
  };
  return { column, notes: [] };
}

function refuseOdd(where: string, ids: readonly (Json | undefined)[]): void {
  const seen = new Map<string, number>();
  const kinds = new Set<string>();
  ids.forEach((id, at) => {
    if (id === undefined || id === null) return;
    kinds.add(typeof id);
    if (typeof id !== "string" && (typeof id !== "number" || !Number.isSafeInteger(id)))
      throw new DeclarationError(`${where}, element ${at}`, "its id is neither a text nor a whole number", "Change it");
    if (id === "") throw new DeclarationError(`${where}, element ${at}`, "its id is empty", "Give it one");
    const before = seen.get(String(id));
    if (before !== undefined)
      throw new DeclarationError(
        where,
        `elements ${before} and ${at} have the same id ${JSON.stringify(id)}`,
        "Change one",
      );
    seen.set(String(id), at);
  });
  if (kinds.size > 1)
    throw new DeclarationError(where, "some ids are texts and some numbers", "Write all of them alike");
  const missing = ids.findIndex((id) => id === undefined || id === null);
  if (kinds.has("string") && missing >= 0)
    throw new DeclarationError(`${where}, element ${missing}`, "it has no id, while others have a text", "Give it one");
}
