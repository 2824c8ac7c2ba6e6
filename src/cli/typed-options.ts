import { DeclarationError } from "../errors/declaration-error.ts";
import { didYouMean } from "../errors/nearest-name.ts";

/** What a command takes. */
export interface TakenOptions {
  /** As it is typed: `migrate up`. */
  readonly command: string;
  /** Option names, without their dashes. */
  readonly options: readonly string[];
  /** How many words it takes beside its options. */
  readonly words: number;
}

/**
 * Refuses what a command would otherwise leave out in silence: mistyped options, and words beyond those that it takes.
 * Throws `DeclarationError` with the nearest option.
 */
export function refuseUntaken(typed: { readonly _: readonly string[] }, taken: TakenOptions): void {
  const known = taken.options.map((option) => `--${option}`);
  const unknown = Object.keys(typed).find(
    (name) => name !== "_" && !taken.options.includes(name) && !taken.options.includes(dashed(name)),
  );
  if (unknown !== undefined) {
    const instead = didYouMean(`--${unknown}`, known).trim() || `It takes ${known.join(", ")}`;
    throw new DeclarationError(taken.command, `there is no option --${unknown}`, instead);
  }
  const more = typed._[taken.words];
  if (more !== undefined)
    throw new DeclarationError(
      taken.command,
      `${JSON.stringify(more)} is one word too many`,
      `See servery ${taken.command} --help`,
    );
}

function dashed(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
