import { textKind } from "./column/text.ts";
import type { Kind } from "./kind.ts";

/** "" is no title: a required text that names no `min` of its own takes at least one character. */
export function declaredKind<Declared extends Kind | undefined>(
  kind: Declared,
  { required }: { readonly required: boolean },
): Kind | Declared {
  if (kind === undefined || kind.storage.as !== "text" || kind.storage.min >= 0) return kind;
  return textKind(kind.name === "longText" ? "longText" : "text", kind.storage.max, required ? 1 : 0);
}
