import { ACCESS_SECONDS } from "#servery/auth/tokens/access-tokens.js";
import { LONGEST_TOKEN_SECONDS } from "#servery/auth/tokens/key-ring.js";
import { refreshToken } from "#servery/auth/tokens/refresh-token.js";
import { StepTokens } from "#servery/auth/tokens/step-tokens.js";
import {
  altered,
  claimsOf,
  compact,
  type ForgingGround,
  headerOf,
  mainKey,
  type Members,
  pairs,
  signer,
  type Tokens,
} from "./ground.ts";

// Every token here is signed truly: the claims alone are wrong.

/** Values that are no text, or an empty one. */
const NO_TEXT_ROWS: readonly unknown[][] = [
  [undefined, null, "", 0, 1, -1, 1.5, true, false, [], {}, ["1"], [[]], [null], { sub: "1" }, { length: 1 }],
  [{ toString: "1" }, { $ne: "" }],
];
const NO_TEXT = NO_TEXT_ROWS.flat();

export const claimsOfWrongType: Tokens = async (ground) => {
  const single = pairs(["sub", "table", "sid"], NO_TEXT).map(([name, value]) => altered(ground, {}, { [name]: value }));
  const { sub, table, sid, ...rest } = claimsOf(ground);
  // Whom it speaks for stands where a reader that inherits would find it.
  const hidden = ["__proto__", "constructor", "prototype", "claims", "ext"].map((name) =>
    signedText(ground, `{"${name}":${JSON.stringify({ sub, table, sid })},${JSON.stringify(rest).slice(1)}`),
  );
  return Promise.all([...single, ...hidden]);
};

/** Payloads that are no JSON object. */
export const strangePayloads: Tokens = async (ground) => {
  const text = JSON.stringify(claimsOf(ground));
  const texts = [
    "null",
    "true",
    "0",
    '""',
    "[]",
    "{}",
    "{",
    "}",
    "",
    " ",
    `[${text}]`,
    `"${base64(text)}"`,
    `${text}${text}`,
  ];
  const broken = [...text].map((_, at) => text.slice(0, at)).filter((_, at) => at % 3 === 1);
  const odd = [
    `${text},`,
    `${text}//`,
    `(${text})`,
    text.replaceAll('"', "'"),
    "[".repeat(4_000),
    '{"a":'.repeat(1_000),
  ];
  const bytes = [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0]].map((wrong) =>
    Buffer.concat([Buffer.from(wrong), Buffer.from(text)]),
  );
  const payloads = [...texts, ...broken, ...odd, ...bytes];
  return Promise.all(payloads.map((payload) => signedText(ground, payload)));
};

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

function signedText(ground: ForgingGround, payload: string | Uint8Array): Promise<string> {
  return compact(headerOf(mainKey(ground)), payload, signer(mainKey(ground)));
}

/** Names of others, and of this server written otherwise. */
function nearNames(name: string): unknown[] {
  const url = new URL(name);
  const others = [
    "https://forger.example",
    "http://localhost",
    "servery",
    "*",
    "null",
    "https://a.example.forger.example",
  ];
  return [
    [undefined, null, "", 0, 1, true, false, [], {}, [name], [name, "x"], [[name]], { iss: name }, { [name]: true }],
    [`${name}/`, `${name}//`, ` ${name}`, `${name} `, `${name}\0`, `${name}?`, `${name}#`, name.toUpperCase()],
    [name.slice(0, -1), name.slice(1), `${name}x`, `x${name}`, name.replace("https", "http"), `${name}:443`, url.host],
    [name.replace("://", ":/"), name.replace("://", "://www."), name.replace("://", "://u@"), encodeURIComponent(name)],
    [`${name},${name}`, `${name} ${name}`, `${name}/api`, `${name}/api/api`, `${name}/API`, `${name}/step/state`],
    [`${name}/../api`, `${name}%2Fapi`, url.pathname, `${url.protocol}//`, name.replace(".", "\u3002"), ...others],
  ].flat();
}

export const wrongIssuer: Tokens = (ground) =>
  Promise.all(nearNames(ground.issuer).map((iss) => altered(ground, {}, { iss })));

