import type { Application } from "./application.ts";
import type { Account } from "./auth/account.ts";
import type { PrincipalSource } from "./auth/authentication.ts";
import { ADDRESS_DOORS, ADDRESS_DOORS_REFILL_SECONDS } from "./auth/limits.ts";
import { relyingParty } from "./auth/passkeys.ts";
import type { Passwords } from "./auth/passwords.ts";
import { addressName, Throttle } from "./auth/throttle.ts";
import { pendingSealing } from "./auth/providers/sealing.ts";
import type { ProviderSettings } from "./config/provider-settings.ts";
import type { Database } from "./database/database.ts";
import { DeclarationError } from "./errors/declaration-error.ts";
import type { AccountDoors } from "./http/account-doors.ts";
import type { ProviderDoor } from "./http/route.ts";
import { sessionCookies } from "./http/session-cookies.ts";
import type { Observer } from "./observability/observation.ts";
import type { AccountRepository } from "./repository/account-repository.ts";
import { ApiKeyRepository } from "./repository/api-key-repository.ts";
import { IdentityRepository } from "./repository/identity-repository.ts";
import { PasskeyRepository } from "./repository/passkey-repository.ts";
import type { SessionRepository } from "./repository/session-repository.ts";
import { accountsTables, isRequired } from "./schema/model.ts";
import { AnonymousAccounts } from "./service/accounts/anonymous.ts";
import { ApiKeys } from "./service/accounts/api-keys.ts";
import type { KnownKeys } from "./service/accounts/known-keys.ts";
import { type PasskeyParts, Passkeys } from "./service/accounts/passkeys.ts";
import { requestProvider } from "./service/accounts/provider-requests.ts";
import { ProviderSignIn } from "./service/accounts/provider-sign-in.ts";
import type { SignIn } from "./service/accounts/sign-in.ts";
import { StoredProviderAccounts } from "./service/accounts/stored-provider-accounts.ts";
import { StoredAccounts } from "./service/accounts/stored-accounts.ts";
import type { RecordWrites } from "./service/record-writes.ts";
import { parseUpdate } from "./validation/parse-change.ts";
import { parseCreate } from "./validation/parse-create.ts";

/** What the ways into an account beside a password stand on. */
export interface WaysInGround {
  readonly database: Database;
  readonly principals: PrincipalSource;
  readonly accounts: AccountRepository;
  readonly signIn: SignIn;
  readonly writes: RecordWrites;
  readonly passwords: Passwords;
  readonly knownKeys: KnownKeys;
  /** Told when sessions have ended. */
  readonly changed: () => void;
  /** Where browsers reach the server; undefined as long as nobody knows. */
  readonly origin: () => string | undefined;
  /** The providers that one can sign in with. */
  readonly providers: readonly ProviderSettings[];
  /** Seals what a sign-in on its way has to know. */
  readonly secret: string;
  readonly origins: readonly string[];
  readonly sessions: SessionRepository;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly observe: Observer | undefined;
}

/** The ways in of a running application. */
export interface WaysIn {
  /** Undefined where no provider is configured. */
  readonly providers: ProviderDoor | undefined;
  readonly doors: AccountDoors;
  /** Waits for what is still being noted. */
  ended(): Promise<void>;
}

/** Wires the ways in: a part of `open-accounts.ts`. */
export async function openWaysIn(application: Application, ground: WaysInGround): Promise<WaysIn> {
  const { schema } = application;
  const { database, principals, accounts, signIn, now, observe } = ground;
  const stored = new StoredAccounts({ schema, accounts });
  const date = (): Date => new Date(now());
  const keys = new ApiKeys({
    store: new ApiKeyRepository(database),
    accounts: stored,
    principals,
    known: ground.knownKeys,
    now: date,
    observe,
  });
  const passkeys = new Passkeys({
    party: () => partyOf(ground.origin(), schema.title),
    store: new PasskeyRepository(database),
    accounts: stored,
    now: date,
    observe,
  });
  const each = { attempts: ADDRESS_DOORS, refillSeconds: ADDRESS_DOORS_REFILL_SECONDS, now };
  const throttles = {
    passkey: new Throttle(each),
    anonymous: new Throttle(each),
    signUp: new Throttle(each),
    firstRun: new Throttle(each),
  };
  return {
    providers: await providerDoor(application, ground, stored),
    doors: {
      passkeys,
      keys,
      anonymous: anonymousAccounts(application, ground),
      signIn: async (name, client) => signIn.proved(await stored.named(name), client),
      limit: (address, door) => throttles[door].take(addressName(address)),
    },
    ended: () => keys.ended(),
  };
}

