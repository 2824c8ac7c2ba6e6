import { memberKind } from "./column/document.ts";
import type { Stored } from "./stored.ts";

const { parse } = memberKind("number");

/** The numbers that the texts of a filter read as: of a list those that do, of one text null where it does not. */
export function memberNumbers(value: Stored | readonly Stored[]): Stored | readonly Stored[] {
  return Array.isArray(value)
    ? (value as readonly Stored[]).map(numberOf).filter((one) => one !== null)
    : numberOf(value as Stored);
}

function numberOf(value: Stored): Stored {
  return parse(String(value)) ?? null;
}
