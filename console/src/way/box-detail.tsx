import type { Exchange, Span } from "../api/x-ray.ts";
import { milliseconds } from "../text/amounts.ts";
import { visible } from "../text/visible-text.ts";
import { type Box, callerWords } from "./boxes.ts";
import { StatementDetail } from "./statement-detail.tsx";

interface BoxDetailProps {
  readonly box: Box;
  readonly exchange: Exchange;
  readonly clientMs: number | undefined;
}

/** What the chosen box really did. */
export function BoxDetail({ box, exchange, clientMs }: BoxDetailProps) {
  const at = ["Client", "Validate & Guard", "Controller", "Service", "Repository", "Database"].indexOf(box.name);
  return (
    <div
      className="way-detail"
      role="tabpanel"
      id="way-detail"
      aria-labelledby={`way-tab-${at}`}
      data-detail={box.name}
    >
      {box.state === "not reached" ? (
        <p className="soft">{notReached(box, exchange)}</p>
      ) : box.name === "Client" ? (
        <ClientDetail exchange={exchange} clientMs={clientMs} />
      ) : (
        <>
          {box.state === "stopped" && <Refusal exchange={exchange} />}
          {box.name === "Validate & Guard" && <Facts facts={[["Caller", callerWords(exchange)]]} />}
          {box.name !== "Database" && <Timings spans={box.spans} />}
          {box.statements.map((statement, index) => (
            <StatementDetail key={index} statement={statement} />
          ))}
        </>
      )}
    </div>
  );
}

function notReached({ name, statements }: Box, { statements: all, problem }: Exchange): string {
  if (name === "Database" && all.length > statements.length)
    return "No statement ran for the request itself. What was asked to know who asks stands in Validate & Guard.";
  if (problem !== undefined) return "Not reached: the request was refused before. Nothing ran here.";
  return "Not reached: this request needed nothing here.";
}

function ClientDetail({ exchange, clientMs }: Omit<BoxDetailProps, "box">) {
  const facts: [string, string][] = [
    ["Asked", `${exchange.method} ${exchange.url}`],
    ["Answered", `${exchange.status}, ${exchange.bytes} bytes`],
    ["In the server", milliseconds(exchange.took_ms)],
  ];
  if (clientMs !== undefined) facts.push(["Seen from here", milliseconds(clientMs)]);
  return <Facts facts={facts} />;
}

/** Why it was refused: the rule with the filter that it became, or what did not fit. */
function Refusal({ exchange: { rules, findings, problem } }: Pick<BoxDetailProps, "exchange">) {
  return (
    <div className="way-refusal">
      {rules.map(({ rule, filter }) => (
        <dl key={rule + filter} className="facts mono" data-rule>
          <dt>Rule</dt>
          <dd>{visible(rule)}</dd>
          <dt>Filter</dt>
          <dd>{visible(filter)}</dd>
        </dl>
      ))}
      {findings.length > 0 && (
        <ul className="mono" data-findings>
          {findings.map(({ pointer, code }) => (
            <li key={pointer + code}>
              <span className="error">✕</span> {visible(pointer === "" ? "the body" : pointer)}: {code}
            </li>
          ))}
        </ul>
      )}
      {problem !== undefined && (
        <p>
          Answered with{" "}
          <a className="link mono" href={`/docs/errors#${problem}`} target="_blank" rel="noreferrer">
            {problem}
          </a>
        </p>
      )}
    </div>
  );
}

function Timings({ spans }: { readonly spans: readonly Span[] }) {
  return (
    <table className="timings mono">
      <thead>
        <tr>
          <th scope="col">Station</th>
          <th scope="col">What ran</th>
          <th scope="col">Began at</th>
          <th scope="col">Took</th>
          <th scope="col">Went</th>
        </tr>
      </thead>
      <tbody>
        {spans.map((span, at) => (
          <tr key={at}>
            <td>{span.hop}</td>
            <td>{visible(span.name)}</td>
            <td>{milliseconds(span.at_ms)}</td>
            <td>{milliseconds(span.took_ms)}</td>
            <td className={span.failed ? "error" : "went"}>{span.failed ? "✕ ended with an error" : "✓ well"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Facts({ facts }: { readonly facts: readonly (readonly [string, string])[] }) {
  return (
    <dl className="facts mono">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{visible(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
