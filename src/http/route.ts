import type { Principal } from "../auth/principal.ts";
import type { RelationModel, SchemaModel, TableModel } from "../schema/model.ts";
import type { TableAction } from "../schema/rule.ts";
import type { Json } from "../schema/stored.ts";
import type { RowImports } from "../service/import-rows.ts";
import type { RecordExports } from "../service/record-exports.ts";
import type { CustomCalls } from "../custom/run-call.ts";
import type { CallModel } from "../schema/call-model.ts";
import type { RecordReads } from "../service/record-reads.ts";
import type { RecordWrites } from "../service/record-writes.ts";
import type { BodyValidator } from "../validation/body-validator.ts";
import type { Command } from "../validation/command.ts";
import type { CursorSigner } from "../validation/cursor.ts";
import type { EarlierOperations } from "../validation/earlier-operations.ts";
import type { RowStream } from "../validation/parse-import.ts";
import type { ReadParser } from "../validation/parse-read.ts";
import type { Received } from "./envelope.ts";
import type { HttpAnswer } from "./http-message.ts";
import type { MaintenanceNotice } from "./maintenance.ts";
import type { Router } from "./router.ts";

/** What turns a request into a command. */
export interface Validation {
  readonly schema: SchemaModel;
  readonly reads: ReadParser;
  readonly bodies: BodyValidator;
  readonly cursors: CursorSigner;
  /** Finds the routes of a batch's operations. */
  readonly routes: Pick<Router, "match">;
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
  /** Whether requests are turned away for maintenance. */
  readonly state: { maintenance(): MaintenanceNotice | undefined };
  /** Whether the engine takes requests: false while it stops. */
  readonly ready: () => boolean;
  /** The OpenAPI document as JSON text. */
  readonly openApi: () => string;
}

/** How a body is written: one JSON text, one JSON text a line, or comma-separated values. */
export type BodyKind = "json" | "ndjson" | "csv";

/** One thing the server can do: how its request is checked, and how its answer is made. One file each. */
export interface Action {
  /** `list`, `read`, …: with the table's name it is the operation's id. */
  readonly name: string;
  /** What the table's rule is asked for; undefined for routes that belong to no table. */
  readonly access: TableAction | undefined;
  /** The kinds of body that are read; none where the route takes no body. */
  readonly reads: readonly BodyKind[];
  /** The media types of its answers, the default first. */
  readonly answers: readonly [string, ...string[]];
  validate(request: RoutedRequest, validation: Validation): Command | undefined;
  /** Whether it may be an operation of a batch, which writes and answers rows. */
  readonly batched?: boolean;
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
  /** Part of the documentation, which production switches on by itself. */
  readonly documentation?: boolean;
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
