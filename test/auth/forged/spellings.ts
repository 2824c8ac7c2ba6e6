import {
  altered,
  base64url,
  claimsOf,
  compact,
  coveted,
  headerOf,
  mainKey,
  pairs,
  signer,
  type Tokens,
} from "./ground.ts";

export const truncated: Tokens = ({ valid }) =>
  Promise.resolve(Array.from({ length: valid.length }, (_, length) => valid.slice(0, length)));

/** The start is missing, or the middle. */
export const beheaded: Tokens = ({ valid }) =>
  Promise.resolve([
    ...Array.from({ length: valid.length - 1 }, (_, at) => valid.slice(at + 1)),
    ...Array.from({ length: valid.length }, (_, at) => valid.slice(0, at) + valid.slice(at + 1)),
  ]);

/** One bit of one of the three segments is another; every bit in turn. */
export function flipped(segment: 0 | 1 | 2): Tokens {
  return ({ valid }) => {
    const parts = valid.split(".");
    const bytes = Buffer.from(parts[segment] ?? "", "base64url");
    const tokens = Array.from({ length: bytes.length * 8 }, (_, bit) => {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      return parts.map((part, at) => (at === segment ? base64url(changed) : part)).join(".");
    });
    return Promise.resolve(tokens);
  };
}

/** Too few and too many segments, empty ones, and the five of an encrypted token. */
export const segmentCounts: Tokens = ({ valid }) => {
  const parts = valid.split(".");
  const [header = "", payload = "", signature = ""] = parts;
  const more = ["", "a", "AAAA", header, payload, signature];
  const inserted = pairs([0, 1, 2, 3], more).map(([at, part]) => parts.toSpliced(at, 0, part).join("."));
  const two = pairs(more, more).map(([one, other]) => `${valid}.${one}.${other}`);
  const emptied = [0, 1, 2].map((at) => parts.with(at, "").join("."));
  const few = [[], [header], [header, payload], [header, signature], [payload, signature], ["", "", ""], ["", ""]];
  return Promise.resolve([
    ...inserted,
    ...two,
    ...emptied,
    ...few.map((some) => some.join(".")),
    parts.toReversed().join("."),
  ]);
};

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** The same bytes, spelled otherwise: padding, other alphabets, spaces, and bits behind the last byte. */
export const otherSpellings: Tokens = ({ valid }) => {
  const parts = valid.split(".");
  const tokens = parts.flatMap((part, at) => {
    const spelled = ["=", "==", "===", "\n", " ", "\t", "\r\n", "\0", "%3D", "A", "+", "/", "\u00AD", "!"];
    const inside = Math.floor(part.length / 2);
    const changed = [
      ...spelled.flatMap((odd) => [part + odd, odd + part, part.slice(0, inside) + odd + part.slice(inside)]),
      [...LETTERS].map((last) => part.slice(0, -1) + last).filter((other) => sameBytes(other, part)),
      Buffer.from(part, "base64url").toString("base64"),
      Buffer.from(part, "base64url").toString("hex"),
      encodeURIComponent(part.replaceAll("_", "/").replaceAll("-", "+")),
      part.replace(/[A-Z]/, (letter) => String.fromCodePoint((letter.codePointAt(0) ?? 0) + 0xfee0)),
    ].flat();
    return changed.map((other) => parts.with(at, other).join("."));
  });
  return Promise.resolve(tokens.filter((token) => token !== valid));
};

function sameBytes(one: string, other: string): boolean {
  return one !== other && Buffer.from(one, "base64url").equals(Buffer.from(other, "base64url"));
}

/** What callers send by mistake or to see what happens. */
export const noTokens: Tokens = ({ valid, keys }) => {
  const [payload, signature] = valid.split(".").slice(1);
  const [header] = valid.split(".");
  const json = [
    { payload, signatures: [{ protected: header, signature }] },
    { protected: header, payload, signature },
  ];
  const around = ["Bearer ", "bearer ", '"', "'", "<", "(", " ", "\n", "\u200b", "\ufeff"].flatMap((odd) => [
    odd + valid,
    valid + odd,
  ]);
  const separators = [" ", ",", "..", "/", ":", "%2E", "\u3002", ". "].map((dot) => valid.replaceAll(".", dot));
  const words =
    "null undefined NaN true [object Object] .. ... . - _ = token {} [] 0 eyJhbGciOiJub25lIn0.. 💥 \0 \ud800".split(
      " ",
    );
  const encoded = [
    Buffer.from(valid).toString("base64"),
    base64url(valid),
    encodeURIComponent(`${valid}.`),
    [...valid].reverse().join(""),
  ];
  const twice = [valid + valid, `${valid},${valid}`, `${valid} ${valid}`, valid.toUpperCase(), valid.toLowerCase()];
  const published = keys.map((key) => JSON.stringify(key.published ?? {}));
  const texts = [...json.map((form) => JSON.stringify(form)), ...around, ...separators, ...words, ...encoded, ...twice];
  return Promise.resolve([...texts, ...published, "", "\u0000".repeat(100), "a.b.c", "é.é.é"]);
};

/** Longer than any token of this server, and signed truly: up to 100 KB of claims or of a key's name. */
export const oversized: Tokens = (ground) => {
  const lengths = [8_192, 9_000, 12_000, 16_384, 32_768, 65_536, 100_000];
  const names = ["pad", "scope", "table", "sid", "sub", "__proto__", "a"];
  const claims = pairs(lengths, names).map(([length, name]) => altered(ground, {}, { [name]: "x".repeat(length) }));
  const headers = lengths.map((length) => altered(ground, { kid: "k".repeat(length) }));
  return Promise.all([...claims, ...headers]);
};

/** Parts of several true tokens put together, and claims edited under the signature of others. */
export const spliced: Tokens = async (ground) => {
  const signed = coveted(ground, 8).map((claims) =>
    compact(headerOf(mainKey(ground)), claims, signer(mainKey(ground))),
  );
  const tokens = (await Promise.all(signed)).map((token) => token.split("."));
  const [header = "", payload = "", signature = ""] = ground.valid.split(".");
  const mixed = pairs(tokens, tokens).filter(([one, other]) => one !== other);
  const edited = ["sub", "table", "sid", "exp", "role"].map((name) =>
    base64url({ ...claimsOf(ground), [name]: "admin" }),
  );
  return [
    ...mixed.map(([one, other]) => `${header}.${one[1] ?? ""}.${other[2] ?? ""}`),
    ...tokens.flatMap((part) => [`${header}.${part[1] ?? ""}.${signature}`, `${header}.${payload}.${part[2] ?? ""}`]),
    ...edited.map((claims) => `${header}.${claims}.${signature}`),
  ];
};
