import { didYouMean } from "../errors/nearest-name.ts";
import {
  aliases,
  type Argument,
  isNegatable,
  isRequired,
  type OpenCommand,
  openCommand,
  takesValue,
} from "./open-command.ts";
import type { AnyCommand } from "./command.ts";
import { UsageError } from "./usage-error.ts";

/** What the words of a command line ask for. */
export type CommandLine =
  | { readonly asks: "version" }
  | { readonly asks: "help"; readonly command: OpenCommand }
  /** `words` are those behind the command's name, in a form that leaves nothing to guess. */
  | { readonly asks: "run"; readonly command: OpenCommand; readonly words: readonly string[] };

/** Characters of a mistyped word that a message repeats. */
const LONGEST_SHOWN = 60;
const HELP = ["--help", "-h"];
const VERSION = ["--version", "-v"];

/**
 * Reads what was typed: the one place that checks commands, options, values and numbers of words. Throws a
 * `UsageError` for the first thing that is wrong, before anything is looked for or changed.
 */
export async function readCommandLine(program: AnyCommand, typed: readonly string[]): Promise<CommandLine> {
  const [first] = typed;
  if (first !== undefined && VERSION.includes(first)) return { asks: "version" };
  const wantsHelp = first === "help" || optionsIn(typed).some((word) => HELP.includes(word));
  const words = first === "help" ? typed.slice(1) : typed;
  let command = await openCommand(program, "servery");
  for (const [at, word] of words.entries()) {
    // A word behind a command that takes no further one does not matter to its help.
    if (command.commands.size === 0) return wantsHelp ? { asks: "help", command } : runOf(command, words.slice(at));
    if (HELP.includes(word)) break;
    command = await next(command, word);
  }
  if (wantsHelp || command.called === "servery") return { asks: "help", command };
  if (command.commands.size > 0)
    throw new UsageError(`${nameOf(command)} needs a word more: ${listOf(command.commands.keys())}.`);
  return runOf(command, []);
}

/** The words in front of `--`: behind it nothing is an option. */
function optionsIn(words: readonly string[]): readonly string[] {
  const end = words.indexOf("--");
  return end === -1 ? words : words.slice(0, end);
}

async function next(command: OpenCommand, word: string): Promise<OpenCommand> {
  const found = command.commands.get(word);
  if (found !== undefined) return openCommand(found, `${command.called} ${word}`);
  const what = word.startsWith("-") ? "option" : "command";
  const names = what === "option" ? [...HELP, ...VERSION] : [...command.commands.keys()];
  const known = what === "option" ? "It takes --help" : `Write ${listOf(command.commands.keys())}`;
  const under = command.called === "servery" ? "" : ` under ${nameOf(command)}`;
  throw new UsageError(`there is no ${what} ${shown(word)}${under}.${didYouMean(word, names) || ` ${known}.`}`);
}

function runOf(command: OpenCommand, typed: readonly string[]): CommandLine {
  const reading: Reading = { options: new Map(), words: [] };
  for (let at = 0; at < typed.length; ) at += take(command, typed, { at, reading });
  checkWords(command, reading.words);
  const missing = command.options.find(
    ({ name, required, default: preset }) => required === true && preset === undefined && !reading.options.has(name),
  );
  if (missing !== undefined) throw new UsageError(`${nameOf(command)} needs --${missing.name}.`);
  return { asks: "run", command, words: [...[...reading.options.values()].flat(), "--", ...reading.words] };
}

interface Reading {
  /** By the option's name: the words that say it, each with its value. */
  readonly options: Map<string, readonly string[]>;
  readonly words: string[];
}

/** Takes the next word, and its value; answers how many words that were. */
function take(
  command: OpenCommand,
  typed: readonly string[],
  on: { readonly at: number; readonly reading: Reading },
): number {
  const { at, reading } = on;
  const word = typed[at] ?? "";
  if (word === "--") {
    reading.words.push(...typed.slice(at + 1));
    return typed.length - at;
  }
  if (!word.startsWith("-") || word === "-") {
    reading.words.push(word);
    return 1;
  }
  const { option, negated, written, value } = readOption(command, word);
  const repeatable = command.notes.repeatable?.includes(option.name) === true;
  if (reading.options.has(option.name) && !repeatable) throw new UsageError(`--${option.name} was given twice.`);
  if (!takesValue(option)) {
    if (value !== undefined) throw new UsageError(`${written} takes no value.`);
    reading.options.set(option.name, [`--${negated ? "no-" : ""}${option.name}`]);
    return 1;
  }
  const given = value ?? typed[at + 1];
  // What looks like the next option is not meant as a value; `--message=--x` says that it is.
  if (given === undefined || (value === undefined && /^--|^-[a-z]$/i.test(given)))
    throw new UsageError(
      `${written} needs a value${option.valueHint === undefined ? "" : `: ${written} ${option.valueHint}`}.`,
    );
  checkValue(option, given);
  const before = repeatable ? (reading.options.get(option.name) ?? []) : [];
  reading.options.set(option.name, [...before, `--${option.name}=${given}`]);
  return value === undefined ? 2 : 1;
}

function readOption(
  command: OpenCommand,
  word: string,
): {
  readonly option: Argument;
  readonly negated: boolean;
  readonly written: string;
  readonly value: string | undefined;
} {
  const [, written = word, value] = /^(--?[^=]*)=([^]*)$/.exec(word) ?? [];
  for (const option of command.options) {
    if (written === `--${option.name}` || aliases(option).some((alias) => written === `-${alias}`))
      return { option, negated: false, written, value };
    if (isNegatable(option) && written === `--no-${option.name}`) return { option, negated: true, written, value };
  }
  const known = command.options.flatMap((option) => [
    `--${option.name}`,
    ...(isNegatable(option) ? [`--no-${option.name}`] : []),
  ]);
  throw new UsageError(
    `${nameOf(command)} has no option ${shown(written)}.${didYouMean(written, known) || ` It takes ${listOf([...known, "--help"])}.`}`,
  );
}

function checkValue(option: Argument, value: string): void {
  const allowed = option.type === "enum" ? (option.options ?? []) : [];
  if (allowed.length === 0 || allowed.includes(value)) return;
  throw new UsageError(
    `--${option.name} does not take ${shown(value)}.${didYouMean(value, allowed) || ` Write ${listOf(allowed)}.`}`,
  );
}

function checkWords(command: OpenCommand, words: readonly string[]): void {
  const missing = command.words.slice(words.length).find(isRequired);
  if (missing !== undefined)
    throw new UsageError(`${nameOf(command)} needs ${missing.name.toUpperCase()}: ${missing.description ?? ""}`);
  const more = command.notes.further === undefined ? words[command.words.length] : undefined;
  if (more !== undefined)
    throw new UsageError(
      `${shown(more)} is one word too many for ${nameOf(command)}. Put a text with spaces into quotes.`,
    );
}

/** A command as a sentence calls it: every message begins with the program's name already. */
function nameOf({ called }: OpenCommand): string {
  return called.replace(/^servery /, "");
}

/** A word as a message repeats it: short, and without what a terminal would act on. */
function shown(word: string): string {
  const short = word.length > LONGEST_SHOWN ? `${word.slice(0, LONGEST_SHOWN)}…` : word;
  return /^[\w./:@+-]+$/.test(short) ? short : JSON.stringify(short);
}

function listOf(names: Iterable<string>): string {
  const all = [...names];
  return all.length < 2 ? all.join("") : `${all.slice(0, -1).join(", ")} or ${all.at(-1)}`;
}
