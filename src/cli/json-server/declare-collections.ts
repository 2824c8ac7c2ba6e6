import { DeclarationError } from "../../errors/declaration-error.ts";
import type { Draft, DraftColumn, DraftTable, LeftOut } from "../declare/draft.ts";
import { nameRelations } from "../declare/name-relations.ts";
import { columnNameProblem, pathOption, TakenNames, tableNameProblem } from "../declare/names.ts";
import { chooseJsonKind, factsOf, fieldsOf } from "./choose-json-kind.ts";
import { chooseKey } from "./choose-key.ts";
import { declareJsonReferences } from "./declare-json-references.ts";
import type { Collection, Collections } from "./read-collections.ts";

/** The declaration of what a json-server file holds. Throws a `DeclarationError` for what no table can be. */
export function declareCollections(path: string, { collections, leftOut }: Collections): Draft {
  refuseNames(path, collections);
  const names = collections.map((collection) => collection.name);
  const tables = collections.map((collection) => declareCollection(path, collection, names));
  const related = declareJsonReferences(tables, collections);
  return { title: "API", adopted: false, tables: nameRelations(related), leftOut: leftOut as readonly LeftOut[] };
}

function declareCollection(path: string, collection: Collection, names: readonly string[]): DraftTable {
  const where = `${path}, ${collection.name}`;
  const key = chooseKey(where, collection.rows);
  const columns = fieldsOf(collection)
    .filter((field) => field !== "id" || key.column !== undefined)
    .map((field) => (field === "id" && key.column !== undefined ? key.column : declareField(collection, field)));
  const notes = [
    ...(collection.single
      ? [`the file has one object here, which json-server answers at /${collection.name}: here it is a row of its own`]
      : []),
    ...(collection.rows.length === 0 ? ["the file has no rows to tell its columns: write them here"] : []),
    ...(collection.single ? [] : key.notes),
  ];
  return {
    name: collection.name,
    is: "table",
    columns,
    // The id that every table has by itself is not declared.
    key: key.column === undefined ? [] : ["id"],
    options: pathOption(collection.name, names),
    uniques: [],
    notes,
    rows: collection.rows.length,
  };
}

function declareField(collection: Collection, field: string): DraftColumn {
  const facts = factsOf(collection.rows, field);
  const { kind, note } = chooseJsonKind(facts);
  return {
    name: field,
    kind,
    optional: facts.missing > 0,
    unique: false,
    filled: false,
    notes: note === undefined ? [] : [note],
  };
}

function refuseNames(path: string, collections: readonly Collection[]): void {
  const tables = new TakenNames();
  for (const collection of collections) {
    const { name } = collection;
    refuse(`${path}, ${JSON.stringify(name)}`, tableNameProblem(name, false), tables.take(name));
    const columns = new TakenNames();
    for (const field of fieldsOf(collection))
      refuse(`${path}, ${name}, ${JSON.stringify(field)}`, columnNameProblem(name, field, false), columns.take(field));
  }
}

function refuse(where: string, problem: string | undefined, other: string | undefined): void {
  if (problem !== undefined) throw new DeclarationError(where, problem, "Rename it in the file");
  if (other !== undefined)
    throw new DeclarationError(where, `it differs from ${other} in case alone`, "Rename one of them in the file");
}
