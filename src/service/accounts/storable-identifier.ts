/** What no database stores is looked for as something that nobody is called. */
export function storableIdentifier(identifier: string): string {
  return identifier.isWellFormed() && !identifier.includes("\0") ? identifier : "";
}
