import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { bytesOf } from "./base64url.ts";

const PREFIX = "svrt_";
const KEY_BYTES = 32;
const MAC_BYTES = 32;
/** Longer texts are not looked at. */
const MAX_LENGTH = 160;
/** A session's id of 1 to 64 characters, a generation without leading zeros that a number holds exactly, the MAC. */
const FORM = /^svrt_([A-Za-z0-9_-]{1,64})\.(0|[1-9][0-9]{0,14})\.([A-Za-z0-9_-]{43})$/;

/** Which refresh token: the session's id and own random nonce, and how often the session was refreshed. */
export interface RefreshTokenOf {
  readonly session: string;
  readonly nonce: string;
  readonly generation: number;
}

/**
 * The refresh token of a session's generation: `svrt_<session>.<generation>.<HMAC-SHA-256>`. The same generation always
 * gives the same token, so that an answer that was lost can be given again and nothing secret has to be stored: the key
 * comes from the application's secret and the session's nonce (HKDF, RFC 5869), and neither alone is enough.
 * Throws a `TypeError` for a session or generation that could not be read back.
 */
export function refreshToken(secret: string, of: RefreshTokenOf): string {
  const named = `${of.session}.${of.generation}`;
  const key = new Uint8Array(hkdfSync("sha256", secret, of.nonce, "servery refresh token", KEY_BYTES));
  const token = `${PREFIX}${named}.${createHmac("sha256", key).update(named).digest("base64url")}`;
  if (!FORM.test(token)) throw new TypeError(`No refresh token can name session ${of.session}, ${of.generation}`);
  return token;
}

/** The parts of a refresh token, unproved, or undefined where the text is none in its one canonical spelling. */
export function readRefreshToken(text: string): { session: string; generation: number; mac: string } | undefined {
  const [, session, generation, mac] = (text.length <= MAX_LENGTH ? FORM.exec(text) : null) ?? [];
  if (session === undefined || generation === undefined || mac === undefined) return undefined;
  return bytesOf(mac)?.length === MAC_BYTES ? { session, generation: Number(generation), mac } : undefined;
}

/** Whether the text is exactly this refresh token; takes the same time wherever it differs. */
export function isRefreshToken(secret: string, text: string, of: RefreshTokenOf): boolean {
  const expected = Buffer.from(refreshToken(secret, of));
  if (text.length !== expected.length) return false;
  const given = Buffer.from(text);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
