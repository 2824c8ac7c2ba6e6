/**
 * A wrong declaration or configuration. It stops the start; the message names the place and says
 * what to write instead.
 */
export class DeclarationError extends Error {
  constructor(where: string, problem: string, instead: string) {
    super(`${where}: ${problem}. ${instead}`);
    this.name = "DeclarationError";
  }
}

/** Stops the start for a rule that a later version brings: accepted and ignored, it would be a hole. */
export function notAvailableYet(where: string, feature: string): DeclarationError {
  return new DeclarationError(where, `${feature} is not available yet`, "Remove it; nothing of it would be enforced");
}
