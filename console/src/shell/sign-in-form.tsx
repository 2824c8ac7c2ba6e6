import { isServeryError } from "servery/client";
import { type FormEvent, type ReactNode, useState } from "react";
import { useApi } from "../api/use-api.ts";
import type { Schema } from "../api/open-api.ts";
import { announce } from "../state/announcement.ts";
import { signInAs } from "../state/callers.ts";
import { visible } from "../text/visible-text.ts";

interface SignInFormProps {
  readonly onDone: () => void;
  /** What stands beside the button that signs in. */
  readonly beside?: ReactNode;
}

/** Signs in with what the application's own sign-in takes. */
export function SignInForm({ onDone, beside }: SignInFormProps) {
  const { data } = useApi();
  const body = data?.endpoints.get("auth.signIn")?.body;
  const fields = Object.entries(body?.properties ?? {}).filter(([name]) => name !== "session");
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const typed = [...new FormData(event.currentTarget)].map(
      ([name, value]) => [name, typeof value === "string" ? value : ""] as const,
    );
    setBusy(true);
    try {
      const caller = await signInAs(Object.fromEntries(typed.filter(([, value]) => value !== "")));
      announce(`Signed in as ${caller.name}`);
      onDone();
    } catch (reason) {
      setError(isServeryError(reason) ? reason.error : reason instanceof Error ? reason.message : String(reason));
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      {fields.map(([name, schema]) => (
        <SignInField key={name} name={name} schema={schema} required={body?.required?.includes(name) === true} />
      ))}
      <p className="error" role="alert">
        {visible(error)}
      </p>
      <p className="dialog-buttons">
        {beside}
        <button type="submit" className="primary" disabled={busy}>
          Sign in
        </button>
      </p>
    </form>
  );
}

function SignInField(field: { readonly name: string; readonly schema: Schema; readonly required: boolean }) {
  const { name, schema, required } = field;
  const secret = name === "password";
  return (
    <label className="dialog-field">
      <span className="mono">{name}</span>
      <span className="soft small">{required ? "" : (schema.description ?? "optional")}</span>
      {schema.enum === undefined ? (
        <input
          className="field"
          name={name}
          type={secret ? "password" : "text"}
          autoComplete={secret ? "current-password" : name === "code" ? "one-time-code" : "username"}
        />
      ) : (
        <select className="field" name={name}>
          {schema.enum.map((value) => (
            <option key={String(value)}>{String(value)}</option>
          ))}
        </select>
      )}
    </label>
  );
}
