import type { TokenAlgorithm } from "./auth/tokens/key-ring.ts";
import type { ProviderSettings } from "./config/provider-settings.ts";
import { publicOriginOf } from "./config/public-origin.ts";
import type { ShownSetting } from "./config/shown-settings.ts";
import { DeclarationError } from "./errors/declaration-error.ts";
import type { AllowedOrigins } from "./http/cors.ts";
import type { MailOptions } from "./mail/outbox.ts";
import type { PlannedChange } from "./repository/pending-migrations.ts";
import type { Observer } from "./observability/observation.ts";

/** Where the migrations of an application are, and how it is run. */
export interface MigrationsOption {
  /** The folder that holds `migrations`. */
  readonly folder: string;
  /** How the application was named on the command line. Default: `.`. */
  readonly application?: string;
  /** Whether the database follows the declaration while that is edited. Default: false. */
  readonly development?: boolean;
  /** What the edited declaration asks for and is not done. */
  readonly waiting?: (() => PlannedChange | undefined) | undefined;
}

/** What an engine is opened with beside the application. */
export interface EngineOptions {
  /** `sqlite:PATH`. */
  readonly database: string;
  readonly sqliteDriver?: "auto" | "better-sqlite3" | "node-sqlite";
  /** Signs cursors and tokens; without it the database keeps one of its own. */
  readonly secret?: string | undefined;
  /** What new tokens are signed by. Default: EdDSA. */
  readonly tokenAlgorithm?: TokenAlgorithm;
  /** How many proxies stand in front of the server, whose X-Forwarded-For is believed. Default: 0. */
  readonly trustProxy?: number;
  /** Which web pages may read answers. Default: any page of this machine. */
  readonly origins?: AllowedOrigins;
  /** Whether /docs and /openapi.json answer. Default: true. */
  readonly docs?: boolean;
  /** Whether /console answers. Default: true. */
  readonly console?: boolean;
  /** Milliseconds after which a slow query is ended. */
  readonly queryTimeoutMs?: number;
  /** Milliseconds until a route of the application's own code must have answered. */
  readonly handlerTimeoutMs?: number;
  /** Milliseconds that a transaction of the application's own code, `before` hooks included, may hold the database. */
  readonly transactionTimeoutMs?: number;
  /** Milliseconds until a `prepare` hook must have ended. */
  readonly prepareTimeoutMs?: number;
  /** Milliseconds until an `after` hook must have ended. */
  readonly afterTimeoutMs?: number;
  /** How mails leave. Without it they are kept in the outbox. */
  readonly mail?: MailOptions | undefined;
  /**
   * Where browsers reach the server, `https://app.example.com`: links in mails begin with it, never with what a request
   * says, and with https cookies travel no other way. A function where it is known later.
   */
  readonly publicUrl?: string | (() => string | undefined) | undefined;
  /** Providers that one can sign in with; they need `publicUrl`. */
  readonly providers?: readonly ProviderSettings[] | undefined;
  /** The time that accounts go by: sessions, tokens, links, limits on guesses. Milliseconds since 1970; default: the machine's. */
  readonly now?: (() => number) | undefined;
  /** Whether every caller is told which rule refused its request (`X-Servery-Explain`); administrators are told anyway. Default: false. */
  readonly explain?: boolean;
  /** What administrators are told that the application runs with. It decides nothing. */
  readonly settings?: readonly ShownSetting[] | undefined;
  /** What administrators are told of its migrations by. It decides nothing, and nothing is migrated. */
  readonly migrations?: MigrationsOption | undefined;
  /**
   * What whoever makes the first administrator over HTTP has to send: a random text that only those see who run the server.
   * Without it that is possible in development alone, at the machine itself.
   */
  readonly firstRunToken?: string | undefined;
  /** Of how many requests one is followed on its way, for `engine.xray`; 1 is every one, 0 none. Default: 0. */
  readonly followEvery?: number | undefined;
  /** Whether /metrics answers, and the token that it asks for. Without it nothing is counted. */
  readonly metrics?: { readonly token: string | undefined } | undefined;
  /** Where traces are sent: the URL of an OpenTelemetry collector that takes OTLP over HTTP. */
  readonly traces?: { readonly url: string } | undefined;
  /** Told of what happens: statements, and faults with the request id that the caller was given. */
  readonly observe?: Observer | undefined;
}

/** The origin that links begin with, once it is asked for; undefined where nobody named one. */
export function publicUrlOf({ publicUrl }: EngineOptions): () => string | undefined {
  if (typeof publicUrl !== "string") return publicUrl ?? (() => undefined);
  const origin = publicOriginOf(publicUrl);
  if (origin === undefined)
    throw new DeclarationError("publicUrl", "it is no origin", "Write one like https://shop.example.com");
  return () => origin;
}
