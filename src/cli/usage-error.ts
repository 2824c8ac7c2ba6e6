/** What was typed is wrong, and nothing was done: one sentence that says what to type instead. The program ends with 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UsageError";
  }
}
