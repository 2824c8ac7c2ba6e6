import type { Storage } from "#servery/schema/kind.js";
import type { Stored } from "#servery/schema/stored.js";
import type { StoredColumn, StoredSchema, StoredTable, Renames } from "#servery/schema/stored-schema.js";

/** A table that is there before and after, with its columns of which the same is true. */
export interface Followed {
  readonly from: StoredTable;
  readonly to: StoredTable;
  readonly columns: readonly { readonly from: StoredColumn; readonly to: StoredColumn }[];
}

/** What is in two schemas, by name and by rename: found here without the code that is tested. */
export function followed(from: StoredSchema, to: StoredSchema, renames: Renames): Followed[] {
  const pair = <Named extends { readonly name: string }>(
    before: readonly Named[],
    after: readonly Named[],
    was: ReadonlyMap<string, string> | undefined,
  ): { from: Named; to: Named }[] =>
    after.flatMap((one) => {
      const same = before.find((other) => other.name === one.name);
      const former = before.find((other) => other.name === was?.get(one.name));
      const isFree = former !== undefined && !after.some((other) => other.name === former.name);
      const origin = same ?? (isFree ? former : undefined);
      const first = after.find((other) => other.name !== one.name && was?.get(other.name) === origin?.name);
      const claimed = same === undefined && first !== undefined && after.indexOf(first) < after.indexOf(one);
      return origin === undefined || claimed ? [] : [{ from: origin, to: one }];
    });
  return pair(from.tables, to.tables, renames.tables).map((table) => ({
    ...table,
    columns: pair(table.from.columns, table.to.columns, renames.columns.get(table.to.name)),
  }));
}

const NUMERIC: ReadonlySet<Storage["as"]> = new Set(["integer", "bigint", "decimal", "real"]);

/** What a stored value says, spelt so that the same value in the other storage is spelt alike. */
export function meaning(value: Stored, storage: Storage, other: Storage): string {
  if (value === null) return "nothing";
  const numeric = NUMERIC.has(storage.as) || NUMERIC.has(other.as);
  if (storage.as === "decimal") return plain(unscaled(BigInt(value as number | bigint), storage.scale));
  if (storage.as === "boolean") return numeric ? String(value) : value === 1 ? "true" : "false";
  if (storage.as === "date" && other.as === "timestamp") return `${String(value)}T00:00:00.000Z`;
  // With an exponent a text is a number that was written with more digits than are needed to tell it from others.
  const text = /^-?[\d.]+e/i.test(String(value)) ? String(Number(value)) : String(value);
  return numeric ? plain(text) : String(value);
}

function unscaled(value: bigint, scale: number): string {
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, "0");
  const at = digits.length - scale;
  return `${value < 0n ? "-" : ""}${digits.slice(0, at)}${scale === 0 ? "" : "."}${digits.slice(at)}`;
}

/** A number without an exponent and without zeros that say nothing. */
function plain(text: string): string {
  const [, sign = "", whole = "", behind = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  if (whole === "") return text;
  const at = whole.length + Number(exponent);
  const digits = (whole + behind).padStart(whole.length + behind.length - Math.min(at, 0), "0").padEnd(at, "0");
  const point = Math.max(at, 0);
  const short = `${digits.slice(0, point).replace(/^0+/, "")}.${digits.slice(point).replace(/0+$/, "")}`;
  return short === "." ? "0" : sign + short.replace(/\.$/, "");
}
