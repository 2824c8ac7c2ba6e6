import type { AnyDeclaration } from "../schema/application.ts";
import type { IsView, TableAt, TableName } from "../schema/infer.ts";
import type { PathOf } from "../schema/infer-query.ts";
import type { AccountsName } from "../schema/infer-accounts.ts";
import type { AuthClient } from "./auth-types.ts";
import type { BatchCall } from "./batch-types.ts";
import type { RouteCalls } from "./route-types.ts";
import type { TableClient, ViewClient } from "./table-client.ts";

/** The client's own members; a table of such a name is reached by `api.table(name)`. */
type OwnName = "get" | "post" | "put" | "patch" | "delete" | "batch" | "table" | "auth" | "then";

/** The table that has this name in URLs. */
type NameAt<App extends AnyDeclaration, Path> = {
  [Name in TableName<App>]: PathOf<App, Name> extends Path ? Name : never;
}[TableName<App>];

type ClientOf<App extends AnyDeclaration, Name extends TableName<App>> =
  IsView<TableAt<App, Name>> extends true ? ViewClient<App, Name> : TableClient<App, Name>;

/** Signing in and out, where some table has accounts. */
type AccountCalls<App extends AnyDeclaration> = [AccountsName<App>] extends [never]
  ? unknown
  : { readonly auth: AuthClient<App> };

/** Everything an application offers: its tables by their names in URLs, its own routes by method and path. */
export type Client<App extends AnyDeclaration> = {
  readonly [Name in TableName<App> as Exclude<PathOf<App, Name>, OwnName>]: ClientOf<App, Name>;
} & RouteCalls<App> &
  AccountCalls<App> & {
    /** A table by its name, also where the client has a member of that name. */
    table<const Path extends PathOf<App, TableName<App>>>(path: Path): ClientOf<App, NameAt<App, Path>>;
    /** Several writes in one transaction: all of them happen, or none. */
    batch: BatchCall<App>;
  };
