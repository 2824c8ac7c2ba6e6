import { useQuery } from "@tanstack/react-query";
import { api, callers } from "../state/callers.ts";
import { useStore } from "../state/store.ts";

interface DescribedTable {
  readonly path: string;
  readonly read_only: boolean;
  readonly accounts: object | null;
  readonly rules: { readonly update: string };
}

/** Who writes, where one word says it. */
const WRITERS: Readonly<Record<string, string>> = {
  everyone: "everybody writes",
  signedIn: "signed in writes",
  owner: "owner writes",
  self: "itself writes",
  administrators: "admins write",
};

/** What is worth knowing of a table beside its name, by its path: for whoever may look into the server. */
export function useGroupCaptions(): ReadonlyMap<string, string> {
  const { chosen } = useStore(callers);
  const { data } = useQuery({
    queryKey: ["operators", "/api/server/schema", chosen],
    queryFn: async ({ signal }) =>
      (await api.get("/api/server/schema", { signal })) as { readonly tables: readonly DescribedTable[] },
    staleTime: 60_000,
    retry: false,
  });
  return new Map((data?.tables ?? []).map((table) => [table.path, captionOf(table)]));
}

function captionOf({ read_only: isReadOnly, accounts, rules }: DescribedTable): string {
  if (accounts !== null) return "accounts";
  return isReadOnly ? "read only" : (WRITERS[rules.update] ?? "");
}
