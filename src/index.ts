export { type Application, compile } from "./application.ts";
export {
  type AccountChoice,
  createEngine,
  type Engine,
  type EngineOptions,
  type EngineRequest,
  type KeptMail,
  type Mail,
  type MailOptions,
  type MailTransport,
  type OutgoingMail,
  smtpTransport,
  type SmtpOptions,
  type NewAccountRow,
  type RowStream,
} from "./engine.ts";
export { DeclarationError } from "./errors/declaration-error.ts";
export { refuse, type RefusalReason, type RefusedField } from "./errors/refuse.ts";
export type { HttpAnswer } from "./http/http-message.ts";
export { type AnyDeclaration, type Declaration, type SeedRows, servery } from "./schema/application.ts";
export type { Observation, Observer } from "./observability/observation.ts";
export { bigint } from "./schema/column/bigint.ts";
export { boolean } from "./schema/column/boolean.ts";
export { date } from "./schema/column/date.ts";
export { decimal } from "./schema/column/decimal.ts";
export { email } from "./schema/column/email.ts";
export { enumeration } from "./schema/column/enumeration.ts";
export { integer } from "./schema/column/integer.ts";
export { json } from "./schema/column/json.ts";
export { real } from "./schema/column/real.ts";
export { ref } from "./schema/column/ref.ts";
export { slug } from "./schema/column/slug.ts";
export { longText, text } from "./schema/column/text.ts";
export { timestamp } from "./schema/column/timestamp.ts";
export { url } from "./schema/column/url.ts";
export { uuid } from "./schema/column/uuid.ts";
export type {
  Context,
  ListOptions,
  QueryValue,
  RowKey,
  RowOptions,
  SystemAccess,
  TableAccess,
  TransactionContext,
} from "./schema/context.ts";
export type { CustomRoute } from "./schema/custom-route.ts";
export { type Call, del, get, patch, post, put, type RouteOptions } from "./schema/declare-route.ts";
export { reply, type Reply, type ReplyOptions } from "./schema/reply.ts";
export type { StandardSchema } from "./schema/standard-schema.ts";
export type { Insert, KeyType, Row, TableName, Update } from "./schema/infer.ts";
export type { Condition, Filter } from "./schema/infer-filter.ts";
export { type Migration, migration, type MigrationContext } from "./schema/migration.ts";
export {
  and,
  type DeclaredRule,
  everyone,
  nobody,
  or,
  owner,
  role,
  type RuleCaller,
  type RuleFilter,
  type RuleFunction,
  type Rules,
  sameAs,
  self,
  signedIn,
} from "./schema/rule.ts";
export type { AfterEvent, BeforeEvent, Hooks, HookValues, PrepareEvent } from "./schema/hooks.ts";
export { documents, type DocumentsOptions } from "./schema/documents.ts";
export { table } from "./schema/table.ts";
export { view } from "./schema/view.ts";
