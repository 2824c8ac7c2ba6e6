import type { ArgDef } from "citty";
import type { AnyCommand, CommandNotes, LaterCommand } from "./command.ts";

/** An argument with its name. */
export type Argument = ArgDef & { readonly name: string };

/** A command with everything that its definition may promise or compute. */
export interface OpenCommand {
  /** What is typed up to here: `servery migrate up`. */
  readonly called: string;
  readonly summary: string;
  readonly notes: CommandNotes;
  readonly words: readonly Argument[];
  readonly options: readonly Argument[];
  readonly commands: ReadonlyMap<string, LaterCommand>;
  readonly definition: AnyCommand;
}

/** Opens a command that is called by these words. */
export async function openCommand(given: LaterCommand, called: string): Promise<OpenCommand> {
  const definition = typeof given === "function" ? await given() : given;
  const meta = await resolved(definition.meta);
  const args = Object.entries((await resolved(definition.args)) ?? {}) as [string, ArgDef][];
  const all = args.map(([name, argument]): Argument => ({ ...argument, name }));
  const below = Object.entries((await resolved(definition.subCommands)) ?? {}) as [string, LaterCommand][];
  return {
    called,
    summary: meta?.description ?? "",
    notes: definition,
    words: all.filter(({ type }) => type === "positional"),
    options: all.filter(({ type }) => type !== "positional"),
    commands: new Map(below),
    definition,
  };
}

/** Whether a word must be typed. */
export function isRequired({ required, default: preset }: Argument): boolean {
  return required !== false && preset === undefined;
}

/** Whether an option takes a value behind it. */
export function takesValue({ type }: Argument): boolean {
  return type === "string" || type === "enum";
}

/** The names behind one dash: `-o`. */
export function aliases(argument: Argument): readonly string[] {
  const names = "alias" in argument ? argument.alias : undefined;
  return names === undefined ? [] : typeof names === "string" ? [names] : names;
}

/** `--no-watch` is a word of its own where that says something. */
export function isNegatable({ type, default: preset, ...rest }: Argument): boolean {
  return type === "boolean" && (preset === true || "negativeDescription" in rest);
}

type Later<Value> = Value | Promise<Value> | (() => Value | Promise<Value>);

async function resolved<Value extends object>(value: Later<Value> | undefined): Promise<Value | undefined> {
  return typeof value === "function" ? (value as () => Value | Promise<Value>)() : value;
}
