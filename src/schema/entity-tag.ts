import { hash } from "node:crypto";

/** Characters kept of the base64url digest: 132 bits, far beyond any accidental clash. */
const TAG_LENGTH = 22;

/**
 * The opaque part of a row's ETag (RFC 9110 §8.8.3): a truncated SHA-256 of its representation.
 * Never a clock: a thousand grouped updates may share one millisecond.
 */
export function entityTag(representation: string): string {
  return hash("sha256", representation, "base64url").slice(0, TAG_LENGTH);
}
