import { useNavigate, useSearch } from "@tanstack/react-router";

/** What the address says beside the path: which operation, which request. */
export interface PageSearch {
  readonly op?: string;
  readonly id?: string;
  /** What a list is filtered by. */
  readonly q?: string;
  /** Which rows of a table, and in which order. */
  readonly filter?: string;
  readonly sort?: string;
}

/** Leads to a page by its path, with what the address says beside it. */
export function useGoTo(): (path: string, search?: PageSearch) => void {
  const navigate = useNavigate();
  return (path, search = {}) => void navigate({ to: path, search } as never);
}

export function usePageSearch(): PageSearch {
  return useSearch({ strict: false });
}
