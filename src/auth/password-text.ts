import type { FieldErrorCode } from "../errors/catalog.ts";
import { Problem } from "../errors/problem.ts";
import { COMMON_PASSWORDS } from "./common-passwords.ts";
import { PASSWORD_MAX_CHARACTERS, PASSWORD_MIN_CHARACTERS } from "./limits.ts";

/** UTF-16 units of one code point at most. */
const UNITS_OF_A_CODE_POINT = 2;
/** Code points that one becomes at most when NFC takes it apart (UAX #15, table 10). */
const NFC_EXPANSION = 4;
/** No longer text can be a password, whatever NFC makes of it; longer ones are not normalised, since that takes long. */
const MAX_UNITS = PASSWORD_MAX_CHARACTERS * UNITS_OF_A_CODE_POINT * NFC_EXPANSION;

/**
 * The one form of a password that is counted, hashed and compared: that of RFC 8265 §4.2 (OpaqueString), where every
 * space is the ASCII one, and then NFC. A keyboard decides whether "é" is one code point or two and whether a space is
 * U+0020 or U+00A0, and people cannot see which; with another device they would be locked out. Not NFKC or NFKD, which
 * NIST SP 800-63B §5.1.1.2 names: these also make two letters of "ﬁ", a 2 of "²" and an A of "Ａ", which people can
 * tell apart, and so take something of the password away. Nothing is trimmed, folded or cut (OWASP ASVS 6.2.8).
 * Undefined for a text that can be no password: too long, with NUL, or not well-formed.
 */
export function canonicalPassword(text: string): string | undefined {
  if (text.length > MAX_UNITS || !text.isWellFormed() || text.includes("\0")) return undefined;
  const canonical = text.replaceAll(/\p{Zs}/gu, " ").normalize("NFC");
  return [...canonical].length > PASSWORD_MAX_CHARACTERS ? undefined : canonical;
}

/** Whose password it becomes. */
export interface PasswordOwner {
  readonly email?: string | undefined;
}

/**
 * A new password in the form that is stored, or a Problem `invalid_data` with a finding at the pointer (RFC 6901):
 * 8 to 256 code points of well-formed text without NUL, not one of the commonest passwords, not its owner's e-mail
 * address. No rule asks for digits or capitals: such rules make passwords that are easier to guess (NIST SP 800-63B).
 */
export function checkPassword(password: unknown, pointer: string, owner: PasswordOwner = {}): string {
  const refuse = (code: FieldErrorCode, message: string): Problem => {
    const errors = [{ pointer, code, message }];
    return new Problem("invalid_data", "The password cannot be used.", { errors, error: message });
  };
  if (password === undefined || password === "") throw refuse("required", "Password required.");
  if (typeof password !== "string") throw refuse("type", "The password must be a text.");
  if (!password.isWellFormed() || password.includes("\0"))
    throw refuse("characters", "The password holds NUL or half of a surrogate pair.");
  const canonical = canonicalPassword(password);
  if (canonical === undefined)
    throw refuse("too_long", `The password has more than ${PASSWORD_MAX_CHARACTERS} characters.`);
  if ([...canonical].length < PASSWORD_MIN_CHARACTERS)
    throw refuse("too_short", `The password has fewer than ${PASSWORD_MIN_CHARACTERS} characters.`);
  if (isCommon(canonical)) throw refuse("guessable", "This password is one of the commonest: it would be guessed.");
  if (isAddress(canonical, owner.email))
    throw refuse("guessable", "The password is the account's own e-mail address: it would be guessed.");
  return canonical;
}

/** Attackers try the capitals of a common password too, and one character over and over. */
function isCommon(password: string): boolean {
  const folded = password.toLowerCase();
  return COMMON_PASSWORDS.has(folded) || new Set(folded).size === 1;
}

/** Whether the password is the address, or what stands before its @. */
function isAddress(password: string, email: string | undefined): boolean {
  if (email === undefined) return false;
  const folded = password.toLowerCase().trim();
  const address = email.normalize("NFC").toLowerCase().trim();
  return folded === address || folded === address.slice(0, Math.max(0, address.lastIndexOf("@")));
}
