import { randomBytes } from "node:crypto";
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from "@simplewebauthn/server";
import { CHALLENGE_MS } from "./limits.ts";

export type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
};

/** Bytes of a challenge and of a user handle: WebAuthn asks for at least 16 and takes at most 64. */
const RANDOM_BYTES = 32;

/** Whom authenticators make passkeys for. It comes of the configuration: what a request says of its host is not believed. */
export interface RelyingParty {
  /** The domain that passkeys are bound to, without scheme and port. */
  readonly id: string;
  /** Where a page must stand to use them: `https://example.com`. */
  readonly origin: string;
  /** What people are shown. */
  readonly name: string;
}

/** The public part of a passkey, as it is kept. */
export interface PasskeyCredential {
  /** Base64url, as authenticators name it. */
  readonly id: string;
  /** The COSE key as base64url. */
  readonly publicKey: string;
  /** How often the authenticator says it was used; 0 for ever where it does not count. */
  readonly counter: number;
  readonly transports: readonly string[];
}

/**
 * The relying party of a public URL, or why there can be none: browsers offer passkeys on pages of a named host alone,
 * over https or on the machine itself (Web Authentication §5.1.2, Secure Contexts §3.1).
 */
export function relyingParty(publicUrl: string, name: string): RelyingParty | { readonly impossible: string } {
  const { protocol, hostname, origin } = new URL(publicUrl);
  const local = hostname === "localhost" || hostname.endsWith(".localhost");
  if (/^[\d.]+$|^\[/.test(hostname))
    return { impossible: `Passkeys belong to a named host, and ${hostname} is an address.` };
  if (protocol !== "https:" && !local)
    return { impossible: `Browsers offer passkeys over https alone, and not on ${origin}.` };
  return { id: hostname, origin, name };
}

/** A fresh challenge, or a handle that says nothing of the account behind it: random bytes as base64url. */
export function randomHandle(): string {
  return randomBytes(RANDOM_BYTES).toString("base64url");
}

export interface RegistrationWanted {
  readonly party: RelyingParty;
  readonly challenge: string;
  /** What the authenticator keeps of the account. */
  readonly handle: string;
  /** What people read where they choose between accounts. */
  readonly userName: string;
  /** Authenticators that hold one of these make no second. */
  readonly known: readonly Pick<PasskeyCredential, "id" | "transports">[];
}

/** What a page hands to `navigator.credentials.create()`. */
export async function registrationOptions(wanted: RegistrationWanted): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { generateRegistrationOptions } = await library();
  const { party } = wanted;
  return generateRegistrationOptions({
    rpName: party.name,
    rpID: party.id,
    userName: wanted.userName,
    userDisplayName: wanted.userName,
    userID: bytesOf(wanted.handle),
    challenge: bytesOf(wanted.challenge),
    timeout: CHALLENGE_MS,
    attestationType: "none",
    excludeCredentials: wanted.known.map(({ id, transports }) => ({ id, transports: [...transports] })),
    // Sign-in names no account, so the authenticator itself must know it.
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
  });
}

/** What a page hands to `navigator.credentials.get()`. It names no passkey, so that it tells nobody who has one. */
export async function signInOptions(
  party: RelyingParty,
  challenge: string,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const { generateAuthenticationOptions } = await library();
  return generateAuthenticationOptions({
    rpID: party.id,
    challenge: bytesOf(challenge),
    timeout: CHALLENGE_MS,
    userVerification: "required",
  });
}

/** The challenge that an authenticator says it has signed; undefined where it names none. It is not verified yet. */
export function challengeIn(response: { readonly clientDataJSON: string }): string | undefined {
  const { challenge } = clientData(response);
  return typeof challenge === "string" ? challenge : undefined;
}

/** What the browser says of the page (Web Authentication §5.8.1); nothing where it is no JSON object. */
function clientData(response: { readonly clientDataJSON: string }): { readonly [name: string]: unknown } {
  try {
    const data: unknown = JSON.parse(Buffer.from(response.clientDataJSON, "base64url").toString("utf8"));
    return typeof data === "object" && data !== null ? { ...data } : {};
  } catch {
    return {};
  }
}

/** A page inside another site's frame can be laid under whatever that site shows. */
function refuseFrames(response: { readonly clientDataJSON: string }): void {
  if (clientData(response)["crossOrigin"] === true) throw new Error("the page stood in a frame of another origin");
}

/**
 * Checks a new passkey against the challenge, the origin and the relying party (Web Authentication §7.1). Throws an
 * `Error` that says what does not fit.
 */
export async function verifyRegistration(
  party: RelyingParty,
  challenge: string,
  response: RegistrationResponseJSON,
): Promise<PasskeyCredential> {
  refuseFrames(response.response);
  const { verifyRegistrationResponse } = await library();
  const { verified, registrationInfo } = await verifyRegistrationResponse({
    response,
    expectedChallenge: challenge,
    expectedOrigin: party.origin,
    expectedRPID: party.id,
    requireUserVerification: true,
  });
  if (!verified) throw new Error("the attestation does not hold");
  const { id, publicKey, counter } = registrationInfo.credential;
  const { transports = [] } = response.response;
  return { id, publicKey: Buffer.from(publicKey).toString("base64url"), counter, transports };
}

/**
 * Checks an assertion of a known passkey (Web Authentication §7.2) and answers its counter, which the caller has yet to
 * compare: it says something only once the signature holds. Throws an `Error` that says what does not fit.
 */
export async function verifySignIn(
  party: RelyingParty,
  { challenge, response }: { readonly challenge: string; readonly response: AuthenticationResponseJSON },
  credential: PasskeyCredential,
): Promise<number> {
  refuseFrames(response.response);
  const { verifyAuthenticationResponse } = await library();
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response,
    expectedChallenge: challenge,
    expectedOrigin: party.origin,
    expectedRPID: party.id,
    requireUserVerification: true,
    // The library would compare before it has looked at the signature.
    credential: { id: credential.id, publicKey: bytesOf(credential.publicKey), counter: 0 },
  });
  if (!verified) throw new Error("the signature does not hold");
  return authenticationInfo.newCounter;
}

/** Loaded when the first passkey is used: it brings parsers of certificates that a start must not wait for. */
function library(): Promise<typeof import("@simplewebauthn/server")> {
  return import("@simplewebauthn/server");
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text, "base64url"));
}
