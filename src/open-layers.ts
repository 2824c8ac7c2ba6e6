import type { PrincipalSource } from "./auth/authentication.ts";
import type { Application } from "./application.ts";
import type { WriteStep } from "./database/database.ts";
import type { ServingDatabase } from "./database/serving-database.ts";
import { DeclarationError } from "./errors/declaration-error.ts";
import { type EngineOptions, publicUrlOf } from "./engine-options.ts";
import type { Exchanges } from "./observability/exchanges.ts";
import type { Outbox } from "./mail/outbox.ts";
import type { AccountGround, OpenAccounts } from "./open-accounts.ts";
import type { Prepared } from "./open-database.ts";
import { type OpenServices, openServices } from "./open-services.ts";
import { accountsTables } from "./schema/model.ts";
import { OutboxAccountMail } from "./service/accounts/outbox-account-mail.ts";
import type { RecordWrites } from "./service/record-writes.ts";
import type { CursorSigner } from "./validation/cursor.ts";
import { seedCommands, seedMistake } from "./validation/seed-rows.ts";

/** The services with the first rows of a new database in, and the accounts that stand on them. */
export async function openLayers(
  application: Application,
  options: EngineOptions,
  on: {
    readonly database: ServingDatabase;
    readonly prepared: Prepared;
    readonly cursors: CursorSigner;
    readonly principals: PrincipalSource;
    readonly outbox: Outbox;
    readonly exchanges: Exchanges | undefined;
  },
): Promise<Omit<OpenServices, "rows"> & { readonly accounts: OpenAccounts | undefined }> {
  const { database, prepared, cursors, principals, exchanges } = on;
  const { dialect, seededStep } = prepared;
  const late: { accounts: OpenAccounts | undefined } = { accounts: undefined };
  const ended = (): void => late.accounts?.changed();
  const { rows, ...services } = openServices(application, {
    options,
    database,
    cursors,
    dialect,
    ended,
    exchanges,
  });
  if (seededStep !== undefined) await writeFirstRows(services.records.writes, application, seededStep);
  const secret = options.secret ?? prepared.secret;
  late.accounts = await openDeclaredAccounts(application, options, {
    ...services.records,
    database: rows,
    dialect,
    secret,
    cursors,
    principals,
    mail: new OutboxAccountMail({
      outbox: on.outbox,
      title: application.schema.title,
      origin: publicUrlOf(options),
      observe: options.observe,
    }),
  });
  const { accounts } = late;
  if (accounts === undefined || exchanges === undefined) return { ...services, accounts };
  return { ...services, accounts: { ...accounts, services: exchanges.stations("service", accounts.services) } };
}

/** The accounts of the application, where some table has them. */
async function openDeclaredAccounts(
  application: Application,
  options: EngineOptions,
  ground: Pick<
    AccountGround,
    "reads" | "writes" | "database" | "dialect" | "secret" | "cursors" | "principals" | "mail"
  >,
): Promise<OpenAccounts | undefined> {
  if (accountsTables(application.schema).length === 0) {
    if (options.providers === undefined || options.providers.length === 0) return undefined;
    throw new DeclarationError("providers", "no table has accounts to sign in to", "Mark one: .accounts()");
  }
  // What proves passwords and tokens is a tenth of all that a start loads.
  const { openAccounts } = await import("./open-accounts.ts");
  return openAccounts(application, {
    ...ground,
    algorithm: options.tokenAlgorithm ?? "EdDSA",
    publicUrl: typeof options.publicUrl === "string" ? options.publicUrl : undefined,
    origin: publicUrlOf(options),
    providers: options.providers ?? [],
    observe: options.observe,
    origins: typeof options.origins === "object" ? options.origins : [],
    trustProxy: options.trustProxy ?? 0,
    firstRunToken: options.firstRunToken,
    opensHere: options.explain === true,
    now: options.now ?? (() => Date.now()),
  });
}

async function writeFirstRows(writes: RecordWrites, application: Application, done: WriteStep): Promise<void> {
  const by = { principal: application.policies.system("the first rows of a new database"), done };
  await writes
    .seed(seedCommands(application), by)
    .catch((error: unknown) => Promise.reject(seedMistake("seed", error)));
}
