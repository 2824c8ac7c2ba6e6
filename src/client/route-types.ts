import type { AnyDeclaration } from "../schema/application.ts";
import type { CustomRoute } from "../schema/custom-route.ts";
import type { CallOptions } from "./send.ts";

/** The routes of an application's own code. */
type RoutesOf<App extends AnyDeclaration> = NonNullable<App["routes"]>[number];

type RoutesBy<App extends AnyDeclaration, Method extends string> = Extract<
  RoutesOf<App>,
  { readonly "~method": Method }
>;

type RouteAt<App extends AnyDeclaration, Method extends string, Path> = Extract<
  RoutesBy<App, Method>,
  { readonly "~path": Path }
>;

/** `/accounts/:id/statement` → `id`. */
type ParamNames<Path> = Path extends `${string}:${infer Rest}`
  ? Rest extends `${infer Name}/${infer More}`
    ? Name | ParamNames<`/${More}`>
    : Rest
  : never;

/** What a path without a schema for its parameters asks for. */
type PathParams<Path> = [ParamNames<Path>] extends [never]
  ? unknown
  : { readonly params: { readonly [Name in ParamNames<Path>]: string | number } };

type InputOf<Route> =
  Route extends CustomRoute<string, infer Path, infer Input>
    ? Input extends { readonly params: unknown }
      ? Input
      : Input & PathParams<Path>
    : never;

type OutputOf<Route> = Route extends CustomRoute<string, string, unknown, infer Output> ? Output : never;

interface RouteOptions extends CallOptions {
  /** For a POST: it happens once, however often it is sent. */
  readonly idempotencyKey?: true | string;
}

/** A part of which nothing must be there may be left out as a whole. */
type Parts<Input> = {
  readonly [Part in keyof Input as Nothing extends Input[Part] ? never : Part]: Input[Part];
} & {
  readonly [Part in keyof Input as Nothing extends Input[Part] ? Part : never]?: Input[Part];
};

type Nothing = Record<never, never>;

/** The input may be left out where nothing of it must be there. */
type Given<Input> = Nothing extends Input ? [input?: Input & RouteOptions] : [input: Input & RouteOptions];

type RouteCall<App extends AnyDeclaration, Method extends string> = <const Path extends RoutesBy<App, Method>["~path"]>(
  path: Path,
  ...input: Given<Parts<InputOf<RouteAt<App, Method, Path>>>>
) => Promise<OutputOf<RouteAt<App, Method, Path>>>;

/** `api.get("/api/hello")`: the application's own routes by their method. */
export interface RouteCalls<App extends AnyDeclaration> {
  readonly get: RouteCall<App, "GET">;
  readonly post: RouteCall<App, "POST">;
  readonly put: RouteCall<App, "PUT">;
  readonly patch: RouteCall<App, "PATCH">;
  readonly delete: RouteCall<App, "DELETE">;
}
