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
