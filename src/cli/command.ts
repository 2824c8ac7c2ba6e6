import type { ArgsDef, CommandDef, SubCommandsDef } from "citty";
import type { SettingKey } from "../config/settings.ts";

/** Words behind the named ones. */
export interface FurtherWords {
  /** How the help calls one of them. */
  readonly name: string;
  readonly description: string;
}

/** A line that somebody may type, and what it is good for. */
export interface Example {
  readonly line: string;
  readonly does: string;
}

/** What a command says of itself beyond its arguments. */
export interface CommandNotes {
  /** Told by the help between the summary and the arguments: paragraphs. */
  readonly details?: readonly string[];
  readonly examples?: readonly Example[];
  /** The settings that it reads. */
  readonly settings?: readonly SettingKey[];
  /** Takes any number of words behind those that `args` names; they stand in `args._`. */
  readonly further?: FurtherWords;
  /** Options that may be given several times; the command finds each of them in `rawArgs`. */
  readonly repeatable?: readonly string[];
}

/** A command: citty's definition with what the help tells. One made with `defineCommand` is one too. */
export type Command<Args extends ArgsDef = ArgsDef> = CommandDef<Args> & CommandNotes;

/** A command with any arguments, as a list of commands holds it. */
export type AnyCommand = Exclude<SubCommandsDef[string], Promise<unknown> | (() => unknown)> & CommandNotes;

/** A command that is loaded when it is asked for: a start must not wait for what other commands need. */
export type LaterCommand = AnyCommand | (() => Promise<AnyCommand>);

/** The folder of an application, as most commands take it. */
export const applicationArgument = {
  app: { type: "positional", description: "The folder that holds servery.ts.", default: ".", required: false },
} as const;

/** For commands that a script may want to read. */
export const jsonOption = {
  json: { type: "boolean", description: "Answer with one JSON document on stdout, and with nothing else." },
} as const;
