import type { ValueFacts } from "../../schema/value-facts.ts";
import type { KindChoice } from "./choose-kind.ts";
import type { DraftKind } from "./draft.ts";

/** With fewer values it may be chance that all look like something. */
const LEAST_EVIDENCE = 3;
/** Characters that a `longText()` takes by itself. */
const LONG_TEXT = 1_000_000;

type TextFamily = "text" | "json" | "uuid";

export function isTextFamily(family: string): family is TextFamily {
  return family === "text" || family === "json" || family === "uuid";
}

/** A column of texts: what its type says of it, and whether every row has one. */
export interface TextColumn {
  readonly family: TextFamily;
  readonly type: string;
  readonly required: boolean;
}

/** The kind of a column of texts: what its type says, or what all of its values are. */
export function chooseText({ family, type, required }: TextColumn, values: ValueFacts): KindChoice {
  if (family === "json" && (values.values === 0 || values.all(values.jsonTexts))) return { kind: JSON_KIND };
  if (family === "uuid" && (values.values === 0 || values.all(values.uuids))) return { kind: UUID_KIND };
  const looks = looksLike(values);
  if (looks !== undefined && family === "text" && values.texts >= LEAST_EVIDENCE) return looks;
  const declared = Number(/\((\d+)\)/.exec(type)?.[1] ?? 0);
  const kind = textKind(declared, { values, required });
  if (family !== "text") return { kind, note: `declared ${type}, but not every value is one` };
  const odd = values.values - values.texts;
  if (odd > 0) return { kind, note: `${odd} of ${values.values} values are no texts: they answer null` };
  if (declared === 0 || values.longest <= declared) return { kind };
  return { kind, note: `declared ${type}, but a value has ${values.longest} characters` };
}

const JSON_KIND: DraftKind = { call: "json()", uses: "json" };
const UUID_KIND: DraftKind = { call: "uuid()", uses: "uuid" };

function looksLike(values: ValueFacts): KindChoice | undefined {
  if (values.all(values.uuids)) return { kind: UUID_KIND, note: "all values are UUIDs" };
  if (values.all(values.dates)) return { kind: { call: "date()", uses: "date" }, note: "all values are days" };
  if (values.all(values.jsonTexts)) return { kind: JSON_KIND, note: "all values are JSON objects or arrays" };
  if (!values.all(values.times)) return undefined;
  const call = values.all(values.canonicalTimes) ? "timestamp()" : 'timestamp().stored("text")';
  return { kind: { call, uses: "timestamp" }, note: "all values are times" };
}

/** `text(n)` with room for what is there, or `longText()` without a declared length. */
function textKind(
  declared: number,
  { values, required }: { readonly values: ValueFacts; readonly required: boolean },
): DraftKind {
  // A required text otherwise takes at least one character, and a row that has none could not be put back.
  const empty = required && values.emptyTexts > 0 ? "min: 0" : "";
  if (declared > 0 && declared <= LONG_TEXT) {
    const max = Math.max(declared, values.longest);
    return { call: `text(${max}${empty === "" ? "" : `, { ${empty} }`})`, uses: "text" };
  }
  const max = values.longest > LONG_TEXT ? `max: ${values.longest}` : "";
  const options = [empty, max].filter((option) => option !== "").join(", ");
  return { call: `longText(${options === "" ? "" : `{ ${options} }`})`, uses: "longText" };
}
