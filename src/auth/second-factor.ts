import { createHash, randomBytes } from "node:crypto";
import { Secret, TOTP } from "otpauth";
import { readableText, typedText } from "./readable-text.ts";

/** Bytes of a secret: as many as SHA-1 makes (RFC 4226 §4, R6). */
const SECRET_BYTES = 20;
/** Of all that RFC 6238 allows, what every authenticator app takes. */
const ALGORITHM = "SHA1";
const DIGITS = 6;
const STEP_SECONDS = 30;
/** Steps that a clock may be wrong by (RFC 6238 §5.2). */
const WINDOW = 1;
const MS_OF_A_SECOND = 1_000;

/** Codes that are made at once. */
const RECOVERY_CODES = 10;
/** Characters of a code, five bits each: 100 bits. */
const RECOVERY_CHARACTERS = 20;
const RECOVERY_BYTES = 13;
/** Characters between two hyphens. */
const RECOVERY_GROUP = 4;

/** A new secret of 160 bits for an authenticator app, in base 32. */
export function newTotpSecret(): string {
  return new Secret({ size: SECRET_BYTES }).base32;
}

/** What an authenticator app reads from a QR code: `otpauth://totp/…`. */
export function totpUri({ secret, account, issuer }: { secret: string; account: string; issuer: string }): string {
  const settings = { algorithm: ALGORITHM, digits: DIGITS, period: STEP_SECONDS };
  return new TOTP({ ...settings, issuer, label: account, secret: Secret.fromBase32(secret) }).toString();
}

/**
 * The time step that the code belongs to (RFC 6238), of the one that `now` is in, the one before and the one after;
 * undefined when it is no code of these. `now` is in milliseconds since 1970. Spaces, as apps show them, are left out.
 * Whoever accepts a code stores its step, and accepts none of that step or an earlier one again (§5.2).
 */
export function totpStep(secret: string, code: string, now: number): number | undefined {
  const token = code.replaceAll(" ", "");
  if (!/^[0-9]{6}$/.test(token)) return undefined;
  const settings = { algorithm: ALGORITHM, digits: DIGITS, period: STEP_SECONDS };
  // Compares each step in constant time.
  const delta = TOTP.validate({
    ...settings,
    secret: Secret.fromBase32(secret),
    token,
    timestamp: now,
    window: WINDOW,
  });
  return delta === null ? undefined : Math.floor(now / (STEP_SECONDS * MS_OF_A_SECOND)) + delta;
}

/**
 * Ten codes like "7k3m-9qpd-x2nf-h8rw-5tcz", each for one sign-in without the app. 100 bits each: against the stored
 * hashes of ten million codes at once, a guess still hits with a chance of 2^-76.
 */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: RECOVERY_CODES }, () => {
    const text = readableText(randomBytes(RECOVERY_BYTES)).slice(0, RECOVERY_CHARACTERS);
    return text.replaceAll(new RegExp(`.{${RECOVERY_GROUP}}(?=.)`, "g"), "$&-");
  });
}

/**
 * What is stored of a recovery code, and compared: SHA-256 in hex of the code as it was meant, whatever capitals,
 * spaces and hyphens it was typed with. A fast hash is right here: a code is random, so there is no list of likely
 * ones to try, and 2^100 guesses are too many for any hash.
 */
export function recoveryHash(code: string): string {
  return createHash("sha256").update(typedText(code)).digest("hex");
}
