import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { explainFailure } from "#servery/cli/explain-failure.js";
import { openCommand, type OpenCommand } from "#servery/cli/open-command.js";
import { program } from "#servery/cli/program.js";
import { readCommandLine } from "#servery/cli/read-command-line.js";
import { applicationFolder, ran } from "./process.ts";

const byName = (left: string, right: string): number => left.localeCompare(right);

/** Every command that can be run or asked for help, the program first. */
async function everyCommand(): Promise<OpenCommand[]> {
  const found: OpenCommand[] = [];
  const waiting = [await openCommand(program, "servery")];
  for (let command = waiting.shift(); command !== undefined; command = waiting.shift()) {
    found.push(command);
    for (const [name, below] of command.commands) waiting.push(await openCommand(below, `${command.called} ${name}`));
  }
  return found;
}

/** What the program itself says, as a file gets it. */
async function helpOf({ called }: OpenCommand): Promise<string> {
  return (await ran([...called.split(" ").slice(1), "--help"])).stdout;
}

describe("what was typed wrongly ends with 2, one line on stderr and nothing done", () => {
  test.each([
    [["strat"], "there is no command strat. Did you mean start?"],
    [["frobnicate"], "there is no command frobnicate. Write init, dev, "],
    [["__proto__"], "there is no command __proto__"],
    [["constructor"], "there is no command constructor"],
    [["--vresion"], "there is no option --vresion. Did you mean --version?"],
    [["help", "strat"], "there is no command strat. Did you mean start?"],
    [["dev", "--nope"], "dev has no option --nope."],
    [["dev", "--__proto__"], "dev has no option --__proto__."],
    [["dev", "-x"], "dev has no option -x."],
    [["start", "a", "b"], "b is one word too many for start."],
    [["start", "--", "a", "--b"], "--b is one word too many for start."],
    [["check", "--jsn"], "check has no option --jsn. Did you mean --json?"],
    [["check", "--json=yes", "--quiet"], "--json takes no value."],
    [["check", "--no-json"], "check has no option --no-json."],
    [["export"], "export needs a word more: openapi or types."],
    [["export", "type"], "there is no command type under export. Did you mean types?"],
    [["export", "types", "--out"], "--out needs a value: --out FILE."],
    [["export", "types", "-o", "--json"], "-o needs a value"],
    [["export", "types", "--out", "a", "-o", "b"], "--out was given twice."],
    [["\u001B[31mred\nline"], 'there is no command "\\u001b[31mred\\nline"'],
  ])("%j", async (typed, told) => {
    const mistake: unknown = await readCommandLine(program, typed).catch((error: unknown) => error);
    const { exitCode, text } = explainFailure(mistake);
    expect(text).not.toContain("\n");
    expect(text).not.toContain("\u001B");
    expect(text).toContain(told);
    expect(exitCode).toBe(2);
  });

  test("the process ends so, and leaves stdout alone", async () => {
    const { code, stdout, stderr } = await ran(["strat"]);
    expect([code, stdout, stderr]).toEqual([2, "", "servery: there is no command strat. Did you mean start?\n"]);
  });

  test("with --json the reason is one document on stdout", async () => {
    const { code, stdout, stderr } = await ran(["check", "--jsonn", "--json"]);
    expect([code, stderr]).toEqual([2, ""]);
    expect(JSON.parse(stdout)).toEqual({ error: { message: "check has no option --jsonn. Did you mean --json?" } });
  });
});

describe("what was typed rightly reaches the command as it was meant", () => {
  test.each([
    [
      ["export", "types", "shop", "--out", "x.d.ts"],
      ["--out=x.d.ts", "--", "shop"],
    ],
    [
      ["export", "types", "--out=x=y", "shop"],
      ["--out=x=y", "--", "shop"],
    ],
    [
      ["export", "types", "-o", "x", "--", "--shop"],
      ["--out=x", "--", "--shop"],
    ],
    [
      ["export", "types", "--out=--no-x"],
      ["--out=--no-x", "--"],
    ],
    [
      ["maintenance", "on", "--retry-after", "-5"],
      ["--retry-after=-5", "--"],
    ],
    [
      ["maintenance", "on", "--message="],
      ["--message=", "--"],
    ],
    [
      ["check", "--json"],
      ["--json", "--"],
    ],
    [
      ["seed", "shop", "a.csv", "b.json"],
      ["--", "shop", "a.csv", "b.json"],
    ],
  ])("%j", async (typed, words) => {
    expect(await readCommandLine(program, typed)).toMatchObject({ asks: "run", words });
  });
});

