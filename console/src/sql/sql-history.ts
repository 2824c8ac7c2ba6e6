import { keptStore } from "../state/store.ts";

const KEPT = 30;
/** A statement that is longer would fill the browser's storage. */
const KEPT_LETTERS = 20_000;

/** The statements that ran last, the newest first. Their values are not kept: they may be somebody's. */
export const sqlHistory = keptStore<readonly string[]>(localStorage, "servery.console.sql", (kept) =>
  Array.isArray(kept) ? kept.filter((one): one is string => typeof one === "string").slice(0, KEPT) : [],
);

export function rememberStatement(sql: string): void {
  if (sql.length > KEPT_LETTERS) return;
  sqlHistory.set([sql, ...sqlHistory.get().filter((one) => one !== sql)].slice(0, KEPT));
}
