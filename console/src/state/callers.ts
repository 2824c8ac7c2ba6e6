import { createClient, type KeptTokens, type TokenStorage } from "servery/client";
import { textOf } from "../text/text-of.ts";
import { keptStore } from "./store.ts";

/** Somebody who has signed in on this page. */
export interface Caller {
  /** The table and the key of the account: `users 1`. */
  readonly id: string;
  readonly name: string;
  readonly key: string;
  readonly tokens: KeptTokens;
}

/** An account in whose place an administrator asks. */
export interface StandIn {
  /** Unlike every id of a caller. */
  readonly id: string;
  readonly name: string;
  readonly key: string;
  /** The account as the header X-Servery-As names it: `users/5`. */
  readonly as: string;
  /** The id of the administrator. */
  readonly by: string;
}

export interface Callers {
  /** The id of a caller; undefined for the public. */
  readonly chosen: string | undefined;
  readonly all: readonly Caller[];
  readonly standIns: readonly StandIn[];
}

/** Whose token is sent, and in whose place. */
export interface Asking {
  readonly caller: Caller;
  readonly as: StandIn | undefined;
}

const NOBODY: Callers = { chosen: undefined, all: [], standIns: [] };

// They go with the tab: a token that outlives it could be carried away later.
export const callers = keptStore<Callers>(sessionStorage, "servery.console.callers", (kept) => {
  const { chosen, all, standIns } = (kept ?? {}) as Partial<Callers>;
  if (!Array.isArray(all)) return NOBODY;
  return {
    chosen: typeof chosen === "string" ? chosen : undefined,
    all: all.filter(isCaller),
    standIns: Array.isArray(standIns) ? standIns.filter(isStandIn) : [],
  };
});

function isStandIn(value: unknown): value is StandIn {
  const { id, name, key, as, by } = (value ?? {}) as Partial<StandIn>;
  return [id, name, key, as, by].every((part) => typeof part === "string");
}

function isCaller(value: unknown): value is Caller {
  const { id, name, key, tokens } = (value ?? {}) as Partial<Caller>;
  return [id, name, key, tokens?.access, tokens?.refresh].every((part) => typeof part === "string");
}

/** Who has signed in, of what is chosen: whoever stands in for somebody is an administrator, who looks after the server. */
export function chosenCaller(state: Callers): Caller | undefined {
  return chosenAsking(state)?.caller;
}

/** Who asks the application, of what is chosen; undefined for the public. */
export function chosenAsking({ chosen, all, standIns }: Callers): Asking | undefined {
  const as = standIns.find(({ id }) => id === chosen);
  const caller = all.find(({ id }) => id === (as?.by ?? chosen));
  return caller === undefined ? undefined : { caller, as };
}

/** The key of the account that asks. */
export function keyOf(asking: Asking | undefined): string | undefined {
  return asking?.as?.key ?? asking?.caller.key;
}

/** Asks in the place of an account from here on. */
export function standInFor({ table, key, name }: Readonly<Record<"table" | "key" | "name", string>>): void {
  const state = callers.get();
  const by = chosenCaller(state);
  if (by === undefined) return;
  const as = `${table}/${encodeURIComponent(key)}`;
  const id = `${as} by ${by.id}`;
  const others = state.standIns.filter((one) => one.id !== id);
  callers.set({ ...state, chosen: id, standIns: [...others, { id, name, key, as, by: by.id }] });
}

export function chooseCaller(id: string | undefined): void {
  callers.set({ ...callers.get(), chosen: id });
}

/** Signs in with the typed client, and goes on as that account. Throws what the client throws. */
export async function signInAs(account: Readonly<Record<string, string>>): Promise<Caller> {
  let kept: KeptTokens | undefined;
  const tokens: TokenStorage = { read: () => kept, write: (next) => (kept = next) };
  const client = looseClient(tokens);
  const user = await client.auth.signIn(account);
  if (kept === undefined) throw new Error("The answer brought no tokens.");
  return goOnAs({ user, tokens: kept }, account);
}

