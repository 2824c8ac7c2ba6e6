import { beginWithProvider } from "./controller/auth/begin-with-provider.ts";
import { finishWithProvider } from "./controller/auth/finish-with-provider.ts";
import { listProviders } from "./controller/auth/list-providers.ts";
import type { Route } from "./route.ts";

const noTable = { method: "GET", table: undefined, relation: undefined } as const;

/** The routes of signing in with a provider. */
export const providerRoutes: readonly Route[] = [
  { ...noTable, pattern: "/api/auth/providers", action: listProviders },
  { ...noTable, pattern: "/api/auth/with/{provider}", action: beginWithProvider },
  { ...noTable, pattern: "/api/auth/with/{provider}/callback", action: finishWithProvider },
];
