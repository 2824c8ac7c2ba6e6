import { headerOf } from "../api/send-request.ts";
import { askAsCaller, askWithJson, isGood, refusalWords, thrownWords } from "./ask-as-caller.ts";
import { keyOf, type Row, rowPath, type Table, valueIn } from "./tables.ts";

/** As many operations as a batch takes. */
export const AT_ONCE = 100;

/** Deletes the rows, all or none. Answers why not; nothing where it is done. */
export async function removeRows(table: Table, rows: readonly Row[]): Promise<string | undefined> {
  const paths = rows.flatMap((row) => {
    const key = keyOf(table, row);
    return key === undefined ? [] : [rowPath(table, key)];
  });
  try {
    const [only] = paths;
    const answer =
      paths.length === 1 && only !== undefined
        ? await removeOne(only)
        : await askWithJson(
            "POST",
            "/api/batch",
            paths.map((path) => ({ method: "DELETE", path })),
          );
    return isGood(answer) ? undefined : refusalWords(answer);
  } catch (error) {
    return thrownWords(error);
  }
}

/** A table may ask for the version of what is deleted, so it is told. */
async function removeOne(url: string) {
  const read = await askAsCaller({ method: "GET", url });
  const etag = isGood(read) ? headerOf(read, "etag") : undefined;
  return askAsCaller({ method: "DELETE", url, headers: etag === undefined ? {} : { "if-match": etag } });
}

/** Columns that a new row takes: what is none of them comes back as the server fills it. */
function taken(table: Table): readonly string[] {
  const properties = table.create?.body?.properties ?? {};
  return table.columns.map(({ name }) => name).filter((name) => properties[name] !== undefined);
}

/** What an undo cannot bring back, in words; undefined where it brings back all. */
export function lostWords(table: Table): string | undefined {
  if (table.create === undefined) return "You may create no rows here, so this cannot be undone.";
  const names = taken(table);
  const lost = table.columns.filter(({ name, filter }) => filter !== undefined && !names.includes(name));
  const own =
    lost.length === 0 ? [] : [`Undo makes rows with new values in ${lost.map(({ name }) => name).join(", ")}.`];
  const along =
    table.cascades.length === 0
      ? []
      : [`Rows of ${table.cascades.join(", ")} that refer to them go along, and no undo brings those back.`];
  return own.length + along.length === 0 ? undefined : [...own, ...along].join(" ");
}

/** Makes the rows again with the values they had, all or none. Answers what to say. */
export async function bringBack(table: Table, rows: readonly Row[]): Promise<string> {
  const names = taken(table);
  const document = table.columns.find(({ beside }) => beside !== undefined);
  const bodies = rows.map((row) => ({
    ...Object.fromEntries(names.map((name) => [name, row[name]])),
    ...(document === undefined ? {} : (valueIn(document, row) as Row)),
  }));
  try {
    const answer = await askWithJson("POST", `/api/${encodeURIComponent(table.path)}`, bodies);
    if (!isGood(answer)) return `Not undone: ${refusalWords(answer)}`;
    const made = JSON.parse(answer.text) as readonly Row[];
    const keys = made.map((row) => keyOf(table, row) ?? "");
    const same = keys.every((key, at) => key === keyOf(table, rows[at] ?? {}));
    return same ? "They are back." : `They are back under new keys: ${keys.join(", ")}.`;
  } catch (error) {
    return `Not undone: ${thrownWords(error)}`;
  }
}
