import { DeclarationError } from "../errors/declaration-error.ts";
import type { Kind, Storage } from "./kind.ts";

/** The forms in which an adopted file may hold a kind, beside the one that Servery itself would choose. */
const FORMS = {
  decimal: ["real", "text"],
  timestamp: ["text", "unix", "unix_ms"],
  date: ["timestamp"],
} as const;

/** What `.stored()` takes. */
export type StoredForm = (typeof FORMS)[keyof typeof FORMS][number];

/** The kind, held in another form. Throws `DeclarationError` where the kind has no such form. */
export function inForm(kind: Kind | undefined, form: StoredForm): Kind {
  const forms: readonly string[] = FORMS[kind?.storage.as as keyof typeof FORMS] ?? [];
  const name = kind?.name ?? "ref";
  if (kind === undefined || forms.length === 0)
    throw new DeclarationError(
      `${name}()`,
      `.stored() is for ${Object.keys(FORMS).join(", ")} alone`,
      kind === undefined ? "Write it at the key that the reference points at" : "Remove .stored()",
    );
  if (!forms.includes(form))
    throw new DeclarationError(
      `${name}()`,
      `it cannot be stored as ${JSON.stringify(form)}`,
      `Write ${forms.map((one) => `.stored("${one}")`).join(" or ")}`,
    );
  return { ...kind, storage: { ...kind.storage, form } as Storage };
}

/** The form that `.stored()` named, where it did. */
export function formOf(storage: Storage): StoredForm | undefined {
  return "form" in storage ? storage.form : undefined;
}

/** The kind of a value that was read already: it is in the one form in which values are compared. */
export function withoutForm(kind: Kind): Kind {
  if (formOf(kind.storage) === undefined) return kind;
  const { form: _, ...storage } = kind.storage as Storage & { form?: StoredForm };
  return { ...kind, storage: storage as Storage };
}
