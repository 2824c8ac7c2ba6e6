import type { PendingFile, PendingMigrations, PlannedChange } from "../repository/pending-migrations.ts";
import { type Commands, commandsFor, quotedName } from "./migration-commands.ts";

/** Characters of SQL that one answer holds. */
const SQL_CHARACTERS = 100_000;
/** Pending files that one answer tells of. */
const MOST_FILES = 100;

/** Who runs the application, and what keeps the database from following the declaration. */
export interface MigrationSituation {
  /** The tables are those of a file that Servery did not make. */
  readonly adopted: boolean;
  /** Whether it is developed: then the database follows the declaration while that is edited. */
  readonly development: boolean;
  /** What the edited declaration asks for and is not done: values would be lost, or rows are in the way. */
  readonly waiting: () => PlannedChange | undefined;
  /** How the application was named on the command line: commands name it in the same way. */
  readonly application: string;
}

/** Something that is pending. */
interface ReportedPart {
  readonly is: "waiting" | "file" | "recorded" | "unwritten";
  /** The name of the file. */
  readonly name: string | null;
  /** What it is and what becomes of it. */
  readonly says: string;
  readonly changes: readonly string[];
  readonly losses: PlannedChange["losses"];
  /** Who has to agree to the losses, and how. */
  readonly consent: string | null;
  readonly copies: PlannedChange["copies"];
  readonly in_the_way: PlannedChange["inTheWay"];
  readonly counted_after: readonly string[];
  readonly statements: readonly string[];
  readonly statements_left_out: number;
}

/** What is pending, for whoever runs the application. */
export interface MigrationReport {
  readonly state: "adopted" | "nothing" | "pending" | "refused";
  readonly says: string;
  readonly development: boolean;
  /** Whether the application has a migrations folder. */
  readonly folder: boolean;
  /** How many files the database has applied. */
  readonly applied: number;
  /** Why the files cannot be applied as they are. */
  readonly refused: string | null;
  readonly parts: readonly ReportedPart[];
  readonly parts_left_out: number;
  readonly commands: Commands;
}

/** Tells what stands between the declaration, the migration files and the database. It changes nothing. */
export class MigrationReports {
  readonly #pending: () => Promise<PendingMigrations>;
  readonly #situation: MigrationSituation;

  constructor(pending: () => Promise<PendingMigrations>, situation: MigrationSituation) {
    this.#pending = pending;
    this.#situation = situation;
  }

