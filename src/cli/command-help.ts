import { type SettingKey, settingSpecs } from "../config/settings.ts";
import type { Example } from "./command.ts";
import {
  aliases,
  type Argument,
  isNegatable,
  isRequired,
  type OpenCommand,
  openCommand,
  takesValue,
} from "./open-command.ts";
import { paint, textWidth, wrapped } from "./terminal.ts";

/** A name wider than this has its text below it. */
const WIDEST_NAME = 26;

/** The two columns of a list: a name, and what it is. */
type Entry = readonly [name: string, text: string];

/** The help of a command or of the program, with a heading for each part. */
export async function commandHelp(command: OpenCommand): Promise<string> {
  const { notes } = command;
  const width = textWidth();
  const parts = [
    wrapped(command.summary, width).join("\n"),
    ...(notes.details ?? []).map((paragraph) => wrapped(paragraph, width).join("\n")),
    section("Usage", [`  ${usageOf(command)}`]),
    listed("Arguments", wordEntries(command), width),
    listed("Commands", await commandEntries(command), width),
    listed("Options", optionEntries(command), width),
    examplesOf(notes.examples ?? [], width),
    listed("Settings, from the environment or servery.config.ts", settingEntries(notes.settings ?? []), width),
    command.commands.size > 0 ? `${command.called} COMMAND --help tells more about a command.` : "",
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function usageOf(command: OpenCommand): string {
  if (command.commands.size > 0) return `${command.called} COMMAND`;
  const required = command.options
    .filter(({ required }) => required === true)
    .map((option) => `--${option.name} ${hintOf(option)}`);
  const words = command.words.map((word) => (isRequired(word) ? nameOf(word) : `[${nameOf(word)}]`));
  const { further } = command.notes;
  const more = further === undefined ? [] : [`[${further.name}…]`];
  return [command.called, ...words, ...more, ...required, ...(command.options.length > 0 ? ["[OPTIONS]"] : [])].join(
    " ",
  );
}

function wordEntries({ words, notes }: OpenCommand): Entry[] {
  const named = words.map((word): Entry => [nameOf(word), `${word.description ?? ""}${presetOf(word)}`]);
  return notes.further === undefined ? named : [...named, [`${notes.further.name}…`, notes.further.description]];
}

async function commandEntries({ commands, called }: OpenCommand): Promise<Entry[]> {
  const opened = await Promise.all(
    [...commands].map(
      async ([name, command]) => [name, (await openCommand(command, `${called} ${name}`)).summary] as const,
    ),
  );
  return opened;
}

function optionEntries({ options, called }: OpenCommand): Entry[] {
  const own = options.map((option): Entry => {
    const short = aliases(option).map((alias) => `-${alias}, `);
    const name = `${short.join("")}--${isNegatable(option) ? "[no-]" : ""}${option.name}`;
    const choices = option.type === "enum" ? ` One of ${(option.options ?? []).join(", ")}.` : "";
    return [
      takesValue(option) ? `${name} ${hintOf(option)}` : name,
      `${option.description ?? ""}${choices}${presetOf(option)}`,
    ];
  });
  const version: Entry[] = called === "servery" ? [["-v, --version", "Show the version."]] : [];
  return [...own, ["-h, --help", "Show this text."], ...version];
}

function settingEntries(keys: readonly SettingKey[]): Entry[] {
  return settingSpecs
    .filter(({ key }) => keys.includes(key))
    .map(({ variable, key, help, expects }) => [variable, `${help} Takes ${expects}. In the file: ${key}.`]);
}

function examplesOf(examples: readonly Example[], width: number): string {
  const lines = examples.flatMap(({ line, does }) => [
    ...wrapped(does, width - 4).map((text) => `  ${paint.dim(`# ${text}`)}`),
    `  ${line}`,
  ]);
  return lines.length === 0 ? "" : section("Examples", lines);
}

function listed(heading: string, entries: readonly Entry[], width: number): string {
  if (entries.length === 0) return "";
  const widest = Math.max(...entries.map(([name]) => name.length).filter((length) => length <= WIDEST_NAME), 0);
  const indent = " ".repeat(widest + 4);
  const lines = entries.flatMap(([name, text]) => {
    const [first = "", ...others] = wrapped(text, width - indent.length);
    const below = others.map((line) => `${indent}${line}`);
    if (name.length > widest) return [`  ${paint.cyan(name)}`, `${indent}${first}`, ...below];
    return [`  ${paint.cyan(name)}${" ".repeat(widest - name.length)}  ${first}`.trimEnd(), ...below];
  });
  return section(heading, lines);
}

function section(heading: string, lines: readonly string[]): string {
  return [paint.bold(heading), ...lines].join("\n");
}

function nameOf({ name }: Argument): string {
  return name.toUpperCase();
}

function hintOf({ name, valueHint }: Argument): string {
  return valueHint ?? name.toUpperCase();
}

function presetOf({ default: preset }: Argument): string {
  return preset === undefined || preset === false || preset === true ? "" : ` Default: ${preset}`;
}
