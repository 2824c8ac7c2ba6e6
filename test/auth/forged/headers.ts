import { deflateRawSync } from "node:zlib";
import {
  altered,
  base64url,
  compact,
  coveted,
  type ForgingGround,
  headerOf,
  hmac,
  mainKey,
  type Members,
  pairs,
  signer,
  type Signer,
  type Tokens,
} from "./ground.ts";

/** Ids that a look-up might take for a path, a query, an address or a member of every object. */
const PLACES = [
  ["../../dev/null", "/dev/null", "../../../../etc/passwd", "..\\..\\windows\\win.ini", "file:///dev/null", "."],
  ["' OR 1=1 --", "' UNION SELECT 'key' --", "1; DROP TABLE _servery_keys", "%", "_", "*", "\\", "a' OR 'a'='a"],
  ["http://127.0.0.1:1/key", "https://forger.example/jwks.json", "//forger.example", "data:,key", "$(id)", "`id`"],
  ["__proto__", "constructor", "toString", "hasOwnProperty", "prototype", "valueOf", "length", "0", "-1", "null"],
  ["undefined", "", " ", "\0", "\n", "\r\nX: y", "%00", "%2e%2e%2f", "default", "${jndi:ldap://127.0.0.1:1/a}"],
].flat();

export const keyIdTricks: Tokens = async (ground) => {
  const { kid } = headerOf(mainKey(ground)) as { kid: string };
  const near = [` ${kid}`, `${kid} `, `${kid}\0`, kid.toUpperCase(), kid.slice(1), kid.slice(0, -1), `${kid},${kid}`];
  const long = ["k".repeat(4_000), "k".repeat(10_240), "../".repeat(1_000)];
  const own = signer(mainKey(ground));
  const [claims = {}] = coveted(ground, 1);
  return signedThree(ground, [...PLACES, ...near, ...long], (value, sign) =>
    compact({ ...headerOf(mainKey(ground)), kid: value }, claims, sign ?? own),
  );
};

export const keyIdOfWrongType: Tokens = async (ground) => {
  const { kid } = headerOf(mainKey(ground)) as { kid: string };
  const rows: unknown[][] = [
    [undefined, null, 0, 1, -1, 1.5, 1e308, true, false, [], {}, [kid], [[kid]], { kid }, { toString: kid }],
    [{ $ne: null }, { length: 1, 0: kid }, [kid, kid]],
  ];
  const own = signer(mainKey(ground));
  const [claims = {}] = coveted(ground, 1);
  return signedThree(ground, rows.flat(), (value, sign) =>
    compact({ ...headerOf(mainKey(ground)), kid: value }, claims, sign ?? own),
  );
};

/** Each value with the server's own key, an empty one, and the forger's. */
function signedThree<T>(
  ground: ForgingGround,
  values: readonly T[],
  make: (value: T, sign: Signer | undefined) => Promise<string>,
): Promise<string[]> {
  const signers = [undefined, hmac(""), ...ground.foreign.slice(0, 1).map(signer)];
  return Promise.all(pairs(values, signers).map(([value, sign]) => make(value, sign)));
}

/** Extensions that the receiver must understand (RFC 7515 §4.1.11): this server understands none. */
export const criticalExtensions: Tokens = (ground) => {
  const names = ["b64", "exp", "alg", "kid", "typ", "crit", "http://forger.example/x", "jwk", "", "__proto__", "x"];
  const lists = names.flatMap((name): unknown[] => [[name], [name, name], [name, "exp"], name]);
  const odd: unknown[] = [[], {}, null, true, 0, [1], [null], [[]]];
  return Promise.all([...lists, ...odd].map((crit) => altered(ground, { crit, x: 1, exp: 1 })));
};

/** The forger's key in the token itself, or an address where it lies. */
export const embeddedKeys: Tokens = async (ground) => {
  const urls = ["https://forger.example/k", "http://127.0.0.1:1/k", "file:///dev/null", "/k", ""];
  const certificates = [["MIIB"], [base64url("certificate")], [], "MIIB"];
  const extras = ground.foreign.flatMap(({ published }): Members[] => [
    ...(published === undefined ? [] : [{ jwk: published }, { jwk: [published] }, { jwks: { keys: [published] } }]),
    ...urls.flatMap((url) => [{ jku: url }, { x5u: url }]),
    ...certificates.map((x5c) => ({ x5c })),
    { "x5t#S256": "aaaa" },
    { jwk: { kty: "oct", k: "" } },
  ]);
  const tokens = pairs(extras, [mainKey(ground), ...ground.foreign]).flatMap(([extra, key]) => [
    compact({ ...headerOf(key), kid: mainKey(ground).stored.kid, ...extra }, coveted(ground, 1)[0] ?? {}, signer(key)),
    compact({ ...extra, alg: key.stored.algorithm, typ: "at+jwt" }, coveted(ground, 1)[0] ?? {}, signer(key)),
  ]);
  return Promise.all(tokens);
};

