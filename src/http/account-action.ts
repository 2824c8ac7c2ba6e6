import type { Command } from "../validation/command.ts";
import { refuseExtras } from "./account-answer.ts";
import { ownRequest } from "./account-doors.ts";
import type { HttpAnswer } from "./http-message.ts";
import type { Action, ControllerHop, RoutedRequest, Validation } from "./route.ts";

/** What tells one action of accounts from another. */
interface AccountAction<C extends Command> {
  readonly name: string;
  /**
   * Who may ask. `anybody`: credentials are not looked at, so that those which are over are in nobody's way. `caller`:
   * the service decides. `session`: whoever has signed in, and not with an API key; others are told so before all else.
   */
  readonly by: "anybody" | "caller" | "session";
  /** Reads the JSON body; without it the route takes none. */
  readonly parse?: (request: RoutedRequest, validation: Validation) => C;
  readonly control: (hop: ControllerHop<C>) => HttpAnswer | Promise<HttpAnswer>;
}

/** An action of accounts. None takes parameters, or a key under which an answer with tokens would be kept. */
export function accountAction<C extends Command>({ name, by, parse, control }: AccountAction<C>): Action {
  return {
    name,
    access: undefined,
    anybody: by === "anybody",
    reads: parse === undefined ? [] : ["json"],
    answers: ["application/json"],
    validate: (request, validation) => {
      if (by === "session") ownRequest(request);
      else refuseExtras(request);
      return parse?.(request, validation);
    },
    control: (hop) => control(hop as ControllerHop<C>),
  };
}
