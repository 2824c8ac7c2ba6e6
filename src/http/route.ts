import type { Principal } from "../auth/principal.ts";
import type { RelationModel, SchemaModel, TableModel } from "../schema/model.ts";
import type { TableAction } from "../schema/rule.ts";
import type { Json } from "../schema/stored.ts";
import type { RecordService } from "../service/record-service.ts";
import type { BodyValidator } from "../validation/body-validator.ts";
import type { Command } from "../validation/command.ts";
import type { CursorSigner } from "../validation/cursor.ts";
import type { ReadParser } from "../validation/parse-read.ts";
import type { Received } from "./envelope.ts";
import type { HttpAnswer } from "./http-message.ts";

/** What turns a request into a command. */
export interface Validation {
  readonly schema: SchemaModel;
  readonly reads: ReadParser;
  readonly bodies: BodyValidator;
  readonly cursors: CursorSigner;
}

/** What answers a command. */
export interface Services {
  readonly records: RecordService;
  readonly cursors: CursorSigner;
  /** Whether the engine takes requests: false while it stops. */
  readonly ready: () => boolean;
  /** The OpenAPI document as JSON text. */
  readonly openApi: () => string;
}

/** One thing the server can do: how its request is checked, and how its answer is made. One file each. */
export interface Action {
  /** `list`, `read`, …: with the table's name it is the operation's id. */
  readonly name: string;
  /** What the table's rule is asked for; undefined for routes that belong to no table. */
  readonly access: TableAction | undefined;
  /** Whether a JSON body is read. */
  readonly takesBody: boolean;
  /** The media type of the answer. */
  readonly answers: string;
  validate(request: RoutedRequest, validation: Validation): Command | undefined;
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
}
