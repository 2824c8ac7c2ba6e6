import { useState } from "react";
import { announce } from "../state/announcement.ts";
import { type Caller, signOut } from "../state/callers.ts";
import { visible } from "../text/visible-text.ts";
import { wordsOf } from "./ask-server.ts";
import { Moment, Nothing, Part, Wrong } from "./part.tsx";
import { useAsked, useChange } from "./use-asked.ts";

interface Session {
  readonly id: string;
  readonly created_at: string;
  readonly last_used_at: string;
  readonly expires_at: string;
  readonly user_agent: string | null;
  readonly address: string | null;
  readonly current: boolean;
}

const URL = "/api/auth/sessions";

/** Where whoever is chosen is signed in. */
export function Sessions({ caller }: { readonly caller: Caller | undefined }) {
  const { data, error } = useAsked<readonly Session[]>(URL, caller !== undefined);
  return (
    <Part title="My sessions" words="Where you are signed in. End what is not you, and choose another password then.">
      {caller === undefined ? (
        <Nothing>Nobody is signed in on this page. Sign in at the top right, and your sessions stand here.</Nothing>
      ) : (
        <>
          <Wrong words={error === null ? "" : wordsOf(error)} />
          {data !== undefined && <SessionRows sessions={data} caller={caller} />}
        </>
      )}
    </Part>
  );
}

const BROWSER = /(?:Edg|OPR|Firefox|(?:Headless)?Chrome|Version)\/\d+/;
const SYSTEM = /Windows|Android|iPhone|iPad|Mac OS X|Linux/;

/** Browsers call themselves by the names of all others: what tells one from another is one name and the system. */
function programOf(userAgent: string): string {
  const browser = BROWSER.exec(userAgent)?.[0].replace("Edg/", "Edge/").replace("OPR/", "Opera/");
  if (browser === undefined || !userAgent.startsWith("Mozilla/")) return userAgent;
  const system = SYSTEM.exec(userAgent)?.[0];
  return [browser.replace("Version/", "Safari/").replace("/", " "), system].filter(Boolean).join(", ");
}

function SessionRows({ sessions, caller }: { readonly sessions: readonly Session[]; readonly caller: Caller }) {
  const { mutate, error } = useChange(URL);
  const [failed, setFailed] = useState("");
  const end = ({ id, current }: Session): void => {
    // Its tokens go from this page with it.
    if (current) void signOut(caller).catch((reason: unknown) => setFailed(wordsOf(reason)));
    else mutate({ method: "DELETE", url: `${URL}/${encodeURIComponent(id)}`, said: "The session is ended." });
    if (current) announce("You are signed out.");
  };
  return (
    <>
      <table className="lines">
        <thead>
          <tr>
            <th scope="col">With</th>
            <th scope="col">From</th>
            <th scope="col" className="wide">
              Last used
            </th>
            <th scope="col">
              <span className="unseen">End</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {sessions.map((session) => (
            <tr key={session.id} data-session={session.id}>
              <td className="mono grows">
                {visible(programOf(session.user_agent ?? "—"))}
                {session.current && <span className="tag">this one</span>}
              </td>
              <td className="mono">{visible(session.address ?? "—")}</td>
              <td className="mono soft wide">
                <Moment at={session.last_used_at} />
              </td>
              <td>
                <button type="button" className="plain" onClick={() => end(session)}>
                  End<span className="unseen"> the session of {visible(session.address ?? session.id)}</span>
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Wrong words={error === null ? failed : wordsOf(error)} />
    </>
  );
}
