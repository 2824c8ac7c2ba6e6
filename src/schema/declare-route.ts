import type { Context } from "./context.ts";
import type { CustomRoute } from "./custom-route.ts";
import type { AnswerInput, Handled, JsonOf, PathNames, Sent, Shown, Value } from "./infer-route.ts";
import type { Reply } from "./reply.ts";
import type { DeclaredRule } from "./rule.ts";
import type { StandardSchema } from "./standard-schema.ts";
import type { Columns } from "./table.ts";

/** How a part of a request looks: columns by name, or a validator of any library that follows Standard Schema. */
export type Shape = Columns | StandardSchema;

/** What a route says beside its path and its code. */
export interface RouteOptions {
  /** The parameters of the path; without it they are texts. */
  readonly params?: Shape;
  /** The parameters of the query; without it the route takes none. */
  readonly query?: Shape;
  /** The JSON body; without it POST, PUT and PATCH take any JSON, or none. */
  readonly body?: Shape;
  /** What the code answers; `[shape]` for a list. What does not fit is a fault of the server. */
  readonly answer?: Shape | readonly [Shape];
  /** Who may call it; everyone unless it says otherwise. */
  readonly allow?: DeclaredRule;
  /** The media type of the answer where it is not JSON: then the code answers a text, or texts one after the other. */
  readonly type?: string;
  /** Headers that the answer may have, for the documentation. */
  readonly headers?: readonly string[];
  readonly summary?: string;
  readonly description?: string;
}

export type RouteMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** What the code of a route gets: the checked input, and the context to work with. */
export type Call<In = CallInput> = Context & In;

export interface CallInput {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/** Everything a route's declaration says, as data. */
export interface RouteSpec {
  readonly method: RouteMethod;
  readonly path: string;
  readonly options: RouteOptions;
  readonly handler: (call: Call) => unknown;
}

/** A declared route; its types are read by the typed client. */
export class DeclaredRoute<
  out Method extends RouteMethod = RouteMethod,
  out Path extends string = string,
  out In = unknown,
  out Out = unknown,
> implements CustomRoute<Method, Path, In, Out>
{
  declare readonly "~method": Method;
  declare readonly "~path": Path;
  declare readonly "~input": In;
  declare readonly "~output": Out;
  readonly spec: RouteSpec;

  constructor(spec: RouteSpec) {
    this.spec = spec;
  }
}

/** What the code gets for the options of its route. */
type InputFor<Method extends RouteMethod, Path extends string, Options extends RouteOptions> = {
  readonly params: Options extends { readonly params: infer S }
    ? Value<S>
    : { readonly [Name in PathNames<Path>]: string };
  readonly query: Options extends { readonly query: infer S } ? Value<S> : Record<never, never>;
  readonly body: Options extends { readonly body: infer S }
    ? Value<S>
    : Method extends "GET" | "DELETE"
      ? undefined
      : unknown;
};

/** What a caller sends: a part that the route has nothing of is absent. */
type SentFor<Method extends RouteMethod, Path extends string, Options extends RouteOptions> = Shown<
  ([PathNames<Path>] extends [never]
    ? unknown
    : {
        readonly params: Options extends { readonly params: infer S }
          ? Sent<S>
          : { readonly [Name in PathNames<Path>]: string };
      }) &
    (Options extends { readonly query: infer S } ? { readonly query: Sent<S> } : unknown) &
    (Options extends { readonly body: infer S }
      ? { readonly body: Sent<S> }
      : Method extends "GET" | "DELETE"
        ? unknown
        : { readonly body?: unknown })
>;

/** What the code may answer. */
type Allowed<Options extends RouteOptions> = Options extends { readonly type: string }
  ? TextAnswer | Reply<TextAnswer> | Promise<TextAnswer | Reply<TextAnswer>>
  : Options extends { readonly answer: infer S }
    ? AnswerInput<S> | Reply<AnswerInput<S>> | Promise<AnswerInput<S> | Reply<AnswerInput<S>>>
    : unknown;
type TextAnswer = string | AsyncIterable<string>;

type OutputFor<Options extends RouteOptions, Result> = Options extends { readonly type: string }
  ? string
  : Options extends { readonly answer: infer S }
    ? JsonOf<Value<S>>
    : JsonOf<Handled<Result>>;

/** Declares a route of one method: the path and the code, or with options between them. */
export interface Declare<Method extends RouteMethod> {
  <const Path extends string, Result>(
    path: Path,
    handler: (call: Call<InputFor<Method, Path, Record<never, never>>>) => Result,
  ): DeclaredRoute<Method, Path, SentFor<Method, Path, Record<never, never>>, JsonOf<Handled<Result>>>;
  <const Path extends string, const Options extends RouteOptions, Result extends Allowed<Options>>(
    path: Path,
    options: Options,
    handler: (call: Call<InputFor<Method, Path, Options>>) => Result,
  ): DeclaredRoute<Method, Path, SentFor<Method, Path, Options>, OutputFor<Options, Result>>;
}

function declare<Method extends RouteMethod>(method: Method): Declare<Method> {
  const route = (path: string, ...rest: readonly unknown[]): DeclaredRoute => {
    const [options, handler] = rest.length > 1 ? rest : [{}, rest[0]];
    return new DeclaredRoute({
      method,
      path,
      options: options as RouteOptions,
      handler: handler as RouteSpec["handler"],
    });
  };
  return route as unknown as Declare<Method>;
}

/** A GET of the application's own: `get("/api/hello", () => ({ message: "Hello!" }))`. */
export const get: Declare<"GET"> = declare("GET");
/** A POST of the application's own. */
export const post: Declare<"POST"> = declare("POST");
/** A PUT of the application's own. */
export const put: Declare<"PUT"> = declare("PUT");
/** A PATCH of the application's own. */
export const patch: Declare<"PATCH"> = declare("PATCH");
/** A DELETE of the application's own; `delete` is a word of the language. */
export const del: Declare<"DELETE"> = declare("DELETE");
