import { Column } from "../column.ts";

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** A double-precision number, for measurements. Money is `decimal`. */
export function real(): Column<number> {
  return new Column({
    name: "real",
    storage: { as: "real" },
    input: { type: "number" },
    output: { type: "number" },
    typescript: "number",
    textual: false,
    ordered: true,
    expects: "a finite number",
    store: (value) => (value as number) + 0,
    parse: (text) => {
      if (text.length > 400 || !NUMBER.test(text)) return undefined;
      const value = Number(text);
      return Number.isFinite(value) ? value + 0 : undefined;
    },
  });
}
