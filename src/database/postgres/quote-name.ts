/** A name as PostgreSQL takes any name. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
