import { type GitHubClient, GitHubProvider } from "./github-provider.ts";
import type { IdentityProvider, ProviderFetch } from "./identity-provider.ts";
import { type OpenIdClient, OpenIdProvider } from "./openid-provider.ts";

/** The configured ways in, by their names. Nothing is asked of them yet. */
export function identityProviders(
  clients: readonly (OpenIdClient | GitHubClient)[],
  outside: { readonly fetch: ProviderFetch; readonly now: () => number },
): ReadonlyMap<string, IdentityProvider> {
  return new Map(
    clients.map((client) => [
      client.name,
      "issuer" in client
        ? new OpenIdProvider(client, outside.fetch, outside.now)
        : new GitHubProvider(client, outside.fetch),
    ]),
  );
}
