import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { callers } from "../state/callers.ts";
import { useStore } from "../state/store.ts";
import { textOf } from "../text/text-of.ts";
import { askServer } from "./ask-server.ts";
import { useAsked } from "./use-asked.ts";

interface DeclaredTable {
  readonly name: string;
  readonly path: string;
  readonly key: readonly string[];
  readonly accounts: { readonly identifier: string; readonly verify: boolean } | null;
}

/** A table whose rows sign in. */
export interface AccountsTable {
  readonly name: string;
  readonly path: string;
  readonly key: string;
  readonly identifier: string;
  /** Whether addresses have to be verified before anybody signs in. */
  readonly verify: boolean;
}

/** What is kept of an account beside its row, as `GET /api/auth/accounts` tells it. */
export interface ManagedAccount {
  readonly key: string;
  readonly roles: readonly string[];
  readonly verified_at: string | null;
  readonly disabled: boolean;
  readonly second_factor: boolean;
  readonly sessions: number;
  readonly last_used_at: string | null;
}

/** A row that may sign in, with its account where it has one. */
export interface AccountRow {
  readonly key: string;
  readonly name: string;
  readonly account: ManagedAccount | undefined;
}

/** As many as one looks through; the search finds the others. */
export const SHOWN = 25;

/** The tables that have accounts, in the order of the declaration. */
export function useAccountsTables() {
  const { data, error } = useAsked<{ readonly tables: readonly DeclaredTable[] }>("/api/server/schema");
  return { tables: data?.tables.flatMap(accountsTable), error };
}

function accountsTable({ name, path, key, accounts }: DeclaredTable): AccountsTable[] {
  if (accounts === null) return [];
  return [{ name, path, key: key[0] ?? "id", identifier: accounts.identifier, verify: accounts.verify }];
}

/** The accounts of a table whose name holds these words, the newest first. */
export function useAccountRows(table: AccountsTable, words: string) {
  const { chosen } = useStore(callers);
  return useQuery({
    queryKey: ["accounts", table.path, words, chosen],
    queryFn: ({ signal }) => readRows(table, words, signal),
    placeholderData: keepPreviousData,
  });
}

async function readRows(table: AccountsTable, words: string, signal: AbortSignal): Promise<readonly AccountRow[]> {
  const query = new URLSearchParams({ limit: String(SHOWN) });
  if (words !== "") query.set(`${table.identifier}[icontains]`, words);
  const url = `/api/${encodeURIComponent(table.path)}?${query}`;
  const rows = await askServer<readonly Readonly<Record<string, unknown>>[]>("GET", url, { signal });
  const keys = rows.map((row) => textOf(row[table.key]));
  const accounts = await readAccounts(table, keys, signal);
  return rows.map((row, at) => {
    const key = keys[at] ?? "";
    const name = textOf(row[table.identifier]) || `${table.path} ${key}`;
    return { key, name, account: accounts.get(key) };
  });
}

async function readAccounts(
  { path }: AccountsTable,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ManagedAccount>> {
  if (keys.length === 0) return new Map();
  const query = new URLSearchParams([["accounts", path], ...keys.map((key) => ["key", key])]);
  const listed = await askServer<readonly ManagedAccount[]>("GET", `/api/auth/accounts?${query}`, { signal });
  return new Map(listed.map((account) => [account.key, account]));
}