/** A payload that is not what it seems: unencoded (RFC 7797), deflated, nested, encrypted. */
export const encodedPayloads: Tokens = async (ground) => {
  const key = mainKey(ground);
  const unencoded = [false, true, "false", 0, null].flatMap((b64): Members[] => [{ b64 }, { b64, crit: ["b64"] }]);
  const extras = [...unencoded, { zip: "DEF" }, { zip: "GZ" }, { cty: "JWT" }, { enc: "A256GCM" }, { zip: null }];
  const tokens = pairs(coveted(ground, 3), extras).flatMap(([claims, extra]) => {
    const header = { ...headerOf(key), ...extra };
    const plain = Buffer.from(JSON.stringify(claims));
    // What RFC 7797 signs: the payload as it is.
    const overPlain: Signer = (input) => signer(key)(`${input.split(".")[0] ?? ""}.${plain.toString()}`);
    return [
      compact(header, plain, overPlain),
      compact(header, deflateRawSync(plain), signer(key)),
      compact(header, plain, signer(key)),
    ];
  });
  return Promise.all(tokens);
};

/** Members that stand twice: one reader takes the first, another the last. */
export const repeatedMembers: Tokens = async (ground) => {
  const key = mainKey(ground);
  const { alg, kid } = headerOf(key) as { alg: string; kid: string };
  const names = pairs(["alg", "kid", "typ"], ["none", "HS256", "at+jwt", "JWT", kid, alg, "", "../x"]);
  const texts = names.flatMap(([name, value]) => {
    const extra = JSON.stringify({ [name]: value }).slice(1, -1);
    const text = JSON.stringify(headerOf(key)).slice(1, -1);
    // Also written with an escape, which names the same member.
    const escaped = extra.replace(`"${name[0] ?? ""}`, `"\\u00${name.charCodeAt(0).toString(16)}`);
    return [`{${extra},${text}}`, `{${text},${extra}}`, `{${escaped},${text}}`, `{${text},${escaped}}`];
  });
  return Promise.all(texts.map((text) => compact(text, coveted(ground, 1)[0] ?? {}, signer(key))));
};

/** Headers that mean the same and are written otherwise, or that are no object. All are signed truly. */
export const rewrittenHeaders: Tokens = async (ground) => {
  const key = mainKey(ground);
  const { alg, kid, typ } = headerOf(key);
  const text = JSON.stringify({ alg, kid, typ });
  const orders = [
    { alg, typ, kid },
    { kid, alg, typ },
    { kid, typ, alg },
    { typ, alg, kid },
    { typ, kid, alg },
  ];
  const spaces = [" ", "\n", "\t", "\r\n"].flatMap((space) =>
    [
      [space + text, text + space, text.replaceAll(":", `:${space}`), text.replaceAll(",", `,${space}`)],
      [text.replace("{", `{${space}`), text.replace("}", `${space}}`)],
    ].flat(),
  );
  const escapes = ["alg", "kid", "typ"].map((name) =>
    text.replace(name, `\\u00${name.charCodeAt(0).toString(16)}${name.slice(1)}`),
  );
  const bytes = [[0xef, 0xbb, 0xbf], [0xff], [0xc0, 0x80], [0]].flatMap((odd) => [
    Buffer.concat([Buffer.from(odd), Buffer.from(text)]),
    Buffer.concat([Buffer.from(text), Buffer.from(odd)]),
  ]);
  const noObject = [
    "null",
    "[]",
    `[${text}]`,
    `"${String(alg)}"`,
    "1",
    "true",
    "{",
    "",
    "{}",
    `${text}${text}`,
    `${text}//`,
    "NaN",
  ];
  const extra = ["__proto__", "constructor", "x", "iss", "ppt", "nonce"].map(
    (name) => `{"${name}":{},${text.slice(1)}`,
  );
  const headers = [...orders, ...spaces, ...escapes, ...bytes, ...noObject, ...extra];
  return Promise.all(headers.map((header) => compact(header, coveted(ground, 1)[0] ?? {}, signer(key))));
};

/** Other types of token, and other ways to write the right one. */
export const wrongType: Tokens = (ground) => {
  const names =
    "JWT jwt at+JWT AT+JWT At+Jwt application/at+jwt APPLICATION/AT+JWT at-jwt atjwt at+jwt+jwt at JOSE JOSE+JSON " +
    "logout+jwt secevent+jwt dpop+jwt id+jwt rt+jwt refresh+jwt token-introspection+jwt oauth-authz-req+jwt " +
    "step-state+jwt step-ticket+jwt step-at+jwt at+jwt; at+jwt;charset=utf-8 */* *+jwt at+* at+jws at+cwt bt+jwt " +
    "at+jwt, at+jwt\u0000 xat+jwt at+jwtx at%2Bjwt a\u0442+jwt vc+jwt sd+jwt kb+jwt passport entity-statement+jwt";
  const odd: unknown[] = [
    undefined,
    null,
    "",
    " at+jwt",
    "at+jwt ",
    "at +jwt",
    0,
    true,
    [],
    ["at+jwt"],
    {},
    { typ: "at+jwt" },
  ];
  return Promise.all([...names.split(" "), ...odd].map((typ) => altered(ground, { typ })));
};