export const wrongAudience: Tokens = async (ground) => {
  const right = `${ground.issuer}/api`;
  const names = [ground.issuer, ...nearNames(ground.issuer), ...nearNames(right)].filter((aud) => aud !== right);
  return Promise.all(names.map((aud) => altered(ground, {}, { aud })));
};

/** Times that are no whole number of seconds, or together make no sense. */
export const malformedTimes: Tokens = async (ground) => {
  const iat = Math.floor(ground.now() / 1000);
  const near = [
    String(iat + 60),
    `${iat + 60}s`,
    iat + 60.5,
    iat * 1000,
    -iat,
    new Date(iat * 1000).toISOString(),
    [iat + 60],
    { value: iat },
  ];
  const none = [
    null,
    "",
    "0",
    "never",
    true,
    false,
    [],
    {},
    -1,
    0.5,
    -0.5,
    1e15 + 0.5,
    2 ** 53,
    2 ** 63,
    1e300,
    "1e300",
  ];
  const wrong = pairs(["exp", "iat", "nbf"], [...near, ...none]).map(([name, value]): Members => ({ [name]: value }));
  const missing: Members[] = [{ exp: undefined }, { iat: undefined }, { exp: undefined, iat: undefined }];
  const long = [1, 60, 86_400, 1e9].map((more): Members => ({ exp: iat + LONGEST_TOKEN_SECONDS + more }));
  const backwards = [0, 1, 60].map((less): Members => ({ iat: iat + 20, exp: iat + 20 - less }));
  const infinite = ["1e400", "-1e400", "9".repeat(400)].flatMap((number) =>
    ["exp", "iat", "nbf"].map((name) =>
      signedText(ground, JSON.stringify({ ...claimsOf(ground), [name]: "?" }).replace('"?"', number)),
    ),
  );
  const objects = [...wrong, ...missing, ...long, ...backwards].map((claims) => altered(ground, {}, claims));
  return Promise.all([...objects, ...infinite]);
};

export const notYetValid: Tokens = (ground) => {
  const now = Math.floor(ground.now() / 1000) + ground.sentWithin;
  const ahead = [31, 32, 45, 60, 61, 90, 120, 300, 600, 900, 1_800, 3_600, 86_400, 1e6, 1e8, 1e9, 1e11];
  const claims = ahead.flatMap((seconds): Members[] => [
    { iat: now + seconds, exp: now + seconds + ACCESS_SECONDS },
    { nbf: now + seconds },
    { iat: now + seconds, nbf: now, exp: now + seconds + 1 },
  ]);
  return Promise.all(claims.map((times) => altered(ground, {}, times)));
};

/** Tokens that were good: by a second, by years, and by every key. */
export const expired: Tokens = async (ground) => {
  const now = Math.floor(ground.now() / 1000);
  const ages = [0, 1, 2, 5, 29, 30, 31, 60, 300, 899, 900, 901, 3_600, 86_400, 1e6, 1e7, 1e8, 1e9];
  const tokens = pairs(ground.keys, ages).map(([key, age]) => {
    const times = { iat: now - age - ACCESS_SECONDS, exp: now - age };
    return compact(headerOf(key), { ...claimsOf(ground), ...times }, signer(key));
  });
  return Promise.all(tokens);
};

/** True tokens of this server for other uses. */
export const otherKinds: Tokens = async (ground) => {
  const { ring, issuer, now, subject } = ground;
  const steps = new StepTokens({ ring, issuer, now });
  const claims = claimsOf(ground);
  const kinds =
    "state ticket verify reset otp totp link passkey invite mail oauth-state access at api upload download mcp sse console".split(
      " ",
    );
  const signed = kinds.flatMap((kind) => [steps.sign(kind, claims, 60), steps.sign(kind, { access: true }, 900)]);
  // The same with one of type and audience right: each of the two is asked for.
  const half = kinds.flatMap((kind) => [
    altered(ground, { typ: `step-${kind}+jwt` }),
    altered(ground, {}, { aud: `${issuer}/step/${kind}` }),
  ]);
  const refresh = Array.from({ length: 30 }, (_, generation) =>
    refreshToken("any secret at all", { session: subject.session, nonce: "nonce", generation }),
  );
  return [...(await Promise.all([...signed, ...half])), ...refresh];
};
