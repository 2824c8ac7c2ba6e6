import type { HttpRequest } from "./http-message.ts";

/**
 * The address of whoever asks. Behind proxies it is what the outermost one that is trusted wrote into X-Forwarded-For:
 * each adds the address that it was asked from at the end, and what stands in front of that anybody may have written.
 */
export function clientAddress(request: HttpRequest, trustedProxies: number): string | undefined {
  if (trustedProxies === 0) return request.address;
  const forwarded = (request.header("x-forwarded-for") ?? "").split(",").map((part) => part.trim());
  return forwarded.at(-trustedProxies) || request.address;
}
