import { useQuery } from "@tanstack/react-query";
import { callers } from "../state/callers.ts";
import { useStore } from "../state/store.ts";
import { readApiDescription } from "./open-api.ts";

/** What the server says of itself to whoever is chosen. */
export function useApi() {
  const { chosen } = useStore(callers);
  return useQuery({
    queryKey: ["api", chosen],
    queryFn: ({ signal }) => readApiDescription(signal),
    staleTime: 60_000,
    // Another caller may be told of more, but until then the list stays.
    placeholderData: (before) => before,
  });
}
