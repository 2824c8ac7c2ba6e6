import { headerOf } from "../api/send-request.ts";
import { fieldKind, formJson, typesOf } from "../explorer/form-body.ts";
import { findingsByField } from "../explorer/findings.ts";
import { askAsCaller, isGood, JSON_BODY, refusalWords, thrownWords } from "./ask-as-caller.ts";
import { type Column, type Row, rowPath, type Table } from "./tables.ts";

/** The cell that is changed now. */
export interface Editing {
  readonly table: Table;
  readonly column: Column;
  readonly key: string;
  /** The version of the row as it was when the change began. */
  readonly version: Promise<string | undefined>;
}

export type Saved = { readonly row: Row } | { readonly messages: readonly string[] };

export function beginEditing(table: Table, column: Column, key: string): Editing {
  const version = askAsCaller({ method: "GET", url: rowPath(table, key) }).then(
    (answer) => (isGood(answer) ? headerOf(answer, "etag") : undefined),
    () => undefined,
  );
  return { table, column, key, version };
}

/** Changes the one column, if nobody changed the row meanwhile. Null means no value. */
export async function saveCell(editing: Editing, text: string | null): Promise<Saved> {
  const { table, column, key } = editing;
  const body = changeBody(column, text);
  if (body === undefined) return { messages: ["This is no JSON. A text stands in double quotes."] };
  try {
    const etag = await editing.version;
    const headers = { ...JSON_BODY, ...(etag === undefined ? {} : { "if-match": etag }) };
    const answer = await askAsCaller({ method: "PATCH", url: rowPath(table, key), headers, body });
    if (isGood(answer)) return { row: JSON.parse(answer.text) as Row };
    const found = findingsByField(answer);
    return { messages: found.get(column.name) ?? [...found.values()][0] ?? [refusalWords(answer)] };
  } catch (error) {
    return { messages: [thrownWords(error)] };
  }
}

/** The merge patch of one column; undefined where its text is no JSON and should be. */
function changeBody({ name, change = {} }: Column, text: string | null): string | undefined {
  if (text === null) return JSON.stringify({ [name]: null });
  if (fieldKind(change) === "json" && !isJson(text)) return undefined;
  if (text === "") return JSON.stringify({ [name]: typesOf(change).includes("string") ? "" : null });
  return formJson({ properties: { [name]: change } }, { [name]: text });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
