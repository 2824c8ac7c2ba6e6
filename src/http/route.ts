import type { Principal } from "../auth/principal.ts";
import type { RelationModel, TableModel } from "../schema/model.ts";
import type { TableAction } from "../schema/rule.ts";
import type { Json } from "../schema/stored.ts";
import type { SignedInCaller } from "../service/accounts/provider-ports.ts";
import type { AddressProof } from "../service/accounts/address-proof.ts";
import type { ProviderSignIn } from "../service/accounts/provider-sign-in.ts";
import type { RowImports } from "../service/import-rows.ts";
import type { ManagedAccounts } from "../service/accounts/managed-accounts.ts";
import type { OwnAccount } from "../service/accounts/own-account.ts";
import type { SecondFactors } from "../service/accounts/second-factors.ts";
import type { Sessions } from "../service/accounts/sessions.ts";
import type { SignIn } from "../service/accounts/sign-in.ts";
import type { SignUp } from "../service/accounts/sign-up.ts";
import type { RecordExports } from "../service/record-exports.ts";
import type { CustomCalls } from "../custom/run-call.ts";
import type { CallModel } from "../schema/call-model.ts";
import type { RecordReads } from "../service/record-reads.ts";
import type { RecordWrites } from "../service/record-writes.ts";
import type { XRayReports } from "../service/x-ray-reports.ts";
import type { BodyValidator } from "../validation/body-validator.ts";
import type { Command } from "../validation/command.ts";
import type { CursorSigner } from "../validation/cursor.ts";
import type { EarlierOperations } from "../validation/earlier-operations.ts";
import type { RowStream } from "../validation/parse-import.ts";
import type { ReadParser } from "../validation/parse-read.ts";
import type { AccountDoors } from "./account-doors.ts";
import type { Audience } from "./open-api/described.ts";
import type { Received } from "./envelope.ts";
import type { HttpAnswer } from "./http-message.ts";
import type { MaintenanceNotice } from "./maintenance.ts";
import type { OperatorServices } from "./operator-services.ts";
import type { Router } from "./router.ts";

/** What turns a request into a command. */
export interface Validation {
  readonly reads: ReadParser;
  readonly bodies: BodyValidator;
  readonly cursors: CursorSigner;
  /** Finds the routes of a batch's operations. */
  readonly routes: Pick<Router, "match">;
}

/** What accounts need; undefined where no table has any. */
export interface AccountServices {
  readonly signIn: SignIn;
  readonly signUp: SignUp;
  readonly sessions: Sessions;
  readonly own: OwnAccount;
  /** Of others, for administrators. */
  readonly managed: ManagedAccounts;
  readonly factors: SecondFactors;
  /** By mail: verifying addresses, new passwords. */
  readonly proof: AddressProof;
  /** The public keys of tokens (RFC 7517). */
  readonly jwks: () => { keys: object[] };
  /** Whether browsers reach the server by https: then cookies travel no other way. */
  readonly secure: boolean;
  /** Origins whose pages may use the cookie, beside the server's own. */
  readonly origins: readonly string[];
  /** Proxies in front of the server, each of which adds an address to X-Forwarded-For. */
  readonly trustProxy: number;
}

/** What answers a command. */
export interface Services {
  readonly reads: RecordReads;
  readonly writes: RecordWrites;
  readonly exports: RecordExports;
  readonly imports: RowImports;
  /** The application's own code. */
  readonly calls: CustomCalls;
  readonly cursors: CursorSigner;
  readonly accounts: AccountServices | undefined;
  /** Signing in with a provider, where the application has accounts. */
  readonly providers?: ProviderDoor | undefined;
  /** Whether requests are turned away for maintenance. */
  readonly state: { maintenance(): MaintenanceNotice | undefined };
  /** Accounts beside passwords; undefined where no table has accounts. */
  readonly doors?: AccountDoors | undefined;
  /** What whoever runs the application asks of it. */
  readonly operators: OperatorServices;
  /** The last requests, where some are followed. */
  readonly xray?: XRayReports | undefined;
  /** What was counted so far, and the token that opens it where not everybody may read it; undefined without metrics. */
  readonly metrics?: { readonly counts: CountedText; readonly token: string | undefined } | undefined;
  /** Whether the engine takes requests: false while it stops. */
  readonly ready: () => boolean;
  /** The OpenAPI document as JSON text. */
  readonly openApi: (audience: Audience) => Promise<string>;
}

