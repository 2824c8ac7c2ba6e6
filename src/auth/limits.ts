/** Limits of what proves who somebody is; `src/validation/limits.ts` lists them among the others. */

/** Code points of a password at least (NIST SP 800-63B asks for 8, OWASP ASVS 6.2.1 too). */
export const PASSWORD_MIN_CHARACTERS = 8;
/** Code points of a password at most: room for any passphrase, and an end to the work that one request can ask for. */
export const PASSWORD_MAX_CHARACTERS = 256;
/**
 * Passwords that are hashed or compared at once, each on a thread of Node's pool of four: two stay free for files and
 * tokens. Fewer where the machine has no more processors than that: one is left for the event loop.
 */
export const PASSWORDS_AT_ONCE = 2;
/** Passwords that may wait for their turn. */
export const PASSWORDS_WAITING = 500;
/** Wrong passwords for one account before the next must wait. */
export const ACCOUNT_ATTEMPTS = 10;
/** Seconds after which an account may be tried once more. */
export const ACCOUNT_REFILL_SECONDS = 30;
/** Wrong passwords from one address before the next must wait. */
export const ADDRESS_ATTEMPTS = 30;
/** Seconds after which an address may try once more. */
export const ADDRESS_REFILL_SECONDS = 6;
/** Mails that one address of an account gets at once because somebody asked for them. */
export const ACCOUNT_MAILS = 5;
/** Seconds until it may get one more. */
export const ACCOUNT_MAIL_REFILL_SECONDS = 600;
/** Names of accounts, addresses, or pairs of both that are remembered; the one that was used longest ago goes first. */
export const THROTTLED_NAMES = 10_000;
/** Scopes of one API key. */
export const API_KEY_SCOPES = 100;
/** Milliseconds for which a passkey's challenge may be answered. Browsers are told the same. */
export const CHALLENGE_MS = 300_000;
/** Sign-ups, passkey sign-ins, and new anonymous accounts, that one address may ask for at once. */
export const ADDRESS_DOORS = 60;
/** Seconds after which an address may ask for one more. */
export const ADDRESS_DOORS_REFILL_SECONDS = 2;
/** Passkeys of one account: more than anybody's devices, and few enough to be named in one answer. */
export const ACCOUNT_PASSKEYS = 20;
/** API keys of one account that are neither revoked nor expired. */
export const ACCOUNT_KEYS = 100;
/** Days for which an API key is good at most. */
export const API_KEY_DAYS = 365;
/** Code points of what somebody calls a passkey or an API key. */
export const LABEL_CHARACTERS = 100;
