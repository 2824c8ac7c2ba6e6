import { type QueryKey, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { announce } from "../state/announcement.ts";
import { callers } from "../state/callers.ts";
import { useStore } from "../state/store.ts";
import { askServer } from "./ask-server.ts";

/** What a route answers to whoever is chosen; another caller is another answer. */
export function useAsked<Answer>(url: string, enabled = true) {
  const { chosen } = useStore(callers);
  return useQuery({
    queryKey: ["asked", url, chosen],
    queryFn: ({ signal }) => askServer<Answer>("GET", url, { signal }),
    enabled,
  });
}

interface Change {
  readonly method: "POST" | "PATCH" | "DELETE";
  readonly url: string;
  readonly body?: unknown;
  /** Said once it is done. */
  readonly said: string;
}

/** Changes something, and reads anew what `url` answered, or whatever is kept under that name. */
export function useChange<Answer>(url: string) {
  const queries = useQueryClient();
  const stale: QueryKey = ["asked", url];
  return useMutation({
    mutationFn: (change: Change) => askServer<Answer>(change.method, change.url, { body: change.body }),
    onSuccess: async (_answer, { said }) => {
      announce(said);
      await Promise.all([
        queries.invalidateQueries({ queryKey: stale }),
        queries.invalidateQueries({ queryKey: [url] }),
      ]);
    },
  });
}
