import { readFileSync, statSync } from "node:fs";
import { DeclarationError } from "../../errors/declaration-error.ts";
import type { Json } from "../../schema/stored.ts";

/** A larger file does not belong into one text: JavaScript ends at 512 MB of it. */
const LARGEST_FILE_BYTES = 256 * 1024 * 1024;

export type JsonRow = Readonly<Record<string, Json>>;

/** A list of objects, or one object, of a json-server file. */
export interface Collection {
  readonly name: string;
  readonly rows: readonly JsonRow[];
  /** Whether the file has one object there and no list. */
  readonly single: boolean;
}

export interface Collections {
  readonly collections: readonly Collection[];
  readonly leftOut: readonly { readonly leftOut: string; readonly reason: string }[];
}

/** Reads a json-server file. Throws a `DeclarationError` that says where it is wrong. */
export function readCollections(path: string): Collections {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new DeclarationError(path, "there is no such file", "Name a file like db.json");
  if (!found.isFile()) throw new DeclarationError(path, "it is no file", "Name a file like db.json");
  if (found.size > LARGEST_FILE_BYTES)
    throw new DeclarationError(
      path,
      `the file has more than ${LARGEST_FILE_BYTES / 1024 / 1024} MiB`,
      "Declare the tables yourself, and send the rows as NDJSON to POST /api/{table}",
    );
  const content = parsed(path, readFileSync(path, "utf8"));
  if (!isObject(content)) throw wrongShape(path, "it holds no object at its top");
  const entries = Object.entries(content);
  const collections: Collection[] = [];
  const leftOut: { leftOut: string; reason: string }[] = [];
  for (const [name, value] of entries) {
    const collection = collectionOf(name, value);
    if (typeof collection === "string") leftOut.push({ leftOut: name, reason: collection });
    else collections.push(collection);
  }
  if (collections.length === 0) throw wrongShape(path, "it holds no list of objects");
  return { collections, leftOut };
}

/** A collection, or why this value is none. */
function collectionOf(name: string, value: Json): Collection | string {
  if (isObject(value)) return { name, rows: [value], single: true };
  if (!Array.isArray(value)) return `it is a ${value === null ? "null" : typeof value}, and no list of objects`;
  const rows = value as readonly Json[];
  const odd = rows.findIndex((row) => !isObject(row));
  if (odd >= 0) return `its element ${odd} is no object, so the list is no table`;
  return { name, rows: rows as readonly JsonRow[], single: false };
}

function parsed(path: string, text: string): Json {
  try {
    const content = JSON.parse(text.replace(/^\uFEFF/, "")) as Json;
    // Walking through all of it costs more than reading it, so only where the text may hold such a key.
    if (/__proto__|\\u005f/i.test(text)) refusePollution(path, content);
    return content;
  } catch (error) {
    if (error instanceof DeclarationError) throw error;
    const told = error instanceof Error ? error.message.replace(/[\u0000-\u001f]+/g, " ") : String(error);
    throw new DeclarationError(path, `the file is no JSON (${told})`, "Correct it there");
  }
}

/** A key with which an object is changed behind the back of whoever copies it. */
function refusePollution(path: string, content: Json): void {
  const waiting: Json[] = [content];
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (typeof value !== "object" || value === null) continue;
    if (Object.hasOwn(value, "__proto__"))
      throw new DeclarationError(
        path,
        "an object has the key __proto__, which changes objects in JavaScript",
        "Rename it",
      );
    for (const inner of Object.values(value) as Json[]) waiting.push(inner);
  }
}

function isObject(value: unknown): value is JsonRow {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wrongShape(path: string, problem: string): DeclarationError {
  return new DeclarationError(path, problem, 'Write lists of objects: { "posts": [{ "id": 1, "title": "Hello" }] }');
}
