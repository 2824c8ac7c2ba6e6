import { type Database, DatabaseError, type Rows } from "../database/database.ts";
import { lastSchema, type Migrations, readMigrations } from "../database/migration/migrations-folder.ts";
import { suggestedName } from "../database/migration/migration-name.ts";
import type { DatabaseState } from "../database/migration/next-steps.ts";
import type { ForeseesMigrations, Outlook } from "../database/migration/outlook.ts";
import { schemaDifference } from "../database/migration/difference.ts";
import { countRows } from "../database/sql/count-rows.ts";
import type { SqlDialect } from "../database/sql/dialect.ts";
import { DeclarationError } from "../errors/declaration-error.ts";
import { isSameSchema, type Renames, type StoredSchema } from "../schema/stored-schema.ts";
import { failureProblem } from "./write-problem.ts";

/** Questions to the rows that one call may ask: each may visit a whole table. */
const MOST_QUESTIONS = 12;

/** What one change of the database would do. Numbers of rows are null where they were not counted in time. */
export interface PlannedChange extends Omit<Outlook, "asks"> {
  readonly copies: readonly { readonly table: string; readonly rows: number | null }[];
  readonly inTheWay: readonly { readonly table: string; readonly rows: number | null; readonly finding: string }[];
}

/** A file that the database has not applied. */
export interface PendingFile extends PlannedChange {
  readonly name: string;
  readonly isCode: boolean;
  /** The database has what it leads to: it counts as applied without being run. */
  readonly isThere: boolean;
}

/** How a database stands to the migrations folder and the declaration that runs. */
export interface PendingMigrations {
  readonly hasFolder: boolean;
  readonly applied: number;
  readonly files: readonly PendingFile[];
  /** Why `servery migrate up` would not begin. */
  readonly refused: string | undefined;
  /** What the declaration has beyond the files, where there is a folder, and what a file of it would be called. */
  readonly unwritten: (PlannedChange & { readonly name: string }) | undefined;
}

/** What the migrations of an application are compared with. */
export interface DeclaredTables {
  /** The folder of the declaration; undefined where the application has none. */
  readonly folder: string | undefined;
  readonly wanted: StoredSchema;
  readonly renames: Renames;
}

/** Where migrations are foreseen and rows are counted. */
export interface MigrationGround {
  readonly foresees: ForeseesMigrations;
  readonly database: Pick<Database, "query">;
  readonly dialect: SqlDialect;
}

/** Finds out what is pending, and changes nothing. Rows are counted aside, and no longer than a slow query may take. */
export class MigrationRepository {
  readonly #ground: MigrationGround;
  readonly #declared: DeclaredTables;
  #asked: Promise<PendingMigrations> | undefined;

  constructor(ground: MigrationGround, declared: DeclaredTables) {
    this.#ground = ground;
    this.#declared = declared;
  }

  /** Whoever asks meanwhile is told the same: however many ask, the work is done once at a time. */
  pending(): Promise<PendingMigrations> {
    this.#asked ??= this.#find().finally(() => {
      this.#asked = undefined;
    });
    return this.#asked;
  }

  async #find(): Promise<PendingMigrations> {
    const { folder } = this.#declared;
    const state = await this.#state();
    const applied = state.applied.length;
    const nothing = { hasFolder: false, applied, files: [], refused: undefined, unwritten: undefined };
    const read = folder === undefined ? undefined : refusable(() => readMigrations(folder));
    if (read === undefined || (read.is === "answer" && read.answer === undefined)) return nothing;
    if (read.is === "refused") return { ...nothing, hasFolder: true, refused: read.why };
    return read.answer === undefined ? nothing : this.#compare(read.answer, state);
  }

  async #compare(migrations: Migrations, state: DatabaseState): Promise<PendingMigrations> {
    const { foresees } = this.#ground;
    const steps = refusable(() => foresees.steps(migrations, state));
    const count = new RowCount(this.#ground, state);
    // Together, so that they wait for the slowest alone.
    const pending = steps.is === "answer" ? steps.answer : [];
    const files = pending.map(async ({ file, is, ...outlook }) => ({
      name: file.name,
      isCode: file.language === "module",
      isThere: is === "record",
      ...(await count.of(outlook)),
    }));
    const [counted, unwritten] = await Promise.all([
      Promise.all(files),
      this.#unwritten(migrations, pending.length === 0 ? state.schema : undefined, count),
    ]);
    const refused = steps.is === "refused" ? steps.why : undefined;
    return { hasFolder: true, applied: state.applied.length, files: counted, refused, unwritten };
  }

  async #unwritten(
    migrations: Migrations,
    there: StoredSchema | undefined,
    count: RowCount,
  ): Promise<PendingMigrations["unwritten"]> {
    const { wanted, renames } = this.#declared;
    const from = lastSchema(migrations);
    const difference = schemaDifference(from, wanted, renames);
    if (difference.changes.length === 0) return undefined;
    const outlook = this.#ground.foresees.change(difference);
    // Rows can be asked only where they lie in the schema that the difference begins with.
    const asks = there !== undefined && isSameSchema(there, from) ? outlook.asks : { copied: [], questions: [] };
    const name = suggestedName(difference.changes, migrations.files.length === 0);
    return { name, ...(await count.of({ ...outlook, asks })) };
  }

  async #state(): Promise<DatabaseState> {
    try {
      return await this.#ground.foresees.state();
    } catch (error) {
      throw error instanceof DatabaseError ? failureProblem(undefined, error) : error;
    }
  }
}

/** What was found, or why `servery migrate` would say no. */
function refusable<Answer>(
  find: () => Answer,
): { readonly is: "answer"; readonly answer: Answer } | { readonly is: "refused"; readonly why: string } {
  try {
    return { is: "answer", answer: find() };
  } catch (error) {
    if (error instanceof DeclarationError) return { is: "refused", why: error.message };
    throw error;
  }
}

/** Asks the rows for one call, all of its questions at the same time. */
class RowCount {
  readonly #ground: MigrationGround;
  readonly #tables: ReadonlySet<string>;
  #left = MOST_QUESTIONS;

  constructor(ground: MigrationGround, { schema }: DatabaseState) {
    this.#ground = ground;
    this.#tables = new Set(schema.tables.map(({ name }) => name.toLowerCase()));
  }

  async of({ asks: { copied, questions }, ...outlook }: Outlook): Promise<PlannedChange> {
    const { dialect } = this.#ground;
    const there = copied.filter((table) => this.#tables.has(table.toLowerCase()));
    const [copies, found] = await Promise.all([
      Promise.all(there.map(async (table) => ({ table, rows: await this.#count(countRows(table, dialect)) }))),
      Promise.all(questions.map(async ({ table, finding, sql }) => ({ table, finding, rows: await this.#count(sql) }))),
    ]);
    return { ...outlook, copies, inTheWay: found.filter(({ rows }) => rows !== 0) };
  }

  async #count(sql: string): Promise<number | null> {
    if (this.#left-- <= 0) return null;
    const rows = await this.#ground.database.query(sql, [], 1).then(
      (answer): Rows => answer.rows,
      (error: unknown): Rows => {
        if (error instanceof DatabaseError) return [];
        throw error;
      },
    );
    return rows[0] === undefined ? null : Number(rows[0][0]);
  }
}
