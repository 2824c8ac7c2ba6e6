import { LABEL_CHARACTERS } from "../auth/limits.ts";
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from "../auth/passkeys.ts";
import type { Json } from "../schema/stored.ts";
import { BodyMembers, sessionForm, type SessionForm } from "./body-members.ts";
import type { Checked } from "./command.ts";

/** A new passkey as the browser answers it, and what its owner calls it. */
export interface RegisterPasskeyCommand extends Checked {
  readonly credential: RegistrationResponseJSON;
  readonly label: string;
}

/** What an authenticator answers to be let in. */
export interface PasskeySignInCommand extends Checked {
  readonly credential: AuthenticationResponseJSON;
  readonly form: SessionForm;
}

/** Characters of one of the texts of a credential: what authenticators send has a few hundred, with certificates a few thousand. */
const CREDENTIAL_CHARACTERS = 65_536;
/** Transports that a credential may name: WebAuthn knows six. */
const TRANSPORTS = 10;
const TRANSPORT = /^[a-z][a-z-]{0,31}$/;
const BASE64URL = /^[A-Za-z0-9_-]+$/;

export function parsePasskeyRegistration(body: Json | undefined): RegisterPasskeyCommand {
  const members = new BodyMembers(body, ["credential", "label"]);
  const label = members.text("label", { most: LABEL_CHARACTERS, fallback: "Passkey" });
  const sent = credentialOf(members, ["clientDataJSON", "attestationObject"]);
  members.end();
  const transports = sent.response["transports"];
  const known = Array.isArray(transports) ? transports.filter(isTransport).slice(0, TRANSPORTS) : [];
  const credential = { ...sent, response: { ...textsOf(sent.response), transports: known } };
  return { credential, label } as unknown as RegisterPasskeyCommand;
}

export function parsePasskeySignIn(body: Json | undefined): PasskeySignInCommand {
  const members = new BodyMembers(body, ["credential", "session"]);
  const form = sessionForm(members);
  const sent = credentialOf(members, ["clientDataJSON", "authenticatorData", "signature"]);
  members.end();
  return { credential: { ...sent, response: textsOf(sent.response) }, form } as unknown as PasskeySignInCommand;
}

interface SentCredential {
  readonly id: string;
  readonly rawId: string;
  readonly type: string;
  readonly response: JsonObject;
  readonly clientExtensionResults: object;
}

type JsonObject = { readonly [name: string]: Json };

/** The parts of a PublicKeyCredential's JSON form that are looked at; browsers send further ones. */
function credentialOf(members: BodyMembers, needed: readonly string[]): SentCredential {
  const credential = members.value("credential");
  const response = isObject(credential) ? credential["response"] : undefined;
  const id = isObject(credential) ? credential["id"] : undefined;
  const whole =
    isObject(credential) &&
    isObject(response) &&
    credential["rawId"] === id &&
    credential["type"] === "public-key" &&
    needed.every((name) => isBase64url(response[name])) &&
    (response["userHandle"] === undefined || response["userHandle"] === null || isBase64url(response["userHandle"]));
  const none = { id: "", rawId: "", type: "public-key", response: {}, clientExtensionResults: {} };
  const expects = "Credential takes what the browser answers, as the toJSON() of a PublicKeyCredential writes it.";
  if (!whole || !isBase64url(id)) return members.refuse("credential", expects, none);
  return { ...none, id, rawId: id, response };
}

const TEXTS = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"] as const;

function textsOf(response: JsonObject): { readonly [name: string]: string } {
  return Object.fromEntries(
    TEXTS.flatMap((name) => {
      const value = response[name];
      return typeof value === "string" ? [[name, value] as const] : [];
    }),
  );
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isBase64url(value: Json | undefined): value is string {
  return typeof value === "string" && value.length <= CREDENTIAL_CHARACTERS && BASE64URL.test(value);
}

function isTransport(value: Json): value is string {
  return typeof value === "string" && TRANSPORT.test(value);
}
