/** Digits and letters without i, l, o and u, which are mistaken for others (Crockford's base 32). */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const BITS = 5;
const BITS_OF_A_BYTE = 8;

/** The bytes as digits and small letters of which none can be mistaken for another, five bits each; the last is filled up with zeros. */
export function readableText(bytes: Uint8Array): string {
  let text = "";
  let kept = 0;
  let bits = 0;
  for (const byte of bytes) {
    kept = ((kept << BITS_OF_A_BYTE) | byte) & 0xffff;
    bits += BITS_OF_A_BYTE;
    while (bits >= BITS) {
      bits -= BITS;
      text += ALPHABET.charAt((kept >> bits) & 31);
    }
  }
  return bits === 0 ? text : text + ALPHABET.charAt((kept << (BITS - bits)) & 31);
}

/** What somebody typed in the form of `readableText`: small letters, o as 0, i and l as 1, without spaces and hyphens. */
export function typedText(text: string): string {
  return text.replaceAll(/[\s-]/g, "").toLowerCase().replaceAll("o", "0").replaceAll(/[il]/g, "1");
}
