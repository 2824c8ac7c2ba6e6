import { isUtf8 } from "node:buffer";
import { type FieldError, Problem } from "../errors/problem.ts";
import { pointerTo } from "../schema/json-pointer.ts";
import type { ColumnModel, TableModel } from "../schema/model.ts";
import type { Json } from "../schema/stored.ts";
import { invalidData } from "./body-validator.ts";
import type { CreateCommand } from "./command.ts";
import { csvCells } from "./csv-record.ts";
import { CsvMistake, CsvSheet } from "./csv-sheet.ts";
import { IMPORT_ROW_BYTES, IMPORT_ROWS, REPORTED_ERRORS } from "./limits.ts";
import { parseJson } from "./parse-json.ts";

/** What holds for each row. */
export interface RowRules {
  /** The command that makes one row; its findings stand behind "/0". */
  readonly check: (row: Json) => CreateCommand;
  /** Whether a header may name the column. */
  readonly accepts: (column: ColumnModel) => boolean;
}

/** Checks the rows of an import one after the other, and gathers what is wrong with them. */
export class ImportedRows {
  readonly #table: TableModel;
  readonly #form: "csv" | "ndjson";
  readonly #rules: RowRules;
  readonly #findings: FieldError[] = [];
  #sheet: CsvSheet | undefined;
  /** The number of the next row; empty lines and the header are none. */
  #number = 0;
  /** What the answer is, where it is not that rows are wrong. */
  #problem: Problem | undefined;
  #isOver = false;

  constructor(table: TableModel, form: "csv" | "ndjson", rules: RowRules) {
    this.#table = table;
    this.#form = form;
    this.#rules = rules;
  }

  /** Whether nothing that follows would change the answer. */
  get isOver(): boolean {
    return this.#isOver || this.#findings.length >= REPORTED_ERRORS;
  }

  /** A row as it came. Answers it as one line of JSON; nothing where it, or one before it, is wrong. */
  take(row: Uint8Array): string[] {
    if (this.isOver) return [];
    const at = this.#number;
    try {
      const body = this.#read(row);
      if (body === undefined) return [];
      this.#checkRow(body);
      return this.#findings.length > 0 ? [] : [JSON.stringify(body)];
    } catch (error) {
      if (error instanceof CsvMistake) {
        this.#findings.push(malformed(`/${at}`, error.message));
        this.#isOver = true;
      } else if (!(error instanceof Problem)) throw error;
      else if (error.code === "invalid_data" && this.#number > at) {
        for (const finding of error.errors) this.#findings.push({ ...finding, pointer: `/${at}${finding.pointer}` });
      } else {
        this.#problem = error;
        this.#isOver = true;
      }
      return [];
    }
  }

  /** The end of a body of so many bytes. Throws what is wrong with it. */
  end(bytes: number): void {
    if (this.#findings.length > 0) throw invalidData(this.#table, this.#findings.slice(0, REPORTED_ERRORS));
    if (this.#problem !== undefined) throw this.#problem;
    if (this.#form === "csv" && this.#sheet === undefined)
      throw new Problem("body_required", "CSV begins with a header: a line with the names of the columns.");
    if (bytes === 0) throw new Problem("body_required", "Send at least one row.");
  }

  /** The row as a value; undefined for a line that is none. */
  #read(row: Uint8Array): Json | undefined {
    if (row.byteLength > IMPORT_ROW_BYTES) throw this.#tooLong(row);
    if (this.#form === "ndjson") {
      if (isBlank(row)) return undefined;
      this.#count();
      return jsonOf(row);
    }
    const isSound = isUtf8(row);
    const text = textOf(row);
    if (this.#sheet === undefined) {
      if (!isSound) throw new Problem("invalid_data", "The header is not UTF-8.");
      if (!isBlank(row)) this.#sheet = new CsvSheet(this.#table, text, this.#rules.accepts);
      return undefined;
    }
    if (isBlank(row) && this.#sheet.width > 1) return undefined;
    this.#count();
    if (!isSound) throw new Problem("invalid_data", "", { errors: [malformed("", "The row is not UTF-8.")] });
    return this.#sheet.row(text);
  }

  #count(): void {
    if (this.#number === IMPORT_ROWS)
      throw new Problem("limit_exceeded", `A body of rows has at most ${IMPORT_ROWS} rows.`);
    this.#number += 1;
  }

  #checkRow(body: Json): void {
    // Below a list of one the findings stand behind "/0".
    const [row] = withoutPlace(() => this.#rules.check(body)).rows;
    const [child] = row?.children ?? [];
    if (child === undefined) return;
    const { name } = child.relation;
    const message = `An import takes no rows of other tables along: send ${name} by themselves.`;
    throw invalidData(this.#table, [{ pointer: pointerTo(name), code: "unknown_field", message }]);
  }

  #tooLong(row: Uint8Array): Problem {
    const told = `Row ${this.#number} has more than ${IMPORT_ROW_BYTES} bytes.`;
    const cells = this.#form === "csv" ? csvCells(textOf(row)) : [];
    // A quote that is never closed makes one row of everything behind it.
    return new Problem("limit_exceeded", typeof cells === "string" ? `${told} ${cells}` : told);
  }
}

function jsonOf(row: Uint8Array): Json {
  try {
    return parseJson(row);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const message = error.detail.replace("The body", "The row");
    throw new Problem("invalid_data", message, { errors: [malformed("", message)] });
  }
}

function withoutPlace<Result>(check: () => Result): Result {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== "invalid_data") throw error;
    const errors = error.errors.map((finding) => ({ ...finding, pointer: finding.pointer.replace(/^\/0/, "") }));
    throw new Problem("invalid_data", error.detail, { errors });
  }
}

function malformed(pointer: string, message: string): FieldError {
  return { pointer, code: "malformed", message };
}

function textOf(row: Uint8Array): string {
  return Buffer.from(row.buffer, row.byteOffset, row.byteLength).toString("utf8");
}

/** Nothing but spaces, tabs and the carriage return of its end. */
function isBlank(row: Uint8Array): boolean {
  return row.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}
