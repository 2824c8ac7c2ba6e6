/**
 * A route of the application's own code, as the declaration carries it. The members with a tilde exist in
 * the types alone: the typed client reads them.
 */
export interface CustomRoute<
  out Method extends string = string,
  out Path extends string = string,
  out Input = unknown,
  out Output = unknown,
> {
  readonly "~method": Method;
  readonly "~path": Path;
  /** `{ params, query, body }` as a caller sends them. */
  readonly "~input": Input;
  readonly "~output": Output;
}
