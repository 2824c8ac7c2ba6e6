import { useState } from "react";
import { visible } from "../text/visible-text.ts";
import { Refused, wordsOf } from "./ask-server.ts";
import { Moment, Nothing, Part } from "./part.tsx";
import { useAsked } from "./use-asked.ts";
import "../text/text.css";

/** A line of `GET /api/server/mails`. */
interface CaughtMail {
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string | null;
  readonly at: string;
}

/** The mails that development caught instead of sending them. */
export function Mails() {
  const { data, error, refetch, isFetching } = useAsked<readonly CaughtMail[]>("/api/server/mails");
  return (
    <Part
      title="Mails"
      words="While developing no mail leaves: what people would have got stands here, with its links."
    >
      {error !== null && <Nothing>{reasonOf(error)}</Nothing>}
      {data?.length === 0 && (
        <Nothing>
          No mail yet. One comes when somebody signs up or asks for a new password: <code>POST /api/auth/reset</code>.
        </Nothing>
      )}
      {data !== undefined && (
        <>
          <ul className="mails">
            {data.map((mail) => (
              <li key={mail.id}>
                <Mail mail={mail} />
              </li>
            ))}
          </ul>
          <p>
            <button type="button" className="plain" disabled={isFetching} onClick={() => void refetch()}>
              Look again
            </button>
          </p>
        </>
      )}
    </Part>
  );
}

function reasonOf(error: Error): string {
  if (!(error instanceof Refused)) return wordsOf(error);
  if (error.status === 404) return "This server sends its mails, or keeps none, so none are caught here.";
  return "Only administrators may look for caught mails here. Sign in as one at the top right.";
}

function Mail({ mail }: { readonly mail: CaughtMail }) {
  const [source, setSource] = useState(false);
  return (
    <details data-mail={mail.id}>
      <summary>
        <span className="mail-subject">{visible(mail.subject)}</span>{" "}
        <span className="soft mono">
          to {visible(mail.to)} · <Moment at={mail.at} />
        </span>
      </summary>
      <pre className="paper-text" tabIndex={0} role="region" aria-label={`Text of ${visible(mail.subject)}`}>
        <TextWithLinks text={mail.text} />
      </pre>
      {mail.html !== null && (
        <button type="button" className="quiet" aria-expanded={source} onClick={() => setSource(!source)}>
          Source of the HTML
        </button>
      )}
      {source && (
        // Never drawn: a mail says what strangers have typed.
        <pre className="paper-text" tabIndex={0} role="region" aria-label="Source of the HTML">
          {visible(mail.html ?? "")}
        </pre>
      )}
    </details>
  );
}

const ADDRESS = /(https?:\/\/[^\s<>"]+)/;

/** The text as it is; what is an address of the web can be opened. */
function TextWithLinks({ text }: { readonly text: string }) {
  return text.split(ADDRESS).map((part, at) =>
    at % 2 === 1 ? (
      <a key={at} className="link" href={part} target="_blank" rel="noreferrer">
        {visible(part)}
      </a>
    ) : (
      visible(part)
    ),
  );
}
