import { Problem } from "../errors/problem.ts";
import type { TableModel } from "../schema/model.ts";
import type { Json } from "../schema/stored.ts";
import type { BodyValidator } from "./body-validator.ts";
import type { CreateCommand, ImportCommand } from "./command.ts";
import { ImportedRows } from "./imported-rows.ts";
import { IMPORT_BYTES, IMPORT_ROW_BYTES } from "./limits.ts";
import { type NestedParent, parseCreate, parseSeedRows } from "./parse-create.ts";
import { quoted } from "./quoted.ts";
import { isSeedable, isSendable } from "./row-schema.ts";
import { RecordSplitter } from "./split-records.ts";
import { type BodyChecks, checked, refusePreconditions, type WriteRequest, written } from "./write-request.ts";

/** A body of rows that is read while it comes. */
export interface RowStream {
  readonly form: "csv" | "ndjson";
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** A POST of rows as CSV or NDJSON: each is checked like a POST of it alone, but it answers no rows and takes none along. */
export function parseImport(
  request: WriteRequest & { readonly parent: NestedParent | undefined },
  stream: RowStream,
  checks: BodyChecks,
): ImportCommand {
  const { table, parent } = request;
  refusePreconditions(request.preconditions);
  if (table.document !== undefined && stream.form === "csv")
    throw new Problem("unsupported_media_type", "Documents come as application/json or application/x-ndjson.", {
      headers: { accept: "application/json, application/x-ndjson" },
    });
  const [parameter] = request.query;
  if (parameter !== undefined)
    throw new Problem("unknown_parameter", `An import answers no rows, so it takes no ${quoted(parameter.name)}.`);
  const create = (rows: readonly Json[], first: number): CreateCommand => {
    const command = parseCreate(request, rows, checks);
    return checked({ ...command, rows: command.rows.map((row, at) => ({ ...row, pointer: `/${first + at}` })) });
  };
  const { body } = written(request);
  const rows = new ImportedRows(body, stream.form, { check: (row) => create([row], 0), accepts: isSendable });
  return checked({
    action: "import",
    table,
    parent: parent?.read,
    rows: checkedRows(stream, rows),
    create: (lines: readonly string[], first: number) => create(lines.map(parsed), first),
  });
}

/** Rows that the server itself puts into a table: like an import, but they may hold what the server would fill. */
export function parseFill(table: TableModel, stream: RowStream, bodies: BodyValidator): ImportCommand {
  const create = (rows: readonly Json[], first: number): CreateCommand => parseSeedRows(table, { rows, first }, bodies);
  // Below a list of one the findings stand behind "/0".
  const rows = new ImportedRows(table, stream.form, { check: (row) => create([row], 0), accepts: isSeedable });
  return checked({
    action: "import",
    table,
    parent: undefined,
    rows: checkedRows(stream, rows),
    create: (lines: readonly string[], first: number) => create(lines.map(parsed), first),
  });
}

/** Reads the body to its end, behind a mistake too: a caller that is still sending would not hear the answer. */
async function* checkedRows({ form, bytes }: RowStream, rows: ImportedRows): AsyncGenerator<readonly string[]> {
  const splitter = new RecordSplitter(form);
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.byteLength;
    if (size > IMPORT_BYTES) {
      throw new Problem("body_too_large", `A body of rows has at most ${IMPORT_BYTES} bytes.`, {
        headers: { connection: "close" },
      });
    }
    if (rows.isOver) continue;
    const lines = splitter.push(chunk).flatMap((row) => rows.take(row));
    if (splitter.pending > IMPORT_ROW_BYTES) rows.take(splitter.take());
    if (lines.length > 0) yield lines;
  }
  const last = splitter.pending > 0 ? rows.take(splitter.take()) : [];
  rows.end(size);
  if (last.length > 0) yield last;
}

function parsed(line: string): Json {
  return JSON.parse(line) as Json;
}
