import { AGGREGATE_FUNCTIONS, DATE_PARTS } from "../../schema/aggregate.ts";
import type { TableModel } from "../../schema/model.ts";
import { isSummable } from "../../validation/aggregate-kinds.ts";
import { AGGREGATES, GROUP_PARTS, SEARCH_CHARACTERS, SEARCH_WORDS } from "../../validation/limits.ts";
import type { DocumentPart } from "./names.ts";

/** `q`, for a table that has columns to search. */
export function searchParameter(table: TableModel): DocumentPart {
  const columns = table.columns.filter((column) => column.search).map((column) => column.name);
  const description = `Words to find in ${columns.join(", ")}: each must begin some word of the row, "words in quotes" must stand together. At most ${SEARCH_WORDS} words. Without sort the best match comes first, and pages go by offset.`;
  return {
    name: "q",
    in: "query",
    schema: { type: "string", minLength: 1, maxLength: SEARCH_CHARACTERS },
    description,
  };
}

/** `aggregate`: the numbers that a list answers instead of rows. */
export function aggregateParameter(table: TableModel): DocumentPart {
  const summed = table.columns.filter((column) => isSummable(column.kind)).map((column) => column.name);
  const sums = summed.length === 0 ? "" : ` sum and avg of ${summed.join(", ")}.`;
  const description = `At most ${AGGREGATES} of ${AGGREGATE_FUNCTIONS.join(", ")}, like count,max(column).${sums} The answer's keys are count and function_column; having.key[operator] keeps groups by them, sort orders by them. Not together with cursor, fields, include and count.`;
  return listOf("aggregate", description);
}

/** `group_by`: what the rows are grouped by. */
export function groupParameter(table: TableModel): DocumentPart {
  const through = [...table.relations.values()].some((relation) => !relation.many);
  const hop = through ? " Dots lead through to-one relations." : "";
  const description = `At most ${GROUP_PARTS} columns, or ${DATE_PARTS.join(", ")} of one, like day(column). Needs aggregate.${hop} The keys of the answer are called as written here, day_column for day(column).`;
  return listOf("group_by", description);
}

function listOf(name: string, description: string): DocumentPart {
  return {
    name,
    in: "query",
    style: "form",
    explode: false,
    schema: { type: "array", items: { type: "string" } },
    description,
  };
}
