import { createPublicKey } from "node:crypto";
import type { JWK } from "jose";
import {
  base64url,
  cases,
  compact,
  coveted,
  fixed,
  type ForgingGround,
  headerOf,
  hmac,
  mainKey,
  pairs,
  signer,
  type Tokens,
} from "./ground.ts";

/** `none` in every spelling, with no signature, the valid token's and one of the forger's. */
export const algorithmNone: Tokens = async (ground) => {
  const key = mainKey(ground);
  const names: unknown[] = [
    ...cases("none"),
    "",
    " none",
    "none ",
    "none\0",
    "nоne",
    null,
    undefined,
    0,
    false,
    [],
    {},
    ["none"],
  ];
  const own = Buffer.from(ground.valid.split(".")[2] ?? "", "base64url");
  const signers = [fixed(new Uint8Array()), fixed(own), hmac("")];
  const [claims = {}] = coveted(ground, 1);
  return Promise.all(pairs(names, signers).map(([alg, sign]) => compact({ ...headerOf(key), alg }, claims, sign)));
};

/** HS256 with all that is public as the key: the published keys in every wrapping, and words that anybody would try. */
export const publicKeyAsSecret: Tokens = async (ground) => {
  const [claims = {}] = coveted(ground, 1);
  const published = ground.keys.flatMap((key) => (key.published === undefined ? [] : [{ key, jwk: key.published }]));
  const wrapped = published.flatMap(({ key, jwk }) => wrappings(jwk).map((secret) => ({ key, secret })));
  const words = guesses(ground).map((secret) => ({ key: mainKey(ground), secret }));
  return Promise.all(
    [...wrapped, ...words].map(({ key, secret }) => compact({ ...headerOf(key), alg: "HS256" }, claims, hmac(secret))),
  );
};

function wrappings(jwk: JWK): (string | Buffer)[] {
  const key = createPublicKey({ key: { ...jwk }, format: "jwk" });
  const pem = key.export({ type: "spki", format: "pem" }).toString();
  const der = key.export({ type: "spki", format: "der" });
  const { kty, crv, x, y } = jwk;
  const bare = { kty, crv, x, y };
  const raw = Buffer.from(`${x ?? ""}${y ?? ""}`, "base64url");
  return [
    [pem, pem.trim(), `${pem}\n`, ` ${pem}`, `\n${pem}`, pem.replaceAll("\n", "\r\n"), pem.replaceAll("\n", "")],
    [pem.replaceAll("\n", "\\n"), pem.replace(/-----[A-Z ]+-----/g, "").trim(), `${pem}\0`, `\uFEFF${pem}`],
    [der, der.toString("base64"), der.toString("base64url"), der.toString("hex"), der.subarray(-32), raw],
    [raw.toString("hex"), x ?? "", Buffer.from(x ?? "", "base64url"), Buffer.from(y ?? "-", "base64url")],
    [JSON.stringify(jwk), JSON.stringify(bare), JSON.stringify(jwk, null, 2), JSON.stringify({ keys: [jwk] })],
    [`${JSON.stringify(jwk)}\n`, JSON.stringify({ crv, kty, x, y }), jwk.kid ?? ""],
  ].flat();
}

function guesses({ issuer, subject, keys, valid }: ForgingGround): (string | Buffer)[] {
  const known = ["", "secret", "password", "changeme", "servery", "null", "undefined", "[object Object]", "0", "{}"];
  const named = keys.map(({ stored }) => stored.kid);
  const zeros = [1, 16, 32, 64].map((length) => Buffer.alloc(length));
  return [...known, ...named, ...zeros, issuer, subject.session, subject.table, valid, ...valid.split(".")];
}

const OTHER_NAMES =
  "EdDSA ES256 HS256 Ed25519 Ed448 ES384 ES512 ES256K HS384 HS512 HS1 RS256 RS384 RS512 PS256 PS512 RS1 ML-DSA-44 " +
  "eddsa EDDSA Eddsa es256 Es256 hs256 Hs256 dir A256GCM ECDH-ES RSA-OAEP";

