/** Reads an http or https origin, with or without the slash behind it; undefined for anything else. */
export function publicOriginOf(text: string): string | undefined {
  try {
    const { protocol, origin, username, password, pathname, search, hash } = new URL(text);
    const isHttp = protocol === "http:" || protocol === "https:";
    return isHttp && `${username}${password}${search}${hash}` === "" && pathname === "/" ? origin : undefined;
  } catch {
    return undefined;
  }
}
