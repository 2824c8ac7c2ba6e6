import type { ColumnModel, TableModel } from "../../schema/model.ts";
import type { Json } from "../../schema/stored.ts";
import type { ReadCommand } from "../../validation/command.ts";
import { csvCell, csvName } from "../../validation/csv-cell.ts";
import type { HttpAnswer } from "../http-message.ts";
import { CSV } from "../media-types.ts";
import type { ControllerHop } from "../route.ts";

const END_OF_ROW = "\r\n";

/** A list as CSV or NDJSON: every row, written while the caller reads. */
export async function exportRecords(hop: ControllerHop<ReadCommand>): Promise<HttpAnswer> {
  const { command, principal, request, services } = hop;
  const { mediaType } = request;
  const { table } = command.shape;
  const columns = command.shape.shown ?? command.shape.columns;
  const headers = (total: number | undefined): Record<string, string> => ({
    "content-type": `${mediaType}; charset=utf-8`,
    ...(mediaType === CSV ? { "content-disposition": attachment(table) } : {}),
    ...(total === undefined ? {} : { "x-total-count": String(total) }),
  });
  if (request.received.method === "HEAD") {
    const { total } = await services.exports.describe(command, principal);
    return { status: 200, headers: headers(total), body: undefined };
  }
  const { total, pages } = await services.exports.open(command, principal);
  const body = mediaType === CSV ? csvText(pages, columns) : jsonLines(pages);
  return { status: 200, headers: headers(total), body };
}

async function* jsonLines(pages: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const page of pages) yield `${page}\n`;
}

/** RFC 4180: the header is there even when no row is. */
async function* csvText(pages: AsyncIterable<string>, columns: readonly ColumnModel[]): AsyncGenerator<string> {
  let head = columns.map((column) => csvName(column.name)).join(",") + END_OF_ROW;
  for await (const page of pages) {
    // Between two rows is the only place where the JSON has a newline.
    const rows = JSON.parse(`[${page.replaceAll("\n", ",")}]`) as readonly Readonly<Record<string, Json>>[];
    const text = rows.map((row) => columns.map((column) => csvCell(column, row[column.name])).join(",") + END_OF_ROW);
    yield head + text.join("");
    head = "";
  }
  if (head !== "") yield head;
}

/** The name of the file (RFC 6266): in ASCII, and exactly where the table's name is more than that. */
function attachment(table: TableModel): string {
  const name = `${table.path}.csv`;
  const ascii = name.replace(/[^\w.-]/g, "_");
  const exact = encodeURIComponent(name).replace(/['()*!]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
  return `attachment; filename="${ascii}"${ascii === name ? "" : `; filename*=UTF-8''${exact}`}`;
}