/** The key's id with another algorithm's name, signed truly with each key of the server and of the forger. */
export const algorithmSwapped: Tokens = async (ground) => {
  const names = OTHER_NAMES.split(" ");
  const signing = [...ground.keys, ...ground.foreign];
  const [claims = {}] = coveted(ground, 1);
  const tokens = ground.keys.flatMap((key) =>
    pairs(
      names.filter((alg) => alg !== key.stored.algorithm),
      signing,
    ).map(([alg, other]) => compact({ ...headerOf(key), alg }, claims, signer(other))),
  );
  return Promise.all(tokens);
};

/** The right name and algorithm, signed with any key but that one: edited claims under another valid key. */
export const anotherKey: Tokens = async (ground) => {
  const tokens = pairs(ground.keys, [...ground.keys, ...ground.foreign, ground.retired])
    .filter(([named, signing]) => named !== signing)
    .flatMap(([named, signing]) =>
      coveted(ground, 5).map((claims) => compact(headerOf(named), claims, signer(signing))),
    );
  return Promise.all(tokens);
};

/** A token of another deployment of the same program: its own keys, with and without this server's ids. */
export const anotherDeployment: Tokens = async (ground) => {
  const tokens = pairs(ground.foreign, ground.keys).flatMap(([own, theirs]) =>
    coveted(ground, 6).flatMap((claims) => [
      compact(headerOf(own), claims, signer(own)),
      compact({ ...headerOf(own), kid: theirs.stored.kid }, claims, signer(own)),
    ]),
  );
  return Promise.all(tokens);
};

/** The key whose grace is over, with its own name and with those of keys in force. */
export const retiredKey: Tokens = async (ground) => {
  const names = [ground.retired, ...ground.keys];
  const tokens = pairs(names, coveted(ground, 15)).map(([named, claims]) =>
    compact({ ...headerOf(ground.retired), kid: named.stored.kid }, claims, signer(ground.retired)),
  );
  return Promise.all(tokens);
};

/** Order of the P-256 group, and of the base point of Ed25519. */
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const ED25519_ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

/** Signatures that a careless check takes: zeros, the group's order, DER, a second form of the same, other lengths. */
export const strangeSignatures: Tokens = async (ground) => {
  const edges = [0n, 1n, P256_ORDER - 1n, P256_ORDER, P256_ORDER + 1n, ED25519_ORDER, 2n ** 256n - 1n].map(big);
  const pairsOfNumbers = pairs(edges, edges).map(([r, s]) => Buffer.concat([r, s]));
  const tokens = ground.keys.flatMap((key) => {
    const header = headerOf(key);
    const [claims = {}] = coveted(ground, 1);
    const input = `${base64url(header)}.${base64url(claims)}`;
    const respelled = Promise.resolve(signer(key)(input)).then((signature) => spellings(Buffer.from(signature)));
    return [Promise.resolve(pairsOfNumbers), respelled].map(async (signatures) =>
      (await signatures).map((signature) => `${input}.${base64url(signature)}`),
    );
  });
  return (await Promise.all(tokens)).flat();
};

function big(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(64, "0"), "hex");
}

/** A true signature written otherwise: none of them may count as it. */
function spellings(signature: Buffer): Buffer[] {
  const [r, s] = [signature.subarray(0, 32), signature.subarray(32)];
  const zero = Buffer.alloc(1);
  return [
    [der(r, s), Buffer.concat([signature, zero]), Buffer.concat([zero, signature])],
    [signature.subarray(1), signature.subarray(0, -1), Buffer.concat([signature, signature]), Buffer.alloc(0)],
    [Buffer.concat([s, r, zero]), Buffer.concat([zero, r, zero, s]), Buffer.from(signature.toString("hex"))],
    // Ed25519 with S + L, the same point in a second spelling (RFC 8032 §5.1.7 refuses it).
    ...(s.length === 32 ? [Buffer.concat([r, little(unlittle(s) + ED25519_ORDER)])] : []),
  ].flat();
}

function der(r: Buffer, s: Buffer): Buffer {
  const body = Buffer.concat([r, s].flatMap((number) => [Buffer.from([2, number.length + 1, 0]), number]));
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}

function unlittle(bytes: Buffer): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString("hex")}`);
}

function little(value: bigint): Buffer {
  return big(value & (2n ** 256n - 1n)).reverse();
}