  async report(): Promise<MigrationReport> {
    const { adopted, development } = this.#situation;
    if (adopted) {
      const nothing = { folder: false, applied: 0, refused: null, parts: [], parts_left_out: 0, commands: [] };
      return { state: "adopted", says: ADOPTED, development, ...nothing };
    }
    const pending = await this.#pending();
    const parts = this.#partsOf(pending);
    const { hasFolder, applied, refused = null } = pending;
    const state = refused !== null ? "refused" : parts.length > 0 ? "pending" : "nothing";
    return {
      state,
      says: stateWords(pending, {
        state,
        development,
        isBehind: this.#isBehind(pending),
        kinds: parts.map(({ is }) => is),
      }),
      development,
      folder: hasFolder,
      applied,
      refused,
      ...within(parts),
      commands: commandsFor(pending, { ...this.#situation, isBehind: this.#isBehind(pending) }),
    };
  }

  #partsOf(pending: PendingMigrations): ReportedPart[] {
    const { development, waiting } = this.#situation;
    const waits = waiting();
    const { unwritten } = pending;
    return [
      ...(waits === undefined ? [] : [part(waits, { is: "waiting", name: null, ...waitingWords(waits) })]),
      ...pending.files.map((file) => part(file, fileWords(file, development))),
      ...(unwritten === undefined || this.#isBehind(pending) ? [] : [part(unwritten, unwrittenWords(unwritten))]),
    ];
  }

  /**
   * Whether the files go on where the declaration of this server ends: its tables are as it declares them, so a file that
   * is to change them is of a later one. In production the start has seen to it that no file was missing.
   */
  #isBehind({ unwritten, files }: PendingMigrations): boolean {
    const goesOn = files.some(({ isThere, changes }) => !isThere && changes.length > 0);
    return unwritten !== undefined && (goesOn || !this.#situation.development);
  }
}

const ADOPTED = "The tables are adopted: whoever made them changes them, and Servery changes none of them.";

type Words = Pick<ReportedPart, "is" | "name" | "says" | "consent">;

function waitingWords({ losses, inTheWay }: PlannedChange): Pick<ReportedPart, "says" | "consent"> {
  if (inTheWay.length > 0)
    return {
      says: "The declaration was edited, and the database cannot follow: rows are in the way. The server goes on as it was until those rows, or the declaration, are corrected.",
      consent: null,
    };
  const names = losses.map(({ name }) => name).join(", ");
  return {
    says: "The declaration was edited, and the database does not follow by itself, because values would be lost. The server goes on as it was.",
    consent: `To lose ${names}, type y and Enter in the terminal of servery dev, or start it again with --accept-loss; a copy of the database is made first. Where something only has a new name, declare it with .was("old_name"), and nothing is lost.`,
  };
}

function fileWords({ name, isThere, isCode, losses }: PendingFile, development: boolean): Words {
  if (isThere) {
    const says = "The database has what this file leads to already: it counts as applied, and is not run.";
    return { is: "recorded", name, says, consent: null };
  }
  const when = development
    ? "Not applied yet: servery migrate up does it now, servery dev at its next start."
    : "Not applied yet: servery migrate up does it.";
  const says = isCode ? `${when} It is code: what it does is known only when it runs.` : when;
  const agreed = losses.map((loss) => loss.name).join(", ");
  const consent =
    losses.length === 0
      ? null
      : `Losing ${agreed} was agreed to when the file was written. servery migrate up asks no more; it copies the database beside itself first.`;
  return { is: "file", name, says, consent };
}

function unwrittenWords({ losses }: PlannedChange): Words {
  const drops = losses.map(({ name }) => `--drop ${quotedName(name)}`).join(" ");
  return {
    is: "unwritten",
    name: null,
    says: "The database has it, since servery dev follows the declaration by itself. No file holds it yet: every other database gets it by the file that servery migrate new writes.",
    consent: losses.length === 0 ? null : `servery migrate new writes what loses values with your word alone: ${drops}`,
  };
}

interface Standing extends Pick<MigrationReport, "state" | "development"> {
  readonly isBehind: boolean;
  readonly kinds: readonly ReportedPart["is"][];
}

function stateWords(
  { hasFolder, files }: PendingMigrations,
  { state, development, isBehind, kinds }: Standing,
): string {
  if (state === "refused") return "The migration files cannot be applied to this database as they are.";
  if (isBehind)
    return files.length === 0
      ? "The files lead to another declaration than the one that this server runs by. Start it again with that one."
      : "Files are pending, which lead to another declaration than the one that this server runs by. Apply them, and start it again with that one.";
  if (state === "pending") return pendingWords(kinds);
  if (hasFolder) return "Nothing is pending: the declaration, the migration files and the database agree.";
  const agrees = "Nothing is pending: the database has what is declared.";
  return development
    ? `${agrees} servery dev brings it there by itself while you edit. Files for other databases begin with servery migrate new.`
    : `${agrees} There is no migrations folder; servery migrate new begins one.`;
}

function pendingWords(kinds: readonly ReportedPart["is"][]): string {
  if (kinds.includes("waiting")) return "The declaration was edited, and the database does not follow it by itself.";
  if (kinds.includes("file")) return "The database has not applied every file.";
  if (kinds.includes("unwritten")) return "The database has what is declared, and no file holds all of it yet.";
  return "The database has what the files lead to, and does not know yet that it has applied them.";
}

function part({ changes, losses, copies, inTheWay, after, statements }: PlannedChange, words: Words): ReportedPart {
  const detail = { changes, losses, copies, in_the_way: inTheWay, counted_after: after };
  return { ...words, ...detail, statements, statements_left_out: 0 };
}

/** As many parts and statements as an answer holds. */
function within(parts: readonly ReportedPart[]): Pick<MigrationReport, "parts" | "parts_left_out"> {
  let left = SQL_CHARACTERS;
  const told = parts.slice(0, MOST_FILES).map((each) => {
    const kept = each.statements.filter((sql) => (left -= sql.length) >= 0);
    return { ...each, statements: kept, statements_left_out: each.statements.length - kept.length };
  });
  return { parts: told, parts_left_out: parts.length - told.length };
}
