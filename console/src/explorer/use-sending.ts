import { useRef, useState } from "react";
import type { Endpoint } from "../api/open-api.ts";
import { type ReceivedAnswer, type SentRequest, sendRequest } from "../api/send-request.ts";
import { announce } from "../state/announcement.ts";
import { type Asking, type Caller, callers, chosenAsking, freshToken } from "../state/callers.ts";
import { chosenEnvironment, environments } from "../state/environments.ts";
import { useStore } from "../state/store.ts";
import type { Substitution } from "../state/substitute.ts";
import { milliseconds } from "../text/amounts.ts";
import { type BuiltRequest, buildRequest, type DraftProblem } from "./build-request.ts";
import type { Draft } from "./draft.ts";
import { remember } from "./history.ts";

/** What became of an endpoint's last request. */
interface Outcome {
  readonly busy: boolean;
  readonly request?: SentRequest;
  readonly answer?: ReceivedAnswer;
  readonly problem?: DraftProblem;
}

export interface Sending extends Outcome {
  readonly send: () => void;
  readonly cancel: () => void;
  /** The request as it would go now. */
  readonly built: BuiltRequest;
  /** Whoever it goes as; undefined for the public. */
  readonly asking: Asking | undefined;
}

const NOTHING: Outcome = { busy: false };

/** Sends what is written for an endpoint, and keeps what came back for each. */
export function useSending(endpoint: Endpoint, draft: Draft): Sending {
  const [outcomes, setOutcomes] = useState<Readonly<Record<string, Outcome>>>({});
  const running = useRef<AbortController>(undefined);
  const asking = chosenAsking(useStore(callers));
  const caller = asking?.caller;
  const environment = chosenEnvironment(useStore(environments));
  const put = (outcome: Outcome): void => setOutcomes((all) => ({ ...all, [endpoint.id]: outcome }));
  const substitution = (token: string | undefined): Substitution => ({
    environment: environment.name,
    values: new Map([
      ...environment.variables.map(({ name, value }) => [name, value] as const),
      ...(token === undefined ? [] : [["token", token] as const]),
    ]),
  });
  const built = (token = caller?.tokens.access): BuiltRequest =>
    buildRequest({ endpoint, draft, variables: substitution(token), asking });
  const outcome = outcomes[endpoint.id] ?? NOTHING;
  const send = async (): Promise<void> => {
    if (outcome.busy) return;
    const abort = new AbortController();
    running.current = abort;
    // Also while the token is renewed: whoever presses again meanwhile would send it twice.
    put({ ...outcome, busy: true });
    const { request, problem } = built(caller === undefined ? undefined : await tokenOf(caller));
    if (problem !== undefined) {
      announce(problem.message);
      put({ busy: false, problem });
      return;
    }
    put(await outcomeOf(request, abort.signal, (answer) => remember({ endpoint, draft, answer })));
  };
  return {
    ...outcome,
    send: () => void send(),
    cancel: () => running.current?.abort(),
    built: built(),
    asking,
  };
}

/** The token as it is, where it cannot be renewed: then the server says what is wrong with it. */
function tokenOf(caller: Caller): Promise<string> {
  return freshToken(caller).catch(() => caller.tokens.access);
}

async function outcomeOf(
  request: SentRequest,
  signal: AbortSignal,
  came: (answer: ReceivedAnswer) => void,
): Promise<Outcome> {
  try {
    const answer = await sendRequest(request, signal);
    announce(`${answer.status} ${answer.statusText}, ${milliseconds(answer.ms)}`);
    came(answer);
    return { busy: false, request, answer };
  } catch (error) {
    const message = signal.aborted
      ? "You cancelled it. The server may have done it all the same."
      : unreachable(request, error);
    announce(message);
    return { busy: false, request, problem: { place: "answer", message } };
  }
}

function unreachable({ url }: SentRequest, error: unknown): string {
  const { origin } = new URL(url);
  if (origin !== location.origin)
    return `The console may ask ${location.origin} alone, and base_url is ${origin}. Open the console of that server, or copy the request as curl.`;
  return `No answer came: ${error instanceof Error ? error.message : String(error)}. Is the server still running?`;
}
