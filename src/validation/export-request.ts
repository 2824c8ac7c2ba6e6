import { Problem } from "../errors/problem.ts";
import type { TableModel } from "../schema/model.ts";
import { EXPORT_ROWS } from "./limits.ts";
import type { ReadRequest } from "./read-request.ts";
import { parseWholeNumber } from "./whole-number.ts";

/** Forms in which a list is answered whole and streamed, beside pages of JSON. */
export type ExportFormat = "csv" | "ndjson";

/** Rows of a whole list: all of them unless the request names a number. */
export function exportLimit(limit: string | undefined): number {
  if (limit === undefined) return Number.POSITIVE_INFINITY;
  const rows = parseWholeNumber("limit", limit, EXPORT_ROWS);
  if (rows === 0) throw new Problem("invalid_parameter", `limit takes a whole number from 1 to ${EXPORT_ROWS} here.`);
  return rows;
}

/** Refuses what makes no sense for a whole list. */
export function refuseInExport(format: ExportFormat, table: TableModel, request: ReadRequest): void {
  const asks = (parameter: string): boolean => request.structural.some(({ name }) => name === parameter);
  if (asks("aggregate") || asks("group_by"))
    throw new Problem("not_acceptable", "Groups are answered as application/json alone.");
  if (format === "csv" && table.document !== undefined && !asks("fields"))
    throw new Problem(
      "not_acceptable",
      "Documents have no columns that a header could name: name paths with fields, or ask for application/x-ndjson.",
    );
  if (request.cursor !== undefined) {
    throw new Problem(
      "invalid_parameter",
      "CSV and NDJSON have no pages, so they take no cursor; offset and limit choose a part.",
    );
  }
  if (format === "csv" && asks("include")) {
    throw new Problem(
      "invalid_parameter",
      "A CSV row has no place for included rows; application/x-ndjson and application/json have one.",
    );
  }
}
