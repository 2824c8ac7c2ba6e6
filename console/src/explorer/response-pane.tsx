import type { Endpoint } from "../api/open-api.ts";
import { headerOf, type ReceivedAnswer } from "../api/send-request.ts";
import { byteSize, milliseconds } from "../text/amounts.ts";
import { keyOf } from "../state/callers.ts";
import { JsonText } from "../text/json-text.tsx";
import { visible } from "../text/visible-text.ts";
import { useExchange } from "../way/request-way.tsx";
import type { Draft } from "./draft.ts";
import type { Sending } from "./use-sending.ts";
import { thingsToLookFor } from "./what-to-look-for.ts";

interface ResponsePaneProps {
  readonly endpoint: Endpoint;
  readonly draft: Draft;
  readonly sending: Sending;
}

/** What really came back, and what is worth looking at in it. */
export function ResponsePane({ endpoint, draft, sending }: ResponsePaneProps) {
  const { answer, busy } = sending;
  return (
    <section className="response-pane" aria-label="The answer" aria-busy={busy} data-answer={answer?.requestId ?? ""}>
      {answer === undefined ? (
        <div className="soft">
          <h2>{busy ? "On its way …" : "The answer stands here."}</h2>
          {!busy && (
            <p>
              Fill in what is on the left and press <kbd>Enter</kbd>, or <kbd>Ctrl Enter</kbd> in a long text.
            </p>
          )}
        </div>
      ) : (
        <>
          <StatusLine answer={answer} />
          <AnswerBody answer={answer} />
          <LookFor endpoint={endpoint} draft={draft} sending={sending} />
          <AnswerHeaders answer={answer} />
        </>
      )}
    </section>
  );
}

function StatusLine({ answer }: { readonly answer: ReceivedAnswer }) {
  const went = answer.status < 400;
  return (
    <p className="status-line">
      <strong className={went ? "status good" : "status bad"} data-status={answer.status}>
        {went ? "✓" : "✕"} {answer.status} {visible(answer.statusText)}
      </strong>
      <span className="soft">{milliseconds(answer.ms)}</span>
      <span className="soft">{byteSize(answer.bytes)}</span>
      <span className="mono soft request-id">{visible(answer.requestId ?? "")}</span>
    </p>
  );
}

function AnswerBody({ answer }: { readonly answer: ReceivedAnswer }) {
  if (answer.text === "") return <p className="soft">The body is empty.</p>;
  const isJson = /[/+]json\b/.test(headerOf(answer, "content-type") ?? "");
  return <JsonText text={answer.text} isJson={isJson} label="The body of the answer" />;
}

function AnswerHeaders({ answer }: { readonly answer: ReceivedAnswer }) {
  return (
    <details className="answer-headers">
      <summary className="soft">{answer.headers.length} headers</summary>
      <dl className="own-headers mono">
        {answer.headers.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{visible(value)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function LookFor({ endpoint, draft, sending }: ResponsePaneProps) {
  const { data: exchange } = useExchange(sending.answer?.requestId);
  const { answer, request } = sending;
  if (answer === undefined || request === undefined) return null;
  const things = thingsToLookFor({ endpoint, draft, request, answer, exchange, callerKey: keyOf(sending.asking) });
  return (
    <div className="look-for">
      <h2>What to look for</h2>
      <ul>
        {things.map(({ holds, text, detail }) => (
          <li key={text}>
            <span className={holds ? "went" : "error"} aria-hidden="true">
              {holds ? "✓" : "✕"}
            </span>
            <span>
              <span className="unseen">{holds ? "yes: " : "no: "}</span>
              {visible(text)}
              {detail !== undefined && <span className="soft small detail">{visible(detail)}</span>}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
