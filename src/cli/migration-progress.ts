import pc from "picocolors";
import type { MigrationEvent } from "../database/sqlite/migrate-database.ts";

const BAR_CELLS = 20;
/** Letters of a statement that stand behind the bar. */
const STATEMENT_LETTERS = 48;

/** Tells of migrations as they run: a bar that moves in a terminal, plain lines elsewhere. */
export class MigrationProgress {
  readonly #isTerminal = process.stdout.isTTY;
  #barShown = false;

  report(event: MigrationEvent): void {
    if (event.is === "statement") {
      this.#statement(event);
      return;
    }
    this.end();
    const line = lineOf(event);
    if (line !== undefined) console.log(line);
  }

  /** Takes the bar away. */
  end(): void {
    if (this.#barShown) process.stdout.write("\r\u001B[2K");
    this.#barShown = false;
  }

  #statement({ file, at, of, sql }: Extract<MigrationEvent, { is: "statement" }>): void {
    const count = of === 0 ? `${at}` : `${at}/${of}`;
    const [first = ""] = sql.split("\n", 1);
    const statement = first.length > STATEMENT_LETTERS ? `${first.slice(0, STATEMENT_LETTERS - 1)}…` : first;
    if (!this.#isTerminal) {
      console.log(`${file.name}  ${count}  ${statement}`);
      return;
    }
    const filled = of === 0 ? 0 : Math.round((BAR_CELLS * (at - 1)) / of);
    const bar = `${"█".repeat(filled)}${"░".repeat(BAR_CELLS - filled)}`;
    // Wrapped, a line could not be taken back.
    const line = `${file.name}  ${bar} ${count}  ${statement}`.slice(0, (process.stdout.columns || 80) - 1);
    process.stdout.write(`\r\u001B[2K${line}`);
    this.#barShown = true;
  }
}

function lineOf(event: Exclude<MigrationEvent, { is: "statement" }>): string | undefined {
  switch (event.is) {
    case "waiting":
      return "Another process holds the database: waiting for it.";
    case "began":
      return undefined;
    case "copied":
      return `${event.file.name} loses values, so the database was copied first: ${event.path}`;
    case "applied":
      return `${event.file.name}  ${pc.green("applied")} in ${event.tookMs} ms`;
    case "recorded":
      return `${event.file.name}  ${pc.green("is there already")}: it counts as applied and was not run`;
  }
}
