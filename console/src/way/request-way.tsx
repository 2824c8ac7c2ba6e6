import { useQuery } from "@tanstack/react-query";
import { NoWay, readExchange } from "../api/x-ray.ts";
import { WayOfRequest } from "./way-of-request.tsx";
import "./way-detail.css";
import "./way.css";

interface RequestWayProps {
  /** Undefined where there is nothing to show yet. */
  readonly requestId: string | undefined;
  readonly clientMs?: number | undefined;
  readonly empty: string;
}

/** The exchange of an answer that just came, or of one in the list. */
export function useExchange(requestId: string | undefined) {
  return useQuery({
    queryKey: ["x-ray", requestId],
    queryFn: ({ signal }) => readExchange(requestId ?? "", signal),
    enabled: requestId !== undefined,
    // What happened once stays what it was.
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The way of a request, always in the same place: what is not there says why. */
export function RequestWay({ requestId, clientMs, empty }: RequestWayProps) {
  const { data, error } = useExchange(requestId);
  return (
    <section className="way" aria-labelledby="way-title" data-way={data?.id ?? ""}>
      <h2 id="way-title">The way of this request</h2>
      {data !== undefined ? (
        <WayOfRequest exchange={data} clientMs={clientMs} />
      ) : (
        <>
          <p className="way-words soft">
            {requestId === undefined ? empty : error === null ? "Asking for its way …" : told(error)}
          </p>
          <EmptyBoxes />
        </>
      )}
    </section>
  );
}

function told(error: Error): string {
  return error instanceof NoWay ? error.message : `Its way could not be read: ${error.message}`;
}

/** The same six places, before anything was sent. */
function EmptyBoxes() {
  return (
    <ol className="way-boxes" aria-label="The boxes that a request passes">
      {["Client", "Validate & Guard", "Controller", "Service", "Repository", "Database"].map((name) => (
        <li key={name} className="way-box not-reached">
          <span className="way-card">
            <span className="way-name">{name}</span>
            <span className="way-verdict">not reached</span>
          </span>
        </li>
      ))}
    </ol>
  );
}