/** Counts, written as a scraper reads them. */
export interface CountedText {
  readonly contentType: string;
  text(): Promise<string>;
}

/** Signing in with a provider, and who of its callers is signed in with a session. */
export interface ProviderDoor {
  readonly signIn: ProviderSignIn;
  callerOf(principal: Principal): SignedInCaller | undefined;
}

/** How a body is written: one JSON text, one JSON text a line, or comma-separated values. */
export type BodyKind = "json" | "ndjson" | "csv";

/** One thing the server can do: how its request is checked, and how its answer is made. One file each. */
export interface Action {
  /** `list`, `read`, …: with the table's name it is the operation's id. */
  readonly name: string;
  /** What the table's rule is asked for; undefined for routes that belong to no table. */
  readonly access: TableAction | undefined;
  /** Whether it asks nobody who he is: what begins or renews a session must work with a token that is over. */
  readonly anybody?: boolean;
  /** Whether credentials that are over count as none: a browser may be led here with the cookie of an old session. */
  readonly forgives?: boolean;
  /** The kinds of body that are read; none where the route takes no body. */
  readonly reads: readonly BodyKind[];
  /** The media types of its answers, the default first. */
  readonly answers: readonly [string, ...string[]];
  validate(request: RoutedRequest, validation: Validation): Command | undefined;
  /** Whether it may be an operation of a batch, which writes and answers rows. */
  readonly batched?: boolean;
  /** Whether all that it asks the database for is asked before it returns, so that it need not be followed while it waits. */
  readonly asksAtOnce?: boolean;
  control(hop: ControllerHop): HttpAnswer | Promise<HttpAnswer>;
}

/** What a controller gets: everything before it is done. */
export interface ControllerHop<C = Command | undefined> {
  readonly command: C;
  readonly principal: Principal;
  readonly request: RoutedRequest;
  readonly services: Services;
}

/** A route of the table that the server serves and the OpenAPI document describes. */
export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** `/api/posts/{id}`: parameters in braces, one segment each. */
  readonly pattern: string;
  readonly action: Action;
  readonly table: TableModel | undefined;
  /** For nested routes: the relation that the last segment names. */
  readonly relation: RelationModel | undefined;
  /** For routes of the application's own code: everything they declare. */
  readonly call?: CallModel;
  /** Whether it works on rows though it belongs to no single table. */
  readonly rows?: boolean;
  /** What whoever runs the application does with it: for administrators alone, and everybody while developing. */
  readonly operators?: string;
  /** One of those that the X-ray keeps nevertheless: it changes something. */
  readonly followed?: boolean;
  /** Part of the documentation, which production switches on by itself. */
  readonly documentation?: boolean;
  /** A page of the console, which production switches on by itself; no part of the described API. */
  readonly console?: boolean;
}

/** A request that has found its route. */
export interface RoutedRequest {
  readonly route: Route;
  readonly received: Received;
  /** The escaped segment that holds a key. */
  readonly key: string | undefined;
  /** The parsed JSON of the body, where the route takes one and one was sent. */
  readonly body: Json | undefined;
  /** Instead of it, where many rows were sent: they are read while they come. */
  readonly rows?: RowStream | undefined;
  /** The name of the request in answers and logs. */
  readonly requestId: string;
  /** Who asks: for routes that lead to further ones, like a batch. */
  readonly principal: Principal;
  /** The media type that the caller wants, one of the action's. */
  readonly mediaType: string;
  /** In a batch: the operations in front of this one. */
  readonly earlier?: EarlierOperations;
}
