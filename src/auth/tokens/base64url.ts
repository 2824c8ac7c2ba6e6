/**
 * The bytes of a base64url text (RFC 4648 §5) in its one canonical spelling, or undefined: padding, other alphabets,
 * spaces and trailing bits are refused, so that no two texts are the same token.
 */
export function bytesOf(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64url");
  return bytes.toString("base64url") === text ? bytes : undefined;
}
