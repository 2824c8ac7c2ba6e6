import { textKind } from "./column/text.ts";
import { LONGEST_NAME } from "./formats.ts";
import type { Kind } from "./kind.ts";

/** "" is no title: a required text that names no `min` of its own takes at least one character. */
export function declaredKind<Declared extends Kind | undefined>(
  kind: Declared,
  { required }: { readonly required: boolean },
): Kind | Declared {
  if (kind === undefined || kind.storage.as !== "text" || kind.storage.min >= 0) return kind;
  return textKind(kind.name === "longText" ? "longText" : "text", kind.storage.max, required ? 1 : 0);
}

/**
 * What people sign in with. One letter in two spellings would make two accounts of one name, which nobody could tell
 * apart who reads it: only the composed spelling is a name, as it is with addresses.
 */
export function identifierKind(kind: Kind): Kind {
  const { storage, input } = kind;
  if (storage.as !== "text" || input["format"] !== "text") return kind;
  const max = Math.min(storage.max, LONGEST_NAME);
  const lengths = `${storage.min > 0 ? `${storage.min} to` : "at most"} ${max} characters`;
  const expects = `text of ${lengths}, accented letters as one character each (Unicode NFC)`;
  return { ...kind, input: { ...input, maxLength: max, format: "composed" }, expects };
}
