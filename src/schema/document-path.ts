/** Members that a path leads through, the last one included. */
export const PATH_MEMBERS = 16;
/** Characters of a path. */
export const PATH_CHARACTERS = 200;

/** What a path is, and what a text is that is none. */
export type PathVerdict =
  | { readonly is: "path"; readonly names: readonly string[] }
  | { readonly is: "malformed" }
  | { readonly is: "too long" };

/** `author.city`: the names of members, each inside the one before. A name holds no dot, no bracket and no control character. */
export function readPath(text: string): PathVerdict {
  // Half of a surrogate pair is no text that a database could look for.
  if (!text.isWellFormed() || /[[\]\u0000-\u001f\u007f]/.test(text)) return { is: "malformed" };
  const names = text.split(".");
  if (names.includes("")) return { is: "malformed" };
  return names.length > PATH_MEMBERS || text.length > PATH_CHARACTERS ? { is: "too long" } : { is: "path", names };
}

/** How a path is written, where it cannot be read. */
export const PATH_FORM = "names of members with dots between them, as in author.city";
