import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { bytesOf } from "./base64url.ts";

const CIPHER = "aes-256-gcm";
const KEY_BYTES = 32;
/** Each text has a key of its own, so that no two texts meet under one key and nonce however many are sealed. */
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** The form's version: another cipher gets another one. */
const VERSION = "v1.";

/**
 * Encrypts a text with AES-256-GCM under a key that HKDF-SHA-256 (RFC 5869) derives from the application's secret for
 * this purpose, so that what was sealed for one purpose cannot be put in the place of another.
 */
export function seal(secret: string, purpose: string, text: string): string {
  const salt = randomBytes(SALT_BYTES);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, keyFor({ secret, purpose, salt }), nonce, { authTagLength: TAG_BYTES });
  const sealed = Buffer.concat([salt, nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return VERSION + sealed.toString("base64url");
}

/** The text again. Throws an `Error` where it was changed, or sealed with another secret or for another purpose. */
export function unseal(secret: string, purpose: string, sealed: string): string {
  const bytes = sealed.startsWith(VERSION) ? bytesOf(sealed.slice(VERSION.length)) : undefined;
  if (bytes === undefined || bytes.length < SALT_BYTES + NONCE_BYTES + TAG_BYTES) {
    throw new Error("This is no text that seal() made");
  }
  const salt = bytes.subarray(0, SALT_BYTES);
  const nonce = bytes.subarray(SALT_BYTES, SALT_BYTES + NONCE_BYTES);
  const text = bytes.subarray(SALT_BYTES + NONCE_BYTES, bytes.length - TAG_BYTES);
  const cipher = createDecipheriv(CIPHER, keyFor({ secret, purpose, salt }), nonce, { authTagLength: TAG_BYTES });
  cipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
  try {
    return Buffer.concat([cipher.update(text), cipher.final()]).toString("utf8");
  } catch (cause) {
    throw new Error("The text was changed, or sealed with another secret or for another purpose", { cause });
  }
}

function keyFor({ secret, purpose, salt }: { secret: string; purpose: string; salt: Uint8Array }): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", secret, salt, `servery sealed ${purpose}`, KEY_BYTES));
}
