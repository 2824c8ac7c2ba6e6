import { pino, type DestinationStream, type Logger } from "pino";
import type { Observation } from "./observation.ts";
import { withoutSecrets } from "./without-secrets.ts";

/** What is written of all that happens. */
export interface LogOptions {
  /** Of how many requests one is written, beside those that failed or were slow; 0 is none. */
  readonly every: number;
  /** From which on a request is slow, in milliseconds. */
  readonly slowMs: number;
}

/** Names under which an error of somebody's library may carry what opens something. */
const SECRETS = ["password", "token", "secret", "authorization", "cookie", "params", "parameters"];

/** Pino's numbers. */
const INFO = 30;
const WARN = 40;
const ERROR = 50;

/** A status from here on is a mistake of the server's own. */
const FIRST_FAILURE = 500;

type Answered = Extract<Observation, { is: "answered" }>;

/** The log of a server in production: a JSON object a line, with the id that the caller was given. */
export class ServerLog {
  readonly #logger: Logger;
  readonly #lines: DestinationStream;
  readonly #options: LogOptions;
  #count = 0;

  /** `lines` takes whole lines; it may gather them. */
  constructor(lines: DestinationStream, options: LogOptions) {
    this.#lines = lines;
    this.#options = options;
    const paths = SECRETS.flatMap((name) => [`err.${name}`, `err.*.${name}`]);
    this.#logger = pino({ base: null, redact: { paths, censor: "(private)" } }, lines);
  }

  observe(observation: Observation): void {
    switch (observation.is) {
      case "answered":
        this.#answered(observation);
        break;
      case "fault":
        this.#logger.error({ request_id: observation.requestId, err: observation.cause }, "the server made a mistake");
        break;
      case "refused":
        if (this.#isSampled())
          this.#logger.info({ request_id: observation.requestId, code: observation.code }, "a rule refused a request");
        break;
      case "system":
        this.#logger.info({ request_id: observation.requestId, reason: observation.reason }, "rows without policies");
        break;
      case "traces_lost":
        this.#logger.warn({ err: observation.cause }, "traces were not taken");
        break;
      case "passkey_refused":
        this.#logger.warn({ reason: observation.reason, passkey: observation.passkey }, "a passkey was refused");
        break;
      // Whoever delivers mails says in words what became of them; the others are for those who count and trace.
      case "mail":
      case "sql":
      case "statements":
      case "exchange":
        break;
    }
  }

  /** Something that is no request's. */
  warn(text: string): void {
    this.#logger.warn(text);
  }

  #answered(answered: Answered): void {
    const { status, tookMs } = answered;
    if (status >= FIRST_FAILURE) this.#lines.write(lineOf(ERROR, answered));
    else if (tookMs >= this.#options.slowMs) this.#lines.write(lineOf(WARN, answered));
    else if (this.#isSampled()) this.#lines.write(lineOf(INFO, answered));
  }

  #isSampled(): boolean {
    const { every } = this.#options;
    return every !== 0 && this.#count++ % every === 0;
  }
}

/** Letters that a JSON text takes as they are. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** The same line as pino's, put together by hand: there may be one for each request. */
function lineOf(level: number, answered: Answered): string {
  const { requestId, method, url, route, status, tookMs, bytes } = answered;
  const of = route === undefined ? "" : `,"route":${quoted(route)}`;
  return (
    `{"level":${level},"time":${Date.now()},"request_id":"${requestId}","method":${quoted(method)}${of},` +
    `"url":${quoted(withoutSecrets(url))},"status":${status},"took_ms":${Math.round(tookMs * 100) / 100},` +
    `"bytes":${bytes},"msg":"answered"}\n`
  );
}

/** The method and the URL are the caller's: quotes, line ends and control characters must not end the line. */
function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}
