import type { Application } from "./application.ts";
import type { Authentication, PrincipalSource } from "./auth/authentication.ts";
import { cookieNames } from "./auth/cookies.ts";
import { type Access, tableAccess } from "./auth/policy/access.ts";
import { checkPassword } from "./auth/password-text.ts";
import { Passwords } from "./auth/passwords.ts";
import { SignInThrottle } from "./auth/sign-in-throttle.ts";
import { AccessTokens } from "./auth/tokens/access-tokens.ts";
import { KeyRing, type TokenAlgorithm } from "./auth/tokens/key-ring.ts";
import type { Database } from "./database/database.ts";
import type { SqlDialect } from "./database/sql/dialect.ts";
import type { AccountServices } from "./http/route.ts";
import { AccountTokenRepository } from "./repository/account-token-repository.ts";
import { AccountList } from "./repository/account-list.ts";
import { AccountRepository } from "./repository/account-repository.ts";
import { KeyRepository } from "./repository/key-repository.ts";
import { SecondFactorRepository } from "./repository/second-factor-repository.ts";
import { SessionRepository } from "./repository/session-repository.ts";
import { AccountAdministration } from "./service/accounts/account-administration.ts";
import type { AccountMail } from "./service/accounts/account-mail.ts";
import { AddressProof } from "./service/accounts/address-proof.ts";
import { FirstRun } from "./service/accounts/first-run.ts";
import { KnownKeys } from "./service/accounts/known-keys.ts";
import { KnownTokens } from "./service/accounts/known-tokens.ts";
import { MailedTokens } from "./service/accounts/mailed-tokens.ts";
import { ManagedAccounts } from "./service/accounts/managed-accounts.ts";
import { OwnAccount } from "./service/accounts/own-account.ts";
import { OwnPassword } from "./service/accounts/own-password.ts";
import { OwnRows } from "./service/accounts/own-rows.ts";
import { RequestAuthentication } from "./service/accounts/request-authentication.ts";
import { SecondFactors } from "./service/accounts/second-factors.ts";
import { Sessions } from "./service/accounts/sessions.ts";
import { SignIn } from "./service/accounts/sign-in.ts";
import { SignUp } from "./service/accounts/sign-up.ts";
import type { RecordReads } from "./service/record-reads.ts";
import type { RecordWrites } from "./service/record-writes.ts";
import { type AccountsTable, accountsTables } from "./schema/model.ts";
import type { Json, Stored } from "./schema/stored.ts";
import type { SignUpCommand } from "./validation/command.ts";
import type { CursorSigner } from "./validation/cursor.ts";
import { parseSignUp } from "./validation/parse-account.ts";
import { parseCreate } from "./validation/parse-create.ts";
import { openWaysIn, type WaysIn, type WaysInGround } from "./open-ways-in.ts";