describe("help", () => {
  test("alone, asked for, and for each command in each way: on stdout, with 0", async () => {
    const alone = await ran([]);
    expect([alone.code, alone.stderr]).toEqual([0, ""]);
    for (const typed of [["--help"], ["-h"], ["help"], ["help", "--help"]]) expect(await ran(typed)).toEqual(alone);
    for (const typed of [
      ["help", "maintenance", "on"],
      ["maintenance", "on", "--help"],
      ["maintenance", "on", ".", "--nope", "-h"],
    ]) {
      const { code, stdout, stderr } = await ran(typed);
      expect([code, stderr]).toEqual([0, ""]);
      expect(stdout).toContain("servery maintenance on [APP] [OPTIONS]");
    }
    expect((await ran(["help", "maintenance"])).stdout).toContain("servery maintenance COMMAND");
  });

  test("every command says what it does, what it takes and an example that it takes itself", async () => {
    const commands = await everyCommand();
    expect(commands.length).toBeGreaterThanOrEqual(12);
    for (const command of commands) {
      const { called, summary, notes, words, options } = command;
      expect(summary, called).toMatch(/^[A-Z].*\.$/);
      for (const argument of [...words, ...options]) expect(argument.description, called).toMatch(/^[A-Z].*[.]$/);
      const examples = notes.examples ?? [];
      expect(examples.length > 0 || command.commands.size > 0, called).toBe(true);
      for (const { line } of examples) {
        const typed = [...line.replace(/^(?:[A-Z_]+=\S+ )*(?:npx )?servery /, "").matchAll(/"([^"]*)"|(\S+)/g)];
        const read = await readCommandLine(
          program,
          typed.map(([, quoted, plain]) => quoted ?? plain ?? ""),
        );
        const runs = read.asks === "run" ? read.command.called : read.asks;
        expect(runs.startsWith(called), `${line} runs ${runs}`).toBe(true);
        expect(runs.length > "servery".length, line).toBe(true);
      }
      const help = await helpOf(command);
      expect(help, called).not.toMatch(/\u001B/);
      for (const line of help.split("\n").filter((line) => !/^  \S*(?:servery|PORT)/.test(line))) {
        expect(line.length, line).toBeLessThanOrEqual(80);
        expect(line).toBe(line.trimEnd());
      }
    }
  });

  test("colours on demand alone, and never in a pipe", async () => {
    const colourful = await ran(["--help"], { NO_COLOR: "", FORCE_COLOR: "1" });
    const plain = await ran(["--help"], { NO_COLOR: "", FORCE_COLOR: "", CI: "true" });
    expect(colourful.stdout).toContain("\u001B[1m");
    expect(plain.stdout).not.toContain("\u001B");
    expect(plain.stdout).toBe((await ran(["--help"])).stdout);
  });
});

test("docs/command-line.md has every command with its usage, arguments and options, and no other", async () => {
  const page = readFileSync(new URL("../../docs/command-line.md", import.meta.url), "utf8");
  const sections = new Map(
    page
      .split(/^## /m)
      .slice(1)
      .filter((text) => text.startsWith("`servery"))
      .map((text) => [/^`([^`]+)`/.exec(text)?.[1] ?? "", text] as const),
  );
  const commands = (await everyCommand()).filter(({ commands: below }) => below.size === 0);
  expect([...sections.keys()].toSorted(byName)).toEqual(commands.map(({ called }) => called).toSorted(byName));
  for (const command of commands) {
    const text = sections.get(command.called) ?? "";
    const help = await helpOf(command);
    const usage = /^Usage\n {2}(.+)$/m.exec(help)?.[1] ?? "";
    expect(text, command.called).toContain(`\n${usage}\n`);
    const told = [...text.matchAll(/^\| `([^`]+)` \| (.+) \|$/gm)].map(([, name, what]) => [name, what]);
    const words = command.words.map(({ name, description }) => [name.toUpperCase(), description]);
    const { further } = command.notes;
    const more = further === undefined ? [] : [[`${further.name}…`, further.description]];
    const options = command.options.map((option) => [
      `--${option.name}${option.type === "string" ? ` ${option.valueHint ?? ""}` : ""}`,
      option.description,
    ]);
    expect(told, command.called).toEqual([...words, ...more, ...options]);
  }
});

describe("output", () => {
  test("a reader that has enough is no fault", () => {
    const binary = new URL("../../dist/cli/main.js", import.meta.url).pathname;
    const folder = applicationFolder();
    const piped = spawnSync(
      "sh",
      ["-c", `"$0" "$1" export openapi "$2" | head -c 1; true`, process.execPath, binary, folder],
      {
        encoding: "utf8",
      },
    );
    expect([piped.stdout, piped.stderr]).toEqual(["{", ""]);
  });
});
