import { DatabaseError } from "./database.ts";

/** A query of the application's own code must read: what begins otherwise would change settings, or rows. Throws `DatabaseError`. */
export function demandQuery(sql: string): void {
  if (!/^\s*(?:SELECT|WITH|VALUES)\b/i.test(sql))
    throw new DatabaseError({ kind: "other", message: "A query begins with SELECT, WITH or VALUES." });
}
