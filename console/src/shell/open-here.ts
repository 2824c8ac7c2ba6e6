import { useQuery } from "@tanstack/react-query";
import { useApi } from "../api/use-api.ts";
import { callers, chosenCaller } from "../state/callers.ts";
import { useStore } from "../state/store.ts";

/** Whether everybody may look into the server, as at the machine while developing. */
export async function isOpenHere(signal: AbortSignal): Promise<boolean> {
  return (await readSettings(signal)) !== undefined;
}

interface Setting {
  readonly name: string;
  readonly value: unknown;
}

/** What the server runs with; undefined where it does not say so to everybody. */
async function readSettings(signal: AbortSignal): Promise<readonly Setting[] | undefined> {
  const answer = await fetch("/api/server/settings", { signal, credentials: "omit", cache: "no-store" });
  return answer.ok ? ((await answer.json()) as readonly Setting[]) : undefined;
}

/** The name by which people know the database of a URL. */
const ENGINES: Readonly<Record<string, string>> = { sqlite: "SQLite", postgres: "PostgreSQL", mariadb: "MariaDB" };

function useSettings() {
  return useQuery({
    queryKey: ["open-here"],
    queryFn: async ({ signal }) => (await readSettings(signal)) ?? null,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** What the rows are kept in, where the server says so. */
export function useEngineName(): string | undefined {
  const url = useSettings().data?.find(({ name }) => name === "database")?.value;
  return typeof url === "string" ? ENGINES[url.split(":", 1)[0] ?? ""] : undefined;
}

/** Whether nothing is shown before somebody signs in; undefined until that is known. */
export function useIsClosed(): boolean | undefined {
  const { data } = useApi();
  const signedIn = chosenCaller(useStore(callers)) !== undefined;
  const { data: settings, isError } = useSettings();
  if (signedIn || isError || (settings !== undefined && settings !== null)) return false;
  // Where nobody has an account there is nothing to sign in to.
  return settings === undefined || data === undefined ? undefined : data.endpoints.has("auth.signIn");
}
