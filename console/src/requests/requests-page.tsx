import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type ExchangeSummary, listExchanges, NoWay } from "../api/x-ray.ts";
import { counted } from "../text/amounts.ts";
import { matches } from "../text/matches.ts";
import { useGoTo, usePageSearch } from "../use-go-to.ts";
import { RequestWay } from "../way/request-way.tsx";
import { RequestFilters, type Filters } from "./request-filters.tsx";
import { RequestTable } from "./request-table.tsx";
import "./requests.css";

/** As many as the server keeps. */
const KEPT = 500;
const EVERY_MS = 2_000;
/** What the console asks for by itself: its files, whether there is an administrator, the counts. */
const OWN = /^\/(?:console(?:[/?]|$)|api\/server\/first-run$|metrics$)/;

/** The last requests of everybody, and the way of the chosen one. */
export default function RequestsPage() {
  const { id, q = "" } = usePageSearch();
  const goTo = useGoTo();
  const [filters, setFilters] = useState<Filters>({
    words: q,
    method: "",
    statusClass: "",
    failed: false,
    slowFirst: false,
    ownFiles: false,
  });
  const { data, error } = useQuery({
    queryKey: ["requests", filters.failed],
    queryFn: ({ signal }) => listExchanges({ limit: KEPT, failed: filters.failed }, signal),
    refetchInterval: EVERY_MS,
    refetchIntervalInBackground: false,
    placeholderData: (before) => before,
  });
  const shown = filtered(data ?? [], filters);
  return (
    <div className="requests">
      <section className="requests-list" aria-label="Requests">
        <div className="requests-head">
          <h1>Requests</h1>
          <span className="soft" data-count>
            {data === undefined ? "" : counted(shown.length, "request")}
          </span>
        </div>
        <RequestFilters filters={filters} onChange={setFilters} />
        {error !== null ? (
          <p className="requests-none">
            {error instanceof NoWay ? error.message : `The list could not be read: ${error.message}`}
          </p>
        ) : data !== undefined && shown.length === 0 && isOpen(filters) ? (
          <NoRequests />
        ) : (
          <RequestTable requests={shown} chosen={id} onChoose={(next) => goTo("/requests", { id: next })} />
        )}
      </section>
      <RequestWay requestId={id} empty="Choose a request, and its way stands here." />
    </div>
  );
}

function filtered(all: readonly ExchangeSummary[], filters: Filters): readonly ExchangeSummary[] {
  const { words, method, statusClass, slowFirst, ownFiles } = filters;
  const found = all.filter(
    (one) =>
      (ownFiles || !OWN.test(one.url)) &&
      matches(words, `${one.id} ${one.url} ${one.route ?? ""} ${one.problem ?? ""} ${one.caller?.key ?? ""}`) &&
      (method === "" || one.method === method) &&
      (statusClass === "" || String(one.status).startsWith(statusClass)),
  );
  return slowFirst ? [...found].sort((left, right) => right.took_ms - left.took_ms) : found;
}

/** Whether nothing is filtered away but the console itself. */
function isOpen({ words, method, statusClass, failed }: Filters): boolean {
  return words === "" && method === "" && statusClass === "" && !failed;
}

/** What would stand here, and the one line that makes it appear. */
function NoRequests() {
  return (
    <div className="requests-none">
      <h2>No request has come yet.</h2>
      <p className="soft">Each one that this server answers stands here, with the way it took. Send the first:</p>
      <pre className="paper-text">curl -i {location.origin}/health/live</pre>
    </div>
  );
}
