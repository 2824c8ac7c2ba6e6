import type { Database } from "../database/database.ts";
import { type Maintenance, maintenanceIn, maintenanceRead } from "../database/own-table.ts";

/** How old the answer may be. Another process switches maintenance, so it is looked for in the database. */
const LOOK_EVERY_MS = 500;

/** What the database says about all servers of the application: whether it is in maintenance. */
export class ServerState {
  readonly #database: Pick<Database, "read">;
  #maintenance: Maintenance | undefined;
  #lookedAt = performance.now();

  /** `maintenance` is what the start has read. */
  constructor(database: Pick<Database, "read">, maintenance: Maintenance | undefined) {
    this.#database = database;
    this.#maintenance = maintenance;
  }

  /** Asked with every request, so most calls compare two clocks: a timer would keep idle engines busy. */
  maintenance(): Maintenance | undefined {
    const now = performance.now();
    if (now - this.#lookedAt >= LOOK_EVERY_MS) this.#look(now);
    return this.#maintenance;
  }

  #look(now: number): void {
    this.#lookedAt = now;
    try {
      const rows = this.#database.read(maintenanceRead, []);
      if (!(rows instanceof Promise)) this.#maintenance = maintenanceIn(rows);
      // This request goes by what was known; it must not wait.
      else rows.then((late) => (this.#maintenance = maintenanceIn(late))).catch(() => undefined);
    } catch {
      // A database that cannot be read says so to the request itself; what was known of it still holds.
    }
  }
}