/** What the accounts of an application stand on. */
export interface AccountGround extends Pick<WaysInGround, "origin" | "observe" | "providers"> {
  readonly database: Database;
  readonly dialect: SqlDialect;
  /** Signs refresh tokens, and seals what the database keeps of keys. */
  readonly secret: string;
  readonly cursors: CursorSigner;
  readonly principals: PrincipalSource;
  readonly reads: RecordReads;
  readonly writes: RecordWrites;
  readonly mail: AccountMail;
  readonly algorithm: TokenAlgorithm;
  /** Where browsers reach the server, where that is known. */
  readonly publicUrl: string | undefined;
  readonly origins: readonly string[];
  readonly trustProxy: number;
  readonly firstRunToken: string | undefined;
  /** Whether the first administrator needs no token at the machine itself. */
  readonly opensHere: boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The accounts of a running application. */
export interface OpenAccounts {
  readonly services: AccountServices;
  readonly authentication: Authentication;
  readonly waysIn: WaysIn;
  readonly administration: AccountAdministration;
  readonly firstRun: FirstRun;
  /** Tokens are looked at anew with the next request. */
  readonly changed: () => void;
}

/** Who issues tokens where the server does not know its own URL: their keys are this database's alone. */
const NAMELESS_ISSUER = "servery";

/** Wires the accounts of an application: a part of the engine, opened only where some table has accounts. */
export async function openAccounts(application: Application, ground: AccountGround): Promise<OpenAccounts> {
  const { schema } = application;
  const { database, dialect, secret, principals, reads, writes, publicUrl, mail, now, origins, trustProxy } = ground;
  const byMail = new AccountTokenRepository(database, dialect);
  const mailed = new MailedTokens({ schema, tokens: byMail, mail, now });
  const accounts = new AccountRepository(database, dialect);
  const kept = new SessionRepository(database);
  const ring = await KeyRing.open({ store: new KeyRepository(database), secret, algorithm: ground.algorithm, now });
  const tokens = new AccessTokens({ ring, issuer: publicUrl ?? NAMELESS_ISSUER, now });
  const known = new KnownTokens(kept, { seen: await kept.lastRevocation(), now });
  const knownKeys = new KnownKeys();
  const changed = expiring(known, knownKeys);
  const [passwords, throttle] = [new Passwords(), new SignInThrottle({ now })];
  const rows = new OwnRows(reads, (table, key, { access }) => oneRow(application, ground, { table, key, access }));
  const sessions = new Sessions({ repository: kept, tokens, secret, now, ended: changed });
  const password = new OwnPassword(passwords, throttle);
  const kinds = new SecondFactorRepository(database);
  const factors = new SecondFactors({ schema, accounts, factors: kinds, password, sessions, secret, now });
  const signIn = new SignIn({ accounts, sessions, passwords, throttle, rows, principals, secondFactor: factors });
  const signUp = new SignUp({ accounts, sessions: kept, writes, passwords, mailed, signIn, now });
  const own = new OwnAccount({ schema, accounts, sessions, kept, passwords, password, rows, now });
  const proof = new AddressProof({ accounts, tokens: byMail, mailed, mail, passwords, sessions, now });
  const list = new AccountList(database, dialect);
  const managed = new ManagedAccounts({ accounts, list, sessions: kept, changed, now });
  const beside = { accounts, sessions: kept, signIn, passwords, knownKeys, changed, now };
  const waysIn = await openWaysIn(application, { ...ground, ...beside });
  const rotateKeys = (): Promise<void> => ring.rotate();
  const secure = publicUrl?.startsWith("https:") === true;
  return {
    services: {
      signIn,
      signUp,
      sessions,
      own,
      managed,
      factors,
      proof,
      jwks: () => ring.jwks(),
      secure,
      origins,
      trustProxy,
    },
    waysIn,
    authentication: new RequestAuthentication({
      keys: waysIn.doors.keys,
      schema,
      principals,
      tokens,
      known,
      accounts,
      sessions: kept,
      cookie: cookieNames(secure).access,
      origins,
      now,
    }),
    administration: administration(application, { accounts, writes, passwords, changed, rotateKeys, now }),
    firstRun: firstRun(application, { ...ground, accounts, passwords, signIn }),
    changed,
  };
}

function firstRun(
  { schema, policies, validation }: Application,
  ground: Pick<AccountGround, "firstRunToken" | "opensHere" | "writes" | "now"> & {
    readonly accounts: AccountRepository;
    readonly passwords: Passwords;
    readonly signIn: SignIn;
  },
): FirstRun {
  const principal = policies.system("the first administrator");
  const [table] = accountsTables(schema);
  if (table === undefined) throw new Error("the application has no accounts");
  const parse = (body: Json | undefined): SignUpCommand => parseSignUp(body, principal.access, validation);
  return new FirstRun({ ...ground, table, principal, parse, token: ground.firstRunToken });
}

/** Credentials that were looked at before are looked at anew. */
function expiring(...known: readonly Pick<KnownTokens | KnownKeys, "expire">[]): () => void {
  return () => {
    for (const each of known) each.expire();
  };
}

type AdministrationParts = ConstructorParameters<typeof AccountAdministration>[0];

/** What whoever runs the application may do: as the system, past every policy, but not past the checks of a row. */
function administration(
  { schema, validation, policies }: Application,
  parts: Pick<AdministrationParts, "accounts" | "writes" | "passwords" | "changed" | "rotateKeys" | "now">,
): AccountAdministration {
  const system = policies.system("accounts kept by whoever runs the application");
  return new AccountAdministration({
    ...parts,
    schema,
    principal: system,
    create: (table, row) => parseCreate({ ...newRow(table), access: system.access }, row, validation),
    checkPassword: (password, email) => checkPassword(password, "/password", { email }),
  });
}

function newRow(table: AccountsTable): Omit<Parameters<typeof parseCreate>[0], "access"> {
  const preconditions = { match: undefined, noneMatch: undefined };
  return { table, query: [], preconditions, earlier: undefined, parent: undefined };
}

function oneRow(
  { validation }: Application,
  { cursors }: AccountGround,
  { table, key, access }: { readonly table: AccountsTable; readonly key: Stored; readonly access: Access },
): ReturnType<Application["validation"]["reads"]["parse"]> {
  const fixed = { columns: table.key, values: [key] };
  const target = {
    schema: access.schema,
    table: tableAccess(access, table).seen,
    one: true,
    fixed,
    parent: undefined,
  };
  return validation.reads.parse(target, [], cursors);
}
