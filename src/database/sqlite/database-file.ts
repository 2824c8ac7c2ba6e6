import { statSync } from "node:fs";

/** What tells a file from another that took its path: null where there is no file. */
export function fileIdentity(path: string): string | null {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? null : `${stat.dev}:${stat.ino}`;
}

/** The file beside an adopted one that holds what Servery keeps for itself. */
export function ownPathOf(path: string): string {
  return `${path}.servery`;
}

/** Bytes in the write-ahead log beside a database: undefined where there is none. */
export function logBytes(path: string): number | undefined {
  return statSync(`${path}-wal`, { throwIfNoEntry: false })?.size;
}
