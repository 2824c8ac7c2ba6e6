import { useQuery } from "@tanstack/react-query";
import { useApi } from "../api/use-api.ts";
import { callers } from "../state/callers.ts";
import { useStore } from "../state/store.ts";
import { askAsCaller, isGood } from "./ask-as-caller.ts";
import { declaredTables, type DeclaredTable, describedTables, type Table } from "./tables.ts";

interface Tables {
  /** Undefined as long as nobody knows. */
  readonly tables: readonly Table[] | undefined;
  readonly error: Error | null;
}

/** The tables of the application, as whoever is chosen may know them. */
export function useTables(): Tables {
  const { chosen } = useStore(callers);
  const { data: api, error } = useApi();
  const declared = useQuery({
    queryKey: ["declared tables", chosen],
    queryFn: ({ signal }) => readDeclared(signal),
    staleTime: 60_000,
  });
  if (api === undefined || declared.data === undefined) return { tables: undefined, error: error ?? declared.error };
  const tables = declared.data === "refused" ? describedTables(api) : declaredTables(declared.data, api);
  return { tables, error: null };
}

/** The declaration is for those who run the application; others are told by the API's own description. */
async function readDeclared(signal: AbortSignal): Promise<readonly DeclaredTable[] | "refused"> {
  const answer = await askAsCaller({ method: "GET", url: "/api/server/schema" }, signal);
  if (!isGood(answer)) return "refused";
  return (JSON.parse(answer.text) as { readonly tables: readonly DeclaredTable[] }).tables;
}