function partyOf(origin: string | undefined, title: string): ReturnType<PasskeyParts["party"]> {
  if (origin !== undefined) return relyingParty(origin, title);
  return { impossible: "Passkeys belong to the host of the public URL, and this server knows none." };
}

/** Those of the tables that have anonymous accounts, by name. */
function anonymousAccounts(
  { schema, policies, validation }: Application,
  { accounts, writes, signIn, passwords, changed }: WaysInGround,
): ReadonlyMap<string, AnonymousAccounts> {
  const principal = policies.system("accounts that begin without a name");
  const { access } = principal;
  const made = accountsTables(schema)
    .filter((table) => table.accounts.anonymous)
    .map((table) => {
      const match = table.requiresIfMatch ? "*" : undefined;
      const request = { table, access, query: [], preconditions: { match: undefined, noneMatch: undefined } };
      const change = { ...request, preconditions: { match, noneMatch: undefined }, action: "update" } as const;
      const { name } = table.accounts.identifier;
      const commands = {
        create: () => parseCreate({ ...request, earlier: undefined, parent: undefined }, {}, validation),
        identify: ({ key }: Account, identifier: string) =>
          parseUpdate({ ...change, earlier: undefined, key: [key] }, { [name]: identifier }, validation),
      };
      const hash = (password: string): Promise<string> => passwords.hash(password);
      const parts = { table, accounts, writes, signIn, hash, principal, commands, changed };
      return [table.name, new AnonymousAccounts(parts)] as const;
    });
  return new Map(made);
}

/** Signing in with a provider: into the first accounts table whose people sign in with an address. */
async function providerDoor(
  { schema, policies, validation }: Application,
  ground: WaysInGround,
  stored: StoredAccounts,
): Promise<ProviderDoor | undefined> {
  const { providers, database, secret, origin, origins, now } = ground;
  if (providers.length === 0) return undefined;
  const table = accountsTables(schema).find(({ accounts }) => accounts.identifier.kind.name === "email");
  if (table === undefined)
    throw new DeclarationError("providers", "no accounts sign in with an address", "Declare email: email().unique()");
  const asked = table.columns.find((column) => isRequired(column) && !["text", "email"].includes(column.kind.name));
  if (asked !== undefined)
    throw new DeclarationError(
      `table ${table.name}, column ${asked.name}`,
      "no provider says a value for it",
      "Add .optional() or .default(…)",
    );
  const principal = policies.system("accounts that a provider vouches for");
  const { access } = principal;
  const preconditions = { match: undefined, noneMatch: undefined };
  const request = { table, access, query: [], preconditions, earlier: undefined, parent: undefined };
  const url = (): string => {
    const known = origin();
    if (known === undefined) throw new Error("signing in with a provider needs publicUrl");
    return known;
  };
  const accounts = new StoredProviderAccounts({
    ...ground,
    table,
    stored,
    principal,
    create: (row) => parseCreate(request, row, validation),
    cookies: (tokens) => sessionCookies(tokens, url().startsWith("https:")),
  });
  // The client of OpenID Connect is loaded where somebody configured a provider: it is time that every start would pay.
  const { identityProviders } = await import("./auth/providers/identity-providers.ts");
  const signIn = new ProviderSignIn({
    providers: identityProviders(providers, { fetch: requestProvider, now }),
    accounts,
    identities: new IdentityRepository(database),
    sealing: pendingSealing(secret),
    targets: {
      get publicUrl() {
        return url();
      },
      allows: (page) => origins.includes(page),
    },
    now,
  });
  return {
    signIn,
    callerOf: (caller) => {
      if (caller.kind !== "account" || caller.account.session === undefined) return undefined;
      const { table: name, key, session } = caller.account;
      return name === table.name ? { table: name, key: String(key), session } : undefined;
    },
  };
}