/** Goes on as whoever an answer has signed in, with what was typed for it. */
export function goOnAs(
  { user, tokens }: { readonly user: Readonly<Record<string, unknown>>; readonly tokens: KeptTokens },
  account: Readonly<Record<string, string>>,
): Caller {
  const key = textOf(user["id"] ?? Object.values(user)[0]);
  const name = nameOf(user, account);
  const caller: Caller = { id: `${account["accounts"] ?? ""} ${key}`.trim(), key, name, tokens };
  const { all, standIns } = callers.get();
  callers.set({ chosen: caller.id, all: [...all.filter(({ id }) => id !== caller.id), caller], standIns });
  return caller;
}

export async function signOut(caller: Caller): Promise<void> {
  const state = callers.get();
  callers.set({
    chosen: chosenCaller(state)?.id === caller.id ? undefined : state.chosen,
    all: state.all.filter(({ id }) => id !== caller.id),
    standIns: state.standIns.filter(({ by }) => by !== caller.id),
  });
  let kept: KeptTokens | undefined = caller.tokens;
  await looseClient({ read: () => kept, write: (next) => (kept = next) }).auth.signOut();
}

/** The access token of a caller, renewed where it is over or nearly so. */
export async function freshToken(caller: Caller): Promise<string> {
  if (expiryOf(caller.tokens.access) > Date.now() + 10_000) return caller.tokens.access;
  let kept: KeptTokens | undefined = caller.tokens;
  await looseClient({ read: () => kept, write: (next) => (kept = next) }).auth.refresh();
  if (kept === undefined) return caller.tokens.access;
  const renewed = { ...caller, tokens: kept };
  const state = callers.get();
  callers.set({ ...state, all: state.all.map((one) => (one.id === caller.id ? renewed : one)) });
  return renewed.tokens.access;
}

/** The header that names the account in whose place somebody asks. */
export const AS_HEADER = "X-Servery-As";

/** The headers that say who is chosen. */
export async function askingHeaders(): Promise<Readonly<Record<string, string>>> {
  const asking = chosenAsking(callers.get());
  if (asking === undefined) return {};
  const authorization = `Bearer ${await freshToken(asking.caller)}`;
  return asking.as === undefined ? { authorization } : { authorization, [AS_HEADER]: asking.as.as };
}

/** The typed client, of an application whose tables are not known while the console is compiled. */
export interface LooseClient {
  readonly auth: {
    signIn(account: Readonly<Record<string, string>>): Promise<Readonly<Record<string, unknown>>>;
    signOut(): Promise<void>;
    refresh(): Promise<boolean>;
  };
  get(path: string, call?: Readonly<Record<string, unknown>>): Promise<unknown>;
}

function looseClient(tokens: TokenStorage): LooseClient {
  return createClient(location.origin, { tokens }) as unknown as LooseClient;
}

/** Asks as whoever is chosen: in production administrators alone are told what the console shows. */
export const api = createClient(location.origin, {
  token: async () => {
    const caller = chosenCaller(callers.get());
    return caller === undefined ? undefined : freshToken(caller);
  },
  retries: 0,
} as never) as unknown as LooseClient;

function nameOf(user: Readonly<Record<string, unknown>>, account: Readonly<Record<string, string>>): string {
  const named = ["username", "name", "email"].map((column) => user[column]).find((value) => typeof value === "string");
  return String(named ?? Object.values(account)[0] ?? "you");
}

/** When a token is over, in milliseconds since 1970; never, where it does not say. */
function expiryOf(token: string): number {
  try {
    const payload = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
    const { exp } = JSON.parse(atob(payload)) as { readonly exp?: unknown };
    return typeof exp === "number" ? exp * 1000 : Number.POSITIVE_INFINITY;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
