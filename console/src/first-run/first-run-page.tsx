import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useApi } from "../api/use-api.ts";
import type { ReceivedAnswer } from "../api/send-request.ts";
import { findingsByField, problemOf } from "../explorer/findings.ts";
import { formJson } from "../explorer/form-body.ts";
import { announce } from "../state/announcement.ts";
import { useStore } from "../state/store.ts";
import { visible } from "../text/visible-text.ts";
import { AccountFields, bodySchemaOf } from "./account-fields.tsx";
import { FIRST_RUN_KEY, firstRunOpened, useFirstRunState } from "./first-run-state.ts";
import { makeAdministrator } from "./make-administrator.ts";
import { firstRunToken } from "./token.ts";
import { TokenField } from "./token-field.tsx";
import "./first-run.css";

/** The one page that makes the first administrator. */
export default function FirstRunPage() {
  const state = useFirstRunState();
  const { data: api } = useApi();
  const given = useStore(firstRunToken);
  const [typed, setTyped] = useState("");
  const [fields, setFields] = useState<Readonly<Record<string, string>>>({});
  const { answer, busy, send } = useMaking();
  const schema = bodySchemaOf(api);
  const findings = findingsByField(answer);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    send(formJson(schema, fields), { token: given ?? typed.trim(), fields });
  };
  return (
    <section className="first-run" aria-labelledby="first-run-title">
      <h1 id="first-run-title">Make the first administrator</h1>
      <p className="soft">
        {visible(api?.title ?? "This application")} has nobody yet who may see and change everything. Make an account
        that may: it is a row of <code>{visible(state?.table ?? "")}</code> with the role <code>admin</code>, and you
        are signed in with it at once.
      </p>
      <form onSubmit={submit} noValidate>
        {state?.needs_token === true && (
          <TokenField given={given !== undefined} value={typed} onChange={setTyped} refused={isRefused(answer)} />
        )}
        <AccountFields schema={schema} fields={fields} findings={findings} onChange={setFields} />
        <p className="error" role="alert">
          {visible(wordsOf(answer, findings.size > 0))}
        </p>
        <p className="first-run-buttons">
          <button type="submit" className="primary" disabled={busy}>
            Make me the administrator
          </button>
          {state?.usable === true && (
            <button type="button" className="quiet" onClick={putOff}>
              Not now
            </button>
          )}
        </p>
      </form>
      <p className="soft small">
        On the command line it is <code>servery admin create</code>. This page is gone as soon as there is one.
      </p>
    </section>
  );
}

function putOff(): void {
  firstRunOpened.set(false);
  firstRunToken.set(undefined);
}

interface Making {
  readonly answer: ReceivedAnswer | undefined;
  readonly busy: boolean;
  readonly send: (...made: Parameters<typeof makeAdministrator>) => void;
}

/** Sends once at a time, and shows the other pages once there is an administrator. */
function useMaking(): Making {
  const queries = useQueryClient();
  const [answer, setAnswer] = useState<ReceivedAnswer>();
  const [busy, setBusy] = useState(false);
  const make = async (...made: Parameters<typeof makeAdministrator>): Promise<void> => {
    setBusy(true);
    setAnswer(undefined);
    try {
      const next = await makeAdministrator(...made);
      setAnswer(next);
      if (next.status !== 201) return;
      announce("You are the administrator, and signed in.");
      putOff();
      // What stood at this button is gone; the page that comes is where to go on.
      document.getElementById("main")?.focus();
      await queries.invalidateQueries({ queryKey: FIRST_RUN_KEY });
    } finally {
      setBusy(false);
    }
  };
  const failed = (reason: unknown): void =>
    announce(`The server could not be asked: ${reason instanceof Error ? reason.message : String(reason)}`);
  return { answer, busy, send: (...made) => void make(...made).catch(failed) };
}

function isRefused(answer: ReceivedAnswer | undefined): boolean {
  return problemOf(answer)?.code === "first_run_refused";
}

/** What went wrong as a whole; what stands at a field or at the token is not said twice. */
function wordsOf(answer: ReceivedAnswer | undefined, atFields: boolean): string {
  if (answer === undefined || answer.status === 201 || isRefused(answer)) return "";
  if (atFields) return "✕ Nobody was made yet. Mend what stands at the fields.";
  const problem = problemOf(answer);
  if (problem?.code === "first_run_over") return "✕ There is an administrator already. Reload the page and sign in.";
  return `✕ ${problem?.detail ?? `The server answered ${answer.status}.`}`;
}
