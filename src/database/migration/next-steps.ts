import { DeclarationError } from "../../errors/declaration-error.ts";
import type { StoredSchema } from "../../schema/stored-schema.ts";
import { type MigrationFile, numberText } from "./migration-file.ts";
import type { Migrations } from "./migrations-folder.ts";
import { schemaHash } from "./schema-hash.ts";
import { MIGRATIONS_FOLDER } from "./migrations-path.ts";

/** A migration that a database has. */
export interface AppliedMigration {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
  /** When it was applied, in UTC. */
  readonly appliedAt: string;
  readonly tookMs: number;
}

/** What a database says of itself. */
export interface DatabaseState {
  /** `new`: there is no file, or one without tables. */
  readonly is: "new" | "ours";
  readonly schema: StoredSchema;
  readonly applied: readonly AppliedMigration[];
}

/** What is to be done with a file that a database has not applied. */
export interface MigrationStep {
  /** `record`: the database has what the file leads to, so it counts as applied without being run. */
  readonly is: "run" | "record";
  readonly file: MigrationFile;
}

/** Something that keeps migrations from running: an applied file that is not what it was. */
export interface AppliedFinding {
  readonly is: "edited" | "missing" | "late";
  readonly name: string;
  readonly problem: string;
  readonly instead: string;
}

/** What is wrong with the files that the database has applied, or that stand before one of them. */
export function appliedFindings({ files }: Migrations, { applied }: DatabaseState): AppliedFinding[] {
  const byNumber = new Map(files.map((file) => [file.number, file]));
  const findings: AppliedFinding[] = [];
  for (const { number, name, checksum } of applied) {
    const file = byNumber.get(number);
    if (file?.name === name && file.checksum === checksum) continue;
    if (file?.name === name)
      findings.push({
        is: "edited",
        name,
        problem: "it was changed after this database had applied it",
        instead: "Restore it from your repository, and write what is to change as a new migration",
      });
    else
      findings.push({
        is: "missing",
        name,
        problem: "this database has applied it, but the folder does not have it",
        instead:
          number > (files.at(-1)?.number ?? 0)
            ? "The database was brought there by a newer version of the application: run that one, or restore a copy of the database"
            : "Restore it from your repository",
      });
  }
  const last = applied.at(-1);
  const done = new Set(applied.map(({ number }) => number));
  for (const { number, name } of files) {
    if (last === undefined || number > last.number || done.has(number)) continue;
    findings.push({
      is: "late",
      name,
      problem: `it comes before ${last.name}, which this database has applied already`,
      instead: `Give it the number ${numberText((files.at(-1)?.number ?? 0) + 1)}`,
    });
  }
  return findings;
}

/**
 * What `servery migrate up` does to a database, in order. Throws `DeclarationError` when an applied file is not what it
 * was, or when the database is not where the pending files begin.
 */
export function nextSteps(migrations: Migrations, state: DatabaseState): MigrationStep[] {
  const [finding] = appliedFindings(migrations, state);
  if (finding !== undefined)
    throw new DeclarationError(`${MIGRATIONS_FOLDER}/${finding.name}`, finding.problem, finding.instead);
  const done = new Set(state.applied.map(({ number }) => number));
  const pending = migrations.files.filter(({ number }) => !done.has(number));
  const there = schemaHash(state.schema);
  const leading = pending.filter(({ leads }) => leads !== undefined);
  const [first] = leading;
  // Where the database stands at the beginning it goes the whole way, even when that leads through the same schema again.
  const reached = first?.leads?.from === there ? -1 : leading.findLastIndex(({ leads }) => leads?.to === there);
  if (first !== undefined && first.leads?.from !== there && reached === -1)
    throw new DeclarationError(
      "database",
      `its tables are not those that ${first.name} begins with (${first.leads?.from ?? ""}), nor those of a later file: its schema is ${there}`,
      "It was changed by something else than these files. Run them on a copy from before, or on a new database",
    );
  const recorded = new Set(leading.slice(0, reached + 1));
  return pending.map((file) => ({ is: recorded.has(file) ? "record" : "run", file }));
}
