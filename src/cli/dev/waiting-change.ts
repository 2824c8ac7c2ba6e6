import type { SchemaPlan } from "../../database/sqlite/follow-schema.ts";

/** What the edited declaration asks of the database and is not done; the engines of one `servery dev` tell of it. */
export class WaitingChange {
  #plan: SchemaPlan | undefined;

  get plan(): SchemaPlan | undefined {
    return this.#plan;
  }

  /** Undefined: nothing waits any more. */
  put(plan: SchemaPlan | undefined): void {
    this.#plan = plan;
  }
}
