/** The JSON pointer to a member of a body (RFC 6901). */
export function pointerTo(name: string): string {
  return `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** The JSON pointer that a list of keys is; "" for none, which is the whole body. */
export function pointerThrough(keys: readonly string[]): string {
  return keys.map(pointerTo).join("");
}
