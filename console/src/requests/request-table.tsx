import type { KeyboardEvent } from "react";
import type { ExchangeSummary } from "../api/x-ray.ts";
import { byteSize, milliseconds } from "../text/amounts.ts";
import { visible } from "../text/visible-text.ts";
import { callerWords } from "../way/boxes.ts";

interface RequestTableProps {
  readonly requests: readonly ExchangeSummary[];
  readonly chosen: string | undefined;
  readonly onChoose: (id: string) => void;
}

/** One line a request; arrows go from line to line. */
export function RequestTable({ requests, chosen, onChoose }: RequestTableProps) {
  const move = (event: KeyboardEvent<HTMLTableElement>): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const rows = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-request]")];
    rows[rows.indexOf(document.activeElement as HTMLElement) + step]?.focus();
  };
  return (
    <div className="table-frame">
      <table className="request-table" onKeyDown={move}>
        <thead>
          <tr>
            <th scope="col">Status</th>
            <th scope="col">Method</th>
            <th scope="col">Request</th>
            <th scope="col">As</th>
            <th scope="col" className="number">
              Took
            </th>
            <th scope="col" className="number">
              Size
            </th>
            <th scope="col">At</th>
          </tr>
        </thead>
        <tbody>
          {requests.map((one) => (
            <RequestRow key={one.id} request={one} chosen={one.id === chosen} onChoose={onChoose} />
          ))}
        </tbody>
      </table>
      {requests.length === 0 && <p className="requests-none soft">No request fits these filters.</p>}
    </div>
  );
}

interface RequestRowProps {
  readonly request: ExchangeSummary;
  readonly chosen: boolean;
  readonly onChoose: (id: string) => void;
}

function RequestRow({ request, chosen, onChoose }: RequestRowProps) {
  const { id, status, method, url, problem, took_ms: took, bytes, at } = request;
  return (
    <tr aria-current={chosen ? "true" : undefined} onClick={() => onChoose(id)}>
      <td className={`mono ${status < 400 ? "went" : "error"}`}>
        {status < 400 ? "✓" : "✕"} {status}
      </td>
      <td className={`mono method ${method.toLowerCase()}`}>{visible(method)}</td>
      <td className="mono request-url">
        <button type="button" data-request={id} onClick={() => onChoose(id)}>
          {visible(url)}
        </button>
        {problem !== undefined && <span className="soft"> {problem}</span>}
      </td>
      <td className="mono soft">{visible(callerWords(request))}</td>
      <td className="mono number">{milliseconds(took)}</td>
      <td className="mono number soft">{byteSize(bytes)}</td>
      <td className="mono soft">{new Date(at).toLocaleTimeString("en-GB")}</td>
    </tr>
  );
}
