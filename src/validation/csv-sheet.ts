import { didYouMean } from "../errors/nearest-name.ts";
import { type FieldError, Problem } from "../errors/problem.ts";
import { pointerTo } from "../schema/json-pointer.ts";
import type { ColumnModel, TableModel } from "../schema/model.ts";
import type { Json } from "../schema/stored.ts";
import { invalidData, type RowBody } from "./body-validator.ts";
import { csvValue } from "./csv-cell.ts";
import { type CsvCell, csvCells } from "./csv-record.ts";

/** A CSV file: its header says which cell belongs to which column. */
export class CsvSheet {
  readonly #table: TableModel;
  readonly #columns: readonly ColumnModel[];

  /** Throws the 400 with every column that the header must not name. */
  constructor(table: TableModel, header: string, accepts: (column: ColumnModel) => boolean) {
    const cells = csvCells(header.replace(/^\ufeff/, ""));
    if (typeof cells === "string") throw wrongHeader(table, [{ pointer: "", code: "malformed", message: cells }]);
    const names = cells.map(({ text }) => text);
    const findings = names.flatMap((name, at) => {
      if (names.indexOf(name) === at) return headerFindings(table, name, accepts);
      return [{ pointer: "", code: "malformed" as const, message: `The header names ${shown(name)} twice.` }];
    });
    if (findings.length > 0) throw wrongHeader(table, findings);
    this.#table = table;
    this.#columns = names.flatMap((name) => table.column.get(name) ?? []);
  }

  get width(): number {
    return this.#columns.length;
  }

  /** A row as the object that JSON would have. Throws what is wrong with it. */
  row(text: string): RowBody {
    const cells = csvCells(text);
    if (typeof cells === "string") throw new CsvMistake(cells);
    if (cells.length !== this.width) {
      const message = `The row has ${cells.length} cells, the header ${this.width}.`;
      throw invalidData(this.#table, [{ pointer: "", code: "malformed", message }]);
    }
    const row: Record<string, Json> = {};
    const findings: FieldError[] = [];
    for (const [place, column] of this.#columns.entries()) {
      try {
        const value = csvValue(column, cells[place] as CsvCell);
        if (value !== undefined) row[column.name] = value;
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        const message = `${column.name} takes ${column.kind.expects}.`;
        findings.push({ pointer: pointerTo(column.name), code: "malformed", message });
      }
    }
    if (findings.length > 0) throw invalidData(this.#table, findings);
    return row;
  }
}

/** Where quotes are wrong nobody knows where the next row begins, so nothing behind it can be read. */
export class CsvMistake extends Error {}

function headerFindings(table: TableModel, name: string, accepts: (column: ColumnModel) => boolean): FieldError[] {
  const column = table.column.get(name);
  if (column !== undefined && accepts(column)) return [];
  if (column !== undefined || table.computed.has(name)) {
    const message = `${name} is filled by the server: leave the column out, or read it with fields.`;
    return [{ pointer: "", code: "read_only", message }];
  }
  const known = table.columns.filter(accepts).map((candidate) => candidate.name);
  const message = `${table.path} has no column ${shown(name)}.${didYouMean(name, known)}`;
  return [{ pointer: "", code: "unknown_field", message }];
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 64));
}

function wrongHeader(table: TableModel, errors: readonly FieldError[]): Problem {
  return new Problem("invalid_data", `The header does not fit ${table.path}.`, {
    errors,
    error: errors[0]?.message ?? "",
  });
}
