import type { RelationModel, SchemaModel, TableModel } from "../../schema/model.ts";
import type { Route } from "../route.ts";
import type { DocumentPart } from "./names.ts";

/** A route of a table with everything that describing it needs. */
export interface TableRoute {
  readonly schema: SchemaModel;
  readonly route: Route;
  readonly table: TableModel;
  /** The name of the table's schemas in `components`. */
  readonly name: string;
}

/** What is said of a route beside its name, its tag and its errors. */
export interface Described extends DocumentPart {
  readonly success: DocumentPart;
}

/** What a route is about, in words. */
export function inWhat(relation: RelationModel | undefined, table: TableModel): string {
  return relation === undefined || relation.name === table.path ? table.path : `${table.path} as ${relation.name}`;
}
