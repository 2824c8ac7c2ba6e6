import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

/** What a test lets an authenticator or its browser do otherwise than it should. */
export interface Oddities {
  readonly origin?: string;
  readonly rpId?: string;
  readonly type?: string;
  readonly challenge?: string;
  readonly counter?: number;
  readonly unverified?: boolean;
  readonly userHandle?: string;
  readonly crossOrigin?: boolean;
  /** Attests the new key with a signature by it, of what was asked or of something else. */
  readonly attested?: "rightly" | "wrongly";
}

interface Options {
  readonly challenge: string;
  readonly rp?: { readonly id?: string };
  readonly rpId?: string;
  readonly user?: { readonly id: string };
}

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const ATTESTED = 0x40;

/** A passkey in software, with the page around it: Web Authentication §6 as far as a server sees it. */
export class Authenticator {
  readonly id = randomBytes(32).toString("base64url");
  readonly #origin: string;
  readonly #keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
  #handle: string | undefined;
  #counter = 0;

  constructor(origin: string) {
    this.#origin = origin;
    this.#keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  }

  /** What `navigator.credentials.create()` answers, as JSON. */
  create(options: Options, odd: Oddities = {}): object {
    this.#handle = options.user?.id;
    const clientDataJSON = this.#clientData("webauthn.create", options.challenge, odd);
    const id = Buffer.from(this.id, "base64url");
    const length = Buffer.from([id.length >> 8, id.length & 0xff]);
    const attested = Buffer.concat([Buffer.alloc(16), length, id, coseKey(this.#keys.publicKey)]);
    const data = this.#data(odd.rpId ?? options.rp?.id ?? "", ATTESTED, odd);
    const authData = Buffer.concat([data, attested]);
    const attestationObject = attestation(authData, this.#statement(authData, clientDataJSON, odd)).toString(
      "base64url",
    );
    return this.#credential({ clientDataJSON, attestationObject, transports: ["internal"] });
  }

  /** What `navigator.credentials.get()` answers, as JSON. */
  get(options: Options, odd: Oddities = {}): object {
    this.#counter += 1;
    const clientDataJSON = this.#clientData("webauthn.get", options.challenge, odd);
    const data = this.#data(odd.rpId ?? options.rpId ?? "", 0, odd);
    const hash = createHash("sha256").update(Buffer.from(clientDataJSON, "base64url")).digest();
    const signature = sign("sha256", Buffer.concat([data, hash]), this.#keys.privateKey);
    return this.#credential({
      clientDataJSON,
      authenticatorData: data.toString("base64url"),
      signature: signature.toString("base64url"),
      userHandle: odd.userHandle ?? this.#handle,
    });
  }

  #credential(response: object): object {
    return { id: this.id, rawId: this.id, type: "public-key", clientExtensionResults: {}, response };
  }

  #statement(authData: Buffer, clientDataJSON: string, { attested }: Oddities): Buffer | undefined {
    if (attested === undefined) return undefined;
    const hash = createHash("sha256").update(Buffer.from(clientDataJSON, "base64url")).digest();
    const signed = attested === "rightly" ? Buffer.concat([authData, hash]) : hash;
    return sign("sha256", signed, this.#keys.privateKey);
  }

  #clientData(type: string, challenge: string, odd: Oddities): string {
    const { origin = this.#origin, crossOrigin = false } = odd;
    const data = { type: odd.type ?? type, challenge: odd.challenge ?? challenge, origin, crossOrigin };
    return Buffer.from(JSON.stringify(data)).toString("base64url");
  }

  #data(rpId: string, flags: number, odd: Oddities): Buffer {
    const verified = odd.unverified === true ? 0 : USER_VERIFIED;
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(odd.counter ?? this.#counter);
    const hash = createHash("sha256").update(rpId).digest();
    return Buffer.concat([hash, Buffer.from([flags | USER_PRESENT | verified]), counter]);
  }
}

/** An ES256 key as a CBOR map (RFC 9053 §7.1.1). */
function coseKey(key: KeyObject): Buffer {
  const { x = "", y = "" } = key.export({ format: "jwk" });
  const head = Buffer.from("a5010203262001215820", "hex");
  return Buffer.concat([head, Buffer.from(x, "base64url"), Buffer.from("225820", "hex"), Buffer.from(y, "base64url")]);
}

/** `{ fmt: "none", attStmt: {}, authData }` in CBOR; signed `{ fmt: "packed", attStmt: { alg: -7, sig }, authData }`. */
function attestation(data: Buffer, signature?: Buffer): Buffer {
  const format = signature === undefined ? [Buffer.from([0x64]), Buffer.from("none")] : [Buffer.from("fpacked")];
  const statement =
    signature === undefined
      ? [Buffer.from([0xa0])]
      : [Buffer.from([0xa2, 0x63]), Buffer.from("alg"), Buffer.from([0x26, 0x63]), Buffer.from("sig")];
  const signed = signature === undefined ? [] : [Buffer.from([0x58, signature.length]), signature];
  const words = Buffer.concat([
    Buffer.from([0xa3, 0x63]),
    Buffer.from("fmt"),
    ...format,
    Buffer.from([0x67]),
    Buffer.from("attStmt"),
    ...statement,
    ...signed,
    Buffer.from([0x68]),
    Buffer.from("authData"),
  ]);
  return Buffer.concat([words, Buffer.from([0x59, data.length >> 8, data.length & 0xff]), data]);
}
