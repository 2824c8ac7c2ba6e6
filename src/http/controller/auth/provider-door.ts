import { Problem } from "../../../errors/problem.ts";
import type { ProviderDoor, RoutedRequest, Services } from "../../route.ts";

/** The way in that a request names. */
export function providerDoor(
  services: Services,
  request: RoutedRequest,
): { readonly door: ProviderDoor; readonly name: string } {
  if (services.providers === undefined) throw new Problem("not_found", "There is no such way to sign in.");
  return { door: services.providers, name: request.key ?? "" };
}
